// Asks the warehouse for a metric, of a roll-up where one covers the question.

import {
  METRIC_ROWS_MAX,
  compileMetric,
  type MetricColumn,
  type MetricQuery,
  type CompileOptions,
} from './compile-metric.ts';
import { daysWithin, isRolledAlone, type SettledDays } from './compile-rollup.ts';
import { evaluateRolled } from './evaluate-rollup.ts';
import type { KeptRows } from './kept-rows.ts';
import type { Olap } from './olap.ts';
import type { RecordsDb } from './records.ts';
import { settledDays } from './rollup-days.ts';
import type { RollupMemory } from './rollup-memory.ts';
import { dayNumber, rollupFor, type RollupId } from './rollups.ts';

export type MetricAnswer = {
  readonly columns: readonly MetricColumn[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly sql: string;
  /** True when there was more than `rowsMax` rows. */
  readonly cut: boolean;
  /** What answered; undefined for the rows themselves. */
  readonly rollup: RollupId | undefined;
  /** True when no statement was run: cells held in memory answered, as the statement would have. */
  readonly fromMemory: boolean;
};

export type QueryOptions = Omit<CompileOptions, 'settled'> & {
  /** Where it stands which days of roll-ups may be read; without it none is. */
  readonly records?: RecordsDb | undefined;
  /** Where rows are looked for that were made of the same versions of a roll-up. */
  readonly kept?: KeptRows | undefined;
  /** Roll-ups that are held in memory; whoever gives them refreshes them. */
  readonly memory?: RollupMemory | undefined;
};

/**
 * The answer to a question, in the order of its dimensions, counted from the rows of `within` only where that
 * is given. Rejects like compileMetric and Olap.rows.
 */
export async function queryMetric(
  olap: Olap,
  query: MetricQuery,
  { records, kept, memory, ...options }: QueryOptions = {},
): Promise<MetricAnswer> {
  const remembered = memory && (await fromMemory(memory, query, options));
  if (remembered) return remembered;
  const settled = records && (await settledFor(records, query));
  const { sql, params, columns } = compileMetric(query, { ...options, settled });
  const neverChanges = kept !== undefined && isRolledAlone(params);
  const known = neverChanges ? kept.get(sql, params) : undefined;
  const rows =
    (known as MetricAnswer['rows'] | undefined) ??
    (await olap.rows<MetricAnswer['rows'][number]>(sql, params));
  if (neverChanges && !known) kept.set(sql, params, rows);
  const rowsMax = query.rowsMax ?? METRIC_ROWS_MAX;
  return {
    sql,
    columns,
    rows: rows.slice(0, rowsMax),
    cut: rows.length > rowsMax,
    rollup: settled?.rollup,
    fromMemory: false,
  };
}

/** The answer of the cells held in memory; undefined where they do not cover the question. Rejects like compileMetric. */
async function fromMemory(
  memory: RollupMemory,
  query: MetricQuery,
  options: CompileOptions,
): Promise<MetricAnswer | undefined> {
  const rollup = rollupOf(query);
  if (rollup === undefined || !memory.stand(rollup)) return undefined;
  await memory.turn();
  const stand = memory.stand(rollup);
  if (!stand) return undefined;
  const usable = daysWithin(stand.settled, query);
  const settled = usable.length > 0 ? { rollup, days: usable } : undefined;
  const { sql, columns } = compileMetric(query, { ...options, settled });
  const rows = evaluateRolled(stand, query, options);
  if (!rows) return undefined;
  const rowsMax = query.rowsMax ?? METRIC_ROWS_MAX;
  return {
    sql,
    columns,
    rows: rows.slice(0, rowsMax),
    cut: rows.length > rowsMax,
    rollup: settled?.rollup,
    fromMemory: true,
  };
}

const rollupOf = ({ metric, dimensions = [], filters = {}, grain }: MetricQuery) =>
  rollupFor({ metric, grain, dimensions: [...dimensions, ...Object.keys(filters)] });

/** Days that may be read of a roll-up that covers the question; undefined where there is none of either. */
async function settledFor(
  records: RecordsDb,
  query: MetricQuery,
): Promise<SettledDays | undefined> {
  const { fromMs, untilMs } = query;
  const rollup = rollupOf(query);
  if (rollup === undefined) return undefined;
  const days = await settledDays(records, rollup, {
    from: fromMs === undefined ? 0 : dayNumber(fromMs),
    to: untilMs === undefined ? DAY_MAX : dayNumber(untilMs),
  });
  const usable = daysWithin(days, { fromMs, untilMs });
  return usable.length > 0 ? { rollup, days: usable } : undefined;
}

const DAY_MAX = 1_000_000;
