// Whatever is asked of it, memory gives the rows the statement gives, or leaves it to the statement.

import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../alerts/scenario.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import { OperatingError } from '../core/errors.ts';
import { createManualClock, systemClock } from '../core/time.ts';
import { regionSpan, type MetricQuery } from './compile-metric.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { queryMetric } from './query-metric.ts';
import type { Records } from './records.ts';
import { countDue, noteDays } from './rollup-count.ts';
import { createRollupMarks, markAll } from './rollup-days.ts';
import { MEMORY_DEFAULTS, createRollupMemory, type RollupMemory } from './rollup-memory.ts';
import { ROLLUPS, ROLLUP_IDS, dayNumber, dayStartMs, type Rollup } from './rollups.ts';

const QUESTIONS = Number(process.env['PLUMBLINE_MEMORY_QUESTIONS'] ?? 60);
/** A Saturday; the month ends within the days, and so does a week. */
const FIRST_DAY = dayNumber(Date.UTC(2026, 10, 28));
const DAYS = 6;
const FIRST_MS = dayStartMs(FIRST_DAY);
const HALF_HOUR_MS = 1_800_000;

let folder: string;
let olap: Olap;
let records: Records;

const clock = createManualClock(dayStartMs(FIRST_DAY + 100));
const marks = () => createRollupMarks({ records, olap, clock });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-memory-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
  records = await openMemoryRecords();
  await write({ alerts: 400, from: 0 });
  const deps = { records, olap, marks: marks(), clock };
  await noteDays(deps);
  while ((await countDue(deps, { daysMax: 31, quietMs: 0 })) > 0);
  // Late, and of today: both days are not counted again.
  const release = await deps.marks.enter({
    observationDays: [FIRST_DAY + 1, FIRST_DAY + DAYS - 1],
    openedDays: [FIRST_DAY + 1, FIRST_DAY + DAYS - 1],
    alerts: [],
  });
  await write({ alerts: 60, from: 1, every: DAYS - 2 });
  release();
});
afterAll(async () => {
  await olap.close();
  await records.close();
  await rm(folder, { recursive: true });
});

/** Alerts and minutes of days from one on: of each day, or of two days so many days apart. */
async function write({
  alerts,
  from,
  every = 1,
}: {
  alerts: number;
  from: number;
  every?: number;
}) {
  const params = {
    alerts,
    from,
    every,
    days: every === 1 ? DAYS : 2,
    firstMs: FIRST_MS,
    counties: [511702, 511722, 511723, 510104, 500101],
  };
  await olap.run(
    `INSERT INTO alert_event (alert_id, kind, at_ms, level, subject_class, region, rule_id, body, log_line)
     SELECT concat('al-', toString({from:UInt32}), '-', toString(number)),
       ['opened', 'acknowledged', 'overdue', 'feedback', 'closed', 'corrected'][step],
       {firstMs:Int64} + ({from:UInt32} + {every:UInt32} * (number % {days:UInt32})) * 86400000
         + cityHash64(number, 7) % 86400000 + (step - 1) * (cityHash64(number, 9) % 900000),
       1 + cityHash64(number, 1) % 3, ['cc', 'raKey'][1 + number % 2],
       {counties:Array(UInt32)}[1 + cityHash64(number, 2) % 5],
       ['county-exit', '规则', '😀', '～'][1 + cityHash64(number, 3) % 4],
       multiIf(step = 4, concat('{"details":{"result":"', ['true', 'drift', '']
         [1 + cityHash64(number, 4) % 3], '"}}'), step = 6, '{"details":{"outcome":"withdrawn"}}', '{}'), step
     FROM (SELECT number, arrayJoin(arrayFilter(s -> s = 1 OR cityHash64(number, s, 5) % 2 = 0, range(1, 7))) AS step
           FROM numbers({alerts:UInt64}))`,
    params,
  );
  await olap.run(
    `INSERT INTO observation_minute (received_minute_ms, kind, source, region, observations)
     SELECT {firstMs:Int64} + ({from:UInt32} + {every:UInt32} * (number % {days:UInt32})) * 86400000
         + (cityHash64(number, 7) % 1440) * 60000,
       ['position', 'device', 'order'][1 + cityHash64(number, 1) % 3],
       ['phone/app', 'bracelet/jt808'][1 + cityHash64(number, 2) % 2],
       {counties:Array(UInt32)}[1 + cityHash64(number, 3) % 5], 1 + number % 9
     FROM numbers({alerts:UInt64})`,
    params,
  );
}

/** Takes over all there is room for. */
async function refresh(memory: RollupMemory, isDone: () => boolean): Promise<void> {
  do {
    for (const id of ROLLUP_IDS) await memory.refresh(ROLLUPS[id].relation);
    await memory.turn();
  } while (!isDone());
}

const holdsAll = (memory: RollupMemory) => () =>
  ROLLUP_IDS.every((id) => memory.stand(id)?.settled.every(({ block }) => block));

