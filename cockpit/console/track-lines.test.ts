import { expect, test } from 'vitest';
import type { Track } from '../../app/api/alerts.ts';
import { LABEL } from '../../core/position-codes.ts';
import { JOIN_MS_MAX, trackLines } from './track-lines.ts';

const track = (rows: [minute: number, lng: number, labels?: number][]): Track => ({
  fromMs: 0,
  untilMs: 3_600_000,
  atMs: rows.map(([minute]) => minute * 60_000),
  lng: rows.map(([, lng]) => lng),
  lat: rows.map(() => 31),
  accuracyM: rows.map(() => 10),
  fix: rows.map(() => 0),
  labels: rows.map(([, , labels]) => labels ?? 0),
});

const lngs = (lines: readonly (readonly (readonly number[])[])[]) =>
  lines.map((line) => line.map(([lng]) => lng));

test('fixes are joined, a gap is not', () => {
  const { lines, gaps, first, last } = trackLines(
    track([
      [0, 1],
      [5, 2],
      [30, 3],
      [35, 4],
    ]),
  );
  expect(lngs(lines)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(lngs(gaps)).toEqual([[2, 3]]);
  expect([first?.atMs, last?.atMs]).toEqual([0, 35 * 60_000]);
});

test('a fix that does not place the person is left out, and may leave a gap', () => {
  const { lines } = trackLines(
    track([
      [0, 1],
      [8, 9, LABEL.impossibleSpeed],
      [9, 2],
      [10, 8, LABEL.noFix],
      [19, 3, LABEL.late],
    ]),
  );
  expect(lngs(lines)).toEqual([[1, 2, 3]]);
});

test('exactly the longest time is still joined', () => {
  const minutes = JOIN_MS_MAX / 60_000;
  expect(
    trackLines(
      track([
        [0, 1],
        [minutes, 2],
      ]),
    ).lines,
  ).toHaveLength(1);
  expect(
    trackLines(
      track([
        [0, 1],
        [minutes + 0.1, 2],
      ]),
    ).lines,
  ).toHaveLength(2);
});

test('an empty track is empty', () => {
  expect(trackLines(track([]))).toEqual({ lines: [], gaps: [], first: undefined, last: undefined });
});
