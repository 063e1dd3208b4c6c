import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKeptProcess } from './kept-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-kept-'));
});
afterAll(() => rm(folder, { recursive: true }));

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('tells how a program ended and keeps what it printed', async () => {
  const logPath = join(folder, 'printed.log');
  const program = await startKeptProcess(['sh', '-c', 'echo out; echo err >&2; exit 7'], logPath);
  expect(await program.ended).toBe(7);
  expect(program.isRunning()).toBe(false);
  expect(await readFile(logPath, 'utf8')).toBe('out\nerr\n');
  program.signal('SIGKILL');
});

test('a signal reaches the program itself', async () => {
  const logPath = join(folder, 'signal.log');
  const waiting = 'trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.05; done';
  const program = await startKeptProcess(['sh', '-c', waiting], logPath);
  await expect.poll(() => readFile(logPath, 'utf8')).toBe('ready\n');
  program.signal('SIGTERM');
  expect(await program.ended).toBe(3);
  expect(await readFile(logPath, 'utf8')).toBe('ready\nbye\n');
});

test('killed without warning, the parent takes the program with it', async () => {
  const logPath = join(folder, 'orphan.log');
  const parentPath = join(folder, 'parent.ts');
  const module = fileURLToPath(new URL('kept-process.ts', import.meta.url));
  await writeFile(
    parentPath,
    `import { startKeptProcess } from ${JSON.stringify(module)};
    await startKeptProcess(['sh', '-c', 'echo $$; exec sleep 60'], ${JSON.stringify(logPath)});
    process.send?.('started');`,
  );
  const parent = fork(parentPath);
  await once(parent, 'message');
  await expect.poll(() => readFile(logPath, 'utf8')).toMatch(/^\d+\n$/);
  const pid = Number(await readFile(logPath, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
});
