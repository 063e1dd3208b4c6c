// The rows a roll-up answers from: those counted ahead for days that are settled, and for all other time of the
// question the same counts made on the spot from the rows themselves. Both together are what the relation says.

import { RELATIONS } from './metrics-catalogue.ts';
import type { Relation } from './metric.ts';
import type { OlapParam } from './olap.ts';
import {
  ROLLUPS,
  VERSION_KEY_SQL,
  dayStartMs,
  isList,
  timeKeyOf,
  versionKey,
  type Rollup,
  type RollupId,
  type SettledDay,
} from './rollups.ts';

/** The days of a roll-up that a question may be answered from. */
export type SettledDays = { readonly rollup: RollupId; readonly days: readonly SettledDay[] };

type Stretch = { readonly fromMs: number; readonly untilMs: number };

type Time = { readonly fromMs?: number | undefined; readonly untilMs?: number | undefined };

/** Of days in their order, those that lie in the time asked for as a whole. */
export const daysWithin = (
  days: readonly SettledDay[],
  { fromMs = -Infinity, untilMs = Infinity }: Time,
): readonly SettledDay[] =>
  days.filter(({ day }) => dayStartMs(day) >= fromMs && dayStartMs(day + 1) <= untilMs);

/**
 * What to read, and what else must be true of its rows `r`. Days must be in their order and lie in the time
 * asked for as a whole.
 */
export function rolledRows(
  { rollup: id, days }: SettledDays,
  time: Time,
  params: Record<string, OlapParam>,
): { from: string; where: readonly string[] } {
  const rollup: Rollup = ROLLUPS[id];
  const others = gapsBetween(days, time);
  params['settled_from'] = days[0]?.day ?? 0;
  params['settled_to'] = days.at(-1)?.day ?? 0;
  params['settled'] = days.map(versionKey);
  const isSettled = [
    'day BETWEEN {settled_from:UInt32} AND {settled_to:UInt32}',
    `${VERSION_KEY_SQL} IN {settled:Array(UInt64)}`,
  ];
  if (others.length === 0) return { from: rollup.table, where: isSettled };
  const from = `(
  SELECT ${Object.keys({ ...rollup.keys, ...rollup.measures }).join(', ')}
  FROM ${rollup.table}
  WHERE ${isSettled.join('\n    AND ')}
  UNION ALL
  ${countedNow(rollup, others, params)}
)`;
  return { from, where: [] };
}

/** A SELECT of the roll-up's rows for stretches of time, counted from the rows themselves. */
function countedNow(
  rollup: Rollup,
  stretches: readonly Stretch[],
  params: Record<string, OlapParam>,
  more: Readonly<Record<string, string>> = {},
): string {
  const columns = { ...rollup.keys, ...rollup.measures, ...more };
  params['others_from'] = stretches.map(({ fromMs }) => fromMs);
  params['others_until'] = stretches.map(({ untilMs }) => untilMs);
  params['others_first'] = stretches[0]?.fromMs ?? 0;
  params['others_last'] = stretches.at(-1)?.untilMs ?? 0;
  const relation: Relation = RELATIONS[rollup.relation];
  const among = (column: string) =>
    `${column} >= {others_first:Int64} AND ${column} < {others_last:Int64}
    AND arrayExists((a, b) -> ${column} >= a AND ${column} < b,
      {others_from:Array(Int64)}, {others_until:Array(Int64)})`;
  const rows = relation.narrowed?.(among(relation.keptIn.column)) ?? relation.sql;
  return `SELECT ${Object.entries(columns)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(', ')}
  FROM ${rows} AS r
  WHERE ${among(`r.${relation.timeColumn}`)}
  GROUP BY ${Object.keys(rollup.keys).join(', ')}`;
}

export type CellStatement = {
  readonly sql: string;
  readonly params: Readonly<Record<string, OlapParam>>;
};

/** Reads the rows of days that are counted ahead, by day: what is held in memory (rolled-cells.ts). */
export function cellsOfDays(id: RollupId, days: readonly SettledDay[]): CellStatement {
  const rollup: Rollup = ROLLUPS[id];
  const numbers = days.map(({ day }) => day);
  const columns = Object.keys({ ...rollup.keys, ...rollup.measures });
  return {
    sql: `SELECT ${castsOf(rollup)}, toFloat64(-1) AS cell_last_ms
FROM (
  SELECT ${columns.join(', ')}
  FROM ${rollup.table}
  WHERE day BETWEEN {settled_from:UInt32} AND {settled_to:UInt32}
    AND ${VERSION_KEY_SQL} IN {settled:Array(UInt64)}
) AS c
ORDER BY cell_from_ms`,
    params: {
      settled_from: Math.min(...numbers),
      settled_to: Math.max(...numbers),
      settled: days.map(versionKey),
    },
  };
}

/** Counts all time but the days given from the rows themselves; gives one row more than `rowsMax`, to be noticed. */
export function cellsOfOtherTime(
  id: RollupId,
  days: readonly SettledDay[],
  rowsMax: number,
): CellStatement {
  const rollup: Rollup = ROLLUPS[id];
  const params: Record<string, OlapParam> = { rows: rowsMax + 1 };
  const { timeColumn }: Relation = RELATIONS[rollup.relation];
  const last = `max(r.${timeColumn})`;
  const counted = countedNow(rollup, gapsBetween(days, {}), params, { latest_ms: last });
  return {
    sql: `SELECT ${castsOf(rollup)}, toFloat64(c.latest_ms) AS cell_last_ms
FROM (
  ${counted}
) AS c
ORDER BY cell_from_ms
LIMIT {rows:UInt32}`,
    params,
  };
}

/** Columns in forms that can be taken over as they are: texts as dictionaries, numbers as doubles. */
function castsOf(rollup: Rollup): string {
  const time = timeKeyOf(rollup);
  const keys = Object.keys(rollup.keys)
    .filter((key) => key !== time)
    .map((key) => `toLowCardinality(toString(c.${key})) AS cell_${key}`);
  const measures = Object.keys(rollup.measures).map((name) =>
    isList(rollup, name)
      ? `arrayMap(x -> toFloat64(x), c.${name}) AS cell_${name}`
      : `toFloat64(c.${name}) AS cell_${name}`,
  );
  return [`toFloat64(c.${time}) AS cell_from_ms`, ...keys, ...measures].join(', ');
}

/** True when a statement reads nothing but rows of versions that its values name. */
export const isRolledAlone = (params: Readonly<Record<string, OlapParam>>): boolean =>
  Object.hasOwn(params, 'settled') && !Object.hasOwn(params, 'others_from');

/** As far as an instant goes. */
const ENDS_MS = 8_640_000_000_000_000;

/** What of the time is not in the days. */
export function gapsBetween(
  days: readonly SettledDay[],
  { fromMs = -ENDS_MS, untilMs = ENDS_MS }: Time,
): Stretch[] {
  const gaps: Stretch[] = [];
  let atMs = fromMs;
  for (const { day } of days) {
    if (dayStartMs(day) > atMs) gaps.push({ fromMs: atMs, untilMs: dayStartMs(day) });
    atMs = dayStartMs(day + 1);
  }
  if (atMs < untilMs) gaps.push({ fromMs: atMs, untilMs });
  return gaps;
}
