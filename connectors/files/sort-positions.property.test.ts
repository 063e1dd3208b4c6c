import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PositionBatch } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { collect, rejection, rowsOf } from './reading.fixture.ts';
import { sortPositions, type SortOptions } from './sort-positions.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-sort-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Row = { subject: string; source: string; offsetMs: number };

/** Rows numbered by their place, cut into batches of these lengths. */
function batchesOf(rows: readonly Row[], lengths: readonly number[]): PositionBatch[] {
  const batches: PositionBatch[] = [];
  const builder = createPositionBuilder(4);
  let next = 0;
  for (const [index, { subject, source, offsetMs }] of rows.entries()) {
    builder.add({ subject, source, atMs: 1e12 + offsetMs, lng: 107, lat: 31, sequence: index });
    if (builder.length >= (lengths[next % lengths.length] ?? 1)) {
      batches.push(builder.drain());
      next++;
    }
  }
  batches.push(builder.drain());
  return batches;
}

async function* each(batches: readonly PositionBatch[]): AsyncGenerator<PositionBatch> {
  yield* batches;
}

const rows = fc.array(
  fc.record({
    subject: fc.constantFrom('a', 'b', 'c', '人'),
    source: fc.constantFrom('phone/app', 'phone/other'),
    // Few instants, so that many rows share one.
    offsetMs: fc.nat(15),
  }),
  { maxLength: 80 },
);

const almostSorted = rows.map((list) => list.toSorted((a, b) => a.offsetMs - b.offsetMs));

const options = fc.record({
  chunkRowsMax: fc.integer({ min: 1, max: 50 }),
  mergeRunsMax: fc.integer({ min: 2, max: 5 }),
  rowsMax: fc.integer({ min: 1, max: 20 }),
});

test('gives every row in order of time and then of the file, whatever the bounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(rows, almostSorted),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      options,
      async (list, lengths, bounds) => {
        const read = () => each(batchesOf(list, lengths));
        const sorted = await collect(sortPositions(read, { ...bounds, folder }));
        const expected = list
          .map((row, sequence) => ({ ...row, sequence }))
          .sort((a, b) => a.offsetMs - b.offsetMs)
          .map(({ subject, source, offsetMs, sequence }) => ({
            subject,
            source,
            atMs: 1e12 + offsetMs,
            sequence,
          }));
        expect(rowsOf(sorted)).toMatchObject(expected);
        expect(rowsOf(sorted)).toHaveLength(expected.length);
      },
    ),
    { numRuns: 150 },
  );
  expect(await readdir(folder)).toEqual([]);
});

const backwards: Row[] = Array.from({ length: 40 }, (_, i) => ({
  subject: 'a',
  source: 'phone/app',
  offsetMs: 40 - i,
}));

const bounds: SortOptions = { chunkRowsMax: 5, mergeRunsMax: 3, rowsMax: 4 };

test('leaves nothing on disk when whoever reads it stops', async () => {
  const sorted = sortPositions(() => each(batchesOf(backwards, [3])), { ...bounds, folder });
  await sorted.next();
  expect(await readdir(folder)).toHaveLength(1);
  await sorted.return(undefined);
  expect(await readdir(folder)).toEqual([]);
});

test('leaves nothing on disk when what it reads from fails', async () => {
  const trouble = new Error('gone');
  let reads = 0;
  const read = async function* () {
    reads++;
    yield* batchesOf(backwards, [3]);
    if (reads === 2) throw trouble;
  };
  expect(await rejection(collect(sortPositions(read, { ...bounds, folder })))).toBe(trouble);
  expect(reads).toBe(2);
  expect(await readdir(folder)).toEqual([]);
});

test('batches in order within themselves are not taken for a file in order', async () => {
  const read = () => each(batchesOf(backwards, [1]));
  const sorted = await collect(sortPositions(read, { ...bounds, folder }));
  expect(rowsOf(sorted).map(({ atMs }) => atMs)).toEqual(
    backwards.map(({ offsetMs }) => 1e12 + offsetMs).toReversed(),
  );
});

test('what is in order is never put on disk', async () => {
  const forwards = backwards.toReversed();
  const missing = join(folder, 'not-there');
  const sorted = await collect(
    sortPositions(() => each(batchesOf(forwards, [3])), { ...bounds, folder: missing }),
  );
  expect(rowsOf(sorted)).toHaveLength(forwards.length);
});

test('a file that changes between looking and reading is noticed', async () => {
  let reads = 0;
  const read = () => each(batchesOf(reads++ === 0 ? backwards.toReversed() : backwards, [3]));
  const error = await rejection(collect(sortPositions(read, { ...bounds, folder })));
  expect(error).toMatchObject({ name: 'UserError', code: 'conflict' });
});
