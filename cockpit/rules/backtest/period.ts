// The stretch a backtest is proposed over: whole minutes of China's time, within what the log keeps.

import { DAY_MS, localDateTime, MINUTE_MS } from '../../../core/local-time.ts';

export type Kept = { readonly fromMs: number; readonly untilMs: number };

/** What a field of date and time takes, to the minute: `2026-11-20T08:00`. */
export const fieldOf = (atMs: number): string => localDateTime(atMs).slice(0, 16).replace(' ', 'T');

/** The first and last minute that lie within what is kept. */
export const minutesWithin = ({ fromMs, untilMs }: Kept): Kept => ({
  fromMs: Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS,
  untilMs: Math.floor(untilMs / MINUTE_MS) * MINUTE_MS,
});

/** The last fourteen days of it, or all if there is less. */
export function proposedPeriod(kept: Kept): { readonly from: string; readonly to: string } {
  const { fromMs, untilMs } = minutesWithin(kept);
  return {
    from: fieldOf(Math.max(fromMs, untilMs - PROPOSED_DAYS * DAY_MS)),
    to: fieldOf(untilMs),
  };
}

const PROPOSED_DAYS = 14;

/** Length of a stretch as the fields say it; undefined while one of them says nothing. */
export function lengthMs({ from, to }: { from: string; to: string }): number | undefined {
  const [start, end] = [from, to].map((written) => Date.parse(`${written}:00+08:00`));
  const length = (end ?? Number.NaN) - (start ?? Number.NaN);
  return Number.isNaN(length) ? undefined : length;
}
