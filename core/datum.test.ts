import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gcj02ToWgs84, isInChinaBox, wgs84ToGcj02 } from './datum.ts';
import { distanceM } from './geo.ts';

describe('GCJ-02', () => {
  // Computed with wandergis/coordtransform 606c6f3b.
  test.each([
    [116.404, 39.915, 116.41024449916938, 39.91640428150164],
    [107.5, 31.21, 107.50455488728964, 31.207762373402865],
    [107.72, 31.35, 107.72455062511939, 31.347805098102246],
    [108.03, 32.08, 108.0346456970305, 32.077876402598825],
    [121.5447, 31.2217, 121.54898185899843, 31.219554665980418],
  ])('of %d, %d is the published value', (lng, lat, gcjLng, gcjLat) => {
    const [x, y] = wgs84ToGcj02(lng, lat);
    expect(x).toBeCloseTo(gcjLng, 10);
    expect(y).toBeCloseTo(gcjLat, 10);
  });

  test.each([
    [116.404, 39.915, 555.6],
    [107.5, 31.21, 500.1],
    [121.5447, 31.2217, 472.4],
  ])('lies as far from %d, %d as published', (lng, lat, metres) => {
    expect(distanceM(lng, lat, ...wgs84ToGcj02(lng, lat))).toBeCloseTo(metres, -0.5);
  });

  test.each([
    ['Tokyo', 139.69, 35.69],
    ['the equator', 110, 0],
    ['Greenwich', 0, 51.5],
  ])('is WGS-84 at %s, outside the shifted box', (_, lng, lat) => {
    expect(isInChinaBox(lng, lat)).toBe(false);
    expect(wgs84ToGcj02(lng, lat)).toEqual([lng, lat]);
    expect(gcj02ToWgs84(lng, lat)).toEqual([lng, lat]);
  });

  test('there and back is the same place to a millimetre anywhere in China', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 74, max: 135, noNaN: true }),
        fc.double({ min: 4, max: 53.5, noNaN: true }),
        (lng, lat) => {
          const there = wgs84ToGcj02(lng, lat);
          const back = gcj02ToWgs84(...there);
          expect(distanceM(lng, lat, ...back)).toBeLessThan(0.001);
          const shiftM = distanceM(lng, lat, ...there);
          expect(shiftM).toBeGreaterThan(15);
          expect(shiftM).toBeLessThan(750);
        },
      ),
    );
  });

  test('undoes the transform where one step back misses by metres', () => {
    const oneStepMissesM = (lng: number, lat: number) => {
      const [x, y] = wgs84ToGcj02(lng, lat);
      return distanceM(2 * lng - x, 2 * lat - y, ...gcj02ToWgs84(lng, lat));
    };
    expect(oneStepMissesM(116.404, 39.915)).toBeCloseTo(0.061, 2);
    const places = Array.from({ length: 100 }, (_, i) => [
      75 + (i % 10) * 6,
      20 + Math.floor(i / 10) * 3,
    ]);
    const worst = Math.max(...places.map(([lng, lat]) => oneStepMissesM(lng ?? 0, lat ?? 0)));
    expect(worst).toBeGreaterThan(1);
    expect(worst).toBeLessThan(4.75);
  });
});
