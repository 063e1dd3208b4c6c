import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM, METRES_PER_DEGREE, type LngLat } from './geo.ts';
import { PolygonZone } from './polygon-zone.ts';
import { circleZone } from './zone.ts';

/** A star-shaped ring of random radii around a point, some tens of kilometres wide. */
const ringArbitrary = fc
  .record({
    lng: fc.double({ min: 100, max: 110, noNaN: true }),
    lat: fc.double({ min: 25, max: 35, noNaN: true }),
    radii: fc.array(fc.double({ min: 0.02, max: 0.3, noNaN: true }), {
      minLength: 3,
      maxLength: 40,
    }),
  })
  .map(({ lng, lat, radii }): LngLat[] => {
    const ring = radii.map((radius, i): LngLat => {
      const angle = (2 * Math.PI * i) / radii.length;
      return [lng + radius * Math.cos(angle), lat + radius * Math.sin(angle)];
    });
    return [...ring, ring[0] as LngLat];
  });

const offsets = fc.array(
  fc.tuple(
    fc.double({ min: -0.4, max: 0.4, noNaN: true }),
    fc.double({ min: -0.4, max: 0.4, noNaN: true }),
  ),
  { minLength: 5, maxLength: 30 },
);

/** The oracle: crossings counted over every edge of the ring. */
function containsByWalking(ring: readonly LngLat[], lng: number, lat: number): boolean {
  let inside = false;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1, y1] = ring[i] as LngLat;
    const [x2, y2] = ring[i + 1] as LngLat;
    if (y1 > lat !== y2 > lat && lng < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  }
  return inside;
}

function distanceByWalking(ring: readonly LngLat[], lng: number, lat: number): number {
  const perLng = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  let nearest = Infinity;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1, y1] = (ring[i] as LngLat).map(
      (v, k) => (v - [lng, lat][k]!) * [perLng, METRES_PER_DEGREE][k]!,
    ) as [number, number];
    const [x2, y2] = (ring[i + 1] as LngLat).map(
      (v, k) => (v - [lng, lat][k]!) * [perLng, METRES_PER_DEGREE][k]!,
    ) as [number, number];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const t = Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x1 + t * dx, y1 + t * dy));
  }
  return nearest;
}

test('agrees with walking the ring on side and distance, near and far', () => {
  fc.assert(
    fc.property(
      ringArbitrary,
      offsets,
      fc.integer({ min: 10, max: 5_000 }),
      (ring, points, maxM) => {
        const zone = new PolygonZone([ring]);
        const [lng0, lat0] = ring[0] as LngLat;
        for (const [dx, dy] of points) {
          const [lng, lat] = [lng0 + dx, lat0 + dy];
          const inside = containsByWalking(ring, lng, lat);
          const distance = distanceByWalking(ring, lng, lat);
          expect(zone.contains(lng, lat)).toBe(inside);
          const expected = Math.min(distance, maxM) * (inside ? 1 : -1);
          expect(zone.signedDistanceM(lng, lat, maxM)).toBeCloseTo(expected, 3);
          const clearance = zone.clearanceM(lng, lat);
          if (clearance > 0) expect(inside).toBe(true);
          if (clearance < 0) expect(inside).toBe(false);
          if (Math.abs(clearance) > 1) expect(distance).toBeGreaterThan(Math.abs(clearance) * 0.99);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('two adjoining rings make one area without an inner border', () => {
  const west: LngLat[] = [
    [107, 31],
    [107.1, 31],
    [107.1, 31.1],
    [107, 31.1],
    [107, 31],
  ];
  const east: LngLat[] = [
    [107.1, 31],
    [107.2, 31],
    [107.2, 31.1],
    [107.1, 31.1],
    [107.1, 31],
  ];
  const zone = new PolygonZone([west, east]);
  expect(zone.contains(107.1, 31.05)).toBe(true);
  expect(zone.signedDistanceM(107.1, 31.05, 4_000)).toBe(4_000);
  expect(new PolygonZone([west]).signedDistanceM(107.0999, 31.05, 4_000)).toBeLessThan(12);
});

test('a hole is outside', () => {
  const outer: LngLat[] = [
    [107, 31],
    [107.3, 31],
    [107.3, 31.3],
    [107, 31.3],
    [107, 31],
  ];
  const hole: LngLat[] = [
    [107.1, 31.1],
    [107.2, 31.1],
    [107.2, 31.2],
    [107.1, 31.2],
    [107.1, 31.1],
  ];
  const zone = new PolygonZone([outer, hole]);
  expect(zone.contains(107.15, 31.15)).toBe(false);
  expect(zone.contains(107.05, 31.15)).toBe(true);
  expect(zone.signedDistanceM(107.15, 31.15, 20_000)).toBeLessThan(-4_000);
});

test('a circle measures from its edge', () => {
  const zone = circleZone([107.5, 31.2], 300);
  expect(zone.signedDistanceM(107.5, 31.2, 1_000)).toBe(300);
  const edge = 31.2 + 500 / METRES_PER_DEGREE;
  expect(distanceM(107.5, 31.2, 107.5, edge)).toBeCloseTo(500, 6);
  expect(zone.signedDistanceM(107.5, edge, 1_000)).toBeCloseTo(-200, 6);
  expect(zone.contains(107.5, edge)).toBe(false);
});
