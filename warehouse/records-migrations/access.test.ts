// Records of before there were three administrators: the one of then runs the system, and keeps its password and
// its session; who grants rights is somebody else.

import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { statementsFor } from './migrations.ts';

const FILE = '0018-access.sql';

test('an administrator of before is a system administrator, others stay what they are', () => {
  const db = new DatabaseSync(':memory:');
  const run = (file: string) => {
    const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    for (const statement of statementsFor('sqlite', source)) db.exec(statement);
  };
  const before = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith('.sql') && file < FILE,
  );
  for (const file of before.toSorted()) run(file);
  for (const [id, role] of [
    ['ac_1', 'administrator'],
    ['ac_2', 'county-officer'],
  ]) {
    db.exec(
      `INSERT INTO account (id, login, password_hash, display_zh, display_en, role, region, language)
       VALUES ('${id}', '${id}', 'hash of ${id}', '', '', '${role}', '511700', 'zh')`,
    );
  }
  db.exec("INSERT INTO session VALUES ('token', 'ac_1', 1, 2, 1)");
  run(FILE);
  expect(db.prepare('SELECT role, password_hash FROM account ORDER BY id').all()).toMatchObject([
    { role: 'system-administrator', password_hash: 'hash of ac_1' },
    { role: 'county-officer', password_hash: 'hash of ac_2' },
  ]);
  expect(db.prepare('SELECT account_id, proven_at_ms, factor FROM session').all()).toMatchObject([
    { account_id: 'ac_1', proven_at_ms: 0, factor: 'password' },
  ]);
  db.close();
});
