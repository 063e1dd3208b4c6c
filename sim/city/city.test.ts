import { describe, expect, test } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import { arrivalSchema, factId, type FactArrival } from '../../core/observation.ts';
import { FIX } from '../../core/position-codes.ts';
import { createDirectFleet } from './direct-fleet.ts';
import type { Expectation } from './episode.ts';
import { EPISODE_KINDS } from './episode.ts';
import { areas, cityOf, deliveriesOf, judge, START_MS } from './platform.fixture.ts';
import { openCounties } from './population.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What a stretch of a city brings, as comparable text. */
function told(options: Parameters<typeof cityOf>[0], cuts: readonly number[]): string[] {
  const city = cityOf({ size: 2_000, bracelets: 60, ...options });
  const fleet = createDirectFleet(city.population.terminals);
  const lines = city.frame().map((fact) => JSON.stringify(fact));
  for (const [i, untilMs] of cuts.slice(1).entries()) {
    for (const delivery of deliveriesOf(city, fleet, { fromMs: cuts[i] ?? 0, untilMs })) {
      lines.push(
        ...(delivery.facts ?? []).map((fact) => `${factId(fact)} ${JSON.stringify(fact)}`),
      );
      const { positions } = delivery;
      for (let row = 0; row < (positions?.length ?? 0); row++) {
        lines.push(
          [
            positions?.subjects.at(positions.subject[row] ?? 0),
            positions?.atMs[row],
            positions?.lng[row],
            positions?.lat[row],
            positions?.accuracyM[row],
            positions?.fix[row],
          ].join(' '),
        );
      }
    }
  }
  return lines.sort();
}

const every = (stepMs: number, hours: number): number[] => {
  const fromMs = START_MS - 10 * MINUTE_MS;
  const count = Math.round((hours * HOUR_MS + 10 * MINUTE_MS) / stepMs);
  return Array.from({ length: count + 1 }, (_, i) => fromMs + i * stepMs);
};

describe('the city', () => {
  test('says the same however it is cut, and another seed something else', () => {
    const whole = told({}, every(70 * MINUTE_MS, 1));
    expect(told({}, every(50_000, 1))).toEqual(whole);
    expect(told({ seed: 'other' }, every(70 * MINUTE_MS, 1))).not.toEqual(whole);
  });

  test('says nothing but valid arrivals', () => {
    const city = cityOf();
    const facts: FactArrival[] = [];
    city.window(START_MS, START_MS + 4 * HOUR_MS, {
      phone: () => {},
      terminal: () => {},
      fact: (fact) => facts.push(fact),
    });
    const sample = [...city.frame(), ...facts].filter((_, i) => i % 9 === 0);
    expect(sample.map((fact) => arrivalSchema.parse(fact))).toEqual(sample);
    expect(facts.map(({ atMs }) => atMs)).toEqual(
      facts.map(({ atMs }) => atMs).sort((a, b) => a - b),
    );
  });

  test('reports as many positions as a city of its size, of every kind', () => {
    const city = cityOf();
    const fixes = [0, 0, 0, 0];
    let points = 0;
    let blind = 0;
    city.window(START_MS, START_MS + HOUR_MS, {
      phone: ({ fix }) => fixes[FIX[fix === 'check-in' ? 'checkIn' : (fix ?? 'gnss')]]!++,
      terminal: (_, own) => {
        points += own.length;
        blind += own.filter(({ hasFix }) => hasFix === false).length;
      },
      fact: () => {},
    });
    expect(points).toBeGreaterThan(300 * 57);
    expect(points).toBeLessThanOrEqual(300 * 60);
    expect(blind / points).toBeGreaterThan(0.01);
    expect(blind / points).toBeLessThan(0.15);
    const phones = fixes[0]! + fixes[1]! + fixes[2]!;
    expect(phones / 3_600).toBeGreaterThan(10);
    expect(phones / 3_600).toBeLessThan(18);
    expect(fixes[1]! / phones).toBeGreaterThan(0.2);
    expect(fixes[2]! / phones).toBeGreaterThan(0.03);
    expect(fixes[2]! / phones).toBeLessThan(0.15);
  });

  test.each([0, 5, 11, 17])('after %d hours hardly anyone is outside without leave', (hours) => {
    const city = cityOf();
    const atMs = START_MS + hours * HOUR_MS;
    const excused = new Set(
      city
        .frame()
        .filter((fact) => fact.kind === 'leave' && fact.fromMs <= atMs && atMs < fact.untilMs)
        .map(({ subject }) => subject),
    );
    const outside = city.population.persons.filter(
      (person) =>
        person.days &&
        !person.cast &&
        !areas.zoneOf(openCounties(person.county)).contains(...city.truthOf(person, atMs).at),
    );
    expect(outside.filter(({ key }) => !excused.has(key))).toEqual([]);
    expect(outside.length).toBeLessThan(80);
  });
});

