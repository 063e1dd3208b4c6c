// The rows a roll-up answers from: those counted ahead for days that are settled, and for all other time of the
// question the same counts made on the spot from the rows themselves. Both together are what the relation says.

import { RELATIONS } from './metrics-catalogue.ts';
import type { Relation } from './metric.ts';
import type { OlapParam } from './olap.ts';
import {
  ROLLUPS,
  VERSION_KEY_SQL,
  dayStartMs,
  versionKey,
  type Rollup,
  type RollupId,
  type SettledDay,
} from './rollups.ts';

/** The days of a roll-up that a question may be answered from. */
export type SettledDays = { readonly rollup: RollupId; readonly days: readonly SettledDay[] };

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
  const columns = { ...rollup.keys, ...rollup.measures };
  params['others_from'] = others.map(({ fromMs }) => fromMs);
  params['others_until'] = others.map(({ untilMs }) => untilMs);
  params['others_first'] = others[0]?.fromMs ?? 0;
  params['others_last'] = others.at(-1)?.untilMs ?? 0;
  const relation: Relation = RELATIONS[rollup.relation];
  const among = (column: string) =>
    `${column} >= {others_first:Int64} AND ${column} < {others_last:Int64}
    AND arrayExists((a, b) -> ${column} >= a AND ${column} < b,
      {others_from:Array(Int64)}, {others_until:Array(Int64)})`;
  const rows = relation.narrowed?.(among(relation.keptIn.column)) ?? relation.sql;
  const from = `(
  SELECT ${Object.keys(columns).join(', ')}
  FROM ${rollup.table}
  WHERE ${isSettled.join('\n    AND ')}
  UNION ALL
  SELECT ${Object.entries(columns)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(', ')}
  FROM ${rows} AS r
  WHERE ${among(`r.${relation.timeColumn}`)}
  GROUP BY ${Object.keys(rollup.keys).join(', ')}
)`;
  return { from, where: [] };
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
): { fromMs: number; untilMs: number }[] {
  const gaps: { fromMs: number; untilMs: number }[] = [];
  let atMs = fromMs;
  for (const { day } of days) {
    if (dayStartMs(day) > atMs) gaps.push({ fromMs: atMs, untilMs: dayStartMs(day) });
    atMs = dayStartMs(day + 1);
  }
  if (atMs < untilMs) gaps.push({ fromMs: atMs, untilMs });
  return gaps;
}
