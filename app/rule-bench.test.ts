import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../core/logger.ts';
import { DAY_MS, parseInstant } from '../core/local-time.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { encodePositions } from '../core/position-batch.ts';
import { regionCode } from '../core/region.ts';
import { subjectKey } from '../core/subject.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { createAreas } from '../datasets/areas.ts';
import { createLocator } from '../datasets/locator.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, partitionOf, type Log } from '../ingest/log.ts';
import { loadRulebook } from '../rules/rulebook.ts';
import { DEFAULT_PACK } from './config.ts';
import { createRuleBench, type RuleBench } from './rule-bench.ts';

const MIDNIGHT_MS = parseInstant('2026-03-03') as number;
const SUBJECT = 'person-a';
const OUT = [107.2, 30.74] as const;
const HOME = [107.72, 31.35] as const;

const areas = createAreas();
const locate = createLocator();
const book = loadRulebook(DEFAULT_PACK);
const source = book.sources[
  book.rules.find(({ rule }) => rule.id === 'area-exit')?.version ?? ''
] as string;
const analyst = { id: 'ac-analyst', role: 'analyst', region: regionCode('511700') } as const;
const order = orderFact(SUBJECT, { atMs: MIDNIGHT_MS - 3 * DAY_MS });
/** Wears a bracelet from three in the morning on that never says a word. */
const silent = orderFact('person-d', {
  atMs: MIDNIGHT_MS + 3 * 3_600_000,
  receivedAtMs: MIDNIGHT_MS - DAY_MS,
  sources: ['bracelet'],
});
const stranger = orderFact('person-b', { atMs: MIDNIGHT_MS - 3 * DAY_MS });

let folder = '';
let log: Log;
let bench: RuleBench;
let nowAtMs = MIDNIGHT_MS;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  log = openEmbeddedLog(
    { clock: { ...systemClock, now: () => epochMs(nowAtMs) } },
    { path: join(folder, 'log.sqlite'), partitions: 2 },
  );
  bench = createRuleBench({
    log,
    logger: createLogger('silent'),
    surroundings: { areas },
    locate,
    files: () => book,
    register: (subject) =>
      Promise.resolve([order, stranger, silent].filter((fact) => fact.subject === subject)),
  });
  // Both live in every record, so that one person's rows have to be told from the other's.
  for (const [hours, place] of [
    [-10, HOME],
    [-3, OUT],
    [-2, OUT],
    [2, OUT],
    [3, HOME],
    [4, HOME],
    [9, OUT],
    [10, OUT],
    [23.9, OUT],
    [26, HOME],
    [27, HOME],
  ] as const) {
    await append(hours, place);
  }
  // Sent late: one soon enough, one too late.
  await append(12, OUT, 28);
  await append(13, OUT, 31);
  await append(31, HOME);
});

afterAll(async () => {
  await log.close();
  await rm(folder, { recursive: true });
});

async function append(
  hours: number,
  [lng, lat]: readonly [number, number],
  sentAfter = hours,
): Promise<void> {
  const atMs = MIDNIGHT_MS + hours * 3_600_000;
  const sentAtMs = MIDNIGHT_MS + sentAfter * 3_600_000;
  nowAtMs = sentAtMs + 1_000;
  for (let partition = 0; partition < 2; partition++) {
    const builder = createPositionBuilder(4);
    const fix = { source: 'phone/test', lat, accuracyM: 10, atMs };
    for (const subject of ['person-b', 'person-c', SUBJECT]) {
      if (partitionOf(subject, 2) !== partition) continue;
      builder.add({ ...fix, subject, lng: subject === SUBJECT ? lng : HOME[0] });
    }
    const batch = builder.drain();
    for (let row = 0; row < batch.length; row++) {
      batch.receivedAtMs[row] = nowAtMs;
      batch.region[row] = locate(batch.lng[row] as number, batch.lat[row] as number);
    }
    const watermarkMs = epochMs(sentAtMs - 1);
    const entries = [
      { kind: 'lines', watermarkMs, payload: encodeLines([]) } as const,
      { kind: 'positions', watermarkMs, payload: encodePositions(batch) } as const,
    ];
    await log.append('observations', [{ partition, entries }]);
  }
}

