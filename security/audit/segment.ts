// Segments: 4,096 records in a row, closed once they are there. A segment is a perfect subtree of the Merkle
// tree, so that its records can be dropped whole and everything after them still verifies: what stays is the
// root, the last hash, and the chain of the segments' own rows.

import { z } from 'zod';
import type { AuditSegmentTable } from '../../warehouse/records-audit.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { digest, isHash, type Hashing } from './hashing.ts';
import { rootOf, treeOf } from './merkle-tree.ts';
import { FORMAT } from './record-format.ts';

const hash = z.string().refine(isHash);

const segmentSchema = z.strictObject({
  format: z.literal(FORMAT),
  number: z.int().min(0),
  root: hash,
  head: hash,
  firstAtMs: z.int(),
  lastAtMs: z.int(),
  previous: hash.nullable(),
});

export type Segment = Readonly<z.infer<typeof segmentSchema>>;

/** The row of a closed segment over its records, in order. */
export function closeSegment(
  hashing: Hashing,
  given: {
    readonly number: number;
    readonly records: readonly { readonly hash: string; readonly atMs: EpochMs }[];
    readonly previous: string | null;
  },
): AuditSegmentTable {
  const { number, records, previous } = given;
  const hashes = records.map((record) => record.hash);
  const root = rootOf(treeOf(hashing, hashes));
  const head = hashes.at(-1) ?? '';
  const firstAtMs = records[0]?.atMs ?? epochMs(0);
  const lastAtMs = records.at(-1)?.atMs ?? epochMs(0);
  const body = encodeSegment({ format: FORMAT, number, root, head, firstAtMs, lastAtMs, previous });
  return { number, body, hash: digest(hashing, body), root, head, lastAtMs };
}

const encodeSegment = (segment: Segment): string =>
  JSON.stringify({
    format: segment.format,
    number: segment.number,
    root: segment.root,
    head: segment.head,
    firstAtMs: segment.firstAtMs,
    lastAtMs: segment.lastAtMs,
    previous: segment.previous,
  });

/** The segment of a row whose columns say what its body says; undefined otherwise. */
export function openSegment(hashing: Hashing, row: AuditSegmentTable): Segment | undefined {
  if (digest(hashing, row.body) !== row.hash) return undefined;
  try {
    const parsed = segmentSchema.safeParse(JSON.parse(row.body));
    if (!parsed.success) return undefined;
    const { number, root, head, lastAtMs } = parsed.data;
    const fits =
      number === row.number && root === row.root && head === row.head && lastAtMs === row.lastAtMs;
    return fits ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
