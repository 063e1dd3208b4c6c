// A composite index over generated incidents: 2,800 counties, 120 months, 30 indicators. The whole way from a
// Parquet file to results on disk against one SQL statement over the same file in chDB and in DuckDB, and the
// arithmetic from cells in memory against the same in SQL over a table of cells.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { openIndexInput, type IndexInput } from '../app/indices/index-input.ts';
import { openMonthStore } from '../app/indices/month-store.ts';
import { planRecompute, recompute } from '../app/indices/recompute.ts';
import { silentLogger } from '../core/logger.ts';
import { elapsedMs } from '../core/time.ts';
import { evaluatePeriod } from '../models/composite/evaluate-period.ts';
import { planIndex, type IndexPlan } from '../models/composite/index-plan.ts';
import { parseDefinition } from '../models/composite/load-definition.ts';
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
} from './bench.ts';

const REGIONS = 2_800;
const MONTHS = 120;
const KINDS = 30;
/** 2016-01-01 to 2026-01-01 in China. */
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
  const duckInstance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const duck = await duckInstance.connect();
  const million = `${incidents / 1e6} M`;
  try {
    const file = join(folder, 'incidents.parquet');
    say(`${million} incidents are made`);
    await olap.run(generateSql(file, incidents));
    await olap.run(CELLS_TABLE);
    await olap.run(`INSERT INTO cell ${countsSql(file)}`);
    const plan = planIndex(parseDefinition('bench.yaml', definitionText()));
    let out = 0;
    let kept: IndexInput | undefined;
    const whole: Contender = {
      name: `plumbline: file to results, ${million}`,
      units: FIGURES,
      async run() {
        const { input, sum } = await recomputed(olap, plan, { folder, file, out: `out-${out++}` });
        kept = input;
        return sum;
      },
    };
    const statement: Contender = {
      name: 'chDB: one statement',
      units: FIGURES,
      run: () => sumOf(olap, `(${countsSql(file)})`),
    };
    const duckStatement: Contender = {
      name: 'DuckDB: one statement',
      units: FIGURES,
      run: () => duckSum(duck, file),
    };
    const fromCells: Contender = {
      name: `plumbline: from cells, ${million}`,
      units: FIGURES,
      run: () => evaluated(plan, kept as IndexInput),
    };
    const fromTable: Contender = {
      name: 'chDB: from cells',
      units: FIGURES,
      run: () => sumOf(olap, 'cell'),
    };
    const contenders = [whole, statement, duckStatement, fromCells, fromTable];
    const trials = await runInTurns(contenders, runs, (line) => say(`${million}: ${line}`));
    const expected = trials[1]?.answers[0] as string;
    say(`${million}: one month changes`);
    const late = await lateMonth(olap, plan, { folder, file, runs });
    const peakMb = round(process.memoryUsage().rss / 1e6);
    return [
      ...trials.map((trial, i) =>
        rateCase(trial, {
          metric: 'speed',
          unit: 'figures/s',
          expected,
          peers: i === 0 ? trials.slice(1, 3) : i === 3 ? trials.slice(4) : [],
        }),
      ),
      {
        name: `one month of ${MONTHS} anew, ${million}`,
        metric: 'time',
        unit: 'ms',
        value: round(median(late.ms)),
        runs: late.ms.length,
        spread: spreadAround(late.ms),
        answerOk: late.isOne,
        vs: {},
      },
      {
        name: `memory after it all, ${million}`,
        metric: 'memory',
        unit: 'MB',
        value: peakMb,
        runs: 1,
        spread: 0,
        answerOk: true,
        vs: {},
      },
    ];
  } finally {
    duck.closeSync();
    duckInstance.closeSync();
    await olap.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole way, in one process and an empty folder. */
async function recomputed(
  olap: Olap,
  plan: IndexPlan,
  { folder, file, out }: { folder: string; file: string; out: string },
): Promise<{ input: IndexInput; sum: string }> {
  const input = await openIndexInput({ olap, folder }, plan.definition, { incidents: file });
  const store = openMonthStore(join(folder, out));
  const work = planRecompute(plan, input, store);
  await recompute(plan, input, store, work);
  let sum = 0;
  for (const month of work.months) {
    const table = arrow.tableFromIPC(await store.read(month, work.keyOf(month)));
    for (const figure of table.getChild('index')?.toArray() ?? []) sum += figure as number;
  }
  return { input, sum: shown(sum) };
}

function evaluated(plan: IndexPlan, input: IndexInput): string {
  let sum = 0;
  for (let month = input.first; month <= input.last; month++) {
    const { nodes } = evaluatePeriod(plan, [input.columnsOf(month)]);
    for (const figure of nodes.get('index') as Float64Array) sum += figure;
  }
  return shown(sum);
}

/** Results there but for one month: what looking and computing it anew takes, cells being in memory. */
async function lateMonth(
  olap: Olap,
  plan: IndexPlan,
  { folder, file, runs }: { folder: string; file: string; runs: number },
): Promise<{ ms: number[]; isOne: boolean }> {
  const input = await openIndexInput({ olap, folder }, plan.definition, { incidents: file });
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

/** Incidents as a case system would export them, spread evenly by hashes of their numbers. */
const generateSql = (file: string, incidents: number) =>
  `INSERT INTO FUNCTION file('${file}', Parquet, 'region UInt32, at DateTime64(3, \\'Asia/Shanghai\\'), kind LowCardinality(String)') SELECT 110000 + (cityHash64(number, 1) % ${REGIONS}) * 100, toDateTime64('2016-01-01 00:00:00', 3, 'Asia/Shanghai') + toIntervalSecond(cityHash64(number, 2) % ${SECONDS}), concat('k', toString(cityHash64(number, 3) % ${KINDS})) FROM numbers(${incidents})`;

const CELLS_TABLE =
  'CREATE TABLE cell (m UInt32, r UInt32, c LowCardinality(String), n UInt32) ENGINE = MergeTree ORDER BY (m, c, r)';

const countsSql = (file: string) =>
  `SELECT toUInt32(toYear(at, 'Asia/Shanghai') * 12 + toMonth(at, 'Asia/Shanghai') - 1) AS m, region AS r, kind AS c, toUInt32(count()) AS n FROM file('${file}', Parquet) GROUP BY m, r, c`;

/**
 * The index in SQL from counts that leave out zeros: 100 less what each indicator loses against the best of
 * the month, which is 0 where some region has none.
 */
async function sumOf(olap: Olap, cells: string): Promise<string> {
  const [row] = await olap.rows<{ total: number }>(
    `SELECT sum(figure) AS total FROM (SELECT m, r, 100 - sum(if(worst = best, 0, 40 * (n - best) / (worst - best))) / ${KINDS} AS figure FROM (SELECT m, r, c, n, max(n) OVER w AS worst, if(count() OVER w < ${REGIONS}, 0, min(n) OVER w) AS best FROM ${cells} WINDOW w AS (PARTITION BY m, c)) GROUP BY m, r)`,
  );
  return shown(row?.total ?? Number.NaN);
}

/** The same in DuckDB, whose months are made of instants by hand: zones would need an extension. */
async function duckSum(duck: DuckDBConnection, file: string): Promise<string> {
  const local = `make_timestamp(epoch_us("at") + 8 * 3600000000)`;
  const counts = `SELECT year(${local}) * 12 + month(${local}) - 1 AS m, region AS r, kind AS c, count(*) AS n FROM read_parquet('${file}') GROUP BY ALL`;
  const result = await duck.runAndReadAll(
    `SELECT sum(figure) AS total FROM (SELECT m, r, 100 - sum(CASE WHEN worst = best THEN 0.0::DOUBLE ELSE 40.0::DOUBLE * (n - best) / (worst - best) END) / ${KINDS} AS figure FROM (SELECT m, r, c, n, max(n) OVER w AS worst, CASE WHEN count(*) OVER w < ${REGIONS} THEN 0 ELSE min(n) OVER w END AS best FROM (${counts}) WINDOW w AS (PARTITION BY m, c)) GROUP BY m, r)`,
  );
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
