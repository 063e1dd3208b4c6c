// What must change nothing, with the whole Dazhou pack: another process time zone, other batches and
// partitions, repeats, another order of arrival, strangers, noise of receivers. And what must change one
// thing only: another week.

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { METRES_PER_DEGREE } from '../core/geo.ts';
import type { Observation, OrderFact, Position } from '../core/observation.ts';
import { createRandom } from '../core/random.ts';
import { createChinaCalendar } from '../datasets/workdays.ts';
import { createEngine, type EngineInput } from './engine.ts';
import type { CompiledRule } from './compile.ts';
import type { Happening } from './happening.fixture.ts';
import { ingested } from './ingested.fixture.ts';
import { createPackWorld, recordsOfPack, type PackWorld } from './pack-world.fixture.ts';
import { loadRulebook } from './rulebook.ts';
import { createSettling } from './settle.ts';
import { signedByWalking, type Shape } from './zone-oracle.fixture.ts';

const PACK = fileURLToPath(new URL('packs/dazhou', import.meta.url));
const rulebook = loadRulebook(PACK);
const calendar = createChinaCalendar();
const SECOND = 1_000;
const WEEK_MS = 7 * 86_400_000;

const run = (
  { areas }: Pick<PackWorld, 'areas'>,
  records: readonly EngineInput[],
  book = rulebook,
): Finding[] => {
  const engine = createEngine({ rulebook: book, areas, calendar });
  return records.flatMap((record) => engine.step(record));
};

/** Every word of every finding. */
const textOf = (findings: readonly Finding[]): string[] =>
  findings.map((finding) => `${finding.atMs} ${finding.id} ${JSON.stringify(finding)}`).sort();

/** Whom, by which rule, when, what; without what a place or an id is. */
const linesOf = (findings: readonly Finding[], shiftMs = 0): string[] =>
  findings
    .map((finding) => {
      const { kind, ruleId, subject, atMs } = finding;
      const level = 'level' in finding ? finding.level : '';
      const because = JSON.stringify('because' in finding ? reasonOf(finding.because) : '');
      const evidence = 'evidence' in finding ? finding.evidence : [];
      const instants = evidence.map((one) => `${one.kind} ${one.atMs - shiftMs}`);
      return `${subject} ${ruleId} ${atMs - shiftMs} ${kind} ${level} ${because} [${instants.join(', ')}]`;
    })
    .sort();

const reasonOf = (because: unknown): unknown =>
  typeof because === 'object' ? (because as { reason: string }).reason : because;

const seeds = fc.nat(1_000_000_000);
const cuts = fc.nat(1_000_000);
const LONG = { timeout: 240_000 };

/** Counts what was found, so that a property over nothing is noticed. */
function atLeast(runs: number, perRun: number) {
  let count = 0;
  return {
    runs: { numRuns: runs },
    found: (findings: readonly unknown[]) => (count += findings.length),
    check: () => expect(count).toBeGreaterThan(runs * perRun),
  };
}

describe('the Dazhou pack says the same', () => {
  test('however the log is cut into records', LONG, () => {
    const told = atLeast(50, 10);
    fc.assert(
      fc.property(seeds, cuts, fc.integer({ min: 1, max: 60 }), (seed, cut, rowsMax) => {
        const world = createPackWorld(rulebook, seed);
        const whole = textOf(run(world, recordsOfPack(world, { rowsMax: 1 })));
        told.found(whole);
        expect(textOf(run(world, recordsOfPack(world, { seed: cut, rowsMax })))).toEqual(whole);
      }),
      told.runs,
    );
    told.check();
  });

  test('with 1 and with 8 partitions, each cut on its own', LONG, () => {
    const told = atLeast(25, 20);
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { persons: 6, hoursMax: 4 });
        const whole = textOf(run(world, recordsOfPack(world)));
        told.found(whole);
        const eight = Array.from({ length: 8 }, (_, partition) =>
          run(world, recordsOfPack(world, { seed: cut + partition, partition, partitions: 8 })),
        );
        expect(textOf(eight.flat())).toEqual(whole);
      }),
      told.runs,
    );
    told.check();
  });

  test('when strangers are added', LONG, () => {
    const told = atLeast(50, 10);
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const world = createPackWorld(rulebook, seed);
        const alone = textOf(run(world, recordsOfPack(world)));
        told.found(alone);
        const strangers = strangersIn(other, world);
        const happenings = [...world.happenings, ...strangers].toSorted(
          (a, b) => a.arrivesMs - b.arrivesMs,
        );
        const found = run(world, recordsOfPack({ happenings }));
        const ours = found.filter(({ subject }) => world.subjects.includes(subject));
        expect(textOf(ours)).toEqual(alone);
        expect(found.length).toBeGreaterThanOrEqual(ours.length);
      }),
      told.runs,
    );
    told.check();
  });

  describe('in every time zone of the process', () => {
    const zone = process.env['TZ'];
    afterEach(() => {
      process.env['TZ'] = zone;
    });

    test('also with the pack read there', LONG, () => {
      const zones = ['Asia/Shanghai', 'UTC', 'America/St_Johns', 'Pacific/Kiritimati'];
      const told = atLeast(12, 10);
      fc.assert(
        fc.property(seeds, (seed) => {
          const offsets = new Set<number>();
          const texts = zones.map((name) => {
            process.env['TZ'] = name;
            offsets.add(new Date(0).getTimezoneOffset());
            const book = loadRulebook(PACK);
            const world = createPackWorld(book, seed);
            return textOf(run(world, recordsOfPack(world), book));
          });
          expect(offsets.size).toBe(zones.length);
          told.found(texts[0] as string[]);
          for (const text of texts) expect(text).toEqual(texts[0]);
        }),
        told.runs,
      );
      told.check();
    });
  });
});

