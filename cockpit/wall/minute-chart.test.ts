import { expect, test } from 'vitest';
import { axisTop, unknownRuns } from './minute-chart.ts';

test.each([
  [[1, 2, 3], []],
  [
    [null, 2, null, null, 5, null],
    [
      [0, 0],
      [2, 3],
      [5, 5],
    ],
  ],
  [[null, null], [[0, 1]]],
  [[], []],
  [[0, 0], []],
])('in %j the minutes nobody knows of are %j', (values, runs) => {
  expect(unknownRuns(values)).toEqual(runs);
});

test.each([
  [[0, 0, null], 1],
  [[7], 8],
  [[2_660, 3_480], 4_000],
  [[160], 200],
  [[999], 1_000],
  [[1_000], 1_000],
  [[null], 1],
  [[22_300, 1_100, 1_090, 1_112], 1_500],
  [[0, 0, 0, 40], 40],
])('the axis above %j ends at %d', (values, top) => {
  expect(axisTop(values)).toBe(top);
});
