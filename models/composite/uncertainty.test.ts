// Sensitivity against a function whose indices are known, and intervals that hold what they say.

import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../core/random.ts';
import { freezeReference } from './freeze-reference.ts';
import { planIndex } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { loadDefinition } from './load-definition.ts';
import { sobolIndices } from './sobol.ts';
import { DEFAULT_DOUBTS, rankIntervals, rankSensitivity } from './uncertainty.ts';

test('the Ishigami function has the indices its author worked out', () => {
  const angle = (share: number) => Math.PI * (2 * share - 1);
  const ishigami = (x: Float64Array) => {
    const [a, b, c] = [angle(x[0]!), angle(x[1]!), angle(x[2]!)];
    return Math.sin(a) + 7 * Math.sin(b) ** 2 + 0.1 * c ** 4 * Math.sin(a);
  };
  const found = sobolIndices(ishigami, {
    factors: 3,
    samples: 40_000,
    random: createRandom('ishigami'),
  });
  for (const [i, expected] of [0.3139, 0.4424, 0].entries()) {
    expect(Math.abs(found.first[i]! - expected)).toBeLessThan(0.02);
  }
  for (const [i, expected] of [0.5576, 0.4424, 0.2437].entries()) {
    expect(Math.abs(found.total[i]! - expected)).toBeLessThan(0.02);
  }
  for (const [intervals, known] of [
    [found.firstWithin, [0.3139, 0.4424, 0]],
    [found.totalWithin, [0.5576, 0.4424, 0.2437]],
  ] as const) {
    for (const [i, [low, high]] of intervals.entries()) {
      expect(high - low).toBeGreaterThan(0);
      expect(high - low).toBeLessThan(0.04);
      expect(low - 0.01).toBeLessThan(known[i]!);
      expect(high + 0.01).toBeGreaterThan(known[i]!);
    }
  }
  expect(found.mean).toBeCloseTo(3.5, 1);
  expect(found.runs).toBe(200_000);
});

test('the interval of a factor that does nothing by itself holds zero, in nearly all of many small estimates', () => {
  const product = (x: Float64Array) => (x[0]! - 0.5) * (x[1]! - 0.5);
  let held = 0;
  let below = 0;
  for (let n = 0; n < 50; n++) {
    const { first, firstWithin } = sobolIndices(product, {
      factors: 2,
      samples: 256,
      random: createRandom(`product ${n}`),
    });
    const [low, high] = firstWithin[0]!;
    if (low <= 0 && high >= 0) held++;
    if (first[0]! < 0) below++;
  }
  expect(held).toBeGreaterThan(40);
  expect(below).toBeGreaterThan(10);
});

test('what never changes is sensitive to nothing', () => {
  const { first, total } = sobolIndices(() => 7, {
    factors: 2,
    samples: 10,
    random: createRandom('x'),
  });
  expect([...first, ...total]).toEqual([0, 0, 0, 0]);
});

const versioned = loadDefinition(
  fileURLToPath(new URL('../social-order/definition.yaml', import.meta.url)),
);

/** Regions from good to bad, each column spread by chance around it. */
function periods(count: number, regions: number): { name: string; columns: PeriodColumns }[] {
  const random = createRandom('social order');
  const names = Object.entries(versioned.definition.columns);
  return Array.from({ length: count }, (_, period) => ({
    name: `2025-${String(period + 1).padStart(2, '0')}`,
    columns: {
      regions,
      columns: Object.fromEntries(
        names.map(([name, { count: isCount }]) => [
          name,
          Float64Array.from({ length: regions }, (_unused, i) =>
            isCount ? random.int(20 + 10 * i) : 10_000 + random.int(1_000),
          ),
        ]),
      ),
    },
  }));
}

const year = periods(12, 9);
const plan = planIndex(versioned, freezeReference(versioned, year));
const history = year.map(({ columns }) => columns).toReversed();

test('the interval holds the median, and closes where nothing is in doubt', () => {
  const found = rankIntervals(plan, history, {
    doubts: DEFAULT_DOUBTS,
    samples: 300,
    random: createRandom('ranks'),
  });
  for (let i = 0; i < 9; i++) {
    expect(found.low[i]).toBeLessThanOrEqual(found.median[i]!);
    expect(found.median[i]).toBeLessThanOrEqual(found.high[i]!);
  }
  expect([...found.rank].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(found.high.some((high, i) => high > found.low[i]!)).toBe(true);
  const sure = rankIntervals(plan, history, {
    doubts: { weightSpread: 0, points: [], aggregations: [] },
    samples: 20,
    random: createRandom('sure'),
  });
  expect(sure.low).toEqual(sure.rank);
  expect(sure.high).toEqual(sure.rank);
});

test('the same seed gives the same intervals', () => {
  const draw = () =>
    rankIntervals(plan, history, {
      doubts: DEFAULT_DOUBTS,
      samples: 50,
      random: createRandom('same'),
    });
  expect(draw()).toEqual(draw());
});

test('sensitivity names every assumption, the largest first', () => {
  const { factors, meanShift } = rankSensitivity(plan, history, {
    doubts: DEFAULT_DOUBTS,
    samples: 64,
    random: createRandom('which'),
  });
  expect(factors.map(({ name }) => name).toSorted()).toEqual(
    [
      'points',
      'aggregation',
      'situation',
      'control',
      ...Object.keys(versioned.definition.indicators),
    ].toSorted(),
  );
  expect(factors[0]!.total).toBeGreaterThanOrEqual(factors.at(-1)!.total);
  expect(meanShift).toBeGreaterThan(0);
});
