// The published example of four companies: scores, means and every kind of weight, to the last digit given.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregate, contributionsOf, type Aggregation } from './aggregate.ts';
import { efficacyOf, type EfficacyFunction } from './efficacy.ts';
import { normalise, quantileOf } from './normalise.ts';
import {
  criticWeights,
  entropyWeights,
  linearCombination,
  pairwiseWeights,
  productCombination,
} from './weights.ts';

const COMPANIES = [
  [5_733, 60.5, 91.5, 16.7],
  [3_575, 52.2, 93.2, 7.3],
  [3_929, 71.2, 84.9, 10.7],
  [4_404, 69.7, 88, 12.8],
];
const GIVEN = [0.3, 0.2, 0.2, 0.3];
const EQUAL = [0.25, 0.25, 0.25, 0.25];

const column = (j: number) => COMPANIES.map((row) => row[j] as number);

const scoresBy = (form: EfficacyFunction) => {
  const functions = [0, 1, 2, 3].map((j) =>
    efficacyOf(form, {
      kind: 'between',
      satisfactory: Math.max(...column(j)),
      notAllowed: Math.min(...column(j)),
    }),
  );
  return COMPANIES.map((row) => functions.map((points, j) => points(row[j] as number)));
};

const meansBy = (form: EfficacyFunction, how: Aggregation, weights: number[]) =>
  scoresBy(form).map((scores) => aggregate(how, { scores, weights }));

const near = (actual: readonly number[], expected: readonly number[], digits: number) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, digits);
};

test('scores and means of the published example', () => {
  const scores = scoresBy({ kind: 'linear' });
  near(scores[0] ?? [], [100, 77.4737, 91.8072, 100], 4);
  near(scores[3] ?? [], [75.3661, 96.8421, 74.9398, 83.4043], 4);
  const linear = { kind: 'linear' } as const;
  near(meansBy(linear, 'geometric', EQUAL), [91.8349, 68.1732, 73.8476, 82.1836], 4);
  near(meansBy(linear, 'geometric', GIVEN), [93.4128, 66.454, 73.1456, 81.5952], 4);
  near(meansBy(linear, 'arithmetic', GIVEN), [93.8562, 68, 74.3089, 81.9875], 4);
  near(meansBy(linear, 'arithmetic', EQUAL), [92.3202, 70, 75.2574, 82.638], 4);
  near(meansBy({ kind: 'exponential' }, 'arithmetic', GIVEN), [93.0133, 68, 73.2262, 79.905], 4);
  // As printed on the page, which rounded its quotients first.
  near(meansBy(linear, 'geometric', EQUAL), [91.835, 68.173, 73.847, 82.185], 2);
});

test('weights from the data of the published example', () => {
  const normalised = [0, 1, 2, 3].map((j) =>
    normalise({ kind: 'min-max', from: 0, to: 1 }, column(j), 'positive'),
  );
  const matrix = COMPANIES.map((_, i) => normalised.map((values) => values[i] as number));
  const { weights, entropies } = entropyWeights(matrix);
  near(entropies, [0.624693, 0.752603, 0.741376, 0.733042], 6);
  near(weights, [0.326841, 0.215449, 0.225226, 0.232484], 6);
  near(criticWeights(matrix), [0.160541, 0.336966, 0.350049, 0.152445], 6);
  near(productCombination(GIVEN, weights), [0.383117, 0.168364, 0.176005, 0.272514], 6);
  near(linearCombination(GIVEN, weights, 0.5), [0.31342, 0.207724, 0.212613, 0.266242], 6);
});

test('weights from comparing in pairs', () => {
  const found = pairwiseWeights([
    [1, 3, 5],
    [1 / 3, 1, 2],
    [1 / 5, 1 / 2, 1],
  ]);
  near(found.weights, [0.648329, 0.229651, 0.12202], 6);
  expect(found.lambdaMax).toBeCloseTo(3.003695, 6);
  expect(found.consistencyIndex).toBeCloseTo(0.001847, 6);
  expect(found.consistencyRatio).toBeCloseTo(0.003185, 6);
  expect(pairwiseWeights([[1]]).weights).toEqual([1]);
});

