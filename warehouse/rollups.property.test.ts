// Whatever was written in whatever order, and wherever a calculation was cut short: a roll-up answers what the
// rows answer.

import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../alerts/scenario.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import { createManualClock, systemClock } from '../core/time.ts';
import { dimensionsOf, METRICS } from './metrics-catalogue.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { queryMetric } from './query-metric.ts';
import type { Records } from './records.ts';
import { clearReplaced, countDue, noteDays } from './rollup-count.ts';
import { createRollupMarks, settledDays, type RollupMarks } from './rollup-days.ts';
import { createRollupMemory, type RollupMemory } from './rollup-memory.ts';
import {
  ROLLUPS,
  ROLLUP_IDS,
  dayNumber,
  dayStartMs,
  type Rollup,
  type RollupId,
} from './rollups.ts';

const FIRST_DAY = dayNumber(Date.UTC(2026, 10, 20));
const DAYS = 4;
const HALF_HOUR_MS = 1_800_000;
const RUNS = Number(process.env['PLUMBLINE_ROLLUP_RUNS'] ?? 3);

let folder: string;
let olap: Olap;
let records: Records;
/** Each run has days and alerts of its own. */
let run = 0;
const firstDay = () => FIRST_DAY + run * 10;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-rollups-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
});
afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});

type Event = {
  readonly alert: number;
  readonly kind: string;
  readonly atMs: number;
  readonly level: number;
  readonly details: object;
};

type Minute = { readonly atMs: number; readonly region: number; readonly observations: number };

type Step =
  | { readonly do: 'write'; readonly events: readonly Event[]; readonly minutes: readonly Minute[] }
  | { readonly do: 'count' }
  /** A calculation that is cut short after its rows are written. */
  | { readonly do: 'crash' }
  | { readonly do: 'clear' };

const instant = fc
  .tuple(
    fc.integer({ min: 0, max: DAYS - 1 }),
    fc.integer({ min: 0, max: 47 }),
    fc.nat(HALF_HOUR_MS - 1),
  )
  // From the first day of the run.
  .map(([day, slot, ms]) => (day * 48 + slot) * HALF_HOUR_MS + ms);

const event: fc.Arbitrary<Event> = fc.record({
  alert: fc.integer({ min: 0, max: 9 }),
  kind: fc.constantFrom(
    'opened',
    'opened',
    'acknowledged',
    'closed',
    'reopened',
    'overdue',
    'feedback',
    'corrected',
  ),
  atMs: instant,
  level: fc.integer({ min: 1, max: 3 }),
  details: fc.constantFrom({}, { result: 'true' }, { result: 'drift' }, { outcome: 'withdrawn' }),
});

