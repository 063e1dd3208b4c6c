import { describe, expect, test } from 'vitest';
import { distanceM, METRES_PER_DEGREE, type LngLat } from '../core/geo.ts';
import { PolygonZone } from '../core/polygon-zone.ts';
import { createRandom } from '../core/random.ts';
import { DAZHOU, regionsWithin, type RegionCode } from '../core/region.ts';
import {
  loadCountyBoundaries,
  loadNeighbours,
  loadPrefectures,
  loadProvinces,
  ringsOf,
  type RegionBoundary,
} from './regions.ts';

const counties = loadCountyBoundaries();
const zones = new Map<string, PolygonZone>(
  counties.regions.map((county) => [county.code, new PolygonZone(ringsOf(county))]),
);
const city = new PolygonZone(ringsOf(...counties.regions));

const containing = (lng: number, lat: number): string[] =>
  [...zones].filter(([, zone]) => zone.contains(lng, lat)).map(([code]) => code);

/** Square metres on the plane that touches the earth at the ring's own latitude, sign by orientation. */
function signedAreaM2(ring: readonly LngLat[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as LngLat;
    const [bx, by] = ring[i + 1] as LngLat;
    sum += (bx - ax) * (Math.sin((ay * Math.PI) / 180) + Math.sin((by * Math.PI) / 180));
  }
  const radiusM = METRES_PER_DEGREE * (180 / Math.PI);
  return (-sum * (Math.PI / 180) * radiusM * radiusM) / 2;
}

const areaKm2 = (region: RegionBoundary) =>
  region.polygons.flat().reduce((sum, ring) => sum + signedAreaM2(ring), 0) / 1e6;

const edgeKeys = (region: RegionBoundary) =>
  region.polygons
    .flat()
    .flatMap((ring) => ring.slice(1).map((to, i) => [ring[i] as LngLat, to] as const));

describe.each([
  ['counties', counties, 7],
  ['prefectures', loadPrefectures(), 21],
  ['provinces', loadProvinces(), 34],
  ['neighbours', loadNeighbours(), 41],
] as const)('%s', (_, set, count) => {
  test(`are ${count}, each once, in code order`, () => {
    const codes = set.regions.map((region) => region.code);
    expect(codes).toHaveLength(count);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(set.version).toMatch(/^[0-9a-f]{64}$/);
  });

  test('have closed rings, outer ones counter-clockwise, holes clockwise', () => {
    for (const region of set.regions) {
      for (const polygon of region.polygons) {
        for (const [i, ring] of polygon.entries()) {
          expect(ring.at(-1)).toEqual(ring[0]);
          expect(Math.sign(signedAreaM2(ring)), `${region.code} ring ${i}`).toBe(i === 0 ? 1 : -1);
        }
      }
    }
  });

  test('have their label inside', () => {
    for (const region of set.regions) {
      const zone = new PolygonZone(ringsOf(region), { degreesPerCell: 1 / 32 });
      expect(zone.contains(...region.label), region.name.en).toBe(true);
    }
  });
});

