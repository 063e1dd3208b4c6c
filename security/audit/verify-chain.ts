// Reads the trail record by record and says what does not fit: which records were edited, deleted, moved or
// put there, and where the store parts from the checkpoints that were signed. Knows no store; a store and an
// export are read through it alike.

import type { EpochMs } from '../../core/time.ts';
import { decodeCheckpoint, openCheckpoint, checkpointHash } from './checkpoint.ts';
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
import { leafHash, type Hashing } from './hashing.ts';
import { frontierRoot, pushSubtree, type Frontier } from './merkle-tree.ts';
import { decodeRecord, NO_HASH, type AuditRecord } from './record-format.ts';
import type { PublicKey } from './signer.ts';

export type FindingKind =
  /** A record does not say what it said when it was sealed. */
  | 'edit'
  /** Records between others are gone. */
  | 'deletion'
  /** Records at the end are gone. */
  | 'truncation'
  /** A record is not in its place. */
  | 'reorder'
  /** The records fit each other, but not what was signed: they were written anew. */
  | 'fork'
  /** A checkpoint, segment or mark that was not signed, or does not fit the others. */
  | 'signature';

export type Finding = {
  readonly kind: FindingKind;
  /** Positions, the last included. */
  readonly from: number;
  readonly until: number;
  /** Times of the last record before and the first after that can be trusted. */
  readonly afterMs: number | null;
  readonly beforeMs: number | null;
  /** What exactly, as a code of finding-words.ts. */
  readonly because: string;
};

/** A record as it lies there. */
export type Row = {
  /** Where it lies, when the store says so; in an export the order says so. */
  readonly place?: number | undefined;
  readonly body: string;
  readonly hash: string;
};

export type ChainStart = {
  readonly position: number;
  /** Hash the first record must carry; undefined when it is not known. */
  readonly previous: string | undefined;
  readonly frontier: Frontier;
};

export const FROM_THE_FIRST: ChainStart = { position: 0, previous: NO_HASH, frontier: [] };

export type ChainVerifier = {
  /** Takes the next row; gives the record when it could be read. */
  take(row: Row): AuditRecord | undefined;
  /** Everything was read. `until`: how many records there should be at least. */
  finish(until?: { readonly size: number; readonly atMs: EpochMs | null }): Finding[];
  /** Says that something else about the record at this position does not fit. */
  blame(position: number, because: string): void;
  readonly size: number;
  readonly head: string | undefined;
  /** Root over what was read. */
  root(): string;
};

/** Findings beyond these say nothing new. */
export const FINDINGS_MAX = 100;

export function createChainVerifier(deps: {
  readonly hashing: Hashing;
  readonly key: PublicKey;
  readonly start: ChainStart;
  readonly checkpoints: readonly SignedCheckpoint[];
}): ChainVerifier {
  const { hashing, start } = deps;
  const findings: Finding[] = [];
  const frontier = start.frontier.map((part) => ({ ...part }));
  const missing = new Set<number>();
  let gaps: { from: number; until: number; afterMs: number | null; beforeMs: number | null }[] = [];
  let next = start.position;
  let previous = start.previous;
  let lastAtMs: number | null = null;

  const add = (finding: Omit<Finding, 'afterMs' | 'beforeMs'> & Partial<Finding>) => {
    const { kind, from } = finding;
    if (findings.some((known) => known.kind === kind && known.from === from)) return;
    if (findings.length >= FINDINGS_MAX) return;
    findings.push({ afterMs: lastAtMs, beforeMs: null, ...finding });
  };
  const isBlamed = (from: number, until: number) =>
    gaps.some((gap) => gap.from <= until && gap.until >= from) ||
    findings.some((known) => known.from <= until && known.until >= from);

  const checks = createCheckpointChecks({ ...deps, add, isBlamed });
  const push = (hash: string) => {
    pushSubtree(hashing, frontier, { level: 0, hash });
    next++;
    checks.reached(next, () => frontierRoot(hashing, frontier), hash, lastAtMs);
  };

  checks.reached(next, () => frontierRoot(hashing, frontier), previous, null);

  const takeInPlace = (record: AuditRecord, hash: string) => {
    if (previous !== undefined && record.previous !== previous) {
      // Whoever writes a record anew gives it another hash than the one its successor carries.
      const at = Math.max(start.position, next - 1);
      if (!isBlamed(at, at)) {
        add({
          kind: 'edit',
          from: at,
          until: at,
          because: 'rehashed',
          beforeMs: record.sealedAtMs,
        });
      }
    }
    previous = hash;
    lastAtMs = record.sealedAtMs;
    push(hash);
  };

  const skipTo = (position: number, beforeMs: number | null) => {
    gaps.push({ from: next, until: position - 1, afterMs: lastAtMs, beforeMs });
    for (let gone = next; gone < Math.min(position, next + MISSING_MAX); gone++) missing.add(gone);
    next = position;
    previous = undefined;
  };

  return {
    take({ place, body, hash }) {
      const record = decodeRecord(body);
      if (place !== undefined && place > next) skipTo(place, record?.sealedAtMs ?? null);
      if (!record || leafHash(hashing, body) !== hash) {
        add({ kind: 'edit', from: next, until: next, because: 'hash' });
        previous = hash;
        push(hash);
        return undefined;
      }
      if (place !== undefined && record.position !== place) {
        add({ kind: 'reorder', from: place, until: place, because: `holds ${record.position}` });
        previous = undefined;
        push(hash);
        return record;
      }
      if (record.position > next) skipTo(record.position, record.sealedAtMs);
      if (record.position < next) {
        const wasMissed = missing.delete(record.position);
        add({
          kind: wasMissed ? 'reorder' : 'fork',
          from: record.position,
          until: record.position,
          because: wasMissed ? 'late' : 'twice',
        });
        return record;
      }
      takeInPlace(record, hash);
      return record;
    },
    finish(until) {
      // What turned up later was moved, not deleted.
      gaps = gaps.flatMap((gap) => withoutFound(gap, missing));
      for (const gap of gaps) add({ kind: 'deletion', because: 'gone', ...gap });
      const wanted = Math.max(until?.size ?? 0, checks.sizeMax());
      if (wanted > next) {
        const signed = checks.timeOf(wanted) ?? until?.atMs ?? null;
        add({
          kind: 'truncation',
          from: next,
          until: wanted - 1,
          because: 'end',
          beforeMs: signed,
        });
      }
      return findings.toSorted((a, b) => a.from - b.from);
    },
    blame(position, because) {
      if (!isBlamed(position, position))
        add({ kind: 'edit', from: position, until: position, because });
    },
    get size() {
      return next;
    },
    get head() {
      return previous;
    },
    root: () => frontierRoot(hashing, frontier),
  };
}

