// Verifies the trail where it lies: every record against its hash and its neighbours, the columns that repeat
// what it says, the segments, and all of it against the signed checkpoints, also those of a witness.

import type { AuditRecordTable, AuditSegmentTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { epochMs } from '../../core/time.ts';
import { decodeCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import type { Hashing } from './hashing.ts';
import { pushSubtree } from './merkle-tree.ts';
import { listCheckpoints } from './read-checkpoints.ts';
import { NO_HASH, SEGMENT_LEVEL, SEGMENT_SIZE, type AuditRecord } from './record-format.ts';
import { readHead } from './seal.ts';
import { openSegment } from './segment.ts';
import type { PublicKey } from './signer.ts';
import {
  createChainVerifier,
  FROM_THE_FIRST,
  type ChainStart,
  type ChainVerifier,
  type Finding,
} from './verify-chain.ts';

export type StoreVerification = {
  /** Records there are, archived ones included, and from which on they are at hand. */
  readonly size: number;
  readonly fromPosition: number;
  readonly checkpoints: number;
  /** How many records the newest checkpoint covers. */
  readonly covered: number;
  readonly findings: readonly Finding[];
};

export type VerifyStoreDeps = {
  readonly db: RecordsDb;
  readonly hashing: Hashing;
  readonly key: PublicKey;
  /** Checkpoints somebody else has kept. */
  readonly witnessed?: readonly SignedCheckpoint[];
};

const PAGE = 2_000;

/** Reads everything there is when it begins. */
export async function verifyStore(deps: VerifyStoreDeps): Promise<StoreVerification> {
  const before = await archivedSegments(deps.db);
  const result = await verifyOnce(deps, before);
  const after = await archivedSegments(deps.db);
  // What was archived meanwhile is not gone.
  return after === before ? result : verifyStore(deps);
}

async function verifyOnce(deps: VerifyStoreDeps, archived: number): Promise<StoreVerification> {
  const { db, hashing, key } = deps;
  const kept = await listCheckpoints(db);
  const head = await readHead(db);
  const size = head === undefined ? 0 : head.position + 1;
  const segments = await db.selectFrom('auditSegment').selectAll().orderBy('number').execute();
  const checkpoints = deps.witnessed
    ? withWitnessed(kept, deps.witnessed)
    : kept.map(({ body, signature }) => ({ body, signature }));
  const start = startAfter(hashing, segments.slice(0, archived));
  const verifier = createChainVerifier({ hashing, key, start, checkpoints });
  let archiveAct = -1;
  for (let from = start.position; ;) {
    const rows = await readPage(db, from);
    if (rows.length === 0) break;
    for (const { row, subjects } of rows) {
      const { position: place, body, hash } = row;
      const record = verifier.take({ place, body, hash });
      if (!record || record.position !== place) continue;
      if (!columnsFit(row, subjects, record)) verifier.blame(place, 'columns');
      if (record.action === 'audit.archive')
        archiveAct = Math.max(archiveAct, Number(record.detail['throughSegment'] ?? -1));
    }
    from = (rows.at(-1)?.row.position ?? from) + 1;
  }
  const missing = await firstUnindexed(db, verifier, start.position);
  if (missing !== undefined) verifier.blame(missing, 'columns');
  const lastAtMs = segments.at(-1)?.lastAtMs ?? null;
  const found = verifier.finish({ size, atMs: lastAtMs === null ? null : epochMs(lastAtMs) });
  const findings = [
    ...found,
    ...segmentFindings(hashing, segments, verifier.size),
    ...signedSegmentFindings(segments, kept),
    // Nothing is archived without an act that says so.
    ...(archived > 0 && archiveAct < archived - 1 ? [undeclared(archived, lastAtMs)] : []),
  ];
  return {
    size: verifier.size,
    fromPosition: start.position,
    checkpoints: kept.length,
    covered: kept.at(-1)?.size ?? 0,
    findings,
  };
}

/** How many segments, from the first, are archived. */
async function archivedSegments(db: RecordsDb): Promise<number> {
  const { last } = await db
    .selectFrom('auditArchive')
    .select((eb) => eb.fn.max('segment').as('last'))
    .executeTakeFirstOrThrow();
  return last === null ? 0 : Number(last) + 1;
}

function startAfter(hashing: Hashing, archived: readonly AuditSegmentTable[]): ChainStart {
  if (archived.length === 0) return FROM_THE_FIRST;
  const frontier: { level: number; hash: string }[] = [];
  for (const { root } of archived)
    pushSubtree(hashing, frontier, { level: SEGMENT_LEVEL, hash: root });
  const previous = archived.at(-1)?.head ?? NO_HASH;
  return { position: archived.length * SEGMENT_SIZE, previous, frontier };
}

async function readPage(db: RecordsDb, from: number) {
  const rows = await db
    .selectFrom('auditRecord')
    .selectAll()
    .where('position', '>=', from)
    .orderBy('position')
    .limit(PAGE)
    .execute();
  const last = rows.at(-1)?.position ?? from;
  const subjects = await db
    .selectFrom('auditSubject')
    .selectAll()
    .where('position', '>=', from)
    .where('position', '<=', last)
    .execute();
  const of = Map.groupBy(subjects, ({ position }) => position);
  return rows.map((row) => ({
    row,
    subjects: (of.get(row.position) ?? []).map(({ subject }) => subject as string),
  }));
}

/** What is searched by must be what was sealed. */
function columnsFit(
  row: AuditRecordTable,
  subjects: readonly string[],
  record: AuditRecord,
): boolean {
  const { atMs, actor, action, outcome, purpose } = record;
  return (
    row.atMs === atMs &&
    row.actor === actor &&
    row.action === action &&
    row.outcome === outcome &&
    row.purpose === purpose &&
    subjects.toSorted().join() === record.subjects.toSorted().join()
  );
}

/** A person put to a record that does not exist. */
async function firstUnindexed(
  db: RecordsDb,
  { size }: ChainVerifier,
  from: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('auditSubject')
    .select('position')
    .where((eb) => eb.or([eb('position', '<', from), eb('position', '>=', size)]))
    .limit(1)
    .executeTakeFirst();
  const head = await readHead(db);
  // Records sealed while this was read are no matter of it.
  return row && (row.position < from || row.position > (head?.position ?? -1))
    ? row.position
    : undefined;
}

function segmentFindings(
  hashing: Hashing,
  segments: readonly AuditSegmentTable[],
  size: number,
): Finding[] {
  const findings: Finding[] = [];
  let previous: string | null = null;
  const wanted = Math.floor(size / SEGMENT_SIZE);
  const places = new Map(segments.map((row) => [row.number, row]));
  for (let number = 0; number < wanted; number++) {
    const row = places.get(number);
    const segment = row && openSegment(hashing, row);
    if (!segment || segment.previous !== previous) {
      findings.push({
        kind: row ? 'signature' : 'deletion',
        from: number * SEGMENT_SIZE,
        until: (number + 1) * SEGMENT_SIZE - 1,
        afterMs: null,
        beforeMs: row?.lastAtMs ?? null,
        because: 'segment',
      });
    }
    previous = row?.hash ?? null;
  }
  return findings;
}

/** The chain of segments is signed with every checkpoint. */
function signedSegmentFindings(
  segments: readonly AuditSegmentTable[],
  checkpoints: readonly SignedCheckpoint[],
): Finding[] {
  const hashes = new Map(segments.map(({ number, hash }) => [number, hash]));
  for (const { body } of checkpoints) {
    const checkpoint = decodeCheckpoint(body);
    if (!checkpoint) continue;
    const { size, segment, atMs } = checkpoint;
    const number = Math.floor(size / SEGMENT_SIZE) - 1;
    if ((hashes.get(number) ?? null) === segment) continue;
    const until = Math.max(0, (number + 1) * SEGMENT_SIZE - 1);
    return [
      { kind: 'signature', from: 0, until, afterMs: null, beforeMs: atMs, because: 'segment' },
    ];
  }
  return [];
}

const undeclared = (archived: number, lastAtMs: number | null): Finding => ({
  kind: 'deletion',
  from: 0,
  until: archived * SEGMENT_SIZE - 1,
  afterMs: null,
  beforeMs: lastAtMs,
  because: 'undeclared',
});

/** Ours with those of a witness that ours do not have; where they differ, both are held against the chain. */
function withWitnessed(
  kept: readonly SignedCheckpoint[],
  witnessed: readonly SignedCheckpoint[],
): SignedCheckpoint[] {
  const own = new Set(kept.map(({ body }) => body));
  const others = witnessed.filter(({ body }) => !own.has(body));
  const numberOf = ({ body }: SignedCheckpoint) =>
    Number(/"number":(\d+)/.exec(body)?.[1] ?? Number.MAX_SAFE_INTEGER);
  return [...kept.map(({ body, signature }) => ({ body, signature })), ...others].toSorted(
    (a, b) => numberOf(a) - numberOf(b),
  );
}
