// Reads the numbered SQL files beside it. They are written once, in PostgreSQL's words; SQLite gets the
// same statements with its own type names, STRICT so that a wrong type is refused there too. A file that
// has been released is never edited: a later one changes what it made. What one engine alone understands,
// such as triggers, stands beside it in `NNNN-name.<engine>.sql`, its statements apart by a line of `;;`.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { RecordsEngine } from '../records.ts';
import { splitStatements } from '../sql-statements.ts';

const IN_SQLITE: readonly (readonly [RegExp, string])[] = [
  [/bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY/g, 'integer PRIMARY KEY AUTOINCREMENT'],
  [/\bbigint\b/g, 'integer'],
  [/\bbytea\b/g, 'blob'],
  [/^\);$/gm, ') STRICT;'],
];

/** The migrations for one engine by name; names sort in the order they are run. */
export function migrationsFor(engine: RecordsEngine): Record<string, Migration> {
  const files = readdirSync(import.meta.dirname).filter((file) => /^\d{4}-[^.]*\.sql$/.test(file));
  return Object.fromEntries(
    files.sort().map((file) => {
      const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
      const name = file.slice(0, -'.sql'.length);
      return [
        name,
        migrationOf([...statementsFor(engine, source), ...ownStatements(engine, name)]),
      ];
    }),
  );
}

/** The statements of a migration file in the words of `engine`. */
export function statementsFor(engine: RecordsEngine, source: string): string[] {
  const translated =
    engine === 'postgres'
      ? source
      : IN_SQLITE.reduce((text, [from, to]) => text.replaceAll(from, to), source);
  return splitStatements(translated);
}

/** What only this engine is told, if there is any. */
function ownStatements(engine: RecordsEngine, name: string): string[] {
  const path = `${import.meta.dirname}/${name}.${engine}.sql`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split(/^;;$/m)
    .map((statement) => statement.replaceAll(/^--.*\n/gm, '').trim())
    .filter((statement) => statement !== '');
}

const migrationOf = (statements: readonly string[]): Migration => ({
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});
