import fc from 'fast-check';
import { expect, test } from 'vitest';
import { circleZone } from './zone.ts';

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test('the clearance of a circle never says more than its distance, and names the right side', () => {
  fc.assert(
    fc.property(
      fc.tuple(degrees(75, 135), degrees(-54, 54), degrees(1, 30_000)),
      fc.tuple(degrees(-0.5, 0.5), degrees(-0.5, 0.5)),
      ([lng, lat, radiusM], [dLng, dLat]) => {
        const zone = circleZone([lng, lat], radiusM);
        const distance = zone.signedDistanceM(lng + dLng, lat + dLat, Infinity);
        const clearance = zone.clearanceM(lng + dLng, lat + dLat);
        expect(Math.abs(clearance)).toBeLessThanOrEqual(Math.abs(distance));
        expect(clearance * distance).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 2_000 },
  );
});