/** Values to narrow down by: some that are there, some that are not, a city and a province. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  rule: ['county-exit', '规则', 'none'],
  level: ['1', '03'],
  county: ['511722', '500000', '511723'],
  city: ['511700'],
  province: ['510000'],
  class: ['cc', 'none'],
  cause: ['', 'true'],
  hour: ['0', '07', '17', '23'],
  shift: ['night'],
  kind: ['position', 'order'],
  source: ['phone/app'],
};

const instant = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.integer({ min: -1, max: DAYS + 1 }).map((day) => day * 48 * HALF_HOUR_MS),
    },
    {
      weight: 3,
      arbitrary: fc.integer({ min: 0, max: DAYS * 48 }).map((slot) => slot * HALF_HOUR_MS),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: DAYS * 48 * HALF_HOUR_MS }) },
  )
  .map((ms) => FIRST_MS + ms);

const question = fc.record({
  dimensions: fc.array(fc.nat(), { maxLength: 3 }),
  filters: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 2, arbitrary: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }) },
  ),
  within: fc.constantFrom(
    undefined,
    [regionSpan('511700', { below: true })],
    [regionSpan('511722', { below: false }), regionSpan('500000', { below: true })],
    [],
  ),
  fromMs: fc.option(instant),
  untilMs: fc.option(instant),
  rowsMax: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 6 }),
});

const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;

/** Every metric with every grain and with none, over and over. */
const KINDS = ROLLUP_IDS.flatMap((rollup) => {
  const { metrics, grains }: Rollup = ROLLUPS[rollup];
  return Object.keys(metrics).flatMap((metric) =>
    [undefined, ...grains].map((grain) => ({ rollup, metric, grain })),
  );
});

test('memory answers as the statement does, over days counted ahead, late ones and today', async () => {
  const memory = createRollupMemory({ olap, records: records.db });
  await refresh(memory, holdsAll(memory));
  let [asks, remembered, filled] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(question, async ({ dimensions, filters, within, rowsMax, ...time }) => {
      const { rollup, metric, grain } = pick(KINDS, asks++);
      const names = Object.keys((ROLLUPS[rollup] as Rollup).dimensions);
      const query: MetricQuery = {
        metric,
        dimensions: dimensions.map((at) => pick(names, at)),
        ...(grain && { grain }),
        filters: Object.fromEntries(
          filters.map((at) => [pick(names, at), [...(VALUES[pick(names, at)] ?? [])]]),
        ),
        fromMs: time.fromMs ?? undefined,
        untilMs: time.untilMs ?? undefined,
        ...(rowsMax && { rowsMax }),
      };
      // Of observations the floor goes by how many rows there are, which merges make fewer.
      const options = { within, counts: rollup === 'alerts-by-day' };
      const said = await queryMetric(olap, query, options);
      const held = await queryMetric(olap, query, { ...options, memory });
      const told = ({ rows, cut, columns }: typeof said) => ({ query, rows, cut, columns });
      expect(told(held)).toEqual(told(said));
      if (held.fromMemory) remembered++;
      if (held.fromMemory && said.rows.some(({ value }) => value)) filled++;
    }),
    { numRuns: QUESTIONS, endOnFailure: true },
  );
  expect(remembered).toBeGreaterThan(QUESTIONS / 2);
  expect(filled).toBeGreaterThan(QUESTIONS / 4);
}, 600_000);

test('what there is no room for, or is too much, is asked of the warehouse', async () => {
  const asked = { metric: 'alerts-raised', dimensions: ['county'] };
  const day = (from: number, days = 1) => ({
    ...asked,
    fromMs: dayStartMs(FIRST_DAY + from),
    untilMs: dayStartMs(FIRST_DAY + from + days),
  });
  const fromMemory = async (memory: RollupMemory, query: MetricQuery) => {
    const said = await queryMetric(olap, query, { records: records.db });
    const held = await queryMetric(olap, query, { records: records.db, memory });
    expect(held.rows).toEqual(said.rows);
    return held.fromMemory;
  };
  const whole = createRollupMemory({ olap, records: records.db });
  await refresh(whole, holdsAll(whole));
  const blockOf = (memory: RollupMemory) =>
    memory.stand('alerts-by-day')?.settled.find(({ day: one }) => one === FIRST_DAY + DAYS - 2)
      ?.block;
  const small = createRollupMemory(
    { olap, records: records.db },
    { ...MEMORY_DEFAULTS, bytesMax: (blockOf(whole)?.bytes ?? 0) * 1.5 },
  );
  await refresh(small, () => blockOf(small) !== undefined);
  expect(await fromMemory(small, day(DAYS - 2))).toBe(true);
  expect(await fromMemory(small, day(DAYS - 2, 2))).toBe(true);
  expect(await fromMemory(small, day(0))).toBe(false);
  const short = createRollupMemory(
    { olap, records: records.db },
    { ...MEMORY_DEFAULTS, othersMax: 3 },
  );
  await refresh(short, holdsAll(short));
  expect(await fromMemory(short, day(0))).toBe(true);
  expect(await fromMemory(short, day(DAYS - 1))).toBe(false);
});

test('a day marked since is not answered from what was counted ahead of it', async () => {
  const memory = createRollupMemory({ olap, records: records.db });
  await refresh(memory, holdsAll(memory));
  const asked = { metric: 'alerts-raised' };
  const before = await queryMetric(olap, asked, { memory });
  await records.transaction((trx) => markAll(trx, 'alerts-by-day'));
  await write({ alerts: 6, from: 9 });
  await memory.refresh('alerts');
  const after = await queryMetric(olap, asked, { memory });
  expect(after).toMatchObject({ fromMemory: true, rollup: undefined });
  expect(after.rows).toEqual([{ value: Number(before.rows[0]?.['value']) + 6 }]);
});

test('the warehouse away is no stand', async () => {
  const away = new OperatingError('warehouse-unavailable', 'away', { retry: 'soon' });
  const memory = createRollupMemory({
    olap: { ...olap, arrow: () => Promise.reject(away) },
    records: records.db,
  });
  await memory.refresh('alerts');
  expect(memory.stand('alerts-by-day')).toBeUndefined();
  const { fromMemory } = await queryMetric(olap, { metric: 'alerts-raised' }, { memory });
  expect(fromMemory).toBe(false);
});
