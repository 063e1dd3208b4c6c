// Merges runs of positions that are each in order of event time into one. Rows of the same instant come
// in the order of their runs, so that runs cut one after the other from a file keep the file's order.

import { emptyPositions, type PositionBatch } from '../../core/position-batch.ts';
import { Utf8Dictionary } from '../../core/utf8-dictionary.ts';

type Run = {
  readonly index: number;
  readonly batches: AsyncIterator<PositionBatch>;
  batch: PositionBatch;
  row: number;
};

/** The rows of all runs in order, in batches of at most `rowsMax`. Holds one batch of each run. */
export async function* mergePositions(
  sources: readonly AsyncIterable<PositionBatch>[],
  rowsMax: number,
): AsyncGenerator<PositionBatch> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heap: Run[] = [];
    for (const [index, batches] of iterators.entries()) {
      const run: Run = { index, batches, batch: emptyPositions(0), row: 0 };
      if (await advance(run)) push(heap, run);
    }
    let gathered = new Gathered(rowsMax);
    while (heap.length > 0) {
      const run = heap[0] as Run;
      const next = secondOf(heap);
      const { atMs, length } = run.batch;
      do gathered.add(run.batch, run.row++);
      while (run.row < length && gathered.room > 0 && leads(atMs[run.row] as number, run, next));
      if (gathered.room === 0) {
        yield gathered.take();
        gathered = new Gathered(rowsMax);
      }
      if (run.row < length || (await advance(run))) sink(heap, 0);
      else removeTop(heap);
    }
    if (gathered.length > 0) yield gathered.take();
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}

/** Goes to the run's next batch with rows; false when there is none. */
async function advance(run: Run): Promise<boolean> {
  for (;;) {
    const next = await run.batches.next();
    if (next.done) return false;
    run.batch = next.value;
    run.row = 0;
    if (run.batch.length > 0) return true;
  }
}

const headOf = (run: Run): number => run.batch.atMs[run.row] as number;

const isBefore = (a: Run, b: Run): boolean =>
  headOf(a) < headOf(b) || (headOf(a) === headOf(b) && a.index < b.index);

/** True while a row at `atMs` of `run` comes before everything the other runs hold. */
const leads = (atMs: number, run: Run, next: Run | undefined): boolean =>
  next === undefined || atMs < headOf(next) || (atMs === headOf(next) && run.index < next.index);

function secondOf(heap: readonly Run[]): Run | undefined {
  const [, left, right] = heap;
  return left && right ? (isBefore(left, right) ? left : right) : left;
}

function push(heap: Run[], run: Run): void {
  let at = heap.push(run) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(heap[at] as Run, heap[parent] as Run)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function removeTop(heap: Run[]): void {
  const last = heap.pop() as Run;
  if (heap.length === 0) return;
  heap[0] = last;
  sink(heap, 0);
}

function sink(heap: Run[], from: number): void {
  for (let at = from; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child] as Run, heap[least] as Run)) least = child;
    }
    if (least === at) return;
    swap(heap, at, least);
    at = least;
  }
}

function swap(heap: Run[], a: number, b: number): void {
  const run = heap[a] as Run;
  heap[a] = heap[b] as Run;
  heap[b] = run;
}

type Codes = { readonly subjects: Int32Array; readonly sources: Int32Array };

/** Rows of several batches on their way into one. */
class Gathered {
  readonly #out: PositionBatch;
  readonly #subjects = new Map<string, number>();
  readonly #sources = new Map<string, number>();
  /** For each batch seen, what its codes are in the new one; -1 where not asked yet. */
  readonly #codes = new Map<PositionBatch, Codes>();
  #lastBatch: PositionBatch | undefined;
  #lastCodes: Codes = { subjects: new Int32Array(0), sources: new Int32Array(0) };

  constructor(rowsMax: number) {
    this.#out = emptyPositions(rowsMax);
  }

  get length(): number {
    return this.#out.length;
  }

  get room(): number {
    return this.#out.atMs.length - this.#out.length;
  }

  add(batch: PositionBatch, row: number): void {
    const out = this.#out;
    const to = out.length++;
    const { subjects, sources } = this.#codesOf(batch);
    out.subject[to] = codeIn(
      this.#subjects,
      subjects,
      batch.subjects,
      batch.subject[row] as number,
    );
    out.source[to] = codeIn(this.#sources, sources, batch.sources, batch.source[row] as number);
    out.sequence[to] = batch.sequence[row] as number;
    out.atMs[to] = batch.atMs[row] as number;
    out.receivedAtMs[to] = batch.receivedAtMs[row] as number;
    out.lng[to] = batch.lng[row] as number;
    out.lat[to] = batch.lat[row] as number;
    out.accuracyM[to] = batch.accuracyM[row] as number;
    out.fix[to] = batch.fix[row] as number;
    out.speedKmh[to] = batch.speedKmh[row] as number;
    out.batteryPercent[to] = batch.batteryPercent[row] as number;
    out.labels[to] = batch.labels[row] as number;
    out.region[to] = batch.region[row] as number;
  }

  take(): PositionBatch {
    this.#out.subjects = Utf8Dictionary.of([...this.#subjects.keys()]);
    this.#out.sources = Utf8Dictionary.of([...this.#sources.keys()]);
    return this.#out;
  }

  #codesOf(batch: PositionBatch): Codes {
    if (batch === this.#lastBatch) return this.#lastCodes;
    let codes = this.#codes.get(batch);
    if (!codes) {
      codes = {
        subjects: new Int32Array(batch.subjects.length).fill(-1),
        sources: new Int32Array(batch.sources.length).fill(-1),
      };
      this.#codes.set(batch, codes);
    }
    this.#lastBatch = batch;
    this.#lastCodes = codes;
    return codes;
  }
}

function codeIn(
  words: Map<string, number>,
  known: Int32Array,
  dictionary: Utf8Dictionary,
  code: number,
): number {
  let out = known[code] as number;
  if (out < 0) {
    const word = dictionary.at(code);
    out = words.get(word) ?? words.size;
    words.set(word, out);
    known[code] = out;
  }
  return out;
}