test('the district by hand, as an index', () => {
  const scores = [91, 52.6667, 83.2727, 88.8, 87, 92, 87.5];
  const weights = [0.2, 0.2, 0.15, 0.1, 0.15, 0.1, 0.1];
  expect(aggregate('arithmetic', { scores, weights })).toBeCloseTo(81.1042, 4);
  expect(aggregate('geometric', { scores, weights })).toBeCloseTo(79.5316, 4);
});

describe('an index', () => {
  const how = fc.constantFrom<Aggregation>('arithmetic', 'geometric', 'harmonic');
  const parts = fc.array(
    fc.record({
      score: fc.double({ min: 1, max: 100, noNaN: true }),
      weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  test('lies between its worst and its best score, whatever the order and unit of the weights', () => {
    fc.assert(
      fc.property(
        how,
        parts,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (kind, list, scale) => {
          const [scores, weights] = [list.map(({ score }) => score), list.map((p) => p.weight)];
          const index = aggregate(kind, { scores, weights });
          expect(index).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9);
          expect(index).toBeLessThanOrEqual(Math.max(...scores) + 1e-9);
          const other = {
            scores: scores.toReversed(),
            weights: weights.toReversed().map((weight) => weight * scale),
          };
          expect(aggregate(kind, other)).toBeCloseTo(index, 9);
        },
      ),
    );
  });

  test('is what its contributions sum to', () => {
    fc.assert(
      fc.property(how, parts, (kind, list) => {
        const [scores, weights] = [list.map(({ score }) => score), list.map((p) => p.weight)];
        const contributions = contributionsOf(kind, { scores, weights });
        const sum = contributions.reduce((total, part) => total + part, 0);
        expect(sum).toBeCloseTo(aggregate(kind, { scores, weights }), 8);
      }),
    );
  });

  test('leaves out what is missing, up to the share allowed', () => {
    const scores = [80, Number.NaN, 60];
    const weights = [0.5, 0.3, 0.2];
    expect(aggregate('arithmetic', { scores, weights })).toBeCloseTo(52 / 0.7, 9);
    expect(aggregate('arithmetic', { scores, weights, missingShareMax: 0.3 })).not.toBeNaN();
    expect(aggregate('arithmetic', { scores, weights, missingShareMax: 0.29 })).toBeNaN();
    expect(aggregate('arithmetic', { scores: [Number.NaN], weights: [1] })).toBeNaN();
  });
});

describe('other normalisations', () => {
  const values = [3, 1, Number.NaN, 1, 5];
  test('rank, percentile, z-score and goalposts, by hand', () => {
    near(
      [...normalise({ kind: 'rank' }, values, 'positive')].filter((v) => !Number.isNaN(v)),
      [3, 1.5, 1.5, 4],
      9,
    );
    near(
      [...normalise({ kind: 'rank' }, values, 'negative')].filter((v) => !Number.isNaN(v)),
      [2, 3.5, 3.5, 1],
      9,
    );
    const percentiles = normalise({ kind: 'percentile' }, values, 'positive');
    near(
      [...percentiles].filter((v) => !Number.isNaN(v)),
      [200 / 3, 50 / 3, 50 / 3, 100],
      9,
    );
    const z = normalise({ kind: 'z-score', mean: 0, deviation: 1 }, [1, 2, 3], 'negative');
    near([...z], [1, 0, -1], 9);
    const posts = normalise({ kind: 'goalposts', low: 20, high: 85 }, [10, 52.5, 90], 'positive');
    near([...posts], [0, 50, 100], 9);
  });

  test('where all are equal nobody is better', () => {
    const same = [7, 7, 7];
    near([...normalise({ kind: 'min-max', from: 0, to: 100 }, same, 'negative')], [50, 50, 50], 9);
    near(
      [...normalise({ kind: 'z-score', mean: 100, deviation: 10 }, same, 'positive')],
      [100, 100, 100],
      9,
    );
    near([...normalise({ kind: 'percentile' }, same, 'positive')], [50, 50, 50], 9);
  });

  test('quantiles lie straight between neighbours', () => {
    expect(quantileOf([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
    expect(quantileOf([5], 0.1)).toBe(5);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});
