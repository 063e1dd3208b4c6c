// Nothing is kept that is not declared: every table, topic, file of a running installation is in the list.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { TOPICS } from '../../ingest/log.ts';
import { DECLARED, declaredIn } from '../../security/retention/declaration.ts';
import { migrationFiles } from '../../warehouse/migrate.ts';
import { openRecords } from '../../warehouse/records.ts';

const camel = (name: string) =>
  name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

const declaredNames = (store: Parameters<typeof declaredIn>[0]) =>
  new Set(declaredIn(store).map(({ name }) => name));

test('every table of the records, with the columns it is deleted by', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-declared-'));
  const records = await openRecords(
    { logger: silentLogger, random: createRandom('declared') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  try {
    const { rows } = await sql<{ name: string; column: string }>`
      SELECT tables.name AS name, columns.name AS column
      FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
      WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
        AND tables.name NOT LIKE 'kysely_%'`.execute(records.db);
    const columns = Map.groupBy(rows, ({ name }) => camel(name));
    const declared = declaredNames('records');
    expect([...columns.keys()].filter((name) => !declared.has(name))).toEqual([]);
    const of = (name: string) => (columns.get(name) ?? []).map(({ column }) => camel(column));
    for (const { name, personal } of declaredIn('records')) {
      const named = [
        personal?.column,
        personal?.person?.column,
        personal?.follows?.column,
        ...(personal?.mentions ?? []),
        ...(personal?.pruned ?? []),
      ].filter((column) => column !== undefined);
      expect(of(name), name).toEqual(expect.arrayContaining(named));
    }
    // What has a column about a person says how a person's rows go.
    const silent = declaredIn('records').filter(
      ({ name, personal }) =>
        of(name).some((column) => column === 'subject' || column === 'alertId') &&
        personal?.person === undefined &&
        name !== 'retentionTask' &&
        // The trail may not be altered; docs/retention.md says so.
        name !== 'auditSubject',
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  } finally {
    await records.close();
    await rm(folder, { recursive: true });
  }
});

test('every table of the warehouse', () => {
  const made = migrationFiles()
    .flatMap(({ statements }) => statements)
    .flatMap(
      (statement) =>
        /CREATE (?:TABLE|MATERIALIZED VIEW) IF NOT EXISTS (\w+)/.exec(statement)?.[1] ?? [],
    );
  expect(made.length).toBeGreaterThan(5);
  const declared = declaredNames('warehouse');
  expect(made.filter((name) => !declared.has(name))).toEqual([]);
});

test('every topic of the log', () => {
  const declared = declaredNames('log');
  expect(TOPICS.filter((topic) => !declared.has(topic))).toEqual([]);
});

test('every place is named once, and what names persons has a period and a way to go', () => {
  const names = DECLARED.map(({ store, name }) => `${store}.${name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, holds, personal } of DECLARED) {
    expect(holds.zh, name).not.toBe('');
    if (personal) expect(personal.deleted.zh, name).not.toBe('');
  }
});
