// Forgetting in the embedded log, beside the product that appends to it: whole records that are older than
// the log keeps, and persons out of the records that stay. A record keeps its offset and its place in the
// file, so no reader notices. Work is cut into short transactions, between which appends get their turn.

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Forgotten } from '../core/forgotten.ts';
import { cleanse } from './forget.ts';
import { ENTRY_KINDS, TOPICS, type EntryKind, type Topic } from './log.ts';

export type LogAt = { readonly topic: Topic; readonly partition: number };

/** What one pass found about persons. */
export type LogCount = { records: number; removed: number; overwritten: number };

export type LogRetention = {
  readonly places: readonly LogAt[];
  /** When the oldest record was appended; undefined for an empty partition. */
  oldestAtMs(at: LogAt): number | undefined;
  /** How many records were appended before `cutoffMs`, below `beforeOffset`. */
  countBefore(at: LogAt, limit: DropLimit): number;
  /** Drops up to `recordsMax` of them, the oldest first; gives how many. */
  dropBefore(at: LogAt, limit: DropLimit & { readonly recordsMax: number }): number;
  /**
   * Looks at some records from `offset` on and, with `rewrite`, takes the persons out of them. Gives where to
   * go on; undefined at the end.
   */
  cleanseFrom(
    at: LogAt,
    from: { readonly offset: number; readonly rewrite: boolean },
    persons: readonly Forgotten[],
    found: LogCount,
  ): number | undefined;
  /** Brings what was written into the file itself; false while a reader is in the way. */
  settle(): boolean;
  close(): void;
};

export type DropLimit = { readonly cutoffMs: number; readonly beforeOffset: number };

/** One piece of work: about so many payload bytes are looked at. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_RECORDS = 512;
const LOCK_MS_MAX = 5_000;

/** Opens an existing log file for forgetting. Close it. */
export function openLogRetention(path: string, partitions: number): LogRetention {
  const database = new DatabaseSync(path, { timeout: LOCK_MS_MAX });
  database.exec('PRAGMA synchronous = FULL');
  // Freed pages are overwritten, not just let go.
  database.exec('PRAGMA secure_delete = ON');
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const within = <Value>(run: () => Value): Value => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const value = run();
      database.exec('COMMIT');
      return value;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    places: TOPICS.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    ),
    oldestAtMs(at) {
      const sql = `SELECT appended_at_ms AS ms FROM ${tableOf(at)} ORDER BY id LIMIT 1`;
      return (prepared(sql).get() as { ms: number } | undefined)?.ms;
    },
    countBefore(at, { cutoffMs, beforeOffset }) {
      const end = firstKept(prepared, at, cutoffMs);
      const sql = `SELECT count(*) AS count FROM ${tableOf(at)} WHERE id <= ?`;
      const row = prepared(sql).get(Math.min(end, beforeOffset)) as { count: number };
      return row.count;
    },
    dropBefore(at, { cutoffMs, beforeOffset, recordsMax }) {
      const end = Math.min(firstKept(prepared, at, cutoffMs), beforeOffset);
      const sql = `DELETE FROM ${tableOf(at)} WHERE id IN
        (SELECT id FROM ${tableOf(at)} WHERE id <= ? ORDER BY id LIMIT ?)`;
      return within(() => Number(prepared(sql).run(end, recordsMax).changes));
    },
    cleanseFrom(at, { offset, rewrite }, persons, found) {
      const select = prepared(
        `SELECT id, kind, payload FROM ${tableOf(at)} WHERE id > ? ORDER BY id LIMIT ${PIECE_RECORDS}`,
      );
      const look = () => {
        const changes: { id: number; payload: Uint8Array }[] = [];
        let next: number | undefined;
        let bytesLeft = PIECE_BYTES;
        for (const row of select.iterate(offset) as Iterable<Row>) {
          const cleansed = cleanse({ kind: kindOf(row), payload: row.payload }, persons);
          if (cleansed) {
            found.records++;
            found.removed += cleansed.removed;
            found.overwritten += cleansed.overwritten;
            changes.push({ id: row.id, payload: cleansed.payload });
          }
          next = row.id;
          bytesLeft -= row.payload.byteLength;
          if (bytesLeft <= 0) break;
        }
        return { changes, next };
      };
      if (!rewrite) return look().next;
      const update = prepared(`UPDATE ${tableOf(at)} SET payload = ? WHERE id = ?`);
      return within(() => {
        const { changes, next } = look();
        for (const { id, payload } of changes) update.run(payload, id);
        return next;
      });
    },
    settle() {
      const row = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
      return row.busy === 0;
    },
    close: () => database.close(),
  };
}

type Row = { id: number; kind: number; payload: Uint8Array };

const kindOf = (row: Row): EntryKind => ENTRY_KINDS[row.kind] ?? 'lines';

const tableOf = ({ topic, partition }: LogAt) => `${topic.replaceAll('-', '_')}_${partition}`;

/** The id of the last record appended before `cutoffMs`, by bisection: appending times rise with ids. */
function firstKept(prepared: (sql: string) => StatementSync, at: LogAt, cutoffMs: number): number {
  const bounds = prepared(`SELECT min(id) AS low, max(id) AS high FROM ${tableOf(at)}`).get() as {
    low: number | null;
    high: number | null;
  };
  if (bounds.low === null || bounds.high === null) return 0;
  let [low, high] = [bounds.low, bounds.high + 1];
  const appended = prepared(
    `SELECT appended_at_ms AS ms FROM ${tableOf(at)} WHERE id >= ? ORDER BY id LIMIT 1`,
  );
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = appended.get(middle) as { ms: number } | undefined;
    if (row && row.ms < cutoffMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
