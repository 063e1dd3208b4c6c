// The period a figure is compared with (环比 the one before, 同比 the same of last year), and which of its time
// buckets belongs to which. Times are those in China.

import { UserError } from '../../core/errors.ts';
import { CHINA_OFFSET_MS, DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/local-time.ts';
import { text } from '../../core/text.ts';
import type { Grain } from '../../warehouse/metric.ts';

export type Comparison = 'previous' | 'last-year';

export type Period = { readonly fromMs: number; readonly toMs: number };

/** Moves an instant into the period compared with. */
export type Shift = (atMs: number) => number;

const GRAIN_MS: Readonly<Record<Exclude<Grain, 'month'>, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

/**
 * Whole months are compared with as many months; else the period before is as long as the period. Throws
 * UserError `bad-input` where the buckets of both would not fall together.
 */
export function shiftFor(kind: Comparison, { fromMs, toMs }: Period, grain?: Grain): Shift {
  const months = wholeMonths({ fromMs, toMs });
  if (kind === 'last-year') {
    // Weeks begin on Mondays: 52 of them before is the same week.
    return grain === 'week' ? (atMs) => atMs - 364 * DAY_MS : (atMs) => monthsBefore(atMs, 12);
  }
  const byMonths: Shift = (atMs) => monthsBefore(atMs, months);
  if (grain === 'month') {
    if (months > 0) return byMonths;
    throw uneven();
  }
  // Months differ in length, so that the days of one are not those of another.
  if (months > 0 && grain === undefined) return byMonths;
  const lengthMs = toMs - fromMs;
  if (grain !== undefined && lengthMs % GRAIN_MS[grain] !== 0) throw uneven();
  return (atMs) => atMs - lengthMs;
}

const uneven = () =>
  new UserError(
    'bad-input',
    text(
      '所选时间不是整数个统计周期，无法与上一周期对比',
      'the time is no whole number of buckets and cannot be compared with the one before',
    ),
    { hint: text('请将起止时间取整。', 'Let it begin and end with a bucket.') },
  );

/** How many whole months a period is; 0 when it is none. */
function wholeMonths({ fromMs, toMs }: Period): number {
  const from = new Date(fromMs + CHINA_OFFSET_MS);
  const to = new Date(toMs + CHINA_OFFSET_MS);
  const isStart = (date: Date) => date.getUTCDate() === 1 && date.getTime() % DAY_MS === 0;
  if (!isStart(from) || !isStart(to)) return 0;
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
}

/** The same day and time of an earlier month, or its last day: 29 February goes with the 28th. */
function monthsBefore(atMs: number, months: number): number {
  const local = new Date(atMs + CHINA_OFFSET_MS);
  const year = local.getUTCFullYear();
  const month = local.getUTCMonth() - months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const dayMs = Date.UTC(year, month, Math.min(local.getUTCDate(), lastDay));
  return dayMs + (local.getTime() % DAY_MS) - CHINA_OFFSET_MS;
}
