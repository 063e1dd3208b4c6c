// Requests of before there was one list of purposes: each says what it was for in the codes of now.

import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { FORMER_PURPOSES, PURPOSE_CODES } from '../../core/purposes.ts';
import { statementsFor } from './migrations.ts';

const FILE = '0022-purposes.sql';
const REVEALED_FOR = ['contact', 'document', 'handle-alert', 'own-request', 'verify-identity'];

test('a request of before says its purpose in the codes of now', () => {
  const db = new DatabaseSync(':memory:');
  const run = (file: string) => {
    const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    for (const statement of statementsFor('sqlite', source)) db.exec(statement);
  };
  const before = readdirSync(import.meta.dirname).filter(
    (file) => /^\d{4}-[^.]*\.sql$/.test(file) && file < FILE,
  );
  for (const file of before.toSorted()) run(file);
  const codes = [...REVEALED_FOR, ...PURPOSE_CODES];
  for (const code of codes) {
    db.prepare(
      `INSERT INTO vault_request (id, requested_by, region, subjects, fields, purpose, reason,
         requested_at_ms, state, until_ms)
       VALUES (?, 'ac_1', '511722', '[]', '[]', ?, 'said', 1, 'waiting', 2)`,
    ).run(code, code);
  }
  run(FILE);
  const now = new Map(
    db
      .prepare('SELECT id, purpose FROM vault_request')
      .all()
      .map(({ id, purpose }) => [id, purpose]),
  );
  for (const code of codes) {
    expect(now.get(code), code).toBe({ ...FORMER_PURPOSES, inspection: undefined }[code] ?? code);
  }
  db.close();
});
