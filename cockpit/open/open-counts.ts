// The counts of what is open, turned into the table of the page: counties down, bands of age across, the oldest
// first.

import type { OpenCount } from '../../app/api/open-alerts.ts';
import { AGE_BANDS, AGE_DAYS } from '../../core/age-bands.ts';
import { text, type Text } from '../../core/text.ts';

/** Bands from the oldest to the youngest: what has waited longest is read first. */
export const BANDS_OLDEST_FIRST: readonly number[] = Array.from(
  { length: AGE_BANDS },
  (_, index) => AGE_BANDS - 1 - index,
);

/** `30 天以上`, `7–30 天`, `不足 1 天`. */
export function bandName(band: number): Text {
  const [from, until] = [AGE_DAYS[band - 1], AGE_DAYS[band]];
  if (until === undefined) return text(`${from} 天以上`, `${from} d or more`);
  if (from === undefined) return text(`不足 ${until} 天`, `under ${until} d`);
  return text(`${from}–${until} 天`, `${from}–${until} d`);
}

export type Sum = {
  readonly alerts: number;
  readonly overdue: number;
  /** Of level 1. */
  readonly gravest: number;
};

export function sumOf(counts: readonly OpenCount[]): Sum {
  const add = (pick: (count: OpenCount) => number) =>
    counts.reduce((sum, count) => sum + pick(count), 0);
  return {
    alerts: add(({ alerts }) => alerts),
    overdue: add(({ overdue }) => overdue),
    gravest: add(({ alerts, level }) => (level === 1 ? alerts : 0)),
  };
}

/** The regions that have something open, the longest lists first; equal ones by code. */
export const regionsOf = (counts: readonly OpenCount[]): OpenCount['region'][] =>
  [...new Set(counts.map(({ region }) => region))]
    .map((region) => ({ region, sum: sumOf(counts.filter((count) => count.region === region)) }))
    .toSorted((a, b) => b.sum.alerts - a.sum.alerts || (a.region < b.region ? -1 : 1))
    .map(({ region }) => region);
