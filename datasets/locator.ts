// Which region is here? A grid answers for nearly every place at once; only cells a border runs through
// are resolved exactly. Counties inside Dazhou, prefectures inside Sichuan, provinces elsewhere.

import type { LngLat } from '../core/geo.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { DAZHOU } from '../core/region.ts';
import type { BoundarySet } from './regions.ts';
import {
  loadCountyBoundaries,
  loadNeighbours,
  loadPrefectures,
  loadProvinces,
  ringsOf,
} from './regions.ts';

/** The GB/T 2260 code at a place as a number; 0 outside of what the grid covers. */
export type Locate = (lng: number, lat: number) => number;

/**
 * The finest region known at a place anywhere in China: the counties of Dazhou and those around it, the
 * prefectures of Sichuan, provinces. Maps other than Dazhou's own are read when first needed.
 */
export function createLocator(): Locate {
  const inDazhou = createRegionGrid(loadCountyBoundaries(), 1 / 256);
  const around = [
    lazy(() => createRegionGrid(loadNeighbours(), 1 / 128)),
    // Dazhou's simplified outline reaches a little beyond its counties, which know better.
    lazy(() => createRegionGrid(without(loadPrefectures(), DAZHOU), 1 / 64)),
    lazy(() => createRegionGrid(loadProvinces(), 1 / 16)),
  ];
  return (lng, lat) => {
    const county = inDazhou(lng, lat);
    if (county !== 0) return county;
    for (const grid of around) {
      const region = grid()(lng, lat);
      if (region !== 0) return region;
    }
    return 0;
  };
}

const without = (set: BoundarySet, code: string): BoundarySet => ({
  ...set,
  regions: set.regions.filter((region) => region.code !== code),
});

function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

const NOWHERE = -1;
const AMBIGUOUS = -2;

/** A grid over the regions of a set, with cells of the given size in degrees. */
export function createRegionGrid(set: BoundarySet, degreesPerCell: number): Locate {
  const zones: Candidate[] = set.regions.map((region) => ({
    code: Number(region.code),
    box: boxOf(ringsOf(region)),
    zone: new PolygonZone(ringsOf(region), { degreesPerCell, tight: false }),
  }));
  const box = boxOf(set.regions.flatMap((region) => ringsOf(region)));
  const columns = Math.ceil((box.maxLng - box.minLng) / degreesPerCell) + 1;
  const rows = Math.ceil((box.maxLat - box.minLat) / degreesPerCell) + 1;
  const cells = new Int16Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const lat = box.minLat + (row + 0.5) * degreesPerCell;
    // Half the diagonal of a cell at this latitude, rounded up: a centre this far inside is all inside.
    const reachM = 80_000 * degreesPerCell;
    for (let column = 0; column < columns; column++) {
      const lng = box.minLng + (column + 0.5) * degreesPerCell;
      cells[row * columns + column] = settle(zones, { lng, lat, reachM, degreesPerCell });
    }
  }

  return (lng, lat) => {
    const column = Math.floor((lng - box.minLng) / degreesPerCell);
    const row = Math.floor((lat - box.minLat) / degreesPerCell);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return 0;
    const index = cells[row * columns + column] as number;
    if (index >= 0) return (zones[index] as Candidate).code;
    if (index === NOWHERE) return 0;
    for (const { code, box: own, zone } of zones) {
      if (isNear(own, lng, lat, 0) && zone.contains(lng, lat)) return code;
    }
    return 0;
  };
}

type Box = { minLng: number; minLat: number; maxLng: number; maxLat: number };
type Candidate = { code: number; box: Box; zone: PolygonZone };

const isNear = (box: Box, lng: number, lat: number, degrees: number): boolean =>
  lng >= box.minLng - degrees &&
  lng <= box.maxLng + degrees &&
  lat >= box.minLat - degrees &&
  lat <= box.maxLat + degrees;

/** The region that holds the whole cell around a centre, or NOWHERE or AMBIGUOUS. */
function settle(
  zones: readonly Candidate[],
  cell: { lng: number; lat: number; reachM: number; degreesPerCell: number },
): number {
  const { lng, lat, reachM, degreesPerCell } = cell;
  let touched = false;
  for (let index = 0; index < zones.length; index++) {
    const { box, zone } = zones[index] as Candidate;
    if (!isNear(box, lng, lat, degreesPerCell)) continue;
    const distance = zone.clearanceM(lng, lat);
    if (distance >= reachM) return index;
    if (distance > -reachM) touched = true;
  }
  return touched ? AMBIGUOUS : NOWHERE;
}

function boxOf(rings: readonly (readonly LngLat[])[]): Box {
  const box = { minLng: Infinity, minLat: Infinity, maxLng: -Infinity, maxLat: -Infinity };
  for (const ring of rings) {
    for (const [lng, lat] of ring) {
      box.minLng = Math.min(box.minLng, lng);
      box.maxLng = Math.max(box.maxLng, lng);
      box.minLat = Math.min(box.minLat, lat);
      box.maxLat = Math.max(box.maxLat, lat);
    }
  }
  return box;
}
