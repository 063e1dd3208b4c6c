// Several zones as one: inside when inside any of them. A coarse grid tells far away from near, so that a
// hundred small places cost most fixes no more than one lookup.

import { METRES_PER_DEGREE, type LngLat } from './geo.ts';
import type { Zone } from './zone.ts';

export type ZoneMember = {
  readonly id: string;
  readonly zone: Zone;
  /** South-west and north-east corner of a box that holds the zone. */
  readonly box: readonly [LngLat, LngLat];
};

export type ZoneSet = Zone & {
  /** The member a place lies deepest in, or nearest to. */
  nearest(lng: number, lat: number): string;
};

const CELLS_PER_DEGREE = 64;
const NONE: readonly ZoneMember[] = [];

/**
 * The union of at least one zone. `raster` remembers for small cells how far the border is at least: worth
 * its memory (2 bytes a cell, some hundred thousand cells a city) where very many places are asked about.
 */
export function createZoneSet(
  members: readonly ZoneMember[],
  { raster = false }: { raster?: boolean } = {},
): ZoneSet {
  const near = new Map<number, ZoneMember[]>();
  let farthestLat = 0;
  for (const member of members) {
    const [[minLng, minLat], [maxLng, maxLat]] = member.box;
    farthestLat = Math.max(farthestLat, Math.abs(minLat), Math.abs(maxLat));
    // One cell around the box: a cell that does not list the zone is at least a cell away from it.
    for (let row = cellOf(minLat) - 1; row <= cellOf(maxLat) + 1; row++) {
      for (let column = cellOf(minLng) - 1; column <= cellOf(maxLng) + 1; column++) {
        const listed = near.get(keyOf(column, row));
        if (listed) listed.push(member);
        else near.set(keyOf(column, row), [member]);
      }
    }
  }
  const clearM = Math.floor(
    (METRES_PER_DEGREE / CELLS_PER_DEGREE) *
      Math.cos((Math.min(89, farthestLat + 2 / CELLS_PER_DEGREE) * Math.PI) / 180),
  );

  const nearTo = (lng: number, lat: number) => near.get(keyOf(cellOf(lng), cellOf(lat))) ?? NONE;

  const clearanceM = (lng: number, lat: number): number => {
    let best = -clearM;
    for (const { zone } of nearTo(lng, lat)) {
      const clearance = zone.clearanceM(lng, lat);
      if (clearance > best) best = clearance;
    }
    return best;
  };

  const signedDistanceM = (lng: number, lat: number, maxM: number): number => {
    let deepest = -maxM;
    for (const { zone } of maxM < clearM ? nearTo(lng, lat) : members) {
      const distance = zone.signedDistanceM(lng, lat, maxM);
      if (distance > deepest) deepest = distance;
    }
    return deepest;
  };

  return {
    clearanceM: raster ? rastered(members, clearanceM, clearM) : clearanceM,
    signedDistanceM,
    contains: (lng, lat) => nearTo(lng, lat).some(({ zone }) => zone.contains(lng, lat)),
    nearest(lng, lat) {
      let best = members[0]?.id ?? '';
      let deepest = -Infinity;
      for (const { id, zone } of members) {
        const distance = zone.signedDistanceM(lng, lat, 100_000);
        if (distance > deepest) [best, deepest] = [id, distance];
      }
      return best;
    },
  };
}

const cellOf = (degrees: number): number => Math.floor(degrees * CELLS_PER_DEGREE);

const keyOf = (column: number, row: number): number => row * 65_536 + column;

const CELLS_MAX = 4_000_000;
const FINEST_PER_DEGREE = 256;
const UNKNOWN = -32_768;
const CLEARANCE_MAX_M = 32_000;

/** `clearanceM` answered from cells where it can be; each cell is worked out when first asked about. */
function rastered(
  members: readonly ZoneMember[],
  clearanceM: Zone['clearanceM'],
  clearM: number,
): Zone['clearanceM'] {
  const reach = 1 / CELLS_PER_DEGREE;
  const minLng = Math.min(...members.map(({ box }) => box[0][0])) - reach;
  const minLat = Math.min(...members.map(({ box }) => box[0][1])) - reach;
  const width = Math.max(...members.map(({ box }) => box[1][0])) + reach - minLng;
  const height = Math.max(...members.map(({ box }) => box[1][1])) + reach - minLat;
  let perDegree = FINEST_PER_DEGREE;
  while (width * height * perDegree ** 2 > CELLS_MAX) perDegree /= 2;
  const columns = Math.ceil(width * perDegree);
  const rows = Math.ceil(height * perDegree);
  const cells = new Int16Array(columns * rows).fill(UNKNOWN);
  // No point of a cell is farther from its middle, measured where degrees are longest.
  const halfM = Math.ceil(((METRES_PER_DEGREE / perDegree) * Math.SQRT2) / 2) + 1;

  const workOut = (column: number, row: number): number => {
    const middle = clearanceM(
      minLng + (column + 0.5) / perDegree,
      minLat + (row + 0.5) / perDegree,
    );
    if (Math.abs(middle) <= halfM) return 0;
    const bound = Math.min(CLEARANCE_MAX_M, Math.abs(middle) - halfM);
    return middle > 0 ? bound : -bound;
  };

  return (lng, lat) => {
    const column = Math.floor((lng - minLng) * perDegree);
    const row = Math.floor((lat - minLat) * perDegree);
    if (!(column >= 0 && row >= 0 && column < columns && row < rows)) return -clearM;
    const cell = row * columns + column;
    let bound = cells[cell] as number;
    if (bound === UNKNOWN) {
      bound = workOut(column, row);
      cells[cell] = bound;
    }
    return bound === 0 ? clearanceM(lng, lat) : bound;
  };
}
