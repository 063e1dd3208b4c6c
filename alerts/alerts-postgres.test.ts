import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { createRandom } from '../core/random.ts';
import { findPostgres, startPostgresServer, type PostgresServer } from '../sim/postgres-server.ts';
import { openRecords, type Records } from '../warehouse/records.ts';
import { describeAlerts, type AlertsHarness } from './alerts.contract.ts';
import { describeGroups } from './grouping/grouping.contract.ts';
import { describeProviders } from './providers/providers.contract.ts';
import { describeSms } from './sms.contract.ts';

const found = findPostgres();
if (!found.available) {
  process.stderr.write(`skipped: alerts on PostgreSQL, because ${found.reason}\n`);
}

let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  if (!found.available) return;
  folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  // The tests kill no machine: commits need not wait for the disk.
  const settings = { fsync: 'off', max_connections: '60' };
  server = await startPostgresServer({ programs: found.programs, folder, settings });
}, 60_000);

afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true });
});

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

let databases = 0;

describe.skipIf(!found.available)('with a server', () => {
  const postgres: AlertsHarness = {
    async createStore() {
      const name = `alerts_${databases++}`;
      await asAdmin(`CREATE DATABASE ${name}`);
      const url = server.url.replace(/@\/[^?]*/, `@/${name}`);
      const deps = { logger: silentLogger, random: createRandom('records') };
      const opened: Records[] = [];
      const another = async () => {
        const records = await openRecords(deps, { kind: 'postgres', url });
        opened.push(records);
        return records;
      };
      return {
        records: await another(),
        another,
        async remove() {
          for (const records of opened) await records.close();
          await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },
  };
  describeAlerts('PostgreSQL', postgres);
  describeProviders('PostgreSQL', postgres);
  describeGroups('PostgreSQL', postgres);
  describeSms('PostgreSQL', postgres);
});
