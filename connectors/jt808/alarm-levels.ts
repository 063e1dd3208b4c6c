// Alarm bits are levels: they stay while the condition lasts and come with every location. Here they
// become device events, one when a condition begins and one when it ends.

import { CONDITIONS, type Condition, type DeviceEvent, type DeviceModel } from './device-model.ts';

/**
 * What is known of one terminal. Stored locations that arrive late are compared among themselves, so
 * that a backlog from before an alarm cannot end it.
 */
export type AlarmLevels = { readonly newest: Level; readonly late: Level };

/** The conditions at an instant, as a set of bits, one for each row of the model's alarm table. */
type Level = { readonly atMs: number; readonly rows: number };

const UNHEARD: Level = { atMs: Number.NEGATIVE_INFINITY, rows: 0 };

/** A terminal not heard of yet has no condition, so one that lasts is reported when it is first seen. */
export const NO_LEVELS: AlarmLevels = { newest: UNHEARD, late: UNHEARD };

const NO_EVENTS: readonly DeviceEvent[] = [];

/** What one more location says: the levels after it and the events it brings, ends before beginnings. */
export function stepLevels(
  levels: AlarmLevels,
  reading: { readonly atMs: number; readonly alarms: number },
  model: DeviceModel,
): readonly [AlarmLevels, readonly DeviceEvent[]] {
  const level = { atMs: reading.atMs, rows: rowsOf(reading.alarms, model) };
  if (level.atMs >= levels.newest.atMs) {
    return [{ newest: level, late: levels.late }, eventsBetween(levels.newest, level, model)];
  }
  const before = level.atMs >= levels.late.atMs ? levels.late : UNHEARD;
  return [{ newest: levels.newest, late: level }, eventsBetween(before, level, model)];
}

function rowsOf(alarms: number, model: DeviceModel): number {
  if (alarms === 0) return 0;
  let rows = 0;
  for (const [row, { bits }] of model.alarms.entries()) {
    if (bits.some((bit) => ((alarms >>> bit) & 1) === 1)) rows |= 1 << row;
  }
  return rows;
}

function eventsBetween(before: Level, after: Level, model: DeviceModel): readonly DeviceEvent[] {
  const changed = before.rows ^ after.rows;
  if (changed === 0) return NO_EVENTS;
  const began: DeviceEvent[] = [];
  const ended: DeviceEvent[] = [];
  for (const [row, { means }] of model.alarms.entries()) {
    if (((changed >>> row) & 1) === 0) continue;
    if (((after.rows >>> row) & 1) === 1) began.push(means);
    else if (CONDITIONS[means]) ended.push(CONDITIONS[means] as DeviceEvent);
  }
  return [...ended, ...began];
}

/** The alarm word that says exactly these conditions; how a simulated device speaks. */
export function alarmsFor(conditions: ReadonlySet<Condition>, model: DeviceModel): number {
  let alarms = 0;
  for (const { bits, means } of model.alarms) {
    if (conditions.has(means)) alarms |= 1 << (bits[0] as number);
  }
  return alarms >>> 0;
}