describe('taken through ingest', () => {
  // The gate lets nothing through of the movements of a person in resettlement without such a basis.
  test('what comes twice, at once or later, changes nothing', LONG, () => {
    const told = atLeast(40, 10);
    let duplicates = 0;
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { recorded: true });
        const once = ingested(world.happenings, { seed: cut });
        const twice = ingested(world.happenings, { seed: cut, twice: 0.3 });
        expect(twice.told.admitted).toBe(once.told.admitted);
        duplicates += twice.told.duplicates;
        const found = textOf(run(world, once.records.flat()));
        told.found(found);
        expect(textOf(run(world, twice.records.flat()))).toEqual(found);
      }),
      told.runs,
    );
    told.check();
    expect(duplicates).toBeGreaterThan(40 * 50);
  });

  test('what arrives together may be in any order', LONG, () => {
    const told = atLeast(40, 10);
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { recorded: true });
        const found = textOf(run(world, ingested(world.happenings, { seed: cut }).records.flat()));
        told.found(found);
        const other = ingested(world.happenings, { seed: cut, shuffled: true });
        expect(textOf(run(world, other.records.flat()))).toEqual(found);
      }),
      told.runs,
    );
    told.check();
  });

  test('8 partitions say what 1 says', LONG, () => {
    const told = atLeast(25, 20);
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { persons: 6, hoursMax: 4, recorded: true });
        const one = run(world, ingested(world.happenings, { seed: cut }).records.flat());
        told.found(one);
        const eight = ingested(world.happenings, { seed: cut, partitions: 8 });
        expect(textOf(eight.records.flatMap((records) => run(world, records)))).toEqual(
          textOf(one),
        );
      }),
      told.runs,
    );
    told.check();
  });
});

describe('within the allowed lateness', () => {
  /** Silence and contacts wait for the watermark; the others take what comes as it comes (docs/adr/0003, 0006). */
  const waiting = new Set(
    rulebook.rules.flatMap(({ rule }) =>
      rule.kind === 'absence' || rule.kind === 'proximity' ? [rule.id] : [],
    ),
  );
  const LATENESS_MS = 60 * SECOND;

  test('rules that wait for the watermark say the same in any order of arrival', LONG, () => {
    const told = atLeast(50, 0.5);
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { disturbed: false });
        const random = createRandom(`delays ${cut}`);
        const delayed = (one: Happening): Happening => {
          const isFrame = one.observation?.kind === 'order' || one.observation?.kind === 'leave';
          const delayMs = one.observation && !isFrame ? random.int(LATENESS_MS - SECOND) : 0;
          const arrivesMs = one.arrivesMs + delayMs;
          return { ...one, arrivesMs, seenToMs: arrivesMs - LATENESS_MS };
        };
        const happenings = world.happenings
          .map(delayed)
          .toSorted((a, b) => a.arrivesMs - b.arrivesMs);
        const said = (records: readonly EngineInput[]) =>
          linesOf(run(world, records).filter(({ ruleId }) => waiting.has(ruleId)));
        const inOrder = said(recordsOfPack(world));
        told.found(inOrder);
        expect(said(recordsOfPack({ happenings }, { seed: cut }))).toEqual(inOrder);
      }),
      told.runs,
    );
    told.check();
  });
});

