import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { startClickHouseStandIn, type ClickHouseStandIn } from '../sim/clickhouse-stand-in.ts';
import { CONTRACT_LIMITS, describeOlap } from './olap.contract.ts';
import { openOlap } from './olap.ts';

const given = process.env['PLUMBLINE_CLICKHOUSE_URL'];
if (!given) {
  process.stderr.write(
    'skipped: the warehouse on a ClickHouse server, because PLUMBLINE_CLICKHOUSE_URL is not set\n',
  );
}

const openAt = (url: string) =>
  openOlap(
    { logger: silentLogger },
    { kind: 'clickhouse', url, database: 'default', ...CONTRACT_LIMITS },
  );

describe.skipIf(!given)('with a server', () => {
  describeOlap('ClickHouse', () => openAt(given ?? ''));
});

describe('with chDB behind the HTTP interface', () => {
  let folder: string;
  let standIn: ClickHouseStandIn;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-clickhouse-'));
    standIn = await startClickHouseStandIn(folder);
  });
  afterAll(async () => {
    await standIn.stop();
    await rm(folder, { recursive: true });
  });
  describeOlap('the client', () => openAt(standIn.url));
});

test('no server at the address is unavailable, to be tried again', async () => {
  await expect(openAt('http://127.0.0.1:1')).rejects.toMatchObject({
    code: 'warehouse-unavailable',
    retry: 'backoff',
  });
});
