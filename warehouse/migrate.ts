// Brings the warehouse's tables up to date from the numbered SQL files in schema/. A file that has been
// released is never edited: a later one changes what it made. DDL has no transactions here, so every
// statement can be run again and a file counts as done only when its last statement is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../core/logger.ts';
import type { Clock } from '../core/time.ts';
import type { Olap } from './olap.ts';
import { splitStatements } from './sql-statements.ts';

const SCHEMA_FOLDER = join(import.meta.dirname, 'schema');

/** Runs the migrations that have not been run; gives their names. */
export async function migrateWarehouse(
  deps: { clock: Clock; logger: Logger },
  olap: Olap,
): Promise<string[]> {
  await olap.run(`CREATE TABLE IF NOT EXISTS schema_migration
    (name String, applied_at_ms Int64) ENGINE = MergeTree ORDER BY name
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  const done = new Set(
    (await olap.rows<{ name: string }>('SELECT name FROM schema_migration')).map(
      ({ name }) => name,
    ),
  );
  const pending = migrationFiles().filter(({ name }) => !done.has(name));
  for (const { name, statements } of pending) {
    for (const statement of statements) await olap.run(statement);
    await olap.run('INSERT INTO schema_migration VALUES ({name:String}, {atMs:Int64})', {
      name,
      atMs: deps.clock.now(),
    });
    deps.logger.info('warehouse.migrated', { migration: name });
  }
  return pending.map(({ name }) => name);
}

/** The migrations in the order they are run. */
export function migrationFiles(): { name: string; statements: string[] }[] {
  const files = readdirSync(SCHEMA_FOLDER).filter((file) => /^\d{4}-.*\.sql$/.test(file));
  return files.sort().map((file) => ({
    name: file.slice(0, -'.sql'.length),
    statements: splitStatements(readFileSync(join(SCHEMA_FOLDER, file), 'utf8')),
  }));
}