describe('once what arrives has settled', () => {
  const LATENESS_MS = 60 * SECOND;
  /** Each observation up to a minute later than it happened; the watermark waits for them. */
  const delayedIn = (world: PackWorld, cut: number): Happening[] => {
    const random = createRandom(`delays ${cut}`);
    return world.happenings
      .map((one): Happening => {
        if (!one.observation) return one;
        const isFrame = ['order', 'leave'].includes(one.observation.kind);
        const delayMs = isFrame ? 0 : random.int(LATENESS_MS - SECOND);
        const arrivesMs = one.arrivesMs + delayMs;
        return { ...one, arrivesMs, seenToMs: arrivesMs - LATENESS_MS };
      })
      .toSorted((a, b) => a.arrivesMs - b.arrivesMs);
  };
  const settled = (world: PackWorld, records: readonly EngineInput[], resumeAt?: number) => {
    const deps = { rulebook, areas: world.areas, calendar };
    let engine = createEngine(deps);
    let settling = createSettling({ settles: true });
    return records.flatMap((record, index) => {
      if (index === resumeAt) {
        const state = structuredClone([engine.snapshot(), settling.snapshot()] as const);
        engine = createEngine(deps, state[0]);
        settling = createSettling({ settles: true }, state[1]);
      }
      return settling.take(record).flatMap((input) => engine.step(input));
    });
  };

  test('every rule says in any order of arrival what it says in order', LONG, () => {
    const told = atLeast(50, 10);
    let unsettled = 0;
    fc.assert(
      fc.property(seeds, cuts, (seed, cut) => {
        const world = createPackWorld(rulebook, seed, { disturbed: false });
        const inOrder = linesOf(run(world, recordsOfPack(world)));
        told.found(inOrder);
        const records = recordsOfPack({ happenings: delayedIn(world, cut) }, { seed: cut });
        if (linesOf(run(world, records)).join() !== inOrder.join()) unsettled++;
        expect(linesOf(settled(world, records))).toEqual(inOrder);
        expect(linesOf(settled(world, records, cut % records.length))).toEqual(inOrder);
      }),
      told.runs,
    );
    told.check();
    // Without it the order of arrival is seen.
    expect(unsettled).toBeGreaterThan(2);
  });
});

describe('by whole weeks', () => {
  test('everything later means every finding later, by as much', LONG, () => {
    const told = atLeast(50, 10);
    const book = { ...rulebook, rules: rulebook.rules.map(byDays) };
    expect(book.rules.filter((one, index) => one !== rulebook.rules[index])).toHaveLength(1);
    // From March to the summer: no key period, and no rule of the pack asks for workdays.
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), (seed, weeks) => {
        const world = createPackWorld(rulebook, seed, { ordinary: true });
        const shiftMs = weeks * WEEK_MS;
        const found = linesOf(run(world, recordsOfPack(world), book));
        told.found(found);
        const later = { happenings: world.happenings.map((one) => shifted(one, shiftMs)) };
        expect(linesOf(run(world, recordsOfPack(later), book), shiftMs)).toEqual(found);
      }),
      told.runs,
    );
    told.check();
  });
});

/** Months are of unlike length, so three of them end on another day of a later term: here they are 90 days. */
function byDays(compiled: CompiledRule): CompiledRule {
  const { rule } = compiled;
  if (rule.kind !== 'deadline' || !('termMax' in rule.params)) return compiled;
  if (rule.params.termMax?.unit !== 'month') return compiled;
  const termMax = { amount: 30 * rule.params.termMax.amount, unit: 'day' as const };
  return { ...compiled, rule: { ...rule, params: { ...rule.params, termMax } } };
}

/** Every instant of a thing later; nothing else in these worlds is so large a number. */
const shifted = <Thing>(thing: Thing, shiftMs: number): Thing =>
  JSON.parse(JSON.stringify(thing), (_, value: unknown) =>
    typeof value === 'number' && value > 1e12 ? value + shiftMs : value,
  ) as Thing;

