import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { CONTRACT_LIMITS, describeOlap } from './olap.contract.ts';
import { openOlap } from './olap.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-olap-'));
});

afterAll(() => rm(folder, { recursive: true }));

const open = () => openOlap({ logger: silentLogger }, { kind: 'chdb', folder, ...CONTRACT_LIMITS });

describeOlap('chDB', open);

test('leaves no file behind, of inserts that went well or ill or were cut off', async () => {
  const spool = join(folder, 'spool');
  expect(await readdir(spool)).toEqual([]);
  await writeFile(join(spool, '0.native'), 'left by a crash');
  const olap = await open();
  expect(await readdir(spool)).toEqual([]);
  await olap.close();
});

test('a second process is told that the folder is taken, and may have it afterwards', async () => {
  const program = fileURLToPath(new URL('olap-open.ts', import.meta.url));
  const openElsewhere = async () => {
    const child = fork(program, [folder], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const [answer] = (await once(child, 'message')) as [Record<string, unknown>];
    await once(child, 'exit');
    return answer;
  };
  const olap = await open();
  expect(await openElsewhere()).toMatchObject({
    name: 'UserError',
    code: 'conflict',
    says: { zh: '另一个进程正在使用此数据仓库', en: 'another process is using this warehouse' },
  });
  await olap.close();
  await expect(olap.rows('SELECT 1')).rejects.toMatchObject({ code: 'warehouse-unavailable' });
  expect(await openElsewhere()).toEqual({ rows: 6 });
  const again = await open();
  expect(await again.rows('SELECT count() AS n FROM kept')).toEqual([{ n: 6 }]);
  await again.close();
});

test('a folder that cannot be made is unavailable, for good', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(
    openOlap({ logger: silentLogger }, { kind: 'chdb', folder: join(file, 'below') }),
  ).rejects.toMatchObject({ code: 'warehouse-unavailable', retry: 'never' });
});
