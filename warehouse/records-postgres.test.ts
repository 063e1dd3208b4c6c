import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres, startPostgresServer, type PostgresServer } from '../sim/postgres-server.ts';
import { deps, describeRecords } from './records.contract.ts';
import { migrationsFor } from './records-migrations/migrations.ts';
import { openRecords, type RecordsOptions } from './records.ts';

const given = process.env['PLUMBLINE_POSTGRES_URL'];
const found = findPostgres();
const reason = given || found.available ? undefined : found.reason;
if (reason) process.stderr.write(`skipped: the records on PostgreSQL, because ${reason}\n`);

let folder: string;
let server: PostgresServer | undefined;
let adminUrl = given ?? '';

beforeAll(async () => {
  if (given || !found.available) return;
  folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  // The tests kill clients, never the machine: commits need not wait for the disk.
  const settings = { fsync: 'off', max_connections: '60' };
  server = await startPostgresServer({ programs: found.programs, folder, settings });
  adminUrl = server.url;
}, 60_000);

afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true });
});

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

let databases = 0;

async function createStore() {
  const name = `plumbline_test_${process.pid}_${databases++}`;
  await asAdmin(`CREATE DATABASE ${name}`);
  const url = new URL(adminUrl.replace('@/', '@localhost/'));
  url.pathname = `/${name}`;
  const options: RecordsOptions = {
    kind: 'postgres',
    url: adminUrl.includes('@/') ? url.href.replace('@localhost/', '@/') : url.href,
  };
  return { options, remove: () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`) };
}

type Column = { table: string; column: string; type: string; needed: number };

const TYPES: Readonly<Record<string, string>> = { bigint: 'integer', bytea: 'blob' };

const wordsOf = ({ table, column, type, needed }: Column): string => {
  const name = type.toLowerCase();
  return `${table}.${column} ${TYPES[name] ?? name} ${needed === 1 ? 'needed' : 'optional'}`;
};

describe.skipIf(reason !== undefined)('with a server', () => {
  describeRecords('PostgreSQL', { createStore });

  test('every migration runs, and leaves the columns it leaves in SQLite', async () => {
    const store = await createStore();
    const records = await openRecords(deps, store.options);
    const beside = await mkdtemp(join(tmpdir(), 'plumbline-columns-'));
    const other = await openRecords(deps, { kind: 'sqlite', path: join(beside, 'r.sqlite') });
    const run = await sql<{ name: string }>`
      SELECT name FROM kysely_migration ORDER BY name`.execute(records.db);
    expect(run.rows.map(({ name }) => name)).toEqual(Object.keys(migrationsFor('postgres')));
    const columns = await sql<Column>`
      SELECT table_name AS "table", column_name AS "column", data_type AS type,
        CASE is_nullable WHEN 'YES' THEN 0 ELSE 1 END AS needed
      FROM information_schema.columns WHERE table_schema = 'public'`.execute(records.db);
    const others = await sql<Column>`
      SELECT t.name AS "table", c.name AS "column", c.type AS type, (c."notnull" OR c.pk > 0) AS needed
      FROM sqlite_schema t JOIN pragma_table_info(t.name) c
      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`.execute(other.db);
    const ours = ({ table }: Column) => !table.startsWith('kysely_');
    const those = columns.rows.filter(ours).map(wordsOf).sort();
    expect(those).toEqual(others.rows.filter(ours).map(wordsOf).sort());
    expect(those.length).toBeGreaterThan(200);
    await other.close();
    await records.close();
    await store.remove();
    await rm(beside, { recursive: true });
  }, 60_000);

  test('a server that ends is unavailable for a while, and is used again when it is back', async (context) => {
    if (!server) return context.skip('the server at PLUMBLINE_POSTGRES_URL is not ours to stop');
    const store = await createStore();
    const records = await openRecords(deps, store.options);
    const count = () => records.db.selectFrom('cursor').selectAll().execute();
    expect(await count()).toEqual([]);
    await server.kill();
    await expect(count()).rejects.toMatchObject({ code: 'records-unavailable', retry: 'backoff' });
    await expect(records.transaction(() => count())).rejects.toMatchObject({
      code: 'records-unavailable',
    });
    await server.start();
    expect(await count()).toEqual([]);
    await records.close();
    await store.remove();
  }, 60_000);
});

test('no server at the address is unavailable, to be tried again', async () => {
  const options = { kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' } as const;
  await expect(openRecords(deps, options)).rejects.toMatchObject({
    code: 'records-unavailable',
    retry: 'backoff',
  });
});