describe('of receivers', () => {
  test(
    'noise within the accuracy that moves no error circle across a border changes nothing',
    LONG,
    () => {
      const told = atLeast(50, 10);
      let moved = 0;
      let fixes = 0;
      fc.assert(
        fc.property(seeds, cuts, (seed, cut) => {
          const world = withoutContacts(createPackWorld(rulebook, seed));
          const random = createRandom(`noise ${cut}`);
          const happenings = world.happenings.map((one): Happening => {
            if (one.observation?.kind !== 'position') return one;
            const observation = noisy(world, one.observation, random.next(), random.next());
            fixes++;
            if (observation !== one.observation) moved++;
            return { ...one, observation };
          });
          const found = linesOf(run(world, recordsOfPack(world)));
          told.found(found);
          expect(linesOf(run(world, recordsOfPack({ happenings })))).toEqual(found);
        }),
        told.runs,
      );
      told.check();
      expect(moved).toBeGreaterThan(fixes / 2);
    },
  );
});

/** Elsewhere within its accuracy, where that makes no difference to any rule about places. */
function noisy(world: PackWorld, fix: Position, share: number, turn: number): Position {
  const metres = share * (fix.accuracyM ?? 0);
  const lng = fix.lng + (metres * Math.cos(turn * 2 * Math.PI)) / (METRES_PER_DEGREE * 0.86);
  const lat = fix.lat + (metres * Math.sin(turn * 2 * Math.PI)) / METRES_PER_DEGREE;
  const there = { ...fix, lng: Math.round(lng * 1e7) / 1e7, lat: Math.round(lat * 1e7) / 1e7 };
  return sidesOf(world, fix) === sidesOf(world, there) ? there : fix;
}

/** On which side of every border that matters the error circle lies, for every rule and order. */
function sidesOf(world: PackWorld, { subject, lng, lat, accuracyM = 0 }: Position): string {
  const orders = world.happenings.flatMap(({ observation }) =>
    observation?.kind === 'order' && observation.subject === subject ? [observation] : [],
  );
  const zoneRules = world.rules.flatMap((rule) => (rule.kind === 'zone' ? [rule] : []));
  return zoneRules
    .flatMap(({ params }) =>
      orders.flatMap((order) =>
        shapesOf(world, order, params.zone).map((shapes) => {
          const insideM = shapes.length > 0 ? signedByWalking(shapes, lng, lat) : 0;
          const thereM = params.relation === 'inside' ? insideM : -insideM;
          const sure = thereM > accuracyM + params.marginM;
          return `${sure} ${thereM > 0} ${-thereM >= params.rearmM}`;
        }),
      ),
    )
    .join();
}

function shapesOf(world: PackWorld, order: OrderFact, zone: unknown): (readonly Shape[])[] {
  const { curfew, prohibitedZones = [] } = order.conditions;
  if (zone === 'order-area') return [world.areaOf(order)];
  if (zone === 'home') return curfew ? [[{ circle: curfew.home }]] : [];
  const { zones } = world.pack;
  if (zone === 'prohibited') return [zones.filter(({ id }) => prohibitedZones.includes(id))];
  return [zones.filter(({ kind }) => kind === (zone as { kind: string }).kind)];
}

/** How far two persons are apart changes with any noise, so nobody is forbidden any contact here. */
function withoutContacts(world: PackWorld): PackWorld {
  const free = (observation: Observation): Observation => {
    if (observation.kind !== 'order') return observation;
    const { noContactWith: _free, ...conditions } = observation.conditions;
    return { ...observation, conditions };
  };
  return {
    ...world,
    happenings: world.happenings.map((one) =>
      one.observation ? { ...one, observation: free(one.observation) } : one,
    ),
  };
}

/** Persons of another world who live in this one, at the same time; nobody is heard while it is away. */
function strangersIn(seed: number, { fromMs, happenings }: PackWorld): Happening[] {
  const other = createPackWorld(rulebook, seed, { disturbed: false });
  const shiftMs = fromMs - other.fromMs;
  const gaps = happenings.flatMap(({ gap }) => gap ?? []);
  return other.happenings
    .filter(({ observation }) => observation)
    .map((one) => shifted(one, shiftMs))
    .filter(
      ({ arrivesMs }) => !gaps.some((gap) => gap.fromMs <= arrivesMs && arrivesMs <= gap.untilMs),
    )
    .map(
      (one) => JSON.parse(JSON.stringify(one).replaceAll(/"P(\d)"/g, '"Stranger$1"')) as Happening,
    );
}
