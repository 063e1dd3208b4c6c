// The log as one SQLite file: for a single machine, durable at every append (WAL, synchronous FULL).
// Appends that arrive in the same turn share one commit. Other processes may read the file.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { OperatingError, UserError, assert } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { elapsedMs, epochMs, ioClock, type Clock } from '../core/time.ts';
import {
  ENTRY_KINDS,
  READ_BYTES_MAX,
  TOPICS,
  refusalOf,
  type AppendBatch,
  type Log,
  type LogRecord,
  type ReadFrom,
  type Topic,
} from './log.ts';

/** How often a waiting reader looks for records another process appended. */
const POLL_MS = 25;

/** How long to wait for another process that is writing. */
const LOCK_MS_MAX = 5_000;

type Waiting = { topic: Topic; batches: readonly AppendBatch[]; settle: (error?: Error) => void };

export type EmbeddedLogOptions = { path: string; partitions: number };

/**
 * Opens or creates the log file at `path`. Throws UserError `bad-configuration` when an existing file has
 * another number of partitions, OperatingError when the file cannot be opened.
 */
export function openEmbeddedLog(deps: { clock: Clock }, options: EmbeddedLogOptions): Log {
  const { path, partitions } = options;
  const { writer, reader } = orUnavailable('be opened', () => {
    mkdirSync(dirname(path), { recursive: true });
    const database = openDatabase(path);
    createTables(database, partitions);
    return { writer: database, reader: openDatabase(path) };
  });

  const inserts = eachTable(partitions, (table) =>
    writer.prepare(
      `INSERT INTO ${table} (kind, watermark_ms, appended_at_ms, payload) VALUES (?, ?, ?, ?)`,
    ),
  );
  const selects = eachTable(partitions, (table) =>
    reader.prepare(
      `SELECT id, kind, watermark_ms, appended_at_ms, payload FROM ${table} WHERE id > ? ORDER BY id`,
    ),
  );
  const statementOf = (map: Map<string, StatementSync>, topic: Topic, partition: number) => {
    const statement = map.get(tableName(topic, partition));
    assert(statement, `the log has a partition ${partition} of "${topic}"`);
    return statement;
  };

  let waiting: Waiting[] = [];
  const wakeReaders = new Set<() => void>();
  let closed = false;

  const insertAll = (group: readonly Waiting[]) => {
    writer.exec('BEGIN IMMEDIATE');
    const appendedAtMs = deps.clock.now();
    for (const { topic, batches } of group) {
      for (const { partition, entries } of batches) {
        const insert = statementOf(inserts, topic, partition);
        for (const { kind, watermarkMs, payload } of entries) {
          insert.run(ENTRY_KINDS.indexOf(kind), watermarkMs, appendedAtMs, payload);
        }
      }
    }
    writer.exec('COMMIT');
  };

  const commit = () => {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    let failure: Error | undefined;
    try {
      orUnavailable('take the records', () => insertAll(group));
    } catch (error) {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      failure = error as Error;
    }
    for (const { settle } of group) settle(failure);
    if (failure) return;
    for (const wake of wakeReaders) wake();
  };

  const readNow = (topic: Topic, partition: number, from: ReadFrom) => {
    const records: LogRecord[] = [];
    let bytesLeft = from.bytesMax ?? READ_BYTES_MAX;
    for (const row of statementOf(selects, topic, partition).iterate(from.offset)) {
      const record = toRecord(row as unknown as Row);
      records.push(record);
      bytesLeft -= record.payload.byteLength;
      if (records.length >= from.recordsMax || bytesLeft <= 0) break;
    }
    return records;
  };

  /** Resolves at the next commit of this process, at `waitMs`, or when `signal` aborts. */
  const nextChange = (waitMs: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        signal?.removeEventListener('abort', done);
        wakeReaders.delete(done);
        resolve();
      };
      const timer = ioClock.after(waitMs, done);
      signal?.addEventListener('abort', done, { once: true });
      wakeReaders.add(done);
    });

  return {
    partitions,
    append(topic, batches) {
      const refusal = closed ? closedError() : refusalOf(batches);
      if (refusal) return Promise.reject(refusal);
      return new Promise((resolve, reject) => {
        waiting.push({ topic, batches, settle: (error) => (error ? reject(error) : resolve()) });
        if (waiting.length === 1) setImmediate(commit);
      });
    },
    async read(topic, partition, from) {
      const startedMs = elapsedMs();
      // Whoever still follows a log that is closed waits as at its end, and keeps nobody from ending.
      if (closed) await nextChange(from.waitMs ?? 0, from.signal);
      for (;;) {
        if (closed || from.signal?.aborted) return [];
        const records = orUnavailable('be read', () => readNow(topic, partition, from));
        const leftMs = (from.waitMs ?? 0) - (elapsedMs() - startedMs);
        if (records.length > 0 || leftMs <= 0) return records;
        await nextChange(Math.min(POLL_MS, leftMs), from.signal);
      }
    },
    async bounds(topic, partition) {
      if (closed) throw closedError();
      const table = tableName(topic, partition);
      const query = `SELECT (SELECT min(id) FROM ${table}) AS first,
        (SELECT seq FROM sqlite_sequence WHERE name = ?) AS last`;
      const row = orUnavailable('be read', () => reader.prepare(query).get(table)) as Bounds;
      const end = row.last ?? 0;
      return { start: row.first === null ? end : row.first - 1, end };
    },
    async close() {
      if (closed) return;
      commit();
      closed = true;
      for (const wake of wakeReaders) wake();
      reader.close();
      writer.close();
    },
  };
}

