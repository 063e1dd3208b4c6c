import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  findPostgres,
  startPostgresServer,
  type PostgresServer,
} from '../../sim/postgres-server.ts';
import { describeTrail } from './trail.contract.ts';

const found = findPostgres();
if (!found.available) {
  process.stderr.write(`skipped: the audit trail on PostgreSQL, because ${found.reason}\n`);
}

let folder: string;
let server: PostgresServer;
let databases = 0;

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

async function createOptions() {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const name = `plumbline_audit_${databases++}`;
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(server.url.replace('@/', '@localhost/'));
  url.pathname = `/${name}`;
  const given = server.url.includes('@/') ? url.href.replace('@localhost/', '@/') : url.href;
  return { kind: 'postgres', url: given } as const;
}

describe.skipIf(!found.available)('with a server', () => {
  describeTrail('PostgreSQL', createOptions);
});