const minute: fc.Arbitrary<Minute> = fc.record({
  atMs: instant.map((atMs) => Math.floor(atMs / 60_000) * 60_000),
  region: fc.constantFrom(511702, 511722, 510104),
  observations: fc.integer({ min: 1, max: 9 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      events: fc.array(event, { maxLength: 8 }),
      minutes: fc.array(minute, { maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'count' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' } as const) },
);

let line = 0;

async function write({ events, minutes }: Extract<Step, { do: 'write' }>): Promise<void> {
  const rows = events.map(({ alert, details, ...rest }) =>
    JSON.stringify({
      ...rest,
      atMs: dayStartMs(firstDay()) + rest.atMs,
      alert: `al-${run}-${alert}`,
      region: [511702, 511722, 510104][alert % 3],
      rule: `rule-${alert % 2}`,
      body: JSON.stringify({ details }),
      line: line++,
    }),
  );
  if (rows.length > 0) {
    await olap.run(
      `INSERT INTO alert_event (alert_id, kind, at_ms, level, region, rule_id, subject_class, body, log_line)
       SELECT JSONExtractString(x, 'alert'), JSONExtractString(x, 'kind'), JSONExtractInt(x, 'atMs'),
         JSONExtractInt(x, 'level'), JSONExtractInt(x, 'region'), JSONExtractString(x, 'rule'), 'cc',
         JSONExtractString(x, 'body'), JSONExtractInt(x, 'line')
       FROM (SELECT arrayJoin({rows:Array(String)}) AS x)`,
      { rows },
    );
  }
  if (minutes.length > 0) {
    await olap.run(
      `INSERT INTO observation_minute (received_minute_ms, kind, source, region, observations)
       SELECT JSONExtractInt(x, 'atMs'), if(JSONExtractInt(x, 'observations') > 5, 'device', 'position'), 'phone/app',
         JSONExtractInt(x, 'region'), JSONExtractInt(x, 'observations')
       FROM (SELECT arrayJoin({rows:Array(String)}) AS x)`,
      {
        rows: minutes.map((one) =>
          JSON.stringify({ ...one, atMs: dayStartMs(firstDay()) + one.atMs }),
        ),
      },
    );
  }
}

const touchedBy = ({ events, minutes }: Extract<Step, { do: 'write' }>) => {
  const dayOf = ({ atMs }: { atMs: number }) => dayNumber(dayStartMs(firstDay()) + atMs);
  const opened = events.filter(({ kind }) => kind === 'opened');
  return {
    observationDays: [...new Set(minutes.map(dayOf))],
    openedDays: [...new Set(opened.map(dayOf))],
    alerts: [...new Set(events.map(({ alert }) => `al-${run}-${alert}`))],
  };
};

const CUT_SHORT = new Error('cut short');

const question = fc.record({
  rollup: fc.constantFrom(...ROLLUP_IDS),
  metric: fc.nat(),
  dimensions: fc.array(fc.nat(), { maxLength: 2 }),
  grain: fc.option(fc.nat()),
  isFiltered: fc.boolean(),
  fromMs: fc.option(fc.oneof(instant, fc.constant(0))),
  forMs: fc.option(fc.oneof(instant, fc.constant(2 * 48 * HALF_HOUR_MS))),
});

type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;

async function expectTheSame(asked: Question): Promise<void> {
  const { metrics, dimensions, grains }: Rollup = ROLLUPS[asked.rollup];
  const names = Object.keys(dimensions);
  const fromMs = asked.fromMs === null ? undefined : dayStartMs(firstDay()) + asked.fromMs;
  const query = {
    metric: pick(Object.keys(metrics), asked.metric),
    dimensions: [...new Set(asked.dimensions.map((at) => pick(names, at)))],
    ...(asked.grain !== null && { grain: pick(grains, asked.grain) }),
    ...(asked.isFiltered && { filters: { county: ['511700'] } }),
    fromMs,
    untilMs:
      asked.forMs === null ? undefined : (fromMs ?? dayStartMs(firstDay())) + asked.forMs + 1,
  };
  // Of observations the floor goes by how many rows there are, which merges make fewer.
  const options = { counts: asked.rollup === 'alerts-by-day' };
  const { rows } = await queryMetric(olap, query, options);
  const rolled = await queryMetric(olap, query, { ...options, records: records.db });
  expect({ query, rows: rolled.rows }).toEqual({ query, rows });
  if (rolled.rollup) answeredByRollup++;
  const remembered = await queryMetric(olap, query, { ...options, memory });
  expect({ query, rows: remembered.rows }).toEqual({ query, rows });
  if (remembered.fromMemory) answeredFromMemory++;
}
let answeredFromMemory = 0;
let memory: RollupMemory;

/** What days are held is taken over in passing. */
async function refreshed(): Promise<void> {
  const isHeld = (id: RollupId) => memory.stand(id)?.settled.every(({ block }) => block);
  do {
    for (const id of ROLLUP_IDS) await memory.refresh(ROLLUPS[id].relation);
    await memory.turn();
  } while (!ROLLUP_IDS.every(isHeld));
}
let answeredByRollup = 0;

test('a roll-up answers what the rows answer, from the warehouse and from memory', async () => {
  records = await openMemoryRecords();
  const clock = createManualClock(dayStartMs(FIRST_DAY + 10_000));
  const marks: RollupMarks = createRollupMarks({ records, olap, clock });
  const deps = { records, olap, marks, clock };
  memory = createRollupMemory({ olap, records: records.db });
  const options = { daysMax: 2, quietMs: 0 };
  let before = new Map<string, ReadonlySet<number>>();
  const dying: Olap = {
    ...olap,
    async run(sql, params) {
      await olap.run(sql, params);
      throw CUT_SHORT;
    },
  };
  const carryOut = async (one: Step) => {
    if (one.do === 'write') {
      const release = await marks.enter(touchedBy(one));
      await write(one);
      release();
    } else if (one.do === 'count') {
      await countDue(deps, options);
    } else if (one.do === 'crash') {
      await countDue({ ...deps, olap: dying }, options).catch((error: unknown) => {
        if (error !== CUT_SHORT) throw error;
      });
    } else {
      const now = new Map<string, ReadonlySet<number>>();
      for (const id of ROLLUP_IDS) now.set(id, await clearReplaced(deps, id, before.get(id)));
      before = now;
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 10 }),
      fc.array(question, { minLength: 8, maxLength: 8 }),
      async (steps, questions) => {
        run++;
        for (const one of steps) await carryOut(one);
        await refreshed();
        for (const one of questions.slice(0, 4)) await expectTheSame(one);
        while ((await countDue(deps, options)) > 0);
        await refreshed();
        for (const one of questions.slice(4)) await expectTheSame(one);
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(answeredByRollup).toBeGreaterThan(0);
  expect(answeredFromMemory).toBeGreaterThan(0);
  await records.close();
}, 600_000);

test('what is being written about a day is waited for, and what comes meanwhile counts it again', async () => {
  records = await openMemoryRecords();
  await olap.run('TRUNCATE TABLE alert_event');
  const clock = createManualClock(dayStartMs(FIRST_DAY + 10_000));
  const marks = createRollupMarks({ records, olap, clock });
  const deps = { records, olap, marks, clock };
  const options = { daysMax: 9, quietMs: 0 };
  const opened = {
    do: 'write',
    events: [{ alert: 1, kind: 'opened', atMs: 0, level: 1, details: {} }],
    minutes: [],
  } as const;
  const closed = {
    ...opened,
    events: [{ ...opened.events[0], kind: 'closed', atMs: 2 * 48 * HALF_HOUR_MS }],
  } as const;
  const release = await marks.enter(touchedBy(opened));
  expect(await countDue(deps, options)).toBe(0);
  await write(opened);
  release();
  expect(await countDue(deps, options)).toBe(1);
  // An act of a later day is about the day on which the alert was recorded.
  const second = await marks.enter(touchedBy(closed));
  await write(closed);
  second();
  expect(await settledDays(records.db, 'alerts-by-day', { from: 0, to: 99_999 })).toEqual([]);
  const meddling: Olap = {
    ...olap,
    async run(sql, params) {
      await olap.run(sql, params);
      (await marks.enter(touchedBy(closed)))();
    },
  };
  expect(await countDue({ ...deps, olap: meddling }, options)).toBe(0);
  expect(await countDue(deps, options)).toBe(1);
  const asked = { metric: 'alerts-open' };
  const answer = await queryMetric(olap, asked, { records: records.db });
  expect(answer).toMatchObject({ rollup: 'alerts-by-day', rows: [{ value: 0 }] });
  await records.close();
});

test('days of a warehouse older than its roll-ups are counted, and all are again after a deletion', async () => {
  records = await openMemoryRecords();
  await olap.run('TRUNCATE TABLE alert_event');
  await olap.run('TRUNCATE TABLE observation_minute');
  const clock = createManualClock(dayStartMs(FIRST_DAY + 10_000));
  const deps = { records, olap, marks: createRollupMarks({ records, olap, clock }), clock };
  const options = { daysMax: 9, quietMs: 0 };
  const events = [0, 3].map((day) => ({
    alert: day,
    kind: 'opened',
    atMs: day * 48 * HALF_HOUR_MS,
    level: 1,
    details: {},
  }));
  await write({ do: 'write', events, minutes: [] });
  await noteDays(deps);
  expect(await countDue(deps, options)).toBe(4);
  expect(await countDue(deps, options)).toBe(0);
  const asked = { metric: 'alerts-raised' };
  const count = async () => (await queryMetric(olap, asked, { records: records.db })).rows;
  expect(await count()).toEqual([{ value: 2 }]);
  await olap.run(`INSERT INTO forgotten_rows VALUES ('t', 'alert_event', 0, 0, 1)`);
  await olap.run(`DELETE FROM alert_event WHERE alert_id = 'al-${run}-0'`);
  expect(await countDue(deps, options)).toBe(4);
  expect(await count()).toEqual([{ value: 1 }]);
  await records.close();
});

test('roll-ups name metrics and dimensions there are', () => {
  for (const { metrics, dimensions, relation } of Object.values(ROLLUPS)) {
    for (const id of Object.keys(metrics)) {
      const metric = METRICS[id];
      expect(metric?.relation, id).toBe(relation);
      for (const name of Object.keys(dimensions))
        expect(Object.keys(dimensionsOf(metric!))).toContain(name);
    }
  }
});
