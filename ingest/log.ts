// The append-only log everything passes through. Two implementations hold the same promises, kept by one
// contract suite (log.contract.ts): embedded in a SQLite file, and Kafka.
//
// Consumers keep their own offset together with their own state; the log remembers nothing about them.

import { OperatingError } from '../core/errors.ts';
import type { EpochMs } from '../core/time.ts';

/** Streams of the log. `observations` and `findings` are partitioned by subject. */
export const TOPICS = ['observations', 'findings', 'alert-events', 'dead-letters'] as const;

export type Topic = (typeof TOPICS)[number];

/** What a record's payload holds. */
export const ENTRY_KINDS = [
  /** One Arrow IPC stream of positions (core/position-batch.ts). */
  'positions',
  /** Facts, findings, alert events or dead letters as JSON lines. */
  'lines',
  /** No payload but the passing of time; see ingest/watermark.ts. */
  'tick',
  /** What ingest refused since its last append: JSON, counts by reason. */
  'tally',
  /** The rules by which what follows is evaluated; see rules/rulebook-mark.ts and docs/adr/0008. */
  'rulebook',
  /** Persons the rules forget, as JSON lines; taken out once they have. See rules/forget.ts. */
  'forget',
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

export type LogEntry = {
  readonly kind: EntryKind;
  /** Event time up to which this partition is complete, decided once at ingest; see docs/adr/0003. */
  readonly watermarkMs: EpochMs;
  readonly payload: Uint8Array;
};

export type LogRecord = LogEntry & {
  /** Position in the partition: rises by one from record to record. */
  readonly offset: number;
  readonly appendedAtMs: EpochMs;
};

/** Most payload bytes and most entries of one batch. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;
export const BATCH_ENTRIES_MAX = 10_000;

export type AppendBatch = { readonly partition: number; readonly entries: readonly LogEntry[] };

export type Log = {
  readonly partitions: number;
  /**
   * Appends and resolves once the records survive a crash. The entries of one batch become visible
   * together and in order, or not at all. Rejects with OperatingError `log-unavailable`; the caller
   * then does not know whether the records are in the log and must be ready to append them again,
   * unless `retry` is `never`: a batch beyond BATCH_BYTES_MAX or BATCH_ENTRIES_MAX is never taken.
   */
  append(topic: Topic, batches: readonly AppendBatch[]): Promise<void>;
  /**
   * Records from `offset` on, at least one, at most `recordsMax` or about `bytesMax`; waits for the
   * first until `waitMs` have passed or `signal` aborts and then gives none. An offset older than what
   * is retained reads from the oldest record.
   */
  read(topic: Topic, partition: number, from: ReadFrom): Promise<readonly LogRecord[]>;
  /** The offset of the oldest record kept and the offset the next record will get. */
  bounds(
    topic: Topic,
    partition: number,
  ): Promise<{ readonly start: number; readonly end: number }>;
  close(): Promise<void>;
};

export type ReadFrom = {
  readonly offset: number;
  readonly recordsMax: number;
  readonly bytesMax?: number;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
};

export const READ_BYTES_MAX = 8 * 1024 * 1024;

/** Why the log can never take these batches, if it cannot. */
export function refusalOf(batches: readonly AppendBatch[]): OperatingError | undefined {
  for (const { entries } of batches) {
    const bytes = entries.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    if (bytes <= BATCH_BYTES_MAX && entries.length <= BATCH_ENTRIES_MAX) continue;
    return new OperatingError(
      'log-unavailable',
      `a batch of ${entries.length} entries with ${bytes} bytes is larger than the log takes`,
      { retry: 'never' },
    );
  }
  return undefined;
}

/** The partition of a subject: the same for the same key on every machine and in every language. */
export function partitionOf(subject: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 2_166_136_261;
  for (let i = 0; i < subject.length; i++) {
    hash = Math.imul(hash ^ subject.charCodeAt(i), 16_777_619);
  }
  return (hash >>> 0) % partitions;
}

/** JSON lines of the values, as bytes. */
export const encodeLines = (values: readonly unknown[]): Uint8Array =>
  Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''), 'utf8');

/** The values of JSON lines this house wrote. Guarantee: the type is that of what was encoded. */
export const decodeLines = <Value>(payload: Uint8Array): Value[] =>
  Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Value);
