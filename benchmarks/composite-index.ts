// A composite index over generated incidents: 2,800 counties, 120 months, 30 indicators. Every side has the
// same rows in the same order in storage of its own, with the month of each row beside it: the product and
// chDB in the warehouse's table, DuckDB in a database file. The product counts the rows and scores all
// counties, and once more with ranks and every figure of every month written to the disk; the peers give the
// sum of the index in one statement, each in the fastest of several ways of writing it. Then the same from
// cells: in memory for the product, a table for them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { openWarehouseInput, type IndexInput } from '../app/indices/index-input.ts';
import { openMonthStore } from '../app/indices/month-store.ts';
import { planRecompute, recompute } from '../app/indices/recompute.ts';
import { silentLogger } from '../core/logger.ts';
import { elapsedMs, systemClock } from '../core/time.ts';
import { createWorkspace, evaluatePeriod } from '../models/composite/evaluate-period.ts';
import { planIndex, type IndexPlan } from '../models/composite/index-plan.ts';
import { parseDefinition } from '../models/composite/load-definition.ts';
import { migrateWarehouse } from '../warehouse/migrate.ts';
import { openOlap, type Olap } from '../warehouse/olap.ts';
import {
  describeMachine,
  median,
  rateCase,
  round,
  runInTurns,
  spreadAround,
  type BenchReport,
  type CaseResult,
  type Contender,
  type Trial,
} from './bench.ts';

const REGIONS = 2_800;
const MONTHS = 120;
const KINDS = 30;
/** 2016-01-01 to 2026-01-01 in China. */
const START_MS = Date.UTC(2015, 11, 31, 16);
const UNTIL_MS = Date.UTC(2026, 5);
const SECONDS = 3_653 * 86_400;
const FIGURES = REGIONS * MONTHS;

const SIZE = 20_000_000;
/** Asked for with --large: it takes half an hour. */
const SIZE_LARGE = 200_000_000;

export async function benchIndex(
  runs: number,
  say: (line: string) => void,
  { large }: { large: boolean },
): Promise<BenchReport> {
  const cases: CaseResult[] = [];
  for (const incidents of large ? [SIZE, SIZE_LARGE] : [SIZE]) {
    // The large one takes minutes in SQL; its ratio needs fewer runs.
    cases.push(...(await benchSize(incidents, incidents > 100e6 ? Math.min(2, runs) : runs, say)));
  }
  return { bench: 'index', machine: describeMachine(), cases };
}