const closedError = () =>
  new OperatingError('log-unavailable', 'the log is closed', { retry: 'never' });

type Bounds = { first: number | null; last: number | null };

/** What `run` gives; when SQLite or the file system fails, an OperatingError that says so. */
function orUnavailable<Value>(act: string, run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    const { code, errno } = cause as { code?: unknown; errno?: unknown };
    if (code !== 'ERR_SQLITE_ERROR' && typeof errno !== 'number') throw cause;
    throw new OperatingError('log-unavailable', `the log file could not ${act}`, {
      retry: 'backoff',
      cause,
    });
  }
}

function openDatabase(path: string): DatabaseSync {
  // The time-out comes first: switching a new file to WAL meets others that open it at the same moment.
  const database = new DatabaseSync(path, { timeout: LOCK_MS_MAX });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  // No copy of a record stays behind where pages are split; see ingest/log-retention.ts.
  database.exec('PRAGMA secure_delete = ON');
  return database;
}

/** Offsets count from 0, SQLite's row ids from 1: a record's offset is its id less one. */
type Row = {
  id: number;
  kind: number;
  watermark_ms: number;
  appended_at_ms: number;
  payload: Uint8Array;
};

const toRecord = (row: Row): LogRecord => ({
  offset: row.id - 1,
  kind: ENTRY_KINDS[row.kind] ?? 'lines',
  watermarkMs: epochMs(row.watermark_ms),
  appendedAtMs: epochMs(row.appended_at_ms),
  payload: row.payload,
});

const tableName = (topic: Topic, partition: number) => `${topic.replaceAll('-', '_')}_${partition}`;

function eachTable(
  partitions: number,
  prepare: (table: string) => StatementSync,
): Map<string, StatementSync> {
  const map = new Map<string, StatementSync>();
  for (const topic of TOPICS) {
    for (let partition = 0; partition < partitions; partition++) {
      const table = tableName(topic, partition);
      map.set(table, prepare(table));
    }
  }
  return map;
}

function createTables(database: DatabaseSync, partitions: number): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec('CREATE TABLE IF NOT EXISTS shape (partitions INTEGER NOT NULL)');
  const shape = database.prepare('SELECT partitions FROM shape').get() as
    | { partitions: number }
    | undefined;
  if (shape && shape.partitions !== partitions) {
    database.exec('ROLLBACK');
    database.close();
    throw new UserError(
      'bad-configuration',
      text(
        `日志文件有 ${shape.partitions} 个分区，配置要求 ${partitions} 个`,
        `the log file has ${shape.partitions} partitions, the configuration asks for ${partitions}`,
      ),
      {
        hint: text(
          '分区数在建库后不能改变',
          'The number of partitions is fixed when the log is created.',
        ),
      },
    );
  }
  if (!shape) database.prepare('INSERT INTO shape VALUES (?)').run(partitions);
  for (const topic of TOPICS) {
    for (let partition = 0; partition < partitions; partition++) {
      database.exec(`CREATE TABLE IF NOT EXISTS ${tableName(topic, partition)} (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind INTEGER NOT NULL,
        watermark_ms INTEGER NOT NULL,
        appended_at_ms INTEGER NOT NULL,
        payload BLOB NOT NULL)`);
    }
  }
  database.exec('COMMIT');
}
