// The process a backtest runs in, when something is wrong with it or with the product that started it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Logger } from '../../core/logger.ts';
import { configSchema } from '../config.ts';
import { runInProcess } from './run-process.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-run-process-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('one that cannot do its work ends as failed, and the log says why', async () => {
  const said: string[] = [];
  const note = (event: string, fields?: object) =>
    void said.push(`${event} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const config = configSchema.parse({ dataFolder: folder });
  const { ended } = runInProcess({ config, logger })(join(folder, 'nothing'), () => {});
  expect(await ended).toMatchObject({ kind: 'failed', failure: { code: 'internal' } });
  expect(said.join('\n')).toMatch(/^backtest\.ended .*ENOENT.*job\.json/);
}, 60_000);

test('one whose product is gone ends by itself', async () => {
  const path = fileURLToPath(new URL('backtest-process.ts', import.meta.url));
  const child = fork(path, [], { execArgv: [], stdio: 'ignore' });
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([1, null]);
}, 60_000);
