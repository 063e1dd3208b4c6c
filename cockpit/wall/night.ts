// When a wall loads itself anew: at ten past four in the morning of China, never within the hour after it
// was loaded.

import { DAY_MS, MINUTE_MS, startOfLocalDay } from '../../core/local-time.ts';

const NIGHT_MINUTES = 4 * 60 + 10;

export function msUntilNight(nowMs: number): number {
  const todayMs = startOfLocalDay(nowMs) + NIGHT_MINUTES * MINUTE_MS - nowMs;
  return todayMs > 60 * MINUTE_MS ? todayMs : todayMs + DAY_MS;
}
