// How much the gate of ingest refused, by hour, feed and reason. Counted in the transaction that notes how
// far the log was read, so that no arrival is counted twice.

import { sql } from 'kysely';
import type { EpochMs } from '../core/time.ts';
import type { RecordsDb } from './records.ts';
import type { RefusalHourTable } from './records-basis.ts';

export type Refusals = Readonly<RefusalHourTable>;

/** Adds to the counts; `list` may name an hour, feed and reason more than once. */
export async function addRefusals(db: RecordsDb, list: readonly Refusals[]): Promise<void> {
  const sums = new Map<string, Refusals>();
  for (const one of list) {
    const key = `${one.hourMs} ${one.source} ${one.reason}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  for (const row of sums.values()) {
    await db
      .insertInto('refusalHour')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['hourMs', 'source', 'reason'])
          .doUpdateSet({ count: sql<number>`refusal_hour.count + excluded.count` }),
      )
      .execute();
  }
}

/** The counts from an hour on, the newest first. */
export async function readRefusals(db: RecordsDb, sinceMs: EpochMs): Promise<Refusals[]> {
  const rows = await db
    .selectFrom('refusalHour')
    .selectAll()
    .where('hourMs', '>=', sinceMs)
    .orderBy('hourMs', 'desc')
    .orderBy('source')
    .orderBy('reason')
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