const past = (date: string, subject = SUBJECT) =>
  ({ kind: 'past', subject: subjectKey(subject), date }) as const;
const run = (track: ReturnType<typeof past>, by: Parameters<RuleBench['run']>[1] = analyst) =>
  bench.run({ ruleId: 'area-exit', text: source, track }, by);

describe('a past day of a person', () => {
  test('is held against the rule with what began the day before, and only the day is told', async () => {
    const { findings, points, person, test: written } = await run(past('2026-03-03'));
    expect(person).toEqual({ class: 'cc', county: '511722' });
    expect(written).toBeNull();
    expect(points.map(({ atMs }) => (atMs - MIDNIGHT_MS) / 3_600_000)).toEqual([
      2, 3, 4, 9, 10, 12, 23.9,
    ]);
    expect(findings.map(({ kind, atMs }) => [kind, (atMs - MIDNIGHT_MS) / 3_600_000])).toEqual([
      // Raised the evening before.
      ['cleared', 4],
      ['raised', 10],
    ]);
    expect(findings[1]).toMatchObject({ level: 2, evidence: [3, 4] });
  });

  test('says why the rule raised nothing', async () => {
    expect((await run(past('2026-03-03'))).whyNot).toBeNull();
    const { findings, whyNot } = await run(past('2026-03-04'));
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['cleared']));
    expect(whyNot?.gates[0]?.code).toBe('other-side');
  });

  test('is judged by the text that is given, saved or not', async () => {
    const lenient = source
      .replace('outsideFor: 5m', 'outsideFor: 20h')
      .replace('fixesMin: 3', 'fixesMin: 9');
    const track = past('2026-03-03');
    const { findings } = await bench.run({ ruleId: 'area-exit', text: lenient, track }, analyst);
    expect(findings).toEqual([]);
  });

  test('on which nothing was heard is a day too: silence is what some rules are about', async () => {
    const found = book.rules.find(({ rule }) => rule.id === 'terminal-silent');
    const text = book.sources[found?.version ?? ''] as string;
    const asked = { ruleId: 'terminal-silent', text, track: past('2026-03-03', 'person-d') };
    const { findings, points } = await bench.run(asked, analyst);
    expect(points).toEqual([]);
    expect(findings.map(({ kind, level }) => [kind, level])).toEqual([['raised', 3]]);
  });

  test.each([
    ['a day the log does not have', past('2026-01-01'), analyst, 'not-found'],
    ['a person nobody knows', past('2026-03-03', 'person-x'), analyst, 'not-found'],
    [
      'a person of another region',
      past('2026-03-03'),
      { ...analyst, region: regionCode('511703') },
      'not-found',
    ],
    [
      'an administrator',
      past('2026-03-03'),
      { ...analyst, role: 'system-administrator' },
      'forbidden',
    ],
  ] as const)('is not given: %s', async (_what, track, by, code) => {
    await expect(run(track, by)).rejects.toMatchObject({ code });
  });

  test('a text of another rule is refused', async () => {
    const track = past('2026-03-03');
    await expect(
      bench.run({ ruleId: 'curfew', text: source, track }, analyst),
    ).rejects.toMatchObject({ code: 'bad-input' });
  });
});

test('a drawn track tells which of its points are the evidence, and becomes a test', async () => {
  const points = [HOME, OUT, OUT, OUT].map(([lng, lat], i) => ({
    atMs: MIDNIGHT_MS + (8 * 60 + i) * 60_000,
    lng,
    lat: lat + i / 10_000,
    accuracyM: 10,
    fix: 'gnss' as const,
  }));
  const person = {
    class: 'cc',
    county: regionCode('511722'),
    source: 'phone',
    conditions: {},
    onLeave: false,
  } as const;
  const track = { kind: 'drawn', person, points, watchMs: 0 } as const;
  const { findings, test: written } = await bench.run(
    { ruleId: 'area-exit', text: source, track: { ...track, points } },
    { ...analyst, role: 'system-administrator' },
  );
  expect(findings).toMatchObject([{ kind: 'raised', level: 2, evidence: [1, 2, 3] }]);
  expect(written).toMatchObject({
    firstDay: '2026-03-03',
    expect: [{ time: '08:03', raised: 2 }],
  });
});
