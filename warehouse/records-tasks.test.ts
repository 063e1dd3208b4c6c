// Records of before there were tasks: what officers had found is kept, and is the first of what they find.

import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { afterEach, expect, test } from 'vitest';
import { migrationsFor } from './records-migrations/migrations.ts';
import { sqliteDialect } from './records-sqlite.ts';

let db: Kysely<unknown> | undefined;

afterEach(() => db?.destroy());

test('old feedback becomes the first row of the feedback of its alert', async () => {
  db = new Kysely<unknown>({ dialect: sqliteDialect(':memory:') });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrationsFor('sqlite')) },
  });
  const before = Object.keys(migrationsFor('sqlite')).findLast((name) => name < '0010');
  expect((await migrator.migrateTo(before as string)).error).toBeUndefined();
  const insert = (id: string, result: string | null, note: string | null) =>
    sql`INSERT INTO alert (id, rule_id, rule_version, level, subject, subject_class, region, title_zh,
        title_en, article, opened_at_ms, received_at_ms, recorded_at_ms, late, status, episode_id, repeats,
        evidence, measured, checked_leaves, feedback_result, feedback_note, feedback_at_ms, feedback_by)
      VALUES (${id}, 'r', '1@x', 2, 's', 'cc', '511722', '题', 't', 'a', 1, 1, 5, 0, 'acknowledged', 'e', 0,
        '[]', '{}', '[]', ${result}, ${note}, ${result === null ? null : 7}, ${result === null ? null : 'ac_li'})`;
  await insert('al_1', 'device-fault', '没电').execute(db);
  await insert('al_2', 'other', null).execute(db);
  await insert('al_3', null, null).execute(db);
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  const rows = await sql<object>`SELECT * FROM alert_feedback ORDER BY id`.execute(db);
  const common = {
    number: 1,
    measures: '',
    evidence: '[]',
    photos: '[]',
    at_ms: 7,
    given_by: 'ac_li',
  };
  expect(rows.rows).toEqual([
    { id: 'fb_al_1', alert_id: 'al_1', result: 'device-fault', note: '没电', ...common },
    { id: 'fb_al_2', alert_id: 'al_2', result: 'other', note: '', ...common },
  ]);
  const acts = await sql<object>`SELECT DISTINCT acts FROM alert`.execute(db);
  expect(acts.rows).toEqual([{ acts: 0 }]);
});
