import { expect, test } from 'vitest';
import { planRecovery, SEGMENT_RECORDS, segmentOf, type Segment } from './recovery-plan.ts';

const SIZE = SEGMENT_RECORDS;
const good = (nextOffset: number): Segment => ({ nextOffset, agrees: true });
const bad = (nextOffset: number): Segment => ({ nextOffset, agrees: false });
const rowsOnly: Segment = { nextOffset: undefined, agrees: false };

const cases: {
  name: string;
  segments: [number, Segment][];
  logStart?: number;
  wipe?: number[];
  closed?: [number, number][];
  open: number;
  incomplete?: number[];
}[] = [
  { name: 'nothing noted, nothing there: all of the log', segments: [], open: 0 },
  { name: 'nothing noted, log let go of its start', segments: [], logStart: 70, open: 70 },
  { name: 'a first chunk cut short', segments: [[0, rowsOnly]], wipe: [0], open: 0 },
  {
    name: 'all agrees',
    segments: [
      [0, good(SIZE)],
      [1, good(SIZE + 9)],
    ],
    open: SIZE + 9,
  },
  {
    name: 'a chunk cut short in the last segment',
    segments: [
      [0, good(SIZE)],
      [1, bad(SIZE + 9)],
    ],
    wipe: [1],
    open: SIZE,
  },
  {
    name: 'a chunk cut short that reached into the next segment',
    segments: [
      [0, bad(9)],
      [1, rowsOnly],
    ],
    wipe: [0, 1],
    open: 0,
  },
  {
    name: 'rows only beyond a last segment that is whole',
    segments: [
      [0, good(SIZE)],
      [1, rowsOnly],
    ],
    wipe: [1],
    open: SIZE,
  },
  {
    name: 'rows lost in the middle',
    segments: [
      [0, good(SIZE)],
      [1, bad(2 * SIZE)],
      [2, good(2 * SIZE + 1)],
    ],
    wipe: [1],
    closed: [[SIZE, 2 * SIZE]],
    open: 2 * SIZE + 1,
  },
  {
    name: 'a segment taken out and not written again',
    segments: [
      [0, good(SIZE)],
      [2, good(2 * SIZE + 1)],
    ],
    wipe: [1],
    closed: [[SIZE, 2 * SIZE]],
    open: 2 * SIZE + 1,
  },
  {
    name: 'a segment taken out and half written again',
    segments: [
      [0, good(SIZE - 5)],
      [1, good(SIZE + 1)],
    ],
    wipe: [0],
    closed: [[0, SIZE]],
    open: SIZE + 1,
  },
  {
    name: 'the notes of a segment gone, its rows still there',
    segments: [
      [0, rowsOnly],
      [1, good(SIZE + 1)],
    ],
    wipe: [0],
    closed: [[0, SIZE]],
    open: SIZE + 1,
  },
  {
    name: 'segments the log has let go of and that agree are left alone',
    segments: [
      [0, good(SIZE)],
      [1, good(SIZE + 9)],
    ],
    logStart: SIZE + 3,
    open: SIZE + 9,
  },
  {
    name: 'a segment that does not agree and is gone from the log stays, and is named',
    segments: [
      [0, bad(SIZE)],
      [1, good(SIZE + 9)],
    ],
    logStart: SIZE,
    open: SIZE + 9,
    incomplete: [0],
  },
  {
    name: 'the last segment does not agree and is half gone from the log',
    segments: [[0, bad(90)]],
    logStart: 40,
    open: 90,
    incomplete: [0],
  },
  {
    name: 'the log let go of records before they were written',
    segments: [[0, good(90)]],
    logStart: 2 * SIZE,
    open: 2 * SIZE,
  },
  {
    name: 'writing began in the middle of the first segment',
    segments: [
      [0, good(SIZE)],
      [1, good(SIZE + 1)],
    ],
    logStart: 7,
    open: SIZE + 1,
  },
];

test.each(cases)(
  '$name',
  ({ segments, logStart = 0, wipe = [], closed = [], open, incomplete = [] }) => {
    expect(planRecovery(new Map(segments), logStart)).toEqual({
      wipe,
      ranges: [
        ...closed.map(([from, until]) => ({ from, until })),
        { from: open, until: Infinity },
      ],
      incomplete,
    });
  },
);

test('segments are cut every SEGMENT_RECORDS records', () => {
  expect([0, SIZE - 1, SIZE, 3 * SIZE + 1].map(segmentOf)).toEqual([0, 0, 1, 3]);
});
