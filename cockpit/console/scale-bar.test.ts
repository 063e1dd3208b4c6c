import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleBar } from './scale-bar.ts';

test.each([
  [1, 50],
  [10, 500],
  [24, 2_000],
  [200, 10_000],
])('at %d m a pixel the bar is %d m', (metresPerPixel, metres) => {
  expect(scaleBar(metresPerPixel).metres).toBe(metres);
});

test('at every zoom the bar is round and between a fingertip and a thumb long', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 100_000, noNaN: true }), (metresPerPixel) => {
      const { metres, pixels } = scaleBar(metresPerPixel);
      expect(pixels).toBeGreaterThan(30);
      expect(pixels).toBeLessThan(95);
      expect(['1', '2', '5']).toContain(metres.toExponential(0)[0]);
    }),
  );
});
