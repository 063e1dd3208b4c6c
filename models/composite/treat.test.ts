import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escalationOf, gradeOf, gradesOver, type Grading } from './grade.ts';
import { isExtreme, kurtosisOf, skewnessOf, treat } from './treat.ts';
import { text } from '../../core/text.ts';

const of = (...values: number[]) => Float64Array.from(values);

test('shape of a sample, against numbers worked out by hand', () => {
  // Values of R's e1071 type 2 for 1, 2, 3, 4, 10.
  expect(skewnessOf(of(1, 2, 3, 4, 10))).toBeCloseTo(1.69705627, 6);
  expect(kurtosisOf(of(1, 2, 3, 4, 10))).toBeCloseTo(3.152, 3);
  expect(skewnessOf(of(4, 4, 4))).toBe(0);
});

test('one value far out is brought in, and said so', () => {
  const values = of(...Array.from({ length: 30 }, (_, i) => i % 7), 900, Number.NaN);
  expect(isExtreme(values)).toBe(true);
  const { values: treated, touched } = treat({ kind: 'winsorise', pointsMax: 5 }, values);
  expect(touched).toEqual([{ index: 30, was: 900, is: 6 }]);
  expect(isExtreme(treated)).toBe(false);
  expect(treated[31]).toBeNaN();
});

test('no more values are brought in than allowed', () => {
  const values = of(...Array.from({ length: 40 }, () => 1), 10_000, 8_000, 4_000);
  const { touched } = treat({ kind: 'winsorise', pointsMax: 1 }, values);
  expect(touched).toHaveLength(1);
});

test('ratios above one are held at one, each named', () => {
  const how = { kind: 'bounds', min: 0, max: 1 } as const;
  const { values, touched } = treat(how, of(0.4, 1.5, Number.NaN, -0.1));
  expect([...values]).toEqual([0.4, 1, Number.NaN, 0]);
  expect(touched).toEqual([
    { index: 1, was: 1.5, is: 1 },
    { index: 3, was: -0.1, is: 0 },
  ]);
});

test('quantiles of the peers hold the ends', () => {
  const { values } = treat({ kind: 'quantiles', low: 0.1, high: 0.9 }, of(0, 1, 2, 3, 100));
  expect(values[0]).toBeCloseTo(0.4, 12);
  expect(values[4]).toBeCloseTo(61.2, 12);
});

test('treatment keeps the order of values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 4, maxLength: 60 }),
      (list) => {
        const values = of(...list);
        const { values: treated } = treat({ kind: 'winsorise', pointsMax: 5 }, values);
        for (let i = 1; i < list.length; i++) {
          const [a, b] = [list[i - 1] as number, list[i] as number];
          if (a < b) expect(treated[i - 1]).toBeLessThanOrEqual(treated[i] as number);
        }
      },
    ),
  );
});

describe('grades', () => {
  const band = (id: string, from: number | null) => ({ id, name: text(id, id), colour: id, from });
  const grading: Grading = {
    bands: [band('blue', 90), band('yellow', 80), band('orange', 70), band('red', null)],
    hysteresis: 1,
  };

  test.each([
    [undefined, 90, 'blue'],
    [undefined, 89.99, 'yellow'],
    [undefined, 12, 'red'],
    ['yellow', 90.5, 'yellow'],
    ['yellow', 91, 'blue'],
    ['blue', 89.5, 'blue'],
    ['blue', 88.9, 'yellow'],
    ['blue', 60, 'red'],
    ['red', 95, 'blue'],
    ['red', 70.9, 'red'],
    ['red', 80.5, 'orange'],
    ['gone', 85, 'yellow'],
  ])('after %s an index of %d is %s', (before, index, expected) => {
    expect(gradeOf(grading, index, before)).toBe(expected);
  });

  test('an index that stays within the hysteresis never changes its grade', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(90, 80, 70),
        fc.array(fc.double({ min: -0.99, max: 0.99, noNaN: true }), { minLength: 2 }),
        (bound, steps) => {
          const grades = gradesOver(
            grading,
            steps.map((step) => bound + step),
          );
          expect(new Set(grades.map(({ grade }) => grade)).size).toBe(1);
        },
      ),
    );
  });

  test('red again and again is counted, and a period without a figure ends the row', () => {
    const counted = gradesOver(grading, [60, 60, Number.NaN, 60, 60, 60, 95]);
    expect(counted.map(({ worstPeriods }) => worstPeriods)).toEqual([1, 2, 0, 1, 2, 3, 0]);
    expect(counted[2]?.grade).toBeUndefined();
    const steps = [
      { periods: 3, id: 'notice', name: text('书面警示', 'notice') },
      { periods: 4, id: 'talk', name: text('约谈', 'talk') },
    ];
    expect([2, 3, 4, 9].map((n) => escalationOf(steps, n)?.id)).toEqual([
      undefined,
      'notice',
      'talk',
      'talk',
    ]);
  });
});
