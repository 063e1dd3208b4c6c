// Places on the earth. Longitude before latitude, always; WGS-84 everywhere inside the house.

export type LngLat = readonly [lng: number, lat: number];

/** Mean earth radius in metres (IUGG). */
export const EARTH_RADIUS_M = 6_371_008.8;

const RADIANS = Math.PI / 180;

/** Metres a degree of latitude spans on the mean sphere. */
export const METRES_PER_DEGREE = EARTH_RADIUS_M * RADIANS;

/** Great-circle distance in metres (haversine on the mean sphere). */
export function distanceM(aLng: number, aLat: number, bLng: number, bLat: number): number {
  const sinLat = Math.sin(((bLat - aLat) * RADIANS) / 2);
  const sinLng = Math.sin(((bLng - aLng) * RADIANS) / 2);
  const h = sinLat * sinLat + Math.cos(aLat * RADIANS) * Math.cos(bLat * RADIANS) * sinLng * sinLng;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** True for a finite longitude in [-180, 180] and latitude in [-90, 90]. */
export const isOnEarth = (lng: number, lat: number): boolean =>
  lng >= -180 && lng <= 180 && lat >= -90 && lat <= 90;

/** Rounds degrees to 1e-7 (about a centimetre), the one precision coordinates are kept in. */
export const roundDegrees = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
