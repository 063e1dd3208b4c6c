// Where the names of the areas stand on the map of one alert: each in the middle of what is seen of it and
// clear of what is drawn there, so that an officer reads on which side of the border a person is.

import type { LngLat } from '../../core/geo.ts';
import { boundsOf, type Bounds, type RegionShape } from '../shared/map/geo.ts';

export type AreaName = { readonly shape: RegionShape; readonly at: LngLat };

/** Places tried across and down the view; not at its rim, where a name would be cut. */
const COLUMNS = 15;
const ROWS = 11;
const RIM = 0.08;

/** An area with fewer of those places is seen too little to be named. */
const PLACES_MIN = 4;

/** `isFree` tells whether a name at a place covers nothing. */
export function placeAreaNames(
  shapes: readonly RegionShape[],
  view: Bounds,
  isFree: (place: LngLat) => boolean,
): AreaName[] {
  const places = placesIn(view);
  return shapes.flatMap((shape) => {
    const within = places.filter((place) => isInside(shape, place));
    if (within.length < PLACES_MIN) return [];
    const at = nearestTo(middleOf(within), within.filter(isFree), view);
    return at ? [{ shape, at }] : [];
  });
}

function placesIn([west, south, east, north]: Bounds): LngLat[] {
  const along = (from: number, to: number, share: number) =>
    from + (to - from) * (RIM + share * (1 - 2 * RIM));
  return Array.from({ length: COLUMNS * ROWS }, (_, index) => [
    along(west, east, (index % COLUMNS) / (COLUMNS - 1)),
    along(south, north, Math.floor(index / COLUMNS) / (ROWS - 1)),
  ]);
}

const boxes = new WeakMap<RegionShape, Bounds>();

function isInside(shape: RegionShape, place: LngLat): boolean {
  let box = boxes.get(shape);
  if (!box) {
    box = boundsOf(shape.geometry.coordinates.flat(2)) ?? [0, 0, 0, 0];
    boxes.set(shape, box);
  }
  const [lng, lat] = place;
  if (lng < box[0] || lat < box[1] || lng > box[2] || lat > box[3]) return false;
  // Holes are other areas' matter: a name in one is still nearest to its own.
  return shape.geometry.coordinates.some(
    ([outer]) => outer !== undefined && isInRing(place, outer),
  );
}

/** Even-odd rule: a ray eastward crosses the border an odd number of times. */
function isInRing([lng, lat]: LngLat, ring: readonly LngLat[]): boolean {
  let isIn = false;
  ring.forEach(([aLng, aLat], i) => {
    const [bLng, bLat] = ring[(i + 1) % ring.length] as LngLat;
    if (aLat > lat === bLat > lat) return;
    if (lng < aLng + ((lat - aLat) / (bLat - aLat)) * (bLng - aLng)) isIn = !isIn;
  });
  return isIn;
}

const middleOf = (places: readonly LngLat[]): LngLat => [
  places.reduce((sum, [lng]) => sum + lng, 0) / places.length,
  places.reduce((sum, [, lat]) => sum + lat, 0) / places.length,
];

/** Near in shares of the view, which need not be square. */
function nearestTo(
  middle: LngLat,
  places: readonly LngLat[],
  [west, south, east, north]: Bounds,
): LngLat | undefined {
  const far = ([lng, lat]: LngLat) =>
    Math.hypot((lng - middle[0]) / (east - west), (lat - middle[1]) / (north - south));
  return places.toSorted((a, b) => far(a) - far(b))[0];
}
