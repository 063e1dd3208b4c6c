// The drill with the records on a PostgreSQL server: backed up while others write, the database lost, brought
// back into an empty one; every row, the audit chain and what the next backup builds on as they were.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock } from '../../core/time.ts';
import {
  findPostgres,
  startPostgresServer,
  type PostgresServer,
} from '../../sim/postgres-server.ts';
import { sealBatch } from '../../security/audit/seal.ts';
import { createKeyPair, createSigner } from '../../security/audit/signer.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { verifyStore } from '../../security/audit/verify-store.ts';
import { saveOrderFacts } from '../../warehouse/order-store.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { restoreBackup } from './restore.ts';
import { splitPassword } from './postgres-dump.ts';
import { takeBackup, type BackupSource } from './take-backup.ts';

test.each([
  ['postgres://plumb:se%3Acret@db:5432/plumbline', 'postgres://plumb@db:5432/plumbline', 'se:cret'],
  ['postgres://plumb@db/plumbline', 'postgres://plumb@db/plumbline', undefined],
  ['postgresql:///plumbline?host=/run/pg', 'postgresql:///plumbline?host=/run/pg', undefined],
  ['postgres://plumb:@/plumbline?host=/run', 'postgres://plumb@/plumbline?host=/run', ''],
])('the password of %s is told apart', (url, plain, password) => {
  expect(splitPassword(url)).toEqual({ plain, password });
});

const found = findPostgres();
if (!found.available) {
  process.stderr.write(`skipped: a backup of PostgreSQL, because ${found.reason}\n`);
}

const START_MS = Date.UTC(2026, 10, 27, 4);
const deps = { logger: silentLogger, random: createRandom('drill') };
const clock = createManualClock(START_MS);

describe.skipIf(!found.available)('with a server', () => {
  let folder: string;
  let work: string;
  let server: PostgresServer;
  let records: Records | undefined;

  beforeAll(async () => {
    if (!found.available) return;
    folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
    work = mkdtempSync(join(tmpdir(), 'plumbline-drill-'));
    const settings = { fsync: 'off', max_connections: '20' };
    server = await startPostgresServer({ programs: found.programs, folder, settings });
  }, 60_000);

  afterAll(async () => {
    await records?.close();
    await server?.stop();
    for (const path of [folder, work]) if (path) await rm(path, { recursive: true });
  });

  /** The address of another database of the server. */
  const addressOf = (database: string) => server.url.replace('@/plumbline', `@/${database}`);

  const asAdmin = async (statement: string) => {
    const client = new pg.Client({ connectionString: addressOf('postgres') });
    await client.connect();
    await client.query(statement);
    await client.end();
  };

  const rowsOf = async ({ db }: Records) => {
    const { rows: tables } = await sql<{ name: string }>`
      SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY name`.execute(
      db,
    );
    const all: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await sql`SELECT * FROM ${sql.table(name)}`.execute(db);
      all[name] = rows.map((row) => JSON.stringify(row)).toSorted();
    }
    return all;
  };

  const entryAt = (index: number) => ({
    atMs: clock.now(),
    actor: `ac_${index}`,
    action: 'alert.look',
    outcome: 'done' as const,
    subjects: [],
    purpose: 'alert-handling',
    reason: null,
    detail: { index },
  });

  test('backed up while others write, lost, restored: every row and the audit chain', async () => {
    const dataFolder = join(work, 'data');
    mkdirSync(dataFolder);
    writeFileSync(join(dataFolder, 'secret.key'), 'ab'.repeat(32), { mode: 0o600 });
    writeFileSync(join(work, 'key'), 'sixteen letters or more of a passphrase');
    const settings = {
      folder: join(work, 'kept'),
      keyFile: join(work, 'key'),
      fullEvery: 7 * 86_400_000,
      keep: 30 * 86_400_000,
    };
    const source: BackupSource = {
      dataFolder,
      records: { kind: 'postgres', url: server.url },
      log: { kind: 'kafka' },
      olap: null,
      indices: null,
    };
    records = await openRecords(deps, { kind: 'postgres', url: server.url });
    const trail = createAuditTrail({ records });
    await saveOrderFacts(records.db, [
      orderFact('cc-000001', { atMs: START_MS }),
      orderFact('cc-000002', { atMs: START_MS }),
    ]);
    for (let index = 0; index < 40; index++) await trail.note(entryAt(index));
    await sealBatch({ records, engine: 'postgres', clock, hashing: 'sha256' });
    const full = await takeBackup({ clock, logger: silentLogger }, source, settings);
    expect(full.counts['records.supervision_order']).toBe(2);
    expect(full.auditRoot).toMatch(/^\d+:/);

    await saveOrderFacts(records.db, [orderFact('cc-000003', { atMs: START_MS })]);
    await sealBatch({ records, engine: 'postgres', clock, hashing: 'sha256' });
    const before = await rowsOf(records);
    // What is told while the copy is made is not in it, and does no harm to it.
    const [incremental] = await Promise.all([
      takeBackup({ clock, logger: silentLogger }, source, settings),
      ...[100, 101, 102].map(async (index) => trail.note(entryAt(index))),
    ]);
    expect(incremental.kind).toBe('incremental');

    // The server and the data folder are lost.
    await records.close();
    records = undefined;
    await asAdmin('DROP DATABASE plumbline');
    rmSync(dataFolder, { recursive: true });
    await asAdmin('CREATE DATABASE restored');
    const to = {
      dataFolder,
      records: { kind: 'postgres' as const, url: addressOf('restored') },
    };
    const from = { folder: settings.folder, keyFile: settings.keyFile };
    expect((await restoreBackup({ logger: silentLogger }, from, to)).id).toBe(incremental.id);
    expect(readFileSync(join(dataFolder, 'secret.key'), 'utf8')).toBe('ab'.repeat(32));

    records = await openRecords(deps, { kind: 'postgres', url: addressOf('restored') });
    const after = await rowsOf(records);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, rows] of Object.entries(before)) {
      // What was told meanwhile may be in the copy as far as it came before its moment.
      if (name === 'audit_pending') expect(after[name]).toEqual(expect.arrayContaining(rows));
      else expect(after[name], name).toEqual(rows);
    }
    // The trail goes on where it was, its numbers as well.
    await createAuditTrail({ records }).note(entryAt(200));
    await sealBatch({ records, engine: 'postgres', clock, hashing: 'sha256' });
    const key = createSigner(createKeyPair('ed25519'));
    const { size, findings } = await verifyStore({ db: records.db, hashing: 'sha256', key });
    expect(findings).toEqual([]);
    expect(size).toBeGreaterThanOrEqual(41);

    // Never over what is there: neither a database with tables nor a folder in use.
    const other = join(work, 'other');
    const over = { dataFolder: other, records: to.records };
    await expect(restoreBackup({ logger: silentLogger }, from, over)).rejects.toMatchObject({
      code: 'records-unavailable',
    });
    expect(await rowsOf(records)).toMatchObject({ supervision_order: after['supervision_order'] });
    await expect(restoreBackup({ logger: silentLogger }, from, to)).rejects.toMatchObject({
      code: 'conflict',
    });
  }, 120_000);
});