async function benchSize(
  incidents: number,
  runs: number,
  say: (line: string) => void,
): Promise<CaseResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-index-'));
  const olap = await openOlap(
    { logger: silentLogger },
    { kind: 'chdb', folder: join(folder, 'engine'), threadsPerQueryMax: 0, queryMsMax: 600_000 },
  );
  const duckInstance = await DuckDBInstance.create(join(folder, 'peer.duckdb'), {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const duck = await duckInstance.connect();
  const million = `${incidents / 1e6} M`;
  try {
    say(`${million} incidents are made`);
    await makeIncidents({ olap, duck, folder }, incidents);
    const plan = planIndex(parseDefinition('bench.yaml', definitionText()));
    const asks = {
      chdb: (sql: string) => chdbSum(olap, sql),
      duck: (sql: string) => duckSum(duck, sql),
    };
    const best = {
      chdb: await fastestOf(asks.chdb, [...waysOf(PACKED), windowOver(DENSE)]),
      duck: await fastestOf(asks.duck, waysOf(COUNTS)),
      chdbCells: await fastestOf(asks.chdb, waysOf('cell')),
      duckCells: await fastestOf(asks.duck, waysOf('cell')),
    };
    let out = 0;
    let kept: IndexInput | undefined;
    let peak = 0;
    const figures = (name: string, run: Contender['run']): Contender => ({
      name,
      units: FIGURES,
      run,
    });
    const contenders = [
      figures(`plumbline: rows to figures, ${million}`, async () => {
        kept = await openWarehouseInput({ olap, folder }, plan.definition, { untilMs: UNTIL_MS });
        return evaluated(plan, kept);
      }),
      figures('chDB: one statement', () => asks.chdb(best.chdb)),
      figures('DuckDB: one statement', () => asks.duck(best.duck)),
      figures(`plumbline: from cells, ${million}`, () => evaluated(plan, kept as IndexInput)),
      figures('chDB: from cells', () => asks.chdb(best.chdbCells)),
      figures('DuckDB: from cells', () => asks.duck(best.duckCells)),
      figures(`plumbline: rows to results on disk, ${million}`, async () => {
        const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 25);
        try {
          return await recomputed(olap, plan, { folder, out: `out-${out++}` });
        } finally {
          clearInterval(watch);
        }
      }),
    ];
    const trials = await runInTurns(contenders, runs, (line) => say(`${million}: ${line}`));
    const expected = trials[1]?.answers[0] as string;
    say(`${million}: one month changes`);
    const late = await lateMonth(olap, plan, { folder, runs });
    const [whole, chdb, duckdb, fromCells, chdbCells, duckCells, onDisk] = trials as Seven<Trial>;
    const one = (
      name: string,
      [value, unit]: [number, string],
      ms = onDisk.msPerRun,
    ): CaseResult => ({
      name: `${name}, ${million}`,
      metric: METRICS[unit] as string,
      unit,
      value: round(value),
      runs,
      spread: spreadAround(ms),
      answerOk: true,
      vs: {},
    });
    const share = (ours: Trial, peer: Trial) => median(ours.msPerRun) / median(peer.msPerRun);
    const peersOf = new Map([
      [whole, [chdb, duckdb]],
      [fromCells, [chdb, duckdb, chdbCells, duckCells]],
      [onDisk, [chdb, duckdb]],
    ]);
    const cellsPerSecond = (FIGURES * KINDS * 1_000) / median(whole.msPerRun);
    const anew = one(`one month of ${MONTHS} anew`, [median(late.ms), 'ms'], late.ms);
    return [
      ...trials.map((trial) =>
        rateCase(trial, {
          metric: 'speed',
          unit: 'figures/s',
          expected,
          peers: peersOf.get(trial) ?? [],
        }),
      ),
      {
        ...one("rows to figures, share of chDB's time", [share(whole, chdb), '×'], whole.msPerRun),
        bar: { atMost: 0.6 },
      },
      {
        ...one(
          "rows to figures, share of DuckDB's time",
          [share(whole, duckdb), '×'],
          whole.msPerRun,
        ),
        bar: { atMost: 0.5 },
      },
      {
        ...one(
          'from cells, times as fast as SQL from rows',
          [1 / Math.max(share(fromCells, chdb), share(fromCells, duckdb)), '×'],
          fromCells.msPerRun,
        ),
        bar: { atLeast: 20 },
      },
      one('cells from rows to figures', [cellsPerSecond, 'cells/s'], whole.msPerRun),
      { ...anew, answerOk: late.isOne },
      one('peak memory while computing, engines included', [peak / 1e6, 'MB']),
    ];
  } finally {
    duck.closeSync();
    duckInstance.closeSync();
    await olap.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Seven<Value> = [Value, Value, Value, Value, Value, Value, Value];

const METRICS: Readonly<Record<string, string>> = {
  ms: 'time',
  MB: 'memory',
  'cells/s': 'speed',
  '×': 'ratio',
};

/** The whole way to the disk, in one process and an empty folder. */
async function recomputed(
  olap: Olap,
  plan: IndexPlan,
  { folder, out }: { folder: string; out: string },
): Promise<string> {
  const input = await openWarehouseInput({ olap, folder }, plan.definition, { untilMs: UNTIL_MS });
  const store = openMonthStore(join(folder, out));
  const work = planRecompute(plan, input, store);
  await recompute(plan, input, store, work);
  let sum = 0;
  for (const month of work.months) {
    const table = arrow.tableFromIPC(await store.read(month, work.keyOf(month)));
    for (const figure of table.getChild('index')?.toArray() ?? []) sum += figure as number;
  }
  rmSync(join(folder, out), { recursive: true });
  return shown(sum);
}

function evaluated(plan: IndexPlan, input: IndexInput): string {
  let sum = 0;
  const workspace = createWorkspace();
  for (let month = input.first; month <= input.last; month++) {
    const { nodes } = evaluatePeriod(plan, [input.columnsOf(month)], workspace);
    for (const figure of nodes.get('index') as Float64Array) sum += figure;
  }
  return shown(sum);
}

/** Results there but for one month: what looking and computing it anew takes, cells being in memory. */
async function lateMonth(
  olap: Olap,
  plan: IndexPlan,
  { folder, runs }: { folder: string; runs: number },
): Promise<{ ms: number[]; isOne: boolean }> {
  const input = await openWarehouseInput({ olap, folder }, plan.definition, { untilMs: UNTIL_MS });
  const store = openMonthStore(join(folder, 'late'));
  await recompute(plan, input, store, planRecompute(plan, input, store));
  const ms: number[] = [];
  let isOne = true;
  for (let run = 0; run <= runs; run++) {
    const month = input.first + 50;
    const changed: IndexInput = {
      ...input,
      versionOf: (one) => `${input.versionOf(one)}${one === month ? run : ''}`,
    };
    const startedMs = elapsedMs();
    const work = planRecompute(plan, changed, store);
    await recompute(plan, changed, store, work);
    if (run > 0) ms.push(elapsedMs() - startedMs);
    isOne &&= work.stale.length === 1 && work.stale[0] === month;
  }
  return { ms, isOne };
}

const shown = (sum: number) => (Math.round(sum * 10) / 10).toFixed(1);

/** Incidents spread evenly by hashes of their numbers, and the cells they make, in both engines. */
async function makeIncidents(
  { olap, duck, folder }: { olap: Olap; duck: DuckDBConnection; folder: string },
  incidents: number,
): Promise<void> {
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
  await olap.run(
    `INSERT INTO incident (at_ms, region, kind, origin) SELECT ${START_MS} + (cityHash64(number, 2) % ${SECONDS}) * 1000, 110000 + (cityHash64(number, 1) % ${REGIONS}) * 100, concat('k', toString(cityHash64(number, 3) % ${KINDS})), 'bench' FROM numbers(${incidents})`,
  );
  // As after the engine's own merges; a year after the other goes to the peer in the order it lies in.
  await olap.run('OPTIMIZE TABLE incident FINAL');
  await olap.run(
    'CREATE TABLE cell (month UInt16, region UInt32, kind LowCardinality(String), n UInt32) ENGINE = MergeTree ORDER BY (month, kind, region)',
  );
  await olap.run(
    `INSERT INTO cell SELECT month, region, concat('k', toString(kind)), n FROM ${PACKED}`,
  );
  for (const [table, columns] of [
    ['incident', 'at_ms, month, region, toString(kind) AS kind'],
    ['cell', 'month, region, toString(kind) AS kind, n'],
  ] as const) {
    const file = join(folder, `${table}.parquet`);
    await olap.run(
      `INSERT INTO FUNCTION file('${file}', Parquet) SELECT ${columns} FROM ${table} SETTINGS max_threads = 1`,
    );
    if (table === 'incident')
      await duck.run(
        `CREATE TYPE kind AS ENUM (${Array.from({ length: KINDS }, (_, i) => `'k${i}'`).join(', ')})`,
      );
    await duck.run(
      `CREATE TABLE ${table} AS SELECT * REPLACE (kind::kind AS kind) FROM read_parquet('${file}')`,
    );
    rmSync(file);
  }
}

/** Counted as one would write it, kinds being an ENUM: DuckDB gains nothing from a key in one number. */
const COUNTS =
  '(SELECT month, region, kind, CAST(count(*) AS INTEGER) AS n FROM incident GROUP BY month, region, kind)';

const KIND_NUMBER = `transform(kind, [${Array.from({ length: KINDS }, (_, i) => `'k${i}'`).join(', ')}], [${Array.from({ length: KINDS }, (_, i) => `toUInt8(${i})`).join(', ')}], toUInt8(255))`;

/** With the key of a cell in one number, which takes chDB a third of the time of three columns. */
const PACKED = `(SELECT toUInt16(bitAnd(cell, 65535)) AS month, toUInt32(bitShiftRight(cell, 24)) AS region, toUInt8(bitAnd(bitShiftRight(cell, 16), 255)) AS kind, toInt32(counted) AS n FROM (SELECT bitShiftLeft(toUInt64(region), 24) + bitShiftLeft(toUInt64(${KIND_NUMBER}), 16) + month AS cell, count() AS counted FROM incident GROUP BY cell))`;

/** Counted into an array a year, as the product has it done. */
const DENSE = `(SELECT toUInt16(year * 12 + intDiv(i - 1, ${KINDS})) AS month, code AS region, toUInt8((i - 1) % ${KINDS}) AS kind, toInt32(counted) AS n FROM (SELECT region AS code, intDiv(month, 12) AS year, countResample(0, ${12 * KINDS}, 1)((month % 12) * ${KINDS} + ${KIND_NUMBER}) AS counts FROM incident GROUP BY code, year) ARRAY JOIN counts AS counted, arrayEnumerate(counts) AS i WHERE counted > 0)`;

/**
 * The index in SQL from counts that leave out zeros: 100 less what each indicator loses against the best of
 * the month, which is 0 where some region has none. Once with a window over the counts, once with a join.
 */
const windowOver = (cells: string) =>
  `SELECT sum(figure) AS total FROM (SELECT month, region, 100 - sum(CASE WHEN worst = best THEN 0e0 ELSE 40e0 * (n - best) / (worst - best) END) / ${KINDS} AS figure FROM (SELECT month, region, kind, n, max(n) OVER w AS worst, CASE WHEN count(*) OVER w < ${REGIONS} THEN 0 ELSE min(n) OVER w END AS best FROM ${cells} AS k WINDOW w AS (PARTITION BY month, kind)) AS scored GROUP BY month, region) AS figures`;

const waysOf = (cells: string): readonly string[] => [
  windowOver(cells),
  `WITH k AS (SELECT * FROM ${cells} AS counted), e AS (SELECT month AS em, kind AS ek, max(n) AS worst, CASE WHEN count(*) < ${REGIONS} THEN 0 ELSE min(n) END AS best FROM k GROUP BY month, kind) SELECT sum(figure) AS total FROM (SELECT month, region, 100 - sum(CASE WHEN worst = best THEN 0e0 ELSE 40e0 * (n - best) / (worst - best) END) / ${KINDS} AS figure FROM k INNER JOIN e ON month = em AND kind = ek GROUP BY month, region) AS figures`,
];

/** The way that is fastest here, each tried once. */
async function fastestOf(
  ask: (sql: string) => Promise<string>,
  ways: readonly string[],
): Promise<string> {
  const tried: { sql: string; ms: number }[] = [];
  for (const sql of ways) {
    const startedMs = elapsedMs();
    await ask(sql);
    tried.push({ sql, ms: elapsedMs() - startedMs });
  }
  return (tried.toSorted((a, b) => a.ms - b.ms)[0] as { sql: string }).sql;
}

async function chdbSum(olap: Olap, sql: string): Promise<string> {
  const [row] = await olap.rows<{ total: number }>(sql);
  return shown(row?.total ?? Number.NaN);
}

async function duckSum(duck: DuckDBConnection, sql: string): Promise<string> {
  const result = await duck.runAndReadAll(sql);
  return shown(Number(result.getRows()[0]?.[0]));
}

function definitionText(): string {
  const names = Array.from({ length: KINDS }, (_, i) => i);
  const words = '{ zh: 某, en: some }';
  return [
    'id: bench',
    'number: 1',
    `title: ${words}`,
    `meaning: ${words}`,
    'owner: bench',
    'source: bench',
    'grain: month',
    'columns:',
    ...names.map((i) => `  k${i}: { title: ${words}, unit: ${words}, count: true }`),
    'indicators:',
    ...names.map(
      (i) =>
        `  K${i}: { title: ${words}, unit: ${words}, direction: negative, value: { of: k${i} }, goal: { peers: { reference: period } } }`,
    ),
    'top: index',
    'nodes:',
    '  index:',
    `    title: ${words}`,
    '    parts:',
    ...names.map((i) => `      - { of: K${i}, weight: ${1 / KINDS} }`),
    'grading:',
    '  bands:',
    `    - { id: good, name: ${words}, colour: blue, from: 80 }`,
    `    - { id: poor, name: ${words}, colour: red, from: null }`,
  ].join('\n');
}
