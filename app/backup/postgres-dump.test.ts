import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dumpPostgres, restorePostgres } from './postgres-dump.ts';

const URL_WITH_SECRET = 'postgres://plumb:a%20secret%2Fword@127.0.0.1:5432/records';

let folder = '';
const path = process.env['PATH'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-dump-'));
  // Nothing but what the test puts there can be started.
  process.env['PATH'] = folder;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A program that writes down how it was started. */
function put(name: string): void {
  const at = join(folder, name);
  writeFileSync(at, `#!/bin/sh\nprintf '%s\\n' "$PGPASSWORD" "$*" > '${join(folder, 'told')}'\n`);
  chmodSync(at, 0o755);
}

test.each([
  ['pg_dump', () => dumpPostgres(URL_WITH_SECRET, join(folder, 'out', 'dump'))],
  ['pg_restore', () => restorePostgres(URL_WITH_SECRET, join(folder, 'dump'))],
] as const)(
  '%s is given the password by the environment, in no list of processes',
  async (name, run) => {
    put(name);
    await run();
    const [password, args] = readFileSync(join(folder, 'told'), 'utf8').split('\n');
    expect(password).toBe('a secret/word');
    expect(args).toContain('postgres://plumb@127.0.0.1:5432/records');
    expect(args).not.toMatch(/secret/);
  },
);

test('a program that is not installed is said so', async () => {
  await expect(dumpPostgres(URL_WITH_SECRET, join(folder, 'dump'))).rejects.toThrow(
    'this machine has no pg_dump',
  );
});
