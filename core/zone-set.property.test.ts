import fc from 'fast-check';
import { expect, test } from 'vitest';
import { METRES_PER_DEGREE } from './geo.ts';
import { createZoneSet, type ZoneMember } from './zone-set.ts';
import { circleZone } from './zone.ts';

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const memberArbitrary = fc
  .tuple(degrees(107, 107.2), degrees(31, 31.2), degrees(20, 3_000))
  .map(([lng, lat, radiusM]): ZoneMember => {
    const reach = radiusM / METRES_PER_DEGREE;
    const reachLng = reach / Math.cos(((lat + 1) * Math.PI) / 180);
    return {
      id: `${lng} ${lat}`,
      zone: circleZone([lng, lat], radiusM),
      box: [
        [lng - reachLng, lat - reach],
        [lng + reachLng, lat + reach],
      ],
    };
  });

test('a set is inside where any member is, and as far away as the nearest', () => {
  fc.assert(
    fc.property(
      fc.array(memberArbitrary, { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(degrees(106.8, 107.4), degrees(30.8, 31.4)), { minLength: 1 }),
      degrees(10, 20_000),
      (members, places, maxM) => {
        const set = createZoneSet(members);
        for (const [lng, lat] of places) {
          const distances = members.map(({ zone }) => zone.signedDistanceM(lng, lat, 100_000));
          const deepest = Math.max(...distances);
          const cut = Math.max(-maxM, Math.min(maxM, deepest));
          expect(set.signedDistanceM(lng, lat, maxM)).toBe(cut);
          expect(set.contains(lng, lat)).toBe(deepest >= 0);
          expect(set.nearest(lng, lat)).toBe(members[distances.indexOf(deepest)]?.id);
          const clearance = set.clearanceM(lng, lat);
          expect(Math.sign(clearance) * Math.sign(deepest)).toBeGreaterThanOrEqual(0);
          expect(Math.abs(clearance)).toBeLessThanOrEqual(Math.abs(deepest));
        }
      },
    ),
    { numRuns: 300 },
  );
});
