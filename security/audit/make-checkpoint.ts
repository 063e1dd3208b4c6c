// Makes a checkpoint, but only of what still fits: first everything since the last checkpoint is verified,
// and that the tree of then is the beginning of the tree of now. What does not fit is not signed.

import { checkpointHash, openCheckpoint, signCheckpoint, type Checkpoint } from './checkpoint.ts';
import { frontierOf, rootOf } from './merkle-tree.ts';
import { lastCheckpoint } from './read-checkpoints.ts';
import { SEGMENT_SIZE } from './record-format.ts';
import { inTurn, readHead, type SealDeps } from './seal.ts';
import type { Signer } from './signer.ts';
import { loadStoreTree } from './store-tree.ts';
import { createChainVerifier, FROM_THE_FIRST, type Finding } from './verify-chain.ts';
import type { AuditCheckpointTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

export type MadeCheckpoint =
  | { readonly kind: 'made'; readonly row: AuditCheckpointTable }
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'broken'; readonly findings: readonly Finding[] };

const PAGE = 2_000;

/** Signs how the trail is now. Another process may have been faster; then there is nothing new. */
export async function makeCheckpoint(
  deps: SealDeps & { readonly signer: Signer },
): Promise<MadeCheckpoint> {
  const { records, hashing, signer, clock } = deps;
  const { db } = records;
  const last = await lastCheckpoint(db);
  const head = await readHead(db);
  const size = head === undefined ? 0 : head.position + 1;
  if (!head || (last && last.size === size)) return { kind: 'nothing-new' };
  const before = last && openCheckpoint(signer, last);
  if (last && !before) return { kind: 'broken', findings: [notOurs(last.size)] };
  if (before && before.size > size) return { kind: 'broken', findings: [shorter(before, size)] };
  const findings = await verifySince(deps, before, size);
  if (findings.length > 0) return { kind: 'broken', findings };
  const tree = await loadStoreTree(db, hashing, [size]);
  const segment = await lastSegmentHash(db, size);
  const atMs = clock.now();
  const number = before ? before.number + 1 : 0;
  const signed = signCheckpoint(signer, {
    number,
    size,
    root: rootOf(tree, size),
    head: head.hash,
    segment,
    hashing,
    atMs,
    previous: last ? checkpointHash(hashing, last) : null,
  });
  const row = { number, size, atMs, ...signed };
  return inTurn(deps, async (trx) => {
    const now = await lastCheckpoint(trx);
    if (now?.number !== last?.number) return { kind: 'nothing-new' };
    await trx.insertInto('auditCheckpoint').values(row).execute();
    return { kind: 'made', row };
  });
}

/** Reads what came since the checkpoint, and holds the tree of now against what was signed then. */
async function verifySince(
  { records: { db }, hashing, signer }: Pick<SealDeps, 'records' | 'hashing'> & { signer: Signer },
  before: Checkpoint | undefined,
  size: number,
): Promise<Finding[]> {
  const from = before?.size ?? 0;
  const tree = await loadStoreTree(db, hashing, [from, size]);
  if (before && rootOf(tree, from) !== before.root) return [rewritten(before)];
  const verifier = createChainVerifier({
    hashing,
    key: signer,
    start: before
      ? { position: from, previous: before.head, frontier: frontierOf(tree, from) }
      : FROM_THE_FIRST,
    checkpoints: [],
  });
  for (let place = from; place < size; place += PAGE) {
    const rows = await db
      .selectFrom('auditRecord')
      .select(['position', 'body', 'hash'])
      .where('position', '>=', place)
      .where('position', '<', Math.min(size, place + PAGE))
      .orderBy('position')
      .execute();
    for (const { position, body, hash } of rows) verifier.take({ place: position, body, hash });
  }
  const findings = verifier.finish({ size, atMs: null });
  if (findings.length > 0 || verifier.root() === rootOf(tree, size)) return findings;
  return [{ ...rewritten({ size, atMs: 0 }), from }];
}

/** Hash of the last segment that is whole at this size. */
async function lastSegmentHash(db: RecordsDb, size: number): Promise<string | null> {
  const row = await db
    .selectFrom('auditSegment')
    .select('hash')
    .where('number', '=', Math.floor(size / SEGMENT_SIZE) - 1)
    .executeTakeFirst();
  return row?.hash ?? null;
}

const rewritten = ({ size, atMs }: Pick<Checkpoint, 'size' | 'atMs'>): Finding => ({
  kind: 'fork',
  from: 0,
  until: size - 1,
  afterMs: null,
  beforeMs: atMs === 0 ? null : atMs,
  because: 'root',
});

const shorter = (before: Checkpoint, size: number): Finding => ({
  kind: 'truncation',
  from: size,
  until: before.size - 1,
  afterMs: null,
  beforeMs: before.atMs,
  because: 'end',
});

const notOurs = (size: number): Finding => ({
  kind: 'signature',
  from: size - 1,
  until: size - 1,
  afterMs: null,
  beforeMs: null,
  because: 'checkpoint',
});
