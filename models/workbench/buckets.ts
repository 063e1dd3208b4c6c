// The stretches of time figures are counted by, as the warehouse cuts them: in China, weeks from Monday.

import { DAY_MS, HOUR_MS, MINUTE_MS, startOfLocalDay } from '../../core/local-time.ts';
import { monthOf, weekOf } from '../report/period.ts';

export const GRAINS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

export type Bucket = { readonly fromMs: number; readonly untilMs: number };

/** The bucket an instant lies in. */
export function bucketOf(grain: Grain, atMs: number): Bucket {
  switch (grain) {
    case 'minute':
      return evenly(atMs, MINUTE_MS);
    case 'hour':
      return evenly(atMs, HOUR_MS);
    case 'day': {
      const fromMs = startOfLocalDay(atMs);
      return { fromMs, untilMs: fromMs + DAY_MS };
    }
    case 'week':
      return weekOf(atMs);
    case 'month':
      return monthOf(atMs);
  }
}

/** The zone is eight whole hours away from UTC. */
function evenly(atMs: number, lengthMs: number): Bucket {
  const fromMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { fromMs, untilMs: fromMs + lengthMs };
}

/** Beginnings of all buckets that touch a time; undefined when there are more than `max`. */
export function bucketsIn(
  grain: Grain,
  { fromMs, untilMs }: Bucket,
  max: number,
): number[] | undefined {
  const starts: number[] = [];
  for (let atMs = fromMs; atMs < untilMs;) {
    if (starts.length >= max) return undefined;
    const bucket = bucketOf(grain, atMs);
    starts.push(bucket.fromMs);
    atMs = bucket.untilMs;
  }
  return starts;
}
