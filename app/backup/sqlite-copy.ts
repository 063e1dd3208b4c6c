// A SQLite file as it is at one moment, page for page, while others write to it; and what it holds.

import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

const LOCK_MS_MAX = 5_000;
/** Pages copied before other work gets its turn. */
const PAGES_PER_STEP = 1_000;

/** Copies the file. The moment is that of the call: what is written meanwhile is not in the copy. */
export async function copySqlite(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  const source = new DatabaseSync(from, { timeout: LOCK_MS_MAX });
  try {
    // A reading transaction holds the moment fast; without it every write would begin the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await backup(source, to, { rate: PAGES_PER_STEP });
    source.exec('ROLLBACK');
  } finally {
    source.close();
  }
}

/** Rows of every table; of a log, which may be large, where each of its topics begins and ends. */
export function countSqlite(path: string, store: 'records' | 'log'): Record<string, number> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database
      .prepare(
        `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
      )
      .all() as { name: string }[];
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      if (store === 'records') {
        const row = database.prepare(`SELECT count(*) AS count FROM "${name}"`).get();
        counts[`records.${name}`] = Number((row as { count: number }).count);
        continue;
      }
      if (name === 'shape') continue;
      const first = database.prepare(`SELECT min(id) AS id FROM "${name}"`).get();
      counts[`log.${name}.start`] = Number((first as { id: number | null }).id ?? 0);
      const end = database.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(name);
      counts[`log.${name}.end`] = Number((end as { seq: number } | undefined)?.seq ?? 0);
    }
    return counts;
  } finally {
    database.close();
  }
}

/** Place and hash of the newest entry of the audit trail; null while there is no trail. */
export function auditRootOf(path: string): string | null {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const table = database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'audit_record'`)
      .get();
    if (!table) return null;
    const row = database
      .prepare('SELECT position, hash FROM audit_record ORDER BY position DESC LIMIT 1')
      .get() as { position: number; hash: string } | undefined;
    return row ? `${row.position}:${row.hash}` : 'empty';
  } finally {
    database.close();
  }
}

/** True when the pages of the file hang together. */
export function isSound(path: string): boolean {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const row = database.prepare('PRAGMA quick_check').get() as { quick_check: string };
    return row.quick_check === 'ok';
  } finally {
    database.close();
  }
}
