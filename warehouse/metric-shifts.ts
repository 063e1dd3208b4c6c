// The turns of the duty by which the load is counted: those of the roster's example (docs/duty-roster.md). A
// bureau may arrange its turns otherwise; figures of different bureaus are compared by these.

import { text, type Text } from '../core/text.ts';

/** In the order they begin; each lasts until the next begins. */
export const SHIFTS: readonly {
  readonly id: string;
  readonly name: Text;
  readonly fromMinute: number;
}[] = [
  { id: 'day', name: text('白班（8:30起）', 'day (from 8:30)'), fromMinute: 8 * 60 + 30 },
  { id: 'night', name: text('夜班（17:30起）', 'night (from 17:30)'), fromMinute: 17 * 60 + 30 },
];

/** Minute of the day in China, whose clock is the same all year. */
const MINUTE = 'intDiv(r.recorded_at_ms + 28800000, 60000) % 1440';

/** The shift an alert of the relation `r` was recorded in. */
export const SHIFT_SQL = shiftSql();

/** The shift of a minute of the day in China. */
export const shiftAt = (minute: number): string =>
  (SHIFTS.findLast(({ fromMinute }) => minute >= fromMinute) ?? SHIFTS.at(-1))?.id ?? '';

function shiftSql(): string {
  const last = SHIFTS.at(-1)?.id ?? '';
  const cases = SHIFTS.toReversed().map(
    ({ id, fromMinute }) => `${MINUTE} >= ${fromMinute}, '${id}'`,
  );
  return `multiIf(${cases.join(', ')}, '${last}')`;
}
