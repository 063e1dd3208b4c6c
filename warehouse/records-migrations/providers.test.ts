// Records of before there were lists of providers: notices get the level of their alert, and what was sent
// counts as handed over once.

import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { expect, test } from 'vitest';
import { statementsFor } from './migrations.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.sql'));

function run(db: DatabaseSync, file: string): void {
  const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
  for (const statement of statementsFor('sqlite', source)) db.exec(statement);
}

/** Adds a row; what must be there and is not given is 0 or empty. */
function add(db: DatabaseSync, table: string, row: Record<string, SQLInputValue>): void {
  const columns = db.prepare(`PRAGMA table_info(${table})`).all() as {
    name: string;
    type: string;
    notnull: number;
    dflt_value: unknown;
  }[];
  const filled = columns
    .filter(
      ({ name, notnull, dflt_value }) => name in row || (notnull === 1 && dflt_value === null),
    )
    .map(
      ({ name, type }) => [name, row[name] ?? (type.toLowerCase() === 'text' ? '' : 0)] as const,
    );
  const names = filled.map(([name]) => name).join(', ');
  const marks = filled.map(() => '?').join(', ');
  db.prepare(`INSERT INTO ${table} (${names}) VALUES (${marks})`).run(
    ...filled.map(([, value]) => value),
  );
}

test('notices of before take the level of their alert, and go on where they were', () => {
  const db = new DatabaseSync(':memory:');
  const before = files.filter((file) => file < '0012').toSorted();
  for (const file of before) run(db, file);
  add(db, 'alert', { id: 'al_1', level: 1 });
  add(db, 'alert', { id: 'al_3', level: 3 });
  add(db, 'outbox', {
    id: 'nt_1',
    alert_id: 'al_1',
    state: 'sent',
    sent_at_ms: 7,
    provider: 'phone',
  });
  add(db, 'outbox', { id: 'nt_2', alert_id: 'al_3', state: 'waiting' });
  run(db, '0012-providers.sql');
  const rows = db
    .prepare('SELECT id, level, hand_overs, handed_over_at_ms, provider FROM outbox ORDER BY id')
    .all()
    .map((row) => Object.values(row));
  expect(rows).toEqual([
    ['nt_1', 1, 1, 7, 'phone'],
    ['nt_2', 3, 0, null, null],
  ]);
  db.close();
});
