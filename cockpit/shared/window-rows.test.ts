// Whatever was scrolled to, what is seen is drawn, and the list keeps its length.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowWindow } from './window-rows.ts';

test('every row in sight is drawn and the list keeps its length', () => {
  const natural = (max: number) => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(
      natural(20_000),
      fc.integer({ min: 16, max: 60 }),
      natural(2_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (count, rowHeight, height, share) => {
        const scrollTop = share * Math.max(0, count * rowHeight - height);
        const { first, end, before, after } = rowWindow({ count, rowHeight, scrollTop, height });
        expect(before + (end - first) * rowHeight + after).toBe(count * rowHeight);
        expect(first * rowHeight).toBeLessThanOrEqual(scrollTop);
        expect(end * rowHeight).toBeGreaterThanOrEqual(
          Math.min(count * rowHeight, scrollTop + height),
        );
        expect(end - first).toBeLessThanOrEqual(height / rowHeight + 20);
      },
    ),
  );
});
