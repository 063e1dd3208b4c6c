// How long alerts have been open, in bands: the same ones in reports and in the supervisor's view, so that
// the two say the same.

import { DAY_MS } from './local-time.ts';

/** Upper bounds of the bands, in days; the last band has none. */
export const AGE_DAYS = [1, 3, 7, 30] as const;

export const AGE_BANDS = AGE_DAYS.length + 1;

/** Which band an age in milliseconds falls into, from 0 for the youngest. */
export function ageBandOf(ageMs: number): number {
  const band = AGE_DAYS.findIndex((days) => ageMs < days * DAY_MS);
  return band < 0 ? AGE_DAYS.length : band;
}
