// Positions in order of event time whatever order their files have, in bounded memory. Most files are in
// order and only looked over; others are cut into runs, sorted one by one, put aside and merged.

import { assert, UserError } from '../../core/errors.ts';
import {
  decodePositions,
  encodePositions,
  selectPositions,
  type PositionBatch,
} from '../../core/position-batch.ts';
import { concatPositions, orderByTime } from '../../core/position-merge.ts';
import { text } from '../../core/text.ts';
import { mergePositions } from './merge-positions.ts';
import { ROWS_MAX } from './position-sheet.ts';
import { openRunFolder, type RunFile, type RunFolder } from './run-file.ts';

/** Rows sorted in memory at a time, about 30 MB three times over. */
export const CHUNK_ROWS_MAX = 524_288;

/** Runs merged at a time; more are merged in rounds. */
const MERGE_RUNS_MAX = 64;

/** Rows of a block on disk: with as many runs as are merged at a time, about 30 MB in memory. */
const BLOCK_ROWS_MAX = 8_192;

export type SortOptions = {
  /** Where runs are put aside; the machine's temporary folder by default. */
  readonly folder?: string;
  readonly chunkRowsMax?: number;
  readonly mergeRunsMax?: number;
  /** Rows of a batch given out. */
  readonly rowsMax?: number;
};

/**
 * All positions by event time; those of the same instant in the order read. `read` begins reading anew and
 * is called once for what fits into memory, twice otherwise. The result does not depend on the options.
 */
export async function* sortPositions(
  read: () => AsyncIterable<PositionBatch>,
  options: SortOptions = {},
): AsyncGenerator<PositionBatch> {
  const { chunkRowsMax = CHUNK_ROWS_MAX, rowsMax = ROWS_MAX } = options;
  const start = await readStart(read(), chunkRowsMax);
  if (start.kind === 'whole') yield* cut(sortChunk(start.batches), rowsMax);
  else if (start.kind === 'in-order') yield* stillInOrder(read());
  else yield* sortOnDisk(read(), options);
}

type Start =
  | { readonly kind: 'whole'; readonly batches: readonly PositionBatch[] }
  | { readonly kind: 'in-order' }
  | { readonly kind: 'out-of-order' };

/** Holds the rows while they fit; beyond that only looks whether they are in order. */
async function readStart(
  source: AsyncIterable<PositionBatch>,
  chunkRowsMax: number,
): Promise<Start> {
  const held: PositionBatch[] = [];
  let rows = 0;
  let lastAtMs = -Infinity;
  let isInOrder = true;
  for await (const batch of source) {
    rows += batch.length;
    if (rows <= chunkRowsMax) held.push(batch);
    else held.length = 0;
    isInOrder &&= isRising(batch, lastAtMs);
    if (!isInOrder && rows > chunkRowsMax) return { kind: 'out-of-order' };
    if (batch.length > 0) lastAtMs = batch.atMs[batch.length - 1] as number;
  }
  return rows <= chunkRowsMax ? { kind: 'whole', batches: held } : { kind: 'in-order' };
}

function isRising({ atMs, length }: PositionBatch, fromMs: number): boolean {
  let lastAtMs = fromMs;
  for (let row = 0; row < length; row++) {
    const rowAtMs = atMs[row] as number;
    if (rowAtMs < lastAtMs) return false;
    lastAtMs = rowAtMs;
  }
  return true;
}

async function* stillInOrder(source: AsyncIterable<PositionBatch>): AsyncGenerator<PositionBatch> {
  let lastAtMs = -Infinity;
  for await (const batch of source) {
    if (!isRising(batch, lastAtMs)) {
      throw new UserError(
        'conflict',
        text('读取期间文件被改动', 'the file was changed while it was being read'),
      );
    }
    if (batch.length > 0) lastAtMs = batch.atMs[batch.length - 1] as number;
    yield batch;
  }
}

function sortChunk(batches: readonly PositionBatch[]): PositionBatch {
  const chunk = concatPositions(batches);
  const order = orderByTime(chunk);
  return order ? selectPositions(chunk, order) : chunk;
}

/** The batch in pieces of at most `rowsMax` rows, each with a dictionary of its own. */
function* cut(batch: PositionBatch, rowsMax: number): Generator<PositionBatch> {
  if (batch.length > 0 && batch.length <= rowsMax) yield batch;
  else
    for (let from = 0; from < batch.length; from += rowsMax) {
      yield slicePositions(batch, from, Math.min(from + rowsMax, batch.length));
    }
}

/** Rows `from` up to `to` as a batch of their own. */
export const slicePositions = (batch: PositionBatch, from: number, to: number): PositionBatch =>
  selectPositions(
    batch,
    Int32Array.from({ length: to - from }, (_, row) => from + row),
  );

async function* sortOnDisk(
  source: AsyncIterable<PositionBatch>,
  {
    folder: parent,
    chunkRowsMax = CHUNK_ROWS_MAX,
    mergeRunsMax = MERGE_RUNS_MAX,
    rowsMax = ROWS_MAX,
  }: SortOptions,
): AsyncGenerator<PositionBatch> {
  assert(mergeRunsMax >= 2, 'a merge takes two runs or more');
  const folder = await openRunFolder(parent);
  try {
    let runs: RunFile[] = [];
    for await (const chunk of chunksOf(source, chunkRowsMax)) {
      runs.push(await folder.write(encoded(cut(sortChunk(chunk), BLOCK_ROWS_MAX))));
    }
    while (runs.length > mergeRunsMax) runs = await mergeRound(folder, runs, mergeRunsMax);
    yield* mergePositions(runs.map(decoded), rowsMax);
  } finally {
    await folder.remove();
  }
}

/** Merges neighbouring runs, so that there are fewer of them in the same order. */
async function mergeRound(
  folder: RunFolder,
  runs: readonly RunFile[],
  mergeRunsMax: number,
): Promise<RunFile[]> {
  const merged: RunFile[] = [];
  for (let from = 0; from < runs.length; from += mergeRunsMax) {
    const group = runs.slice(from, from + mergeRunsMax).map(decoded);
    merged.push(await folder.write(encoded(mergePositions(group, BLOCK_ROWS_MAX))));
  }
  return merged;
}

/** Batches gathered until they hold `rowsMax` rows or a batch more. */
async function* chunksOf(
  source: AsyncIterable<PositionBatch>,
  rowsMax: number,
): AsyncGenerator<PositionBatch[]> {
  let chunk: PositionBatch[] = [];
  let rows = 0;
  for await (const batch of source) {
    chunk.push(batch);
    rows += batch.length;
    if (rows < rowsMax) continue;
    yield chunk;
    chunk = [];
    rows = 0;
  }
  if (rows > 0) yield chunk;
}

async function* encoded(
  batches: AsyncIterable<PositionBatch> | Iterable<PositionBatch>,
): AsyncGenerator<Uint8Array> {
  for await (const batch of batches) yield encodePositions(batch);
}

async function* decoded(run: RunFile): AsyncGenerator<PositionBatch> {
  for await (const block of run.blocks()) yield decodePositions(block);
}
