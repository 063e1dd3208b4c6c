// Which subject a terminal, card or phone stands for. Only keyed hashes are kept: a phone number has too
// few digits for a plain hash to hide it. Ingest resolves through a directory held in memory.

import { createHmac } from 'node:crypto';
import { assert } from '../core/errors.ts';
import { subjectKey, type SubjectKey } from '../core/subject.ts';
import type { RecordsDb } from './records.ts';

/** `terminal:013800000001` stands for `subject`. */
export type Alias = { readonly alias: string; readonly subject: SubjectKey };

/** Resolves aliases without waiting; what ingest identifies arrivals with. */
export type AliasDirectory = {
  resolve(alias: string): SubjectKey | undefined;
  /** Saves the aliases, in place of what the same alias stood for, and resolves them from then on. */
  assign(aliases: readonly Alias[]): Promise<void>;
  readonly size: number;
};

/** Resolved aliases remembered in clear, in memory only, so that a hash is not made for each message. */
const REMEMBERED_MAX = 50_000;

/** Rows of one statement: SQLite binds at most 32,766 values. */
const ROWS_MAX = 1_000;

/** Loads the directory. `key` is the secret the hashes are made with; another key finds nothing. */
export async function loadAliasDirectory(db: RecordsDb, key: Uint8Array): Promise<AliasDirectory> {
  const subjects = new Map<string, SubjectKey>();
  for (const row of await db.selectFrom('alias').selectAll().execute()) {
    subjects.set(row.valueHash, row.subject);
  }
  const remembered = new Map<string, SubjectKey>();
  return {
    get size() {
      return subjects.size;
    },
    resolve(alias) {
      const known = remembered.get(alias);
      if (known !== undefined) return known;
      const subject = subjects.get(hashOf(key, alias));
      if (subject === undefined) return undefined;
      if (remembered.size >= REMEMBERED_MAX) remembered.clear();
      remembered.set(alias, subject);
      return subject;
    },
    async assign(aliases) {
      const rows = aliases.map(({ alias, subject }) => ({
        namespace: namespaceOf(alias),
        valueHash: hashOf(key, alias),
        subject: subjectKey(subject),
      }));
      for (let at = 0; at < rows.length; at += ROWS_MAX) {
        await db
          .insertInto('alias')
          .values(rows.slice(at, at + ROWS_MAX))
          .onConflict((conflict) =>
            conflict
              .columns(['namespace', 'valueHash'])
              .doUpdateSet((eb) => ({ subject: eb.ref('excluded.subject') })),
          )
          .execute();
      }
      for (const [index, { valueHash, subject }] of rows.entries()) {
        subjects.set(valueHash, subject);
        remembered.delete((aliases[index] as Alias).alias);
      }
    },
  };
}

/** HMAC-SHA-256 over the whole alias, so that one value in two namespaces gives two hashes. */
const hashOf = (key: Uint8Array, alias: string): string =>
  createHmac('sha256', key).update(alias).digest('base64url');

function namespaceOf(alias: string): string {
  const colon = alias.indexOf(':');
  assert(colon > 0, 'an alias reads namespace:value');
  return alias.slice(0, colon);
}
