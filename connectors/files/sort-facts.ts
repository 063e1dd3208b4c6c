// Facts in the order in which they count: by event time, at the same instant orders before leaves before
// the rest, then as read. In bounded memory: what does not fit is put aside in sorted runs and merged.

import type { FactArrival } from '../../core/observation.ts';
import { assert } from '../../core/errors.ts';
import { FACT_BYTES_MAX } from './arrivals-ndjson.ts';
import { openRunFolder, type RunFile, type RunFolder } from './run-file.ts';

/** Facts sorted in memory at a time. */
export const CHUNK_FACTS_MAX = 100_000;

/** Facts of a block on disk. */
const BLOCK_FACTS_MAX = 256;

const MERGE_RUNS_MAX = 32;

export type SortFactsOptions = {
  /** Where runs are put aside; the machine's temporary folder by default. */
  readonly folder?: string;
  readonly chunkFactsMax?: number;
  readonly mergeRunsMax?: number;
};

/** An order opens sources and a leave explains absence, so they come before what they speak about. */
export const rankOf = ({ kind }: FactArrival): number =>
  kind === 'order' ? 0 : kind === 'leave' || kind === 'basis' ? 1 : 2;

/** Below zero when `a` comes before `b`; zero leaves the order as read. */
export const compareFacts = (a: FactArrival, b: FactArrival): number =>
  a.atMs - b.atMs || rankOf(a) - rankOf(b);

/** All facts in order; those that compare equal in the order read. The result does not depend on the options. */
export async function* sortFacts(
  source: AsyncIterable<readonly FactArrival[]>,
  options: SortFactsOptions = {},
): AsyncGenerator<FactArrival> {
  const { chunkFactsMax = CHUNK_FACTS_MAX, mergeRunsMax = MERGE_RUNS_MAX } = options;
  assert(mergeRunsMax >= 2, 'a merge takes two runs or more');
  let folder: RunFolder | undefined;
  let runs: RunFile[] = [];
  let chunk: FactArrival[] = [];
  try {
    for await (const facts of source) {
      for (const fact of facts) {
        if (chunk.length >= chunkFactsMax) {
          folder ??= await openRunFolder(options.folder);
          runs.push(await folder.write(encoded(chunk.sort(compareFacts))));
          chunk = [];
        }
        chunk.push(fact);
      }
    }
    chunk.sort(compareFacts);
    if (folder) runs = await mergeRounds(folder, runs, mergeRunsMax);
    yield* mergeFacts([...runs.map(decoded), chunk]);
  } finally {
    await folder?.remove();
  }
}

/** Merges neighbouring runs until no more than `mergeRunsMax` are left, in the same order. */
async function mergeRounds(
  folder: RunFolder,
  runs: readonly RunFile[],
  mergeRunsMax: number,
): Promise<RunFile[]> {
  if (runs.length <= mergeRunsMax) return [...runs];
  const merged: RunFile[] = [];
  for (let from = 0; from < runs.length; from += mergeRunsMax) {
    const group = runs.slice(from, from + mergeRunsMax).map(decoded);
    merged.push(await folder.write(encoded(mergeFacts(group))));
  }
  return mergeRounds(folder, merged, mergeRunsMax);
}

/** Sorted sources as one; facts that compare equal in the order of their sources. */
export async function* mergeFacts(
  sources: readonly (AsyncIterable<FactArrival> | Iterable<FactArrival>)[],
): AsyncGenerator<FactArrival> {
  const iterators: AsyncGenerator<FactArrival, void, undefined>[] = sources.map(iterate);
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let least = -1;
      for (let i = 0; i < heads.length; i++) {
        const head = heads[i] as IteratorResult<FactArrival>;
        const best = heads[least];
        if (head.done) continue;
        if (!best || best.done || compareFacts(head.value, best.value) < 0) least = i;
      }
      const head = heads[least];
      if (!head || head.done) return;
      yield head.value;
      heads[least] = await (iterators[least] as AsyncIterator<FactArrival>).next();
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return()));
  }
}

async function* iterate(
  source: AsyncIterable<FactArrival> | Iterable<FactArrival>,
): AsyncGenerator<FactArrival, void, undefined> {
  yield* source;
}

/** Blocks of JSON lines, bounded in facts and length. */
async function* encoded(
  facts: AsyncIterable<FactArrival> | Iterable<FactArrival>,
): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  let length = 0;
  for await (const fact of facts) {
    const line = JSON.stringify(fact);
    lines.push(line);
    length += line.length;
    if (lines.length < BLOCK_FACTS_MAX && length < FACT_BYTES_MAX) continue;
    yield Buffer.from(lines.join('\n'), 'utf8');
    lines = [];
    length = 0;
  }
  if (lines.length > 0) yield Buffer.from(lines.join('\n'), 'utf8');
}

/** Facts of a run this file wrote. Guarantee: they passed the schema before they were put aside. */
async function* decoded(run: RunFile): AsyncGenerator<FactArrival> {
  for await (const block of run.blocks()) {
    const lines = Buffer.from(block.buffer, block.byteOffset, block.length).toString('utf8');
    for (const line of lines.split('\n')) yield JSON.parse(line) as FactArrival;
  }
}
