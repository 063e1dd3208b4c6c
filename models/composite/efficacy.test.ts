// The published examples and the properties every form must have.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clampPoints,
  efficacyOf,
  shareOfWay,
  type EfficacyFunction,
  type Goal,
} from './efficacy.ts';

const between = (satisfactory: number, notAllowed: number): Goal => ({
  kind: 'between',
  satisfactory,
  notAllowed,
});

const points = (form: EfficacyFunction, goal: Goal, value: number) => efficacyOf(form, goal)(value);

const LINEAR: EfficacyFunction = { kind: 'linear' };
const EXPONENTIAL: EfficacyFunction = { kind: 'exponential' };

test('a published exam item: 5.81 between 6 and 12 gives 58.73, held within 60 to 100 gives 60', () => {
  const d = points(LINEAR, between(12, 6), 5.81);
  expect(d).toBeCloseTo(58.7333, 4);
  expect(clampPoints({ min: 60, max: 100 }, d)).toBe(60);
});

test.each([
  ['linear', LINEAR, 80],
  ['exponential', EXPONENTIAL, 77.4597],
  ['logarithmic', { kind: 'logarithmic' } as const, 84.8046],
  ['power 2', { kind: 'power', exponent: 2 } as const, 70],
])('%s: 60, its own middle, 100', (_name, form, middle) => {
  const goal = between(10, 0);
  expect(points(form, goal, 0)).toBeCloseTo(60, 10);
  expect(points(form, goal, 5)).toBeCloseTo(middle, 4);
  expect(points(form, goal, 10)).toBeCloseTo(100, 10);
});

test.each([
  ['criminal cases', between(20, 40), 24.5, 0.775, 91, 89.1423],
  ['major crimes', between(2, 8), 9.1, -0.183333, 52.6667, 54.636],
  ['fraud', between(8, 30), 17.2, 0.581818, 83.2727, 80.7657],
  ['traffic deaths', between(1, 6), 2.4, 0.72, 88.8, 86.6727],
  ['clearance', between(60, 20), 47, 0.675, 87, 84.7031],
  ['satisfaction', between(99, 90), 97.2, 0.8, 92, 90.288],
  [
    'police',
    { kind: 'interval', from: 18, to: 24, low: 10, high: 35 } as const,
    15.5,
    0.6875,
    87.5,
    85.2457,
  ],
])('the district by hand: %s', (_name, goal, value, share, linear, exponential) => {
  expect(shareOfWay(goal, value)).toBeCloseTo(share, 6);
  expect(points(LINEAR, goal, value)).toBeCloseTo(linear, 4);
  expect(points(EXPONENTIAL, goal, value)).toBeCloseTo(exponential, 4);
});

test('log-value measures the way between logarithms', () => {
  const goal = between(1, 100);
  expect(points({ kind: 'log-value' }, goal, 10)).toBeCloseTo(80, 10);
  expect(points({ kind: 'log-value' }, goal, 0)).toBe(Number.POSITIVE_INFINITY);
});

describe('graded', () => {
  const grades = [20, 40, 60, 80, 100].map((p, i) => ({ standard: 10 - i, points: p }));
  const form: EfficacyFunction = { kind: 'graded', grades };
  test.each([
    [11, 20],
    [10, 20],
    [9.5, 30],
    [9, 40],
    [6.25, 95],
    [6, 100],
    [0, 100],
  ])('%d gives %d where less is better', (value, expected) => {
    expect(points(form, between(6, 10), value)).toBeCloseTo(expected, 10);
  });
});

const forms = fc.constantFrom<EfficacyFunction>(
  LINEAR,
  EXPONENTIAL,
  { kind: 'logarithmic' },
  { kind: 'power', exponent: 3 },
  { kind: 'power', exponent: 0.5 },
);
const value = fc.double({ min: -1_000, max: 1_000, noNaN: true });
const ends = fc
  .tuple(value, value)
  .filter(([a, b]) => Math.abs(a - b) > 1)
  .map(([a, b]) => between(a, b));

test('every form rises in the direction of its indicator', () => {
  fc.assert(
    fc.property(forms, ends, value, value, (form, goal, x, y) => {
      if (goal.kind !== 'between') return;
      const towards = Math.sign(goal.satisfactory - goal.notAllowed);
      const [worse, better] = towards * x < towards * y ? [x, y] : [y, x];
      expect(points(form, goal, better)).toBeGreaterThanOrEqual(points(form, goal, worse) - 1e-9);
    }),
  );
});

test('no unit matters: value and ends in other units give the same points', () => {
  fc.assert(
    fc.property(
      forms,
      ends,
      value,
      fc.double({ min: 0.001, max: 1_000, noNaN: true }),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (form, goal, x, scale, shift) => {
        if (goal.kind !== 'between') return;
        const unit = (v: number) => v * scale + shift;
        const other = between(unit(goal.satisfactory), unit(goal.notAllowed));
        const [here, there] = [points(form, goal, x), points(form, other, unit(x))];
        if (Number.isFinite(here) && Math.abs(here) < 1e6) {
          expect(Math.abs(here - there)).toBeLessThan(1e-5 * Math.max(1, Math.abs(here)));
        }
      },
    ),
  );
});

test('what is not known has no points', () => {
  fc.assert(
    fc.property(forms, ends, (form, goal) => {
      expect(points(form, goal, Number.NaN)).toBeNaN();
      const interval = { kind: 'interval', from: 3, to: 5, low: 0, high: 9 } as const;
      expect(points(form, interval, Number.NaN)).toBeNaN();
    }),
  );
  expect(clampPoints({ min: 0, max: 100 }, Number.NaN)).toBeNaN();
});
