// How far a poll of an outside source has come, in that source's own words.

import type { Clock } from '../core/time.ts';
import type { RecordsDb } from './records.ts';

/** The cursor saved last under `name`. */
export async function loadCursor(db: RecordsDb, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('cursor')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.value;
}

export async function saveCursor(
  deps: { clock: Clock },
  db: RecordsDb,
  { name, value }: { name: string; value: string },
): Promise<void> {
  const updatedAtMs = deps.clock.now();
  await db
    .insertInto('cursor')
    .values({ name, value, updatedAtMs })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value, updatedAtMs }))
    .execute();
}