describe('the counties of Dazhou', () => {
  test('are the seven of GB/T 2260', () => {
    expect(counties.regions.map(({ code, name }) => ({ code, name }))).toEqual(
      regionsWithin(DAZHOU),
    );
  });

  // Land areas the counties state of themselves (government and encyclopedia pages, about 2020).
  test.each([
    ['511702', 900.9],
    ['511703', 2_245],
    ['511722', 4_271],
    ['511723', 1_032.55],
    ['511724', 2_076],
    ['511725', 2_018.37],
    ['511781', 4_065],
  ])('%s has about %d km²', (code, km2) => {
    const county = counties.regions.find((region) => region.code === code) as RegionBoundary;
    expect(Math.abs(areaKm2(county) / km2 - 1)).toBeLessThan(0.03);
  });

  test('no ring passes a point twice', () => {
    for (const ring of counties.regions.flatMap((county) => county.polygons.flat())) {
      const points = ring.slice(1).map((point) => point.join(' '));
      expect(new Set(points).size).toBe(points.length);
    }
  });

  test('tile the city: a point away from borders lies in exactly one', () => {
    const random = createRandom('tiling');
    let inside = 0;
    while (inside < 20_000) {
      const lng = 106.6 + random.next() * 2;
      const lat = 30.3 + random.next() * 2.1;
      if (city.signedDistanceM(lng, lat, 200) < 200) continue;
      const near = [...zones.values()].some(
        (zone) => Math.abs(zone.signedDistanceM(lng, lat, 200)) < 200,
      );
      if (near) continue;
      inside++;
      expect(containing(lng, lat), `${lng} ${lat}`).toHaveLength(1);
    }
  });

  test('share their borders vertex for vertex', () => {
    const edges = new Map<string, RegionCode>();
    for (const county of counties.regions) {
      for (const [a, b] of edgeKeys(county)) edges.set(`${a.join()} ${b.join()}`, county.code);
    }
    const innerM = new Map<string, number>();
    let unmatchedInsideM = 0;
    for (const [key, code] of edges) {
      const [a, b] = key.split(' ').map((point) => point.split(',').map(Number)) as [
        [number, number],
        [number, number],
      ];
      const lengthM = distanceM(...a, ...b);
      const other = edges.get(`${b.join()} ${a.join()}`);
      if (other) {
        const pair = [code, other].sort().join(' ');
        innerM.set(pair, (innerM.get(pair) ?? 0) + lengthM / 2);
      } else if (city.signedDistanceM((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 500) >= 500) {
        unmatchedInsideM += lengthM;
      }
    }
    expect([...innerM.keys()].sort()).toEqual([
      '511702 511703',
      '511702 511722',
      '511703 511722',
      '511703 511723',
      '511703 511724',
      '511703 511725',
      '511722 511723',
      '511722 511781',
      '511724 511725',
    ]);
    for (const [pair, lengthM] of innerM) expect(lengthM, pair).toBeGreaterThan(10_000);
    expect(unmatchedInsideM).toBe(0);
  });

  // Places as anyone finds them on a public map, WGS-84, good to a few hundred metres.
  test.each([
    ['Dazhou railway station', 107.5, 31.2, ['511702', '511703']],
    ['Xuanhan town', 107.72, 31.35, ['511722']],
    ['Wanyuan town', 108.03, 32.08, ['511781']],
    ['Quxian town', 106.97, 30.84, ['511725']],
    ['Dazhu town', 107.2, 30.74, ['511724']],
    ['Kaijiang town', 107.87, 31.08, ['511723']],
    ['Bazhong, next door', 106.76, 31.86, []],
    ['Wanzhou, next door', 108.41, 30.81, []],
  ])('%s lies where it should', (_, lng, lat, expected) => {
    const found = containing(lng, lat);
    if (expected.length === 0) expect(found).toEqual([]);
    else expect(expected).toEqual(expect.arrayContaining(found.slice(0, 1)));
    expect(found).toHaveLength(Math.min(1, expected.length));
  });
});

describe('the neighbours', () => {
  test('meet Dazhou without a gap: just outside the city lies a neighbour', () => {
    const around = new PolygonZone(ringsOf(...loadNeighbours().regions));
    const random = createRandom('around');
    let outside = 0;
    while (outside < 5_000) {
      const lng = 106.6 + random.next() * 2;
      const lat = 30.3 + random.next() * 2.1;
      const distance = city.signedDistanceM(lng, lat, 5_000);
      if (distance > -150 || distance <= -5_000) continue;
      outside++;
      expect(around.contains(lng, lat), `${lng} ${lat}`).toBe(true);
    }
  });
});

describe('the provinces', () => {
  // Published land areas in thousands of km², as every yearbook has them.
  test.each([
    ['510000', 486],
    ['500000', 82.4],
    ['650000', 1_660],
    ['110000', 16.4],
    ['710000', 36],
    ['440000', 179.7],
  ])('%s has about %d thousand km²', (code, thousandKm2) => {
    const region = loadProvinces().regions.find((one) => one.code === code) as RegionBoundary;
    expect(Math.abs(areaKm2(region) / (thousandKm2 * 1_000) - 1)).toBeLessThan(0.03);
  });

  test('together have about 9.6 million km²', () => {
    const total = loadProvinces().regions.reduce((sum, region) => sum + areaKm2(region), 0);
    expect(total / 1e6).toBeGreaterThan(9.4);
    expect(total / 1e6).toBeLessThan(9.8);
  });
});
