// Sums over the counties, for the figures of the whole city.

import type { CountyCounts } from '../../app/api/wall.ts';
import type { Level } from '../../core/finding.ts';

export const sumOfLevel = (
  counties: readonly CountyCounts[],
  what: 'open' | 'unacknowledged',
  level: Level,
): number => counties.reduce((sum, county) => sum + county[what][level], 0);

export const personsOf = ({ persons }: CountyCounts): number =>
  persons.cc + persons.raKey + persons.raOrdinary;

export const sumOf = (
  counties: readonly CountyCounts[],
  read: (county: CountyCounts) => number,
): number => counties.reduce((sum, county) => sum + read(county), 0);
