import * as arrow from 'apache-arrow';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeByArrow,
  decodePositions,
  encodePositions,
  POSITION_COLUMNS,
  positionAt,
  positionId,
  selectPositions,
  type PositionBatch,
} from './position-batch.ts';
import { createPositionBuilder, type PositionArrival } from './position-builder.ts';
import { concatPositions, orderByTime } from './position-merge.ts';
import { FIX_KINDS, LABEL } from './position-codes.ts';

const arrival = fc.record({
  subject: fc.constantFrom('A', 'B', 'person-3', '人员'),
  source: fc.constantFrom('phone/app', 'bracelet/jt808'),
  atMs: fc.integer({ min: 0, max: 5_000 }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  sequence: fc.nat(4_294_967_295),
  accuracyM: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
  fix: fc.constantFrom(...FIX_KINDS),
  speedKmh: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  batteryPercent: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
  labels: fc.integer({ min: 0, max: 255 }),
});

const batchOf = (arrivals: readonly PositionArrival[]): PositionBatch => {
  const builder = createPositionBuilder(2);
  for (const one of arrivals) builder.add(one);
  return builder.drain();
};

const rowsOf = (batch: PositionBatch) =>
  Array.from({ length: batch.length }, (_, row) => positionAt(batch, row));

test('a batch survives Arrow unchanged', () => {
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
      const batch = batchOf(arrivals);
      expect(rowsOf(decodePositions(encodePositions(batch)))).toEqual(rowsOf(batch));
      expect(rowsOf(batch)).toHaveLength(arrivals.length);
    }),
  );
});

test('the quick reader and Arrow read the same, at any alignment', () => {
  fc.assert(
    fc.property(
      fc.array(arrival, { maxLength: 300 }),
      fc.integer({ min: 0, max: 9 }),
      (arrivals, shift) => {
        const stream = encodePositions(batchOf(arrivals));
        const moved = new Uint8Array(stream.byteLength + shift).subarray(shift);
        moved.set(stream);
        const [quick, slow] = [decodePositions(moved), decodeByArrow(stream)];
        expect(quick.length).toBe(slow.length);
        expect(rowsOf(quick)).toEqual(rowsOf(slow));
        for (const column of POSITION_COLUMNS) {
          expect(quick[column].length).toBe(quick.length);
          expect(quick[column]).toEqual(slow[column]);
        }
        expect(quick.subjects.toArray()).toEqual(slow.subjects.toArray());
      },
    ),
  );
});

test('a stream of another schema is left to Arrow, a damaged one is refused', () => {
  const table = arrow.tableFromArrays({ a: [1, 2, 3] });
  expect(() => decodePositions(arrow.tableToIPC(table, 'stream'))).toThrow();
  const stream = encodePositions(
    batchOf([{ subject: 'A', source: 'phone/app', atMs: 5, lng: 1, lat: 2 }]),
  );
  expect(() => decodePositions(stream.subarray(0, stream.length / 2))).toThrow();
});

test('any Arrow reader can read it', () => {
  const batch = batchOf([
    { subject: 'A', source: 'phone/app', atMs: 5, lng: 107.5, lat: 31.2, accuracyM: 8 },
  ]);
  const table = arrow.tableFromIPC(encodePositions(batch));
  expect(table.toArray().map((row: { toJSON(): unknown }) => row.toJSON())).toMatchObject([
    {
      subject: 'A',
      source: 'phone/app',
      at_ms: 5,
      lng: 107.5,
      lat: 31.2,
      accuracy_m: 8,
      battery_percent: 255,
    },
  ]);
});

test('selected rows are those rows, and the dictionaries hold nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(arrival, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat(39)),
      (arrivals, picks) => {
        const batch = batchOf(arrivals);
        const indices = Int32Array.from(picks.filter((pick) => pick < batch.length));
        const all = rowsOf(batch);
        const selected = selectPositions(batch, indices);
        expect(rowsOf(selected)).toEqual([...indices].map((index) => all[index]));
        expect(new Set(selected.subjects.toArray())).toEqual(
          new Set(rowsOf(selected).map(({ subject }) => subject as string)),
        );
      },
    ),
  );
});

test('joined batches keep their rows, and ordering by time is stable', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(arrival, { maxLength: 20 }), { minLength: 1, maxLength: 4 }),
      (parts) => {
        const batches = parts.map(batchOf);
        const rows = batches.flatMap(rowsOf);
        const joined = concatPositions(batches);
        expect(rowsOf(joined)).toEqual(rows);
        const order = orderByTime(joined);
        const sorted = rows
          .map((row, index) => ({ row, index }))
          .sort((a, b) => a.row.atMs - b.row.atMs || a.index - b.index);
        expect(order ? [...order] : rows.map((_, index) => index)).toEqual(
          sorted.map(({ index }) => index),
        );
      },
    ),
  );
});

test('the id of a position depends on what identifies it and on nothing else', () => {
  const base = { source: 'phone/app', subject: 'A', atMs: 1, sequence: 0, lng: 107.5, lat: 31.2 };
  const id = positionId(base);
  expect(positionId({ ...base })).toBe(id);
  for (const change of [
    { source: 'phone/b' },
    { subject: 'B' },
    { atMs: 2 },
    { sequence: 1 },
    { lng: 107.6 },
    { lat: 31.3 },
  ]) {
    expect(positionId({ ...base, ...change })).not.toBe(id);
  }
  const [row] = rowsOf(batchOf([{ ...base, labels: LABEL.late, accuracyM: 99 }]));
  expect(row).toMatchObject({ id, labels: ['late'], accuracyM: 99 });
});
