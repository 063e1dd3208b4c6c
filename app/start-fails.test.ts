// A product that cannot start says so and ends: what it had begun by then must not go on.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { ioClock, sleep, systemClock } from '../core/time.ts';
import { followLog } from '../ingest/follow.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { configSchema } from './config.ts';
import { startProduct } from './wire.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['leakedPasswordsFile', { leakedPasswordsFile: '/nowhere/list.txt' }],
  ['proxySecretFile', { certificates: { proxySecretFile: '/nowhere/secret' } }],
])('a file of %s that is not there is said, and nothing is left running', async (name, access) => {
  const config = configSchema.parse({
    dataFolder: join(folder, name),
    logLevel: 'silent',
    warehouse: { kind: 'none' },
    http: { port: 0 },
    access,
  });
  await expect(startProduct(config, { clock: systemClock })).rejects.toMatchObject({
    code: 'bad-configuration',
    detail: expect.stringContaining('/nowhere/'),
  });
  // Whoever spun on the closed log would keep every timer from being heard.
  await sleep(ioClock, 20);
});

test('whoever still follows a closed log holds up nobody', async () => {
  const log = openEmbeddedLog(
    { clock: systemClock },
    { path: join(folder, 'log.sqlite'), partitions: 1 },
  );
  const stopping = new AbortController();
  const following = followLog(
    { log, logger: silentLogger },
    { topic: 'observations', partition: 0, fromOffset: 0 },
    () => undefined,
    stopping.signal,
  );
  await log.close();
  await sleep(ioClock, 20);
  stopping.abort();
  await following;
});
