// The operational records: orders, alerts, outbox, accounts, progress. One Kysely over SQLite on a single
// machine or PostgreSQL on a server; both keep the promises of records.contract.ts.

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  CamelCasePlugin,
  Kysely,
  sql,
  type Dialect,
  type KyselyPlugin,
  type Transaction,
} from 'kysely';
import { Migrator } from 'kysely/migration';
import { assert, OperatingError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { ioClock, sleep } from '../core/time.ts';
import { migrationsFor } from './records-migrations/migrations.ts';
import {
  isPostgresUniqueViolation,
  isTransactionConflict,
  postgresDialect,
} from './records-postgres.ts';
import type { RecordsSchema } from './records-schema.ts';
import { isSqliteUniqueViolation, sqliteDialect } from './records-sqlite.ts';

export type RecordsEngine = 'sqlite' | 'postgres';

export type RecordsOptions =
  | {
      readonly kind: 'sqlite';
      readonly path: string;
      /** What is in it at first, as SQLite serializes a database; for one in memory only. */
      readonly image?: Uint8Array;
    }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Owns and changes the tables; the account of `url` is then granted their rows and no more. */
      readonly ownerUrl?: string | undefined;
    };

/** What a store is given: the records, or a transaction on them. */
export type RecordsDb = Kysely<RecordsSchema>;
export type RecordsTransaction = Transaction<RecordsSchema>;

export type Records = {
  /** For single statements outside of transactions; using it inside one is a bug and fails. */
  readonly db: RecordsDb;
  /**
   * Runs `run` as one serializable transaction: all of it happens or nothing, as if nothing else ran
   * meanwhile. It may be run again after a conflict, so it must have no effect but through `trx`, and it
   * should not wait for anything else. Rejects with OperatingError `records-unavailable`.
   */
  transaction<Result>(run: (trx: RecordsTransaction) => Promise<Result>): Promise<Result>;
  /**
   * Waits until every transaction that took this turn before has ended, and makes the later ones wait
   * for `trx`. Taken before rows get a rising number, it makes them visible in the order of the number,
   * so that a reader that follows the number misses none.
   */
  takeTurn(trx: RecordsTransaction, name: string): Promise<void>;
  close(): Promise<void>;
};

export type RecordsDeps = { readonly logger: Logger; readonly random: Random };

/** How often a transaction that lost against another is run before it is given up. */
const TRANSACTION_TRIES_MAX = 12;
const CONFLICT_PAUSE_MS_MAX = 200;

/** Opens the records and brings their tables up to date. Close them. */
export async function openRecords(deps: RecordsDeps, options: RecordsOptions): Promise<Records> {
  const dialect: Dialect =
    options.kind === 'sqlite'
      ? sqliteDialect(options.path, options.image)
      : postgresDialect(deps, options.url);
  const raw = new Kysely<RecordsSchema>({ dialect });
  try {
    if (options.kind === 'postgres' && options.ownerUrl !== undefined) {
      await prepareAsOwner(deps, options.ownerUrl, await accountOf(raw));
    }
    await migrate(raw, options.kind, deps.logger);
  } catch (error) {
    await raw.destroy();
    throw error;
  }
  const scope = new AsyncLocalStorage<{ open: boolean }>();
  const isInside = () => scope.getStore()?.open === true;
  const camel = raw.withPlugin(new CamelCasePlugin());
  const begin = async <Result>(run: (trx: RecordsTransaction) => Promise<Result>) => {
    const current = { open: true };
    const builder = camel.transaction();
    const begun = options.kind === 'postgres' ? builder.setIsolationLevel('serializable') : builder;
    try {
      return await begun.execute((trx) => scope.run(current, () => run(trx)));
    } finally {
      current.open = false;
    }
  };
  return {
    db: camel.withPlugin(refusing(isInside)),
    transaction(run) {
      assert(!isInside(), 'a transaction of the records is not opened inside another');
      return retryingConflicts(deps.random, () => begin(run));
    },
    async takeTurn(trx, name) {
      // On SQLite transactions follow each other anyway.
      if (options.kind === 'sqlite') return;
      await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(trx);
    },
    close: () => raw.destroy(),
  };
}

/** True when a statement failed because its key is taken. On PostgreSQL the transaction is then over. */
export const isUniqueViolation = (error: unknown): boolean =>
  isSqliteUniqueViolation(error) || isPostgresUniqueViolation(error);

/** Fails queries that would run beside the open transaction: on SQLite they would wait for it forever. */
function refusing(when: () => boolean): KyselyPlugin {
  return {
    transformQuery({ node }) {
      assert(!when(), 'inside a transaction of the records only `trx` is used');
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

async function retryingConflicts<Result>(
  random: Random,
  run: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (cause) {
      if (!isTransactionConflict(cause)) throw cause;
      if (attempt === TRANSACTION_TRIES_MAX) {
        throw new OperatingError(
          'records-unavailable',
          `a transaction lost against others ${attempt} times`,
          { retry: 'soon', cause },
        );
      }
      await sleep(ioClock, random.next() * Math.min(CONFLICT_PAUSE_MS_MAX, 2 ** attempt));
    }
  }
}

async function migrate(
  db: Kysely<RecordsSchema>,
  engine: RecordsEngine,
  logger: Logger,
): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrationsFor(engine)) };
  const { error, results = [] } = await new Migrator({ db, provider }).migrateToLatest();
  for (const { migrationName, status } of results) {
    logger.info('records.migrated', { engine, migration: migrationName, status });
  }
  if (error) throw error as Error;
}

const accountOf = async (db: Kysely<RecordsSchema>): Promise<string> =>
  (await sql<{ name: string }>`select current_user as name`.execute(db)).rows[0]?.name ?? '';

/** Brings the tables up to date by the account that owns them, and lets `account` at their rows. */
async function prepareAsOwner(deps: RecordsDeps, ownerUrl: string, account: string): Promise<void> {
  const owner = new Kysely<RecordsSchema>({ dialect: postgresDialect(deps, ownerUrl) });
  try {
    await migrate(owner, 'postgres', deps.logger);
    const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(owner);
    const schema = sql.id(rows[0]?.name ?? 'public');
    const grantee = sql.id(account);
    const objects = sql`all tables in schema ${schema}`;
    await sql`grant usage on schema ${schema} to ${grantee}`.execute(owner);
    await sql`grant select, insert, update, delete on ${objects} to ${grantee}`.execute(owner);
    await sql`grant usage, select on all sequences in schema ${schema} to ${grantee}`.execute(
      owner,
    );
  } finally {
    await owner.destroy();
  }
}
