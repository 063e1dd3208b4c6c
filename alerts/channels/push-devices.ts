// The browsers officers want to be pushed to, in the records: one row for each browser, whoever signed in to
// it last.

import { contentId } from '../../core/ids.ts';
import type { Language } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { PushSubscriptionTable } from '../../warehouse/records-schema.ts';

export type PushDevice = Pick<
  PushSubscriptionTable,
  'id' | 'endpoint' | 'p256dh' | 'auth' | 'language'
>;

/** Of one officer; the oldest is forgotten for one more. */
export const DEVICES_MAX = 10;

export async function saveDevice(
  { clock }: { clock: Clock },
  db: RecordsDb,
  given: {
    officerId: string;
    endpoint: string;
    p256dh: string;
    auth: string;
    device: string;
    language: Language;
  },
): Promise<void> {
  const row = { ...given, id: contentId('pd', [given.endpoint]), createdAtMs: clock.now() };
  const { id: _id, ...change } = row;
  await db
    .insertInto('pushSubscription')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
    .execute();
  const all = await db
    .selectFrom('pushSubscription')
    .select('id')
    .where('officerId', '=', given.officerId)
    .orderBy('createdAtMs', 'desc')
    .orderBy('id')
    .execute();
  for (const { id } of all.slice(DEVICES_MAX)) await forgetDevice(db, id);
}

/** The newest first. */
export const devicesOf = (db: RecordsDb, officerId: string): Promise<PushDevice[]> =>
  db
    .selectFrom('pushSubscription')
    .select(['id', 'endpoint', 'p256dh', 'auth', 'language'])
    .where('officerId', '=', officerId)
    .orderBy('createdAtMs', 'desc')
    .orderBy('id')
    .execute();

export async function forgetDevice(db: RecordsDb, id: string): Promise<void> {
  await db.deleteFrom('pushSubscription').where('id', '=', id).execute();
}

/** What an officer switches off themselves: only their own. */
export async function removeDevice(
  db: RecordsDb,
  { officerId, endpoint }: { officerId: string; endpoint: string },
): Promise<void> {
  await db
    .deleteFrom('pushSubscription')
    .where('id', '=', contentId('pd', [endpoint]))
    .where('officerId', '=', officerId)
    .execute();
}
