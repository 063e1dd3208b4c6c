// The records on a PostgreSQL server, for installations of several machines. Fits a pg pool to what
// Kysely's driver asks for and translates its errors where they come out.

import pg from 'pg';
import { PostgresDialect, type Dialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { assert, OperatingError, type Retry } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';

const CONNECTIONS_MAX = 10;
const CONNECT_MS_MAX = 5_000;
const STATEMENT_MS_MAX = 30_000;
/** A transaction that stands still this long has lost its program. */
const IDLE_IN_TRANSACTION_MS_MAX = 60_000;

/** A Kysely dialect over a pool of connections to `url`. */
export function postgresDialect(deps: { logger: Logger }, url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    application_name: 'plumbline',
    keepAlive: true,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => deps.logger.warn('records.connection-lost', { code: codeOf(error) }));
  return new PostgresDialect({ pool: adapt(pool) });
}

/** True for the PostgreSQL error of a row whose key is taken (SQLSTATE unique_violation). */
export const isPostgresUniqueViolation = (error: unknown): boolean => stateOf(error) === '23505';

/** True when a transaction lost against another and may be run again (serialization, deadlock). */
export const isTransactionConflict = (error: unknown): boolean =>
  ['40001', '40P01'].includes(stateOf(error) ?? '');

const INT8_OID = 20;

/** 64-bit integers come back as numbers: ours are instants, offsets and counts below 2^53. */
function parserOf(oid: number, format?: 'text' | 'binary') {
  if (oid !== INT8_OID) return pg.types.getTypeParser(oid, format as 'text');
  return (text: string) => {
    const value = Number(text);
    assert(Number.isSafeInteger(value), 'a 64-bit number of the records is below 2^53');
    return value;
  };
}

function adapt(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch(rethrow);
      return {
        query: (sql: string, parameters: readonly unknown[]) =>
          client.query(sql, [...parameters]).catch(rethrow),
        release: (destroy?: boolean) => client.release(destroy),
      } as unknown as PostgresPoolClient;
    },
  };
}

/** SQLSTATE classes (PostgreSQL manual, appendix A) that mean the world failed, with what to do. */
const FAILURES: Readonly<Record<string, Retry>> = {
  '08': 'backoff', // connection
  '28': 'never', // authentication
  '3D': 'never', // no such database
  '53': 'backoff', // out of disk, memory or connections
  '55': 'soon', // object in use
  '57': 'backoff', // server stopping, statement timed out
  '58': 'backoff', // I/O of the server
};

function rethrow(cause: unknown): never {
  const state = stateOf(cause);
  // What is not an answer of the server with a state is the loss of the connection to it.
  const retry = state === undefined ? 'backoff' : FAILURES[state.slice(0, 2)];
  if (retry === undefined) throw cause;
  throw new OperatingError(
    'records-unavailable',
    `the records server failed with ${state ?? codeOf(cause)}`,
    { retry, cause },
  );
}

const stateOf = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'connection lost';
