// A zone on the map answers "inside, outside, how far from the border?". Circles answer by arithmetic,
// areas by a raster (polygon-zone.ts).

import { distanceM, METRES_PER_DEGREE, type LngLat } from './geo.ts';

/** South-west and north-east corner, degrees. */
export type Box = readonly [LngLat, LngLat];

export type Zone = {
  /** A box that holds the zone, of zones that know one. */
  readonly box?: Box;
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
  const metresPerLng = METRES_PER_DEGREE * Math.cos((centre[1] * Math.PI) / 180);
  // The flat formula is good to a few per thousand over so few degrees, and much cheaper.
  const flatDegrees = 0.2;
  return {
    clearanceM(lng, lat) {
      const [dLng, dLat] = [lng - centre[0], lat - centre[1]];
      if (Math.abs(dLng) < flatDegrees && Math.abs(dLat) < flatDegrees) {
        const x = dLng * metresPerLng;
        const y = dLat * METRES_PER_DEGREE;
        const bound = radiusM - 0.99 * Math.sqrt(x * x + y * y);
        if (bound < -1) return Math.ceil(bound);
      }
      return Math.trunc(signed(lng, lat));
    },
    signedDistanceM: (lng, lat, maxM) => Math.max(-maxM, Math.min(maxM, signed(lng, lat))),
    contains: (lng, lat) => signed(lng, lat) >= 0,
  };
};
