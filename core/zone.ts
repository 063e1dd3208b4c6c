// A zone on the map answers "inside, outside, how far from the border?". Circles answer by arithmetic,
// areas by a raster (polygon-zone.ts).

import { distanceM, type LngLat } from './geo.ts';

export type Zone = {
  /**
   * A safe bound in whole metres: positive, the point is inside and at least so far from the border;
   * negative, the same outside; zero, too close to say without `signedDistanceM`. The values 1 and -1
   * speak for the side only.
   */
  clearanceM(lng: number, lat: number): number;
  /** Metres to the border, positive inside, negative outside, cut off at ±`maxM`. */
  signedDistanceM(lng: number, lat: number, maxM: number): number;
  contains(lng: number, lat: number): boolean;
};

/** All within `radiusM` metres of a point. */
export const circleZone = (centre: LngLat, radiusM: number): Zone => {
  const signed = (lng: number, lat: number) => radiusM - distanceM(centre[0], centre[1], lng, lat);
  return {
    clearanceM: (lng, lat) => Math.trunc(signed(lng, lat)),
    signedDistanceM: (lng, lat, maxM) => Math.max(-maxM, Math.min(maxM, signed(lng, lat))),
    contains: (lng, lat) => signed(lng, lat) >= 0,
  };
};
