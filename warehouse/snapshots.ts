// The state of a consumer as of an offset of its partition, in one row: state and offset cannot part.

import { assert } from '../core/errors.ts';
import type { EpochMs } from '../core/time.ts';
import type { RecordsDb } from './records.ts';

export type Snapshot = {
  readonly consumer: string;
  readonly partition: number;
  /** The first record the state does not contain. */
  readonly nextOffset: number;
  /** Name and version of the body's form. */
  readonly format: string;
  readonly body: Uint8Array;
  readonly savedAtMs: EpochMs;
};

/** Kept of each consumer and partition: the newest, and one for a program that reads an older form. */
export const SNAPSHOTS_KEPT = 2;

/** What one row takes; PostgreSQL's limit is 1 GB, and a larger state should be saved in parts. */
export const SNAPSHOT_BYTES_MAX = 512 * 1024 * 1024;

/** Saves a snapshot in place of one of the same offset and forgets all but the newest. */
export async function saveSnapshot(db: RecordsDb, snapshot: Snapshot): Promise<void> {
  const { consumer, partition, nextOffset, format, body, savedAtMs } = snapshot;
  assert(body.byteLength <= SNAPSHOT_BYTES_MAX, 'a snapshot fits into one row');
  await db
    .insertInto('snapshot')
    .values({ consumer, partition, nextOffset, format, body, savedAtMs })
    .onConflict((conflict) =>
      conflict
        .columns(['consumer', 'partition', 'nextOffset'])
        .doUpdateSet({ format, body, savedAtMs }),
    )
    .execute();
  const kept = await db
    .selectFrom('snapshot')
    .select('nextOffset')
    .where('consumer', '=', consumer)
    .where('partition', '=', partition)
    .orderBy('nextOffset', 'desc')
    .limit(SNAPSHOTS_KEPT)
    .execute();
  await db
    .deleteFrom('snapshot')
    .where('consumer', '=', consumer)
    .where('partition', '=', partition)
    .where('nextOffset', '<', kept.at(-1)?.nextOffset ?? 0)
    .execute();
}

/** The newest snapshot in a form the consumer knows. */
export async function loadLatestSnapshot(
  db: RecordsDb,
  wanted: { consumer: string; partition: number; format: string },
): Promise<Snapshot | undefined> {
  return db
    .selectFrom('snapshot')
    .selectAll()
    .where('consumer', '=', wanted.consumer)
    .where('partition', '=', wanted.partition)
    .where('format', '=', wanted.format)
    .orderBy('nextOffset', 'desc')
    .limit(1)
    .executeTakeFirst();
}
