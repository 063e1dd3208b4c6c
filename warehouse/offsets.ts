// How far each consumer of the log has come. Written in the transaction that holds what the records up to
// there led to, so that both survive a crash together or not at all.

import type { Topic } from '../ingest/log.ts';
import type { RecordsDb } from './records.ts';

export type OffsetKey = {
  readonly consumer: string;
  readonly topic: Topic;
  readonly partition: number;
};

/** The offset of the record to read next; 0 for a consumer that has not started. */
export async function nextOffset(db: RecordsDb, key: OffsetKey): Promise<number> {
  const row = await db
    .selectFrom('consumerOffset')
    .select('nextOffset')
    .where('consumer', '=', key.consumer)
    .where('topic', '=', key.topic)
    .where('partition', '=', key.partition)
    .executeTakeFirst();
  return row?.nextOffset ?? 0;
}

export async function setNextOffset(db: RecordsDb, key: OffsetKey, next: number): Promise<void> {
  await db
    .insertInto('consumerOffset')
    .values({ ...key, nextOffset: next })
    .onConflict((conflict) =>
      conflict.columns(['consumer', 'topic', 'partition']).doUpdateSet({ nextOffset: next }),
    )
    .execute();
}
