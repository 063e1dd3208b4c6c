// Several zones as one: inside when inside any of them. A coarse grid tells far away from near, so that a
// hundred small places cost most fixes no more than one lookup.

import { METRES_PER_DEGREE } from './geo.ts';
import type { Box, Zone } from './zone.ts';

export type ZoneMember = {
  readonly id: string;
  readonly zone: Zone;
  /** A box that holds the zone. */
  readonly box: Box;
};

export type ZoneSet = Zone & {
  /** The member a place lies deepest in, or nearest to. */
  nearest(lng: number, lat: number): string;
};

const CELLS_PER_DEGREE = 64;
const NONE: readonly ZoneMember[] = [];

/** The union of at least one zone. */
export function createZoneSet(members: readonly ZoneMember[]): ZoneSet {
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
    clearanceM,
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
