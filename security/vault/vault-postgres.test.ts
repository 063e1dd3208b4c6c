import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import {
  findPostgres,
  startPostgresServer,
  type PostgresServer,
} from '../../sim/postgres-server.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import type { VaultTables } from '../../warehouse/records-vault.ts';
import { describeVault } from './vault.contract.ts';

const found = findPostgres();
if (!found.available) {
  process.stderr.write(`skipped: the vault on PostgreSQL, because ${found.reason}\n`);
}

let folder: string;
let server: PostgresServer | undefined;
let records: Records;

beforeAll(async () => {
  if (!found.available) return;
  folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  // The tests kill no machine: commits need not wait for the disk.
  const settings = { fsync: 'off', max_connections: '60' };
  server = await startPostgresServer({ programs: found.programs, folder, settings });
  const deps = { logger: silentLogger, random: createRandom('records') };
  records = await openRecords(deps, { kind: 'postgres', url: server.url });
}, 60_000);

afterAll(async () => {
  await records?.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true });
});

const TABLES: readonly (keyof VaultTables | 'supervisionOrder')[] = [
  'vaultKey',
  'vaultPerson',
  'vaultValue',
  'vaultIndex',
  'vaultLook',
  'vaultRequest',
  'supervisionOrder',
];

describe.skipIf(!found.available)('with a server', () => {
  describeVault('PostgreSQL', async (run) => {
    for (const table of TABLES)
      await sql`delete from ${sql.table(snake(table))}`.execute(records.db);
    await run(records);
  });
});

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
