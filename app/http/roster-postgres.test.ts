import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import {
  findPostgres,
  startPostgresServer,
  type PostgresServer,
} from '../../sim/postgres-server.ts';
import { openRecords } from '../../warehouse/records.ts';
import { describeRosterRoutes } from './roster-routes.contract.ts';

const found = findPostgres();
if (!found.available) {
  process.stderr.write(`skipped: the roster on PostgreSQL, because ${found.reason}\n`);
}

let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  if (!found.available) return;
  folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  // The tests kill no machine: commits need not wait for the disk.
  server = await startPostgresServer({
    programs: found.programs,
    folder,
    settings: { fsync: 'off' },
  });
}, 60_000);

afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true });
});

describe.skipIf(!found.available)('with a server', () => {
  describeRosterRoutes('PostgreSQL', () =>
    openRecords(
      { logger: silentLogger, random: createRandom('records') },
      { kind: 'postgres', url: server.url },
    ),
  );
});
