// GCJ-02, the shifted datum of Chinese maps, to and from WGS-84. The transform is the public
// approximation (constants and polynomials as in wandergis/coordtransform): good to centimetres
// against itself, within metres of the official one. Coordinates are stored as WGS-84 only.

import type { LngLat } from './geo.ts';

const SEMI_MAJOR_AXIS_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const RADIANS = Math.PI / 180;

/** The rectangle in which the shift is defined; outside it the two datums coincide. */
export const isInChinaBox = (lng: number, lat: number): boolean =>
  lng > 73.66 && lng < 135.05 && lat > 3.86 && lat < 53.55;

/** WGS-84 to GCJ-02, degrees. */
export function wgs84ToGcj02(lng: number, lat: number): LngLat {
  if (!isInChinaBox(lng, lat)) return [lng, lat];
  const x = lng - 105;
  const y = lat - 35;
  const latRad = lat * RADIANS;
  const sine = Math.sin(latRad);
  const magic = 1 - ECCENTRICITY_SQUARED * sine * sine;
  const root = Math.sqrt(magic);
  const dLat =
    shiftLat(x, y) /
    (((SEMI_MAJOR_AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (magic * root)) * RADIANS);
  const dLng = shiftLng(x, y) / ((SEMI_MAJOR_AXIS_M / root) * Math.cos(latRad) * RADIANS);
  return [lng + dLng, lat + dLat];
}

/**
 * GCJ-02 to WGS-84, degrees, by fixed-point iteration w ← w − (f(w) − g): below 1e-7 m after at most
 * five steps anywhere in China (facts.md §8.3); the one-step inverse would be off by up to 4.75 m.
 */
export function gcj02ToWgs84(lng: number, lat: number): LngLat {
  if (!isInChinaBox(lng, lat)) return [lng, lat];
  let wLng = lng;
  let wLat = lat;
  for (let step = 0; step < 6; step++) {
    const [fLng, fLat] = wgs84ToGcj02(wLng, wLat);
    wLng -= fLng - lng;
    wLat -= fLat - lat;
  }
  return [wLng, wLat];
}

function shiftLat(x: number, y: number): number {
  return (
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3 +
    ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3 +
    ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  );
}

function shiftLng(x: number, y: number): number {
  return (
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3 +
    ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3 +
    ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  );
}