/** Gaps longer than this are not looked through record by record. */
const MISSING_MAX = 1_000_000;

type Gap = { from: number; until: number; afterMs: number | null; beforeMs: number | null };

function withoutFound(gap: Gap, missing: ReadonlySet<number>): Gap[] {
  if (gap.until - gap.from >= MISSING_MAX) return [gap];
  const parts: Gap[] = [];
  for (let position = gap.from; position <= gap.until; position++) {
    if (!missing.has(position)) continue;
    const last = parts.at(-1);
    if (last?.until === position - 1) last.until = position;
    else parts.push({ ...gap, from: position, until: position });
  }
  return parts;
}

type Add = (finding: Omit<Finding, 'afterMs' | 'beforeMs'> & Partial<Finding>) => void;

/** Holds the signed checkpoints against the chain while it is read. */
function createCheckpointChecks(deps: {
  readonly hashing: Hashing;
  readonly key: PublicKey;
  readonly start: ChainStart;
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly add: Add;
  readonly isBlamed: (from: number, until: number) => boolean;
}) {
  const { hashing, key, add } = deps;
  const bySize = new Map<number, Checkpoint[]>();
  let before: { checkpoint: Checkpoint; hash: string } | undefined;
  for (const signed of deps.checkpoints) {
    const checkpoint = openCheckpoint(key, signed);
    if (!checkpoint) {
      const at = decodeCheckpoint(signed.body)?.size ?? deps.start.position;
      add({ kind: 'signature', from: at - 1, until: at - 1, because: 'checkpoint' });
      continue;
    }
    const { number, size, atMs } = checkpoint;
    if (before && number !== before.checkpoint.number + 1) {
      const from = before.checkpoint.size;
      add({ kind: 'deletion', from, until: size - 1, because: 'checkpoints', beforeMs: atMs });
    } else if (before && checkpoint.previous !== before.hash) {
      const from = before.checkpoint.size;
      add({ kind: 'fork', from, until: size - 1, because: 'checkpoints', beforeMs: atMs });
    }
    before = { checkpoint, hash: checkpointHash(hashing, signed) };
    bySize.set(size, [...(bySize.get(size) ?? []), checkpoint]);
  }
  let good = deps.start.position;
  return {
    /** So many records are read; is what was signed at this size what is there? */
    reached(size: number, root: () => string, head: string | undefined, lastAtMs: number | null) {
      const signed = bySize.get(size);
      if (!signed) return;
      const isSame = signed.every(
        (one) => one.root === root() && (head === undefined || one.head === head),
      );
      // What is edited or gone explains by itself that the root is another.
      if (!isSame && !deps.isBlamed(good, size - 1)) {
        const beforeMs = signed[0]?.atMs ?? lastAtMs;
        add({ kind: 'fork', from: good, until: size - 1, because: 'root', beforeMs });
      }
      if (isSame) good = size;
    },
    sizeMax: () => Math.max(0, ...bySize.keys()),
    timeOf: (size: number): number | undefined => bySize.get(size)?.[0]?.atMs,
  };
}
