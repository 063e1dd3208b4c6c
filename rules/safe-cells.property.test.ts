// What the cells call safe must be of no interest to anyone; and they must call most of a quiet area safe.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createZoneSet, type ZoneMember } from '../core/zone-set.ts';
import { circleZone, type Box } from '../core/zone.ts';
import { METRES_PER_DEGREE } from '../core/geo.ts';
import { SafeCells } from './safe-cells.ts';

const box: Box = [
  [107, 31],
  [107.3, 31.3],
];
const inBox = fc.tuple(
  fc.double({ min: 106.95, max: 107.35, noNaN: true }),
  fc.double({ min: 30.95, max: 31.35, noNaN: true }),
);

const venue = fc
  .tuple(inBox, fc.double({ min: 20, max: 2_000, noNaN: true }))
  .map(([[lng, lat], radiusM]): ZoneMember => {
    const reach = (1.3 * radiusM) / METRES_PER_DEGREE;
    const corners: Box = [
      [lng - reach, lat - reach],
      [lng + reach, lat + reach],
    ];
    return { id: `${lng} ${lat}`, zone: circleZone([lng, lat], radiusM), box: corners };
  });

/** Asked often enough to remember anything. */
function warm(cells: SafeCells): SafeCells {
  for (let asked = 0; asked < 1_000; asked++) cells.isSafe(107.1, 31.1);
  return cells;
}

test('a safe place lies outside of all venues and inside the area', () => {
  let safe = 0;
  fc.assert(
    fc.property(
      fc.array(venue, { minLength: 1, maxLength: 8 }),
      fc.array(inBox, { minLength: 20, maxLength: 60 }),
      (members, places) => {
        const venues = createZoneSet(members);
        const area = circleZone([107.15, 31.15], 14_000);
        const cells = warm(
          new SafeCells(box, (lng, lat) =>
            Math.min(-venues.clearanceM(lng, lat), area.clearanceM(lng, lat)),
          ),
        );
        for (const [lng, lat] of places) {
          if (!cells.isSafe(lng, lat)) continue;
          safe++;
          expect(venues.signedDistanceM(lng, lat, 10_000)).toBeLessThan(0);
          expect(area.signedDistanceM(lng, lat, 10_000)).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(safe).toBeGreaterThan(3_000);
});

test('far from everything all is safe, outside of the box and at no place nothing is', () => {
  const cells = warm(new SafeCells(box, () => Infinity));
  expect(cells.isSafe(107.2, 31.2)).toBe(true);
  expect(cells.isSafe(106.9, 31.2)).toBe(false);
  expect(cells.isSafe(107.2, 31.31)).toBe(false);
  expect(cells.isSafe(NaN, 31.2)).toBe(false);
  expect(warm(new SafeCells(undefined, () => Infinity)).isSafe(107.2, 31.2)).toBe(false);
});
