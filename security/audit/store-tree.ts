// The Merkle tree as the store has it: roots of the closed segments, and the hashes of those records a
// question needs.

import type { RecordsDb } from '../../warehouse/records.ts';
import type { Hashing } from './hashing.ts';
import type { Tree } from './merkle-tree.ts';
import { SEGMENT_LEVEL, SEGMENT_SIZE } from './record-format.ts';

/**
 * A tree of which the roots over each of `sizes`, and proofs between them, can be had. Hashes of archived
 * records are not at hand: a root over part of an archived segment cannot be had any more.
 */
export async function loadStoreTree(
  db: RecordsDb,
  hashing: Hashing,
  sizes: readonly number[],
): Promise<Tree> {
  const segments = await db
    .selectFrom('auditSegment')
    .select(['number', 'root'])
    .orderBy('number')
    .execute();
  const roots = new Map(segments.map(({ number, root }) => [number, root]));
  const leaves = new Map<number, string>();
  const touched = new Set(sizes.filter((size) => size % SEGMENT_SIZE !== 0).map(segmentOf));
  for (const number of touched) {
    const rows = await db
      .selectFrom('auditRecord')
      .select(['position', 'hash'])
      .where('position', '>=', number * SEGMENT_SIZE)
      .where('position', '<', (number + 1) * SEGMENT_SIZE)
      .execute();
    for (const { position, hash } of rows) leaves.set(position, hash);
  }
  return {
    hashing,
    size: Math.max(0, ...sizes),
    subtree(level, index) {
      if (level === 0) return leaves.get(index);
      return level === SEGMENT_LEVEL ? roots.get(index) : undefined;
    },
  };
}

const segmentOf = (size: number): number => Math.floor(size / SEGMENT_SIZE);
