import { expect, test } from 'vitest';
import type { OpenCount } from '../../app/api/open-alerts.ts';
import { regionCode } from '../../core/region.ts';
import { bandName, BANDS_OLDEST_FIRST, regionsOf, sumOf } from './open-counts.ts';

const count = (region: string, band: number, level: 1 | 2 | 3, alerts: number, overdue = 0) =>
  ({ region: regionCode(region), band, level, alerts, overdue }) satisfies OpenCount;

const COUNTS = [
  count('511722', 0, 1, 2),
  count('511722', 4, 3, 1, 1),
  count('511724', 2, 2, 7, 3),
  count('511702', 2, 2, 3),
];

test('bands are named from the oldest to the youngest, without a gap', () => {
  expect(BANDS_OLDEST_FIRST.map((band) => bandName(band).zh)).toEqual([
    '30 天以上',
    '7–30 天',
    '3–7 天',
    '1–3 天',
    '不足 1 天',
  ]);
});

test('sums count every alert once', () => {
  expect(sumOf(COUNTS)).toEqual({ alerts: 13, overdue: 4, gravest: 2 });
  expect(sumOf([])).toEqual({ alerts: 0, overdue: 0, gravest: 0 });
});

test('the county with the most comes first', () => {
  expect(regionsOf(COUNTS)).toEqual(['511724', '511702', '511722']);
});
