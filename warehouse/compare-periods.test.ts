import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFigures } from './compare-periods.ts';

const COUNT = { isCount: true, lowBase: 30 };

test.each([
  [0, 0, 0, ['flat']],
  [7, 0, null, ['zero-base']],
  [0, 40, -1, []],
  [150, 100, 0.5, []],
  [100, 100, 0, ['flat']],
  [15, 10, 0.5, ['low-base']],
  [5, -10, 1.5, ['negative-base']],
  [5, null, null, ['no-base']],
  [null, 5, null, ['no-base']],
] as const)('%s against %s is a change of %s (%j)', (now, before, change, notes) => {
  expect(compareFigures(now, before, COUNT)).toMatchObject({ change, notes });
});

test('a large difference of large counts stands out, the same share of small ones does not', () => {
  expect(compareFigures(150, 100, COUNT).z).toBeCloseTo(3.162, 3);
  expect(compareFigures(15, 10, COUNT).z).toBe(1);
  expect(compareFigures(0, 0, COUNT).z).toBeNull();
  expect(compareFigures(1.5, 1, { isCount: false, lowBase: 30 })).toMatchObject({
    z: null,
    notes: [],
  });
});

test('whatever is compared, a change is a finite number or none, and leads from the one to the other', () => {
  const figure = fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 }));
  fc.assert(
    fc.property(figure, figure, fc.boolean(), (now, before, isCount) => {
      const { change, difference, z } = compareFigures(now, before, { isCount, lowBase: 30 });
      for (const value of [change, difference]) {
        if (value !== null) expect(Number.isFinite(value)).toBe(true);
      }
      if (isCount && (now ?? 0) >= 0 && (before ?? 0) >= 0 && z !== null) {
        expect(Number.isFinite(z)).toBe(true);
      }
      if (change !== null && now !== null && before !== null) {
        expect(before + change * Math.abs(before)).toBeCloseTo(now, 6);
      }
    }),
  );
});
