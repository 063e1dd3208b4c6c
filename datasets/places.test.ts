import { describe, expect, test } from 'vitest';
import { PolygonZone } from '../core/polygon-zone.ts';
import { DAZHOU, regionsWithin } from '../core/region.ts';
import { DESTINATIONS, INVENTED_PLACES, seatOf, STATIONS, TOWNS } from './places.ts';
import { loadCountyBoundaries, loadPrefectures, loadProvinces, ringsOf } from './regions.ts';

const zones = new Map<string, PolygonZone>(
  loadCountyBoundaries().regions.map((county) => [county.code, new PolygonZone(ringsOf(county))]),
);

describe('places', () => {
  test.each([...TOWNS, ...STATIONS, ...INVENTED_PLACES].map((place) => [place.id, place] as const))(
    '%s lies in its county',
    (_, place) => {
      const clearM = zones.get(place.county)?.signedDistanceM(...place.at, 2_000) ?? -1;
      expect(clearM).toBeGreaterThan(place.kind === 'town' ? 800 : 300);
      expect(place.approximate).toBe(true);
    },
  );

  test('have ids of their own', () => {
    const ids = [...TOWNS, ...STATIONS, ...INVENTED_PLACES].map((place) => place.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(regionsWithin(DAZHOU).map(({ code }) => [code]))('%s has a seat and towns', (code) => {
    const towns = TOWNS.filter((town) => town.county === code);
    expect(towns.length).toBeGreaterThanOrEqual(10);
    expect(towns.reduce((sum, town) => sum + town.share, 0)).toBeCloseTo(1);
    expect(seatOf(code).share).toBe(Math.max(...towns.map((town) => town.share)));
    for (const kind of ['coach-station', 'motorway-gate'] as const) {
      expect(STATIONS.some((station) => station.county === code && station.kind === kind)).toBe(
        true,
      );
    }
  });

  test('destinations lie in their regions', () => {
    const regions = [...loadPrefectures().regions, ...loadProvinces().regions];
    for (const { region, at, name } of DESTINATIONS) {
      const boundary = regions.find(({ code }) => code === region);
      const zone = new PolygonZone(boundary ? ringsOf(boundary) : [], { degreesPerCell: 1 / 32 });
      expect(zone.contains(...at), name.en).toBe(true);
    }
  });
});
