// The records in one SQLite file, for a single machine: durable at every commit (WAL, synchronous FULL).
// Fits node:sqlite to what Kysely's SQLite driver asks for.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';
import { OperatingError } from '../core/errors.ts';

/** Compiled statements kept for the next time they are asked for; the least recently used goes first. */
const STATEMENTS_MAX = 256;

/** How long a statement waits for another process that writes to the file. */
const BUSY_MS_MAX = 5_000;

/**
 * A Kysely dialect over the file at `path`, or in memory over `image`, what `serialize` gave of a database.
 * Kysely lends its one connection to one transaction or query at a time, so transactions never interleave.
 */
export function sqliteDialect(path: string, image?: Uint8Array): Dialect {
  mkdirSync(dirname(path), { recursive: true });
  const database = translated(() => open(path, image));
  return {
    createDriver: () => new ImmediateDriver({ database: adapt(database) }),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** True for the SQLite error of a row whose key is taken. */
export function isSqliteUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CONSTRAINT_PRIMARYKEY || code === SQLITE_CONSTRAINT_UNIQUE;
}

const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** Takes the write lock at BEGIN: one taken later fails at once when another process holds it. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Tables may be made inside a transaction, so a migration that is cut short leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function open(path: string, image?: Uint8Array): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: BUSY_MS_MAX,
    enableForeignKeyConstraints: true,
  });
  // Before anything is set: what comes with it replaces the database, its settings too.
  if (image) database.deserialize(image);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  // What is deleted is overwritten, not just let go.
  database.exec('PRAGMA secure_delete = ON');
  return database;
}

function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement =
        statements.get(sql) ?? adaptStatement(translated(() => database.prepare(sql)));
      statements.delete(sql);
      statements.set(sql, statement);
      if (statements.size > STATEMENTS_MAX) statements.delete(statements.keys().next().value ?? '');
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  const bind = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => translated(() => statement.all(...bind(parameters))),
    run: (parameters) => translated(() => statement.run(...bind(parameters))),
    iterate: (parameters) => statement.iterate(...bind(parameters)),
  };
}

/** Primary result codes (sqlite.org/rescode.html) that mean the world failed, with what to do. */
const FAILURES: Readonly<Record<number, 'soon' | 'backoff' | 'never'>> = {
  5: 'soon', // busy
  6: 'soon', // locked
  8: 'never', // read-only
  10: 'backoff', // I/O error
  11: 'never', // corrupt
  13: 'backoff', // disk full
  14: 'never', // cannot open
  26: 'never', // not a database
};

function translated<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    const code = sqliteCode(cause);
    const retry = code === undefined ? undefined : FAILURES[code & 0xff];
    if (retry === undefined) throw cause;
    throw new OperatingError('records-unavailable', `the records file failed with code ${code}`, {
      retry,
      cause,
    });
  }
}

const sqliteCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;
