// A track as it is drawn: points with places and times. A new point comes as long after the last one as the
// way takes at the given speed; everything about it can be changed afterwards.

import type { BenchPoint } from '../../../app/api/bench.ts';
import { distanceM, type LngLat } from '../../../core/geo.ts';
import { DAY_MS, localDateTime, MINUTE_MS, startOfLocalDay } from '../../../core/local-time.ts';

export type Pace = {
  readonly startAtMs: number;
  readonly speedKmh: number;
};

/** What a new point is taken to be. */
const ACCURACY_M = 10;

/** Fixes do not come more often than this, however near they are drawn. */
const STEP_MS_MIN = MINUTE_MS;

export function addPoint(
  points: readonly BenchPoint[],
  [lng, lat]: LngLat,
  pace: Pace,
): BenchPoint[] {
  const last = points.at(-1);
  const next = {
    lng: degrees(lng),
    lat: degrees(lat),
    accuracyM: last?.accuracyM ?? ACCURACY_M,
    fix: last?.fix ?? 'gnss',
  } as const;
  return [...points, { atMs: timeAfter(last, next, pace), ...next }];
}

/** The same way at another start or speed. */
export function retime(points: readonly BenchPoint[], pace: Pace): BenchPoint[] {
  const timed: BenchPoint[] = [];
  for (const point of points) {
    timed.push({ ...point, atMs: timeAfter(timed.at(-1), point, pace) });
  }
  return timed;
}

function timeAfter(
  last: BenchPoint | undefined,
  next: Pick<BenchPoint, 'lng' | 'lat'>,
  { startAtMs, speedKmh }: Pace,
): number {
  if (!last) return startAtMs;
  const wayM = distanceM(last.lng, last.lat, next.lng, next.lat);
  const wayMs = Math.round((wayM / (speedKmh / 3.6)) * 1_000);
  return last.atMs + Math.max(STEP_MS_MIN, Math.ceil(wayMs / MINUTE_MS) * MINUTE_MS);
}

/** One point changed; the points stay in order of time. */
export const changePoint = (
  points: readonly BenchPoint[],
  index: number,
  change: Partial<BenchPoint>,
): BenchPoint[] =>
  points
    .map((point, i) => (i === index ? { ...point, ...change } : point))
    .toSorted((a, b) => a.atMs - b.atMs);

export const degrees = (value: number): number => Math.round(value * 100_000) / 100_000;

/** `08:30`, `08:30:15` or `+1d 02:00`, counted from the day of `firstAtMs`. */
export function clockOf(atMs: number, firstAtMs: number): string {
  const days = Math.floor((atMs - startOfLocalDay(firstAtMs)) / DAY_MS);
  const clock = localDateTime(atMs).slice(11).replace(/:00$/, '');
  return days === 0 ? clock : `+${days}d ${clock}`;
}

/** The instant such a text means; undefined when it is none. */
export function instantOf(clock: string, firstAtMs: number): number | undefined {
  const [, days = '0', hour, minute, second = '0'] =
    /^(?:\+(\d{1,2})d )?([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]([0-5]\d))?$/.exec(clock.trim()) ??
    [];
  if (hour === undefined) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return startOfLocalDay(firstAtMs) + Number(days) * DAY_MS + seconds * 1_000;
}
