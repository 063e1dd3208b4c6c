// What history a backtest looked at, as counts and one digest. The digest of many observations is the sum of
// the digests of each, so it does not matter how they were spread over records and partitions.

import { createHash } from 'node:crypto';
import { isFrameKind, type Fact } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import type { Utf8Dictionary } from '../../core/utf8-dictionary.ts';

/** Plain data, so that it can go into a checkpoint. */
export type Seen = {
  /** Observations that happened in the stretch, and before it. */
  observations: number;
  before: number;
  /** Event time of the first and last report in the stretch; orders and leaves are none. */
  firstMs: number | null;
  lastMs: number | null;
  /** Two sums modulo 2^32. */
  low: number;
  high: number;
};

export const nothingSeen = (): Seen => ({
  observations: 0,
  before: 0,
  firstMs: null,
  lastMs: null,
  low: 0,
  high: 0,
});

export const digestOf = ({ low, high }: Seen): string =>
  [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');

type Stretch = { readonly fromMs: number; readonly untilMs: number };

export function seePositions(seen: Seen, batch: PositionBatch, stretch: Stretch): void {
  const subjects = wordHashes(batch.subjects);
  const sources = wordHashes(batch.sources);
  const columns = [batch.atMs, batch.receivedAtMs, batch.lng, batch.lat].map(wordsOf);
  const accuracy = new Uint32Array(
    batch.accuracyM.buffer,
    batch.accuracyM.byteOffset,
    batch.length,
  );
  for (let row = 0; row < batch.length; row++) {
    const atMs = batch.atMs[row] as number;
    if (!see(seen, atMs, stretch, true)) continue;
    let low = subjects[batch.subject[row] as number] as number;
    let high = sources[batch.source[row] as number] as number;
    for (const words of columns) {
      low = mix(low, words[row * 2] as number);
      high = mix(high, words[row * 2 + 1] as number);
    }
    low = mix(low, batch.sequence[row] as number);
    high = mix(high, (batch.region[row] as number) * 4 + (batch.fix[row] as number));
    low = mix(low, accuracy[row] as number);
    high = mix(high, batch.labels[row] as number);
    // Each half depends on all of the row.
    seen.low = (seen.low + mix(low, high)) >>> 0;
    seen.high = (seen.high + mix(high, low)) >>> 0;
  }
}

export function seeFacts(seen: Seen, facts: readonly Fact[], stretch: Stretch): void {
  for (const fact of facts) {
    const isReport = !isFrameKind(fact.kind);
    if (!see(seen, fact.atMs, stretch, isReport)) continue;
    const digest = createHash('sha256').update(JSON.stringify(fact)).digest();
    seen.low = (seen.low + digest.readUInt32LE(0)) >>> 0;
    seen.high = (seen.high + digest.readUInt32LE(4)) >>> 0;
  }
}

/** Counts an observation; gives false for one beyond the stretch. */
function see(seen: Seen, atMs: number, { fromMs, untilMs }: Stretch, isReport: boolean): boolean {
  if (atMs >= untilMs) return false;
  if (atMs < fromMs) {
    seen.before++;
    return true;
  }
  seen.observations++;
  if (!isReport) return true;
  if (seen.firstMs === null || atMs < seen.firstMs) seen.firstMs = atMs;
  if (seen.lastMs === null || atMs > seen.lastMs) seen.lastMs = atMs;
  return true;
}

/** Two 32-bit words a number, as it lies in memory. */
const wordsOf = (column: Float64Array): Uint32Array =>
  new Uint32Array(column.buffer, column.byteOffset, column.length * 2);

/** FNV-1a of each text. */
function wordHashes(dictionary: Utf8Dictionary): Uint32Array {
  const { bytes, offsets, length } = dictionary;
  return Uint32Array.from({ length }, (_, index) => {
    let hash = 2_166_136_261;
    for (let at = offsets[index] as number; at < (offsets[index + 1] as number); at++) {
      hash = Math.imul(hash ^ (bytes[at] as number), 16_777_619);
    }
    return mix(hash, 0);
  });
}

/** The mixing step of MurmurHash3 with its final avalanche. */
function mix(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ Math.imul(word, 3_432_918_353), 461_845_907);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 2_246_822_507);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 3_266_489_909);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
