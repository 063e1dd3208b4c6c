import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suppressCells, type CountedCell } from './suppress-cells.ts';

const FLOOR = 5;

test('a small count takes the next smallest of its line with it', () => {
  const cells = [40, 2, 9, 0, 30].map((count, index) => ({ key: [index], counts: [count] }));
  expect(suppressCells(cells, FLOOR)).toEqual([false, true, true, false, false]);
});

test('nothing is hidden where nothing is small, or without a floor', () => {
  const cells = [40, 5, 0].map((count, index) => ({ key: [index], counts: [count] }));
  expect(suppressCells(cells, FLOOR)).toEqual([false, false, false]);
  expect(suppressCells([{ key: [0], counts: [1] }], 0)).toEqual([false]);
});

const tables = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([width, height]) =>
    fc
      .array(fc.integer({ min: 0, max: 20 }), {
        minLength: width * height,
        maxLength: width * height,
      })
      .map((counts) =>
        counts.map((count, index): CountedCell => ({
          key: [index % width, Math.floor(index / width)],
          counts: [count],
        })),
      ),
  );

test('no small count is shown, and no line leaves exactly one to be subtracted', () => {
  fc.assert(
    fc.property(tables, (cells) => {
      const hidden = suppressCells(cells, FLOOR);
      cells.forEach(({ counts: [count = 0] }, index) => {
        if (count > 0 && count < FLOOR) expect(hidden[index]).toBe(true);
        if (count === 0) expect(hidden[index]).toBe(false);
      });
      for (const dimension of [0, 1]) {
        for (const place of new Set(cells.map(({ key }) => key[dimension]))) {
          const line = cells.flatMap(({ key, counts: [count = 0] }, index) =>
            key[dimension] === place && count > 0 ? [hidden[index]] : [],
          );
          if (line.length > 1) expect(line.filter(Boolean)).not.toHaveLength(1);
        }
      }
    }),
    { numRuns: 200 },
  );
});
