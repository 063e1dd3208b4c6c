import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { deps, describeRecords } from './records.contract.ts';
import { openRecords } from './records.ts';

const createStore = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-records-'));
  return {
    options: { kind: 'sqlite', path: join(folder, 'records.sqlite') } as const,
    remove: () => rm(folder, { recursive: true }),
  };
};

describeRecords('SQLite', { createStore });

test.each([
  ['a folder', (path: string) => mkdirSync(path)],
  [
    'not a database',
    (path: string) => writeFileSync(path, 'plain text, long enough to be read '.repeat(99)),
  ],
])('a file that is %s is refused as unavailable, for good', async (_name, make) => {
  const store = await createStore();
  make(store.options.path);
  await expect(openRecords(deps, store.options)).rejects.toMatchObject({
    name: 'OperatingError',
    code: 'records-unavailable',
    retry: 'never',
  });
  await store.remove();
});

test('is durable: every commit is synchronous', async () => {
  const store = await createStore();
  const records = await openRecords(deps, store.options);
  const { rows } = await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(records.db);
  expect(rows[0]?.synchronous).toBe(2);
  await records.close();
  await store.remove();
});
