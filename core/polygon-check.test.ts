import { expect, test } from 'vitest';
import type { LngLat } from './geo.ts';
import { polygonMistake } from './polygon-check.ts';

const square: LngLat[] = [
  [107.5, 31.2],
  [107.51, 31.2],
  [107.51, 31.21],
  [107.5, 31.21],
];
const hole: LngLat[] = [
  [107.502, 31.202],
  [107.504, 31.202],
  [107.504, 31.204],
];

test.each<[string, LngLat[][]]>([
  ['an open ring', [square]],
  ['a closed ring', [[...square, square[0] as LngLat]]],
  ['a ring with a hole', [square, hole]],
  ['the other way round', [square.toReversed()]],
])('%s is a polygon', (_what, rings) => {
  expect(polygonMistake(rings)).toBeUndefined();
});

test.each<[string, LngLat[][], RegExp]>([
  ['two corners', [square.slice(0, 2)], /ring 1: has 2 corners/],
  [
    'corners on one line',
    [
      [
        [107, 31],
        [107.1, 31.1],
        [107.2, 31.2],
      ],
    ],
    /encloses 0 m²/,
  ],
  [
    'a bow tie',
    [[square[0], square[2], square[1], square[3]] as LngLat[]],
    /encloses 0 m²|meets the edge/,
  ],
  [
    'a bow tie with an area',
    [
      [
        [107.5, 31.2],
        [107.51, 31.2],
        [107.505, 31.21],
        [107.512, 31.19],
      ],
    ],
    /the edge after corner 1 of ring 1 meets the edge after corner 3 of ring 1/,
  ],
  [
    'a spike that runs back',
    [[...square.slice(0, 2), [107.52, 31.2], ...square.slice(1)] as LngLat[]],
    /corners 2 and 4 are the same point/,
  ],
  [
    'an edge that folds back on the one before',
    [
      [
        [107.5, 31.2],
        [107.52, 31.2],
        [107.51, 31.2],
        [107.51, 31.21],
      ],
    ],
    /meets the edge/,
  ],
  [
    'two rings that cross',
    [
      square,
      [
        [107.505, 31.205],
        [107.515, 31.205],
        [107.505, 31.215],
      ],
    ],
    /ring 2/,
  ],
  ['latitude first', [square.map(([lng, lat]): LngLat => [lat, lng])], /longitude first/],
  [
    'a whole province',
    [
      [
        [103, 28],
        [108, 28],
        [108, 32],
      ],
    ],
    /use regions/,
  ],
])('%s is refused', (_what, rings, says) => {
  expect(polygonMistake(rings)).toMatch(says);
});
