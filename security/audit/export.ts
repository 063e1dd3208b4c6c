// The trail as a file that verifies by itself: a head line, the records of a stretch of time, the checkpoints
// around them, and a signed end mark over every byte before it. One JSON object a line, in the one way of
// writing it that verify-export.ts takes.

import type { EpochMs } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { createHash } from 'node:crypto';
import type { Hashing } from './hashing.ts';
import { consistencyProof, frontierOf, type Frontier } from './merkle-tree.ts';
import { listCheckpoints } from './read-checkpoints.ts';
import { FORMAT, NO_HASH, SEGMENT_SIZE } from './record-format.ts';
import { readHead } from './seal.ts';
import type { PublicKey, Signer } from './signer.ts';
import { loadStoreTree } from './store-tree.ts';

export type ExportHead = {
  readonly kind: 'head';
  readonly format: number;
  readonly hashing: Hashing;
  /** Positions of the records, the last not included. */
  readonly from: number;
  readonly until: number;
  /** What the first record must carry, and the tree before it. */
  readonly previous: string;
  readonly frontier: Frontier;
  readonly key: PublicKey;
  readonly madeAtMs: number;
};

export type ExportDeps = {
  readonly db: RecordsDb;
  readonly hashing: Hashing;
  readonly signer: Signer;
};

const PAGE = 1_000;

/**
 * Lines of the export, with their line ends, of everything sealed from `fromMs` until before `untilMs`. Gives
 * how many records there are in the end.
 */
export async function* exportLines(
  { db, hashing, signer }: ExportDeps,
  span: { readonly fromMs: EpochMs; readonly untilMs: EpochMs; readonly nowMs: EpochMs },
): AsyncGenerator<string, { records: number }> {
  const { from, until } = await positionsOf(db, span);
  const checkpoints = await checkpointsAround(db, from, until);
  // The first checkpoint that covers all of it proves that this is how it was signed.
  const covering = checkpoints.find(({ size }) => size >= until);
  const tree = await loadStoreTree(db, hashing, [from, until, covering?.size ?? until]);
  const digest = createHash(hashing);
  let lines = 0;
  const write = (line: unknown): string => {
    const written = `${JSON.stringify(line)}\n`;
    digest.update(written);
    lines++;
    return written;
  };
  const { signing, publicKey } = signer;
  const head: ExportHead = {
    kind: 'head',
    format: FORMAT,
    hashing,
    from,
    until,
    previous: await hashBefore(db, from),
    frontier: frontierOf(tree, from),
    key: { signing, publicKey },
    madeAtMs: span.nowMs,
  };
  yield write(head);
  for (let place = from; place < until; place += PAGE) {
    const rows = await db
      .selectFrom('auditRecord')
      .select(['body', 'hash'])
      .where('position', '>=', place)
      .where('position', '<', Math.min(until, place + PAGE))
      .orderBy('position')
      .execute();
    // A page at a time: so many small pieces would cost more than the records.
    yield rows.map(({ hash, body }) => write({ kind: 'record', hash, body })).join('');
  }
  for (const { body, signature } of checkpoints)
    yield write({ kind: 'checkpoint', body, signature });
  if (covering && covering.size > until && until > 0) {
    const path = consistencyProof(tree, until, covering.size);
    yield write({ kind: 'proof', first: until, second: covering.size, path });
  }
  const hash = digest.digest('hex');
  const end = { kind: 'end', lines, digest: hash, signature: signer.sign(endMessage(lines, hash)) };
  yield `${JSON.stringify(end)}\n`;
  return { records: until - from };
}

export const endMessage = (lines: number, digest: string): string =>
  `plumbline audit export ${FORMAT}\n${lines}\n${digest}`;

/** Positions by the time of sealing, which rises with them; what is archived is not there. */
/** How many records an export of this stretch has. */
export async function countExported(
  db: RecordsDb,
  span: { readonly fromMs: EpochMs; readonly untilMs: EpochMs },
): Promise<number> {
  const { from, until } = await positionsOf(db, span);
  return until - from;
}

async function positionsOf(
  db: RecordsDb,
  { fromMs, untilMs }: { fromMs: EpochMs; untilMs: EpochMs },
): Promise<{ from: number; until: number }> {
  const head = await readHead(db);
  const end = head === undefined ? 0 : head.position + 1;
  const { from, last } = await db
    .selectFrom('auditRecord')
    .select((eb) => [eb.fn.min('position').as('from'), eb.fn.max('position').as('last')])
    .where('atMs', '>=', fromMs)
    .where('atMs', '<', untilMs)
    .executeTakeFirstOrThrow();
  return from === null || last === null
    ? { from: end, until: end }
    : { from: Number(from), until: Number(last) + 1 };
}

/** The last one before the stretch, those within, and the first that covers all of it. */
async function checkpointsAround(db: RecordsDb, from: number, until: number) {
  const all = await listCheckpoints(db);
  const first = Math.max(
    0,
    all.findLastIndex(({ size }) => size <= from),
  );
  const covering = all.findIndex(({ size }) => size >= until);
  return all.slice(first, covering < 0 ? all.length : covering + 1);
}

async function hashBefore(db: RecordsDb, position: number): Promise<string> {
  if (position === 0) return NO_HASH;
  const row = await db
    .selectFrom('auditRecord')
    .select('hash')
    .where('position', '=', position - 1)
    .executeTakeFirst();
  if (row) return row.hash;
  const segment = await db
    .selectFrom('auditSegment')
    .select('head')
    .where('number', '=', Math.floor((position - 1) / SEGMENT_SIZE))
    .executeTakeFirst();
  return segment?.head ?? NO_HASH;
}
