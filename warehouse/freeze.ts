// The warehouse for a backup, and from one: its parts never change, so holding on to them costs nothing, and
// they can be given to new tables. Only of chDB, whose files are at hand.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Olap } from './olap.ts';

export type FrozenTable = {
  readonly name: string;
  /** What makes it. */
  readonly sql: string;
  /** Folders of its parts, by the part's name; none for a view. */
  readonly parts: ReadonlyMap<string, string>;
};

const FREEZE = 'plumbline';

/**
 * Holds on to the parts of every table as they are now: the writer's notes first, so that rows are never
 * missing that are noted. Call `release` when they are copied.
 */
export async function freezeWarehouse(
  olap: Olap,
  folder: string,
): Promise<{ readonly tables: FrozenTable[]; release(): Promise<void> }> {
  const shadow = join(folder, 'engine', 'shadow', FREEZE);
  const found = await olap.rows<{ name: string; sql: string; paths: string[]; engine: string }>(
    `SELECT name, create_table_query AS sql, data_paths AS paths, engine FROM system.tables
     WHERE database = currentDatabase() AND name NOT LIKE 'forget_%' AND NOT startsWith(name, '.')
     ORDER BY engine = 'MaterializedView', name != 'writer_progress', name`,
  );
  const merging = found.filter(({ engine }) => engine.endsWith('MergeTree'));
  // What a crash left there.
  for (const { name } of merging) {
    await olap.run(`ALTER TABLE ${name} UNFREEZE WITH NAME '${FREEZE}'`);
  }
  rmSync(shadow, { recursive: true, force: true });
  for (const { name } of merging) {
    await olap.run(`ALTER TABLE ${name} FREEZE WITH NAME '${FREEZE}'`);
  }
  const tables = found.map(({ name, sql, paths, engine }): FrozenTable => {
    const parts = new Map<string, string>();
    const [path = ''] = engine.endsWith('MergeTree') ? paths : [];
    const [, store] = /(store\/[^/]+\/[^/]+)\/?$/.exec(path) ?? [];
    const frozen = store === undefined ? '' : join(shadow, store);
    if (frozen !== '' && existsSync(frozen)) {
      for (const part of readdirSync(frozen)) parts.set(part, join(frozen, part));
    }
    return { name, sql, parts };
  });
  return {
    tables,
    async release() {
      for (const { name } of merging) {
        await olap.run(`ALTER TABLE ${name} UNFREEZE WITH NAME '${FREEZE}'`);
      }
      rmSync(shadow, { recursive: true, force: true });
    },
  };
}

/** Makes the tables in an empty warehouse and gives them their parts, which lie in `parts/table/part`. */
export async function thawWarehouse(
  olap: Olap,
  tables: readonly { readonly name: string; readonly sql: string }[],
  parts: string,
): Promise<void> {
  for (const { sql } of tables) await olap.run(sql);
  for (const { name } of tables) {
    const from = join(parts, name);
    if (!existsSync(from)) continue;
    const [table] = await olap.rows<{ paths: string[] }>(
      `SELECT data_paths AS paths FROM system.tables
       WHERE database = currentDatabase() AND name = {name:String}`,
      { name },
    );
    const detached = join(table?.paths[0] ?? '', 'detached');
    mkdirSync(detached, { recursive: true });
    for (const part of readdirSync(from)) {
      cpSync(join(from, part), join(detached, part), { recursive: true });
      await olap.run(`ALTER TABLE ${name} ATTACH PART '${part}'`);
    }
  }
}

/** Rows of every table that holds some. */
export async function countRows(
  olap: Olap,
  names: readonly string[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const [row] = await olap.rows<{ rows: number }>(`SELECT count() AS rows FROM ${name}`);
    counts[`warehouse.${name}`] = row?.rows ?? 0;
  }
  return counts;
}
