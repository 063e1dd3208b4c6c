import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BenchPoint } from '../../../app/api/bench.ts';
import { addPoint, changePoint, clockOf, instantOf, retime } from './draw-track.ts';

const START_MS = Date.UTC(2026, 2, 2, 0);
const place = fc.tuple(
  fc.double({ min: 107, max: 109, noNaN: true }),
  fc.double({ min: 30, max: 32, noNaN: true }),
);
const pace = fc.record({
  startAtMs: fc.constant(START_MS),
  speedKmh: fc.integer({ min: 1, max: 300 }),
});

test('drawn points are in order, whole minutes and no faster than the speed; drawn again they are the same', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), pace, (places, at) => {
      let points: BenchPoint[] = [];
      for (const one of places) points = addPoint(points, one, at);
      expect(points[0]?.atMs).toBe(START_MS);
      points.forEach((point, i) => {
        expect(point.atMs % 60_000).toBe(0);
        if (i > 0)
          expect(point.atMs - (points[i - 1] as BenchPoint).atMs).toBeGreaterThanOrEqual(60_000);
      });
      expect(retime(points, at)).toEqual(points);
    }),
  );
});

test('twice the speed takes half the time', () => {
  const points = addPoint(
    addPoint([], [107, 31], { startAtMs: START_MS, speedKmh: 60 }),
    [108, 31],
    {
      startAtMs: START_MS,
      speedKmh: 60,
    },
  );
  const [a, b] = [60, 120].map(
    (speedKmh) => retime(points, { startAtMs: START_MS, speedKmh })[1]?.atMs,
  );
  const [slow, fast] = [(a ?? 0) - START_MS, (b ?? 0) - START_MS];
  expect(slow).toBeGreaterThan(90 * 60_000);
  expect(Math.abs(slow / 2 - fast)).toBeLessThanOrEqual(60_000);
});

test('a point set to another time takes its place in order', () => {
  const at = { startAtMs: START_MS, speedKmh: 30 };
  const points = addPoint(addPoint(addPoint([], [107, 31], at), [107, 31], at), [107, 31], at);
  const moved = changePoint(points, 0, { atMs: START_MS + 90_000 });
  expect(moved.map(({ atMs }) => atMs - START_MS)).toEqual([60_000, 90_000, 120_000]);
});

test('times of the table are those of tests in rule files, there and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 * 86_400 }), (seconds) => {
      const atMs = START_MS + seconds * 1_000;
      expect(instantOf(clockOf(atMs, START_MS), START_MS)).toBe(atMs);
    }),
  );
  expect(instantOf('9：05', START_MS)).toBe(START_MS + 65 * 60_000);
  for (const none of ['24:00', '8', 'now', '08:60', ''])
    expect(instantOf(none, START_MS)).toBeUndefined();
});