describe('the script', () => {
  const judged = new Map<string, readonly Finding[]>();
  const findingsOf = (seed: string, hours: number, size = 10_000) => {
    const name = `${seed} ${hours}`;
    const known = judged.get(name);
    if (known) return known;
    const { findings } = judge(cityOf({ seed, size }), START_MS + hours * HOUR_MS, 20_000);
    judged.set(name, findings);
    return findings;
  };

  const meets = (finding: Finding, expected: Expectation): boolean =>
    finding.kind === expected.outcome &&
    finding.subject === expected.subject &&
    finding.ruleId === expected.ruleId &&
    finding.atMs >= expected.fromMs &&
    finding.atMs <= expected.untilMs &&
    (finding.kind !== 'raised' ||
      (expected.outcome === 'raised' && finding.level === expected.level)) &&
    (finding.kind !== 'suppressed' ||
      (expected.outcome === 'suppressed' && finding.because === expected.because));

  const HOURS = 3.5;

  test.each([
    ['test', HOURS, 10_000],
    ['demo', 1.5, 3_000],
    ['dazhou', 1.5, 3_000],
  ])(
    'with seed %s the platform says all that is expected in %d hours, and no alert besides',
    { timeout: 60_000 },
    (seed, hours, size) => {
      const untilMs = START_MS + hours * HOUR_MS;
      const findings = findingsOf(seed, hours, size);
      const expected = cityOf({ seed, size })
        .expectations(untilMs)
        .filter((one) => one.untilMs <= untilMs);
      const open = [...findings];
      const missing = expected.filter((one) => {
        if (one.outcome === 'refused') return false;
        const at = open.findIndex((finding) => meets(finding, one));
        if (at < 0) return true;
        open.splice(at, 1);
        return false;
      });
      expect(missing).toEqual([]);
      const late = cityOf({ seed, size })
        .expectations(untilMs)
        .filter((one) => one.untilMs > untilMs);
      const unexpected = open.filter(
        (finding) =>
          finding.kind !== 'suppressed' && !late.some((expectation) => meets(finding, expectation)),
      );
      expect(unexpected).toEqual([]);
    },
  );

  test('the first alert comes within seconds, all levels within hours, a dozen in the first quarter', () => {
    const raised = findingsOf('test', HOURS).filter((finding) => finding.kind === 'raised');
    const first = Math.min(...raised.map(({ atMs }) => atMs));
    expect(first - START_MS).toBeGreaterThan(0);
    expect(first - START_MS).toBeLessThan(10_000);
    const early = raised.filter(({ atMs }) => atMs < START_MS + 15 * MINUTE_MS);
    expect(early.length).toBeGreaterThanOrEqual(12);
    expect(new Set(early.map(({ ruleId }) => ruleId)).size).toBeGreaterThanOrEqual(7);
    expect(new Set(raised.map(({ level }) => level))).toEqual(new Set([1, 2, 3]));
  });

  test('leaves of others are logged as such', () => {
    const excused = findingsOf('test', HOURS).filter(
      (finding) => finding.kind === 'suppressed' && finding.because === 'leave',
    );
    expect(excused.length).toBeGreaterThan(10);
  });

  test('the gate refuses what no basis opens, scripted or not', { timeout: 60_000 }, () => {
    const city = cityOf({ size: 3_000 });
    const { receipts } = judge(city, START_MS + 15 * MINUTE_MS, 20_000);
    const refused = receipts.reduce((sum, receipt) => sum + (receipt.refused['no-basis'] ?? 0), 0);
    const scripted = city
      .expectations(START_MS + 15 * MINUTE_MS)
      .filter(({ outcome }) => outcome === 'refused');
    expect(scripted.length).toBe(2);
    expect(refused).toBeGreaterThan(scripted.length);
    for (const receipt of receipts) {
      expect(receipt.dead).toEqual({});
      expect(receipt.refused['unknown-subject']).toBeUndefined();
    }
  });

  test('the opening shows every kind of episode, and they carry on for as long as it runs', () => {
    const city = cityOf();
    const opening = city.episodes(START_MS + 15 * MINUTE_MS + MINUTE_MS);
    expect(new Set(opening.map(({ kind }) => kind))).toEqual(new Set(EPISODE_KINDS));
    const day = city.episodes(START_MS + 24 * HOUR_MS);
    expect(day.length).toBeGreaterThan(150);
    expect(new Set(day.map(({ id }) => id)).size).toBe(day.length);
  });

  test('nothing of an episode comes before its lead', () => {
    const city = cityOf();
    for (const { atMs, facts, journeys, expects } of city.episodes(START_MS + 24 * HOUR_MS)) {
      const instants = [
        ...facts.map((fact) => fact.atMs),
        ...journeys.flatMap(({ waypoints }) => waypoints.map((waypoint) => waypoint.atMs)),
        ...expects.map(({ fromMs }) => fromMs),
      ];
      expect(Math.min(...instants, atMs)).toBeGreaterThan(atMs - 8 * HOUR_MS);
    }
  });

  test('what was expected of an hour does not change as time goes on', () => {
    const asked = cityOf();
    const early = asked.expectations(START_MS + HOUR_MS);
    asked.expectations(START_MS + 48 * HOUR_MS);
    expect(asked.expectations(START_MS + HOUR_MS)).toEqual(early);
    expect(cityOf().expectations(START_MS + HOUR_MS)).toEqual(early);
  });
});
