// Wall-clock time in China: UTC+8 the year round since 1991, so plain arithmetic is exact and the
// host's time zone never matters.

import { epochMs, type EpochMs } from './time.ts';

export const CHINA_OFFSET_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** `2026-11-22` in China. */
export const localDate = (atMs: number): string =>
  new Date(atMs + CHINA_OFFSET_MS).toISOString().slice(0, 10);

/** `08:30` in China. */
export const localClock = (atMs: number): string =>
  new Date(atMs + CHINA_OFFSET_MS).toISOString().slice(11, 16);

/** `2026-11-22 08:30:05` in China. */
export const localDateTime = (atMs: number): string =>
  new Date(atMs + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');

/** Minutes since local midnight, 0 to 1439. */
export const minuteOfDay = (atMs: number): number =>
  Math.floor(((((atMs + CHINA_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);

/** The instant of local midnight at or before `atMs`. */
export const startOfLocalDay = (atMs: number): EpochMs =>
  epochMs(Math.floor((atMs + CHINA_OFFSET_MS) / DAY_MS) * DAY_MS - CHINA_OFFSET_MS);

/**
 * The instant of a wall-clock time in China. Returns undefined when the fields name no real instant
 * (month 13, 30 February, second 61).
 */
export function fromLocal(fields: {
  year: number;
  month: number;
  day: number;
  hour?: number;
  minute?: number;
  second?: number;
}): EpochMs | undefined {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = fields;
  const text = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}.000Z`;
  const utcMs = Date.parse(text);
  if (Number.isNaN(utcMs) || new Date(utcMs).toISOString() !== text) return undefined;
  return epochMs(utcMs - CHINA_OFFSET_MS);
}

/** Reads `2026-11-22`, `2026-11-22 08:30` or `2026-11-22 08:30:05` as China time, or ISO 8601 with a zone. */
export function parseInstant(text: string): EpochMs | undefined {
  const local = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
  if (local) {
    const [year, month, day, hour, minute, second] = local
      .slice(1)
      .map((part) => Number(part ?? 0));
    return fromLocal({
      year: year as number,
      month: month as number,
      day: day as number,
      hour: hour as number,
      minute: minute as number,
      second: second as number,
    });
  }
  const zoned = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text.trim());
  const atMs = zoned ? Date.parse(text.trim()) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : epochMs(atMs);
}
