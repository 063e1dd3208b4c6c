import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { restorePostgres } from './postgres-dump.ts';

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

/** A program that writes down how it was started, and what lies in the file it was given. */
function put(name: string): void {
  const at = join(folder, name);
  const told = join(folder, 'told');
  const script = [
    '#!/bin/sh',
    `printf '%s\\n' "$*" > '${told}'`,
    `file=$(printf '%s' "$1" | /bin/sed 's/.*passfile=//; s/%2F/\\//g')`,
    `/bin/cat "$file" >> '${told}'`,
    `/bin/ls -l "$file" >> '${told}'`,
  ];
  writeFileSync(at, `${script.join('\n')}\n`);
  chmodSync(at, 0o755);
}

// pg_dump, which a snapshot of the server belongs to, is started for real in postgres-drill.test.ts.
test('pg_restore is given the password by a file of ours, in no list of processes', async () => {
  put('pg_restore');
  await restorePostgres(URL_WITH_SECRET, join(folder, 'dump'));
  const [args = '', password, rights] = readFileSync(join(folder, 'told'), 'utf8').split('\n');
  expect(args).toContain('postgres://plumb@127.0.0.1:5432/records');
  expect(args).not.toMatch(/secret/);
  expect(password).toBe('*:*:*:*:a secret/word');
  expect(rights).toMatch(/^-rw------- /);
  const file = decodeURIComponent(/passfile=(\S+)/.exec(args)?.[1] ?? '');
  expect(existsSync(file)).toBe(false);
});

test('a program that is not installed is said so', async () => {
  await expect(restorePostgres(URL_WITH_SECRET, join(folder, 'dump'))).rejects.toThrow(
    'this machine has no pg_restore',
  );
});
