// The laboratory's arithmetic: it agrees with the definition, what drives a change adds up, and a better value
// never makes an index worse.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGGREGATIONS } from '../../models/composite/aggregate.ts';
import { changesBetween, contributionsTo, planOf, stepOf, variantOf } from './lab-model.ts';
import { madeInput } from './made-input.fixture.ts';

const REGIONS = 40;
const input = madeInput(REGIONS);
const plain = variantOf(input);

const variants = fc.record({
  aggregation: fc.constantFrom(...AGGREGATIONS),
  weights: fc.record(
    Object.fromEntries(
      Object.entries(plain.weights).map(([node, weights]) => [
        node,
        fc.array(fc.integer({ min: 0, max: 40 }), {
          minLength: weights.length,
          maxLength: weights.length,
        }),
      ]),
    ) as Record<string, fc.Arbitrary<number[]>>,
  ),
  goals: fc.constant(plain.goals),
  bounds: fc.constant(plain.bounds),
});

test('what drives a change between two periods adds up to it', () => {
  fc.assert(
    fc.property(variants, fc.integer({ min: 0, max: REGIONS - 1 }), (variant, region) => {
      const { before, after, changes } = changesBetween(input, variant, { region, from: 0, to: 2 });
      if (Number.isNaN(before) || Number.isNaN(after)) return;
      const sum = changes.reduce((all, { points }) => all + points, 0);
      expect(Math.abs(sum - (after - before))).toBeLessThan(1e-9);
    }),
    { numRuns: 60 },
  );
});

test('contributions add up to the index', () => {
  fc.assert(
    fc.property(variants, fc.integer({ min: 0, max: REGIONS - 1 }), (variant, region) => {
      const step = stepOf(input, variant, 1);
      const parts = contributionsTo(planOf(input, variant), step, region);
      const figure = step.figures[region] as number;
      if (Number.isNaN(figure)) {
        expect(parts).toEqual([]);
        return;
      }
      expect(Math.abs(parts.reduce((all, { points }) => all + points, 0) - figure)).toBeLessThan(
        1e-9,
      );
    }),
    { numRuns: 60 },
  );
});

test('weights count by their shares: ten times as much of everything changes nothing', () => {
  const larger = {
    ...plain,
    weights: Object.fromEntries(
      Object.entries(plain.weights).map(([node, weights]) => [node, weights.map((w) => 10 * w)]),
    ),
  };
  const [a, b] = [stepOf(input, plain, 0), stepOf(input, larger, 0)];
  a.figures.forEach((figure, i) => expect(b.figures[i]).toBeCloseTo(figure, 9));
  expect([...b.ranks]).toEqual([...a.ranks]);
});

test('a higher bound never gives a better grade, and leaves every figure as it was', () => {
  const low = stepOf(input, plain, 0);
  const high = stepOf(input, { ...plain, bounds: plain.bounds.map((bound) => bound + 4) }, 0);
  expect([...high.figures]).toEqual([...low.figures]);
  low.grades.forEach((grade, i) => expect(high.grades[i]).toBeGreaterThanOrEqual(grade));
  expect([...high.grades]).not.toEqual([...low.grades]);
});

test('a step over 2,800 regions: how long it takes is printed', () => {
  const large = madeInput(2_800, 1);
  const top = large.definition.top;
  const times: number[] = [];
  for (let run = 0; run < 30; run++) {
    const variant = {
      ...plain,
      weights: { ...plain.weights, [top]: [0.3 + run / 100, 0.7 - run / 100] },
    };
    const startedMs = performance.now();
    const { ranks } = stepOf(large, variant, 0);
    times.push(performance.now() - startedMs);
    expect(Math.max(...ranks)).toBeGreaterThan(2_000);
  }
  times.sort((a, b) => a - b);
  const [p50, p95] = [times[15] as number, times[28] as number];
  process.stdout.write(
    `laboratory: a step over 2,800 regions × ${Object.keys(large.definition.indicators).length} indicators p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms\n`,
  );
});
