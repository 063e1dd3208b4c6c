// Photos in the records, where they are saved, backed up and deleted with everything else. Their bytes are read
// one by one and never with a list.

import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertPhotoTable } from '../../warehouse/records-tasks.ts';

const LISTED = [
  'id',
  'contentHash',
  'mediaType',
  'byteCount',
  'width',
  'height',
  'uploadedBy',
  'uploadedAtMs',
  'feedbackId',
] as const;

export type ListedPhoto = Pick<AlertPhotoTable, (typeof LISTED)[number]>;

/** What there is of an alert, the oldest first, without the pictures themselves. */
export const listPhotos = (
  db: RecordsDb | RecordsTransaction,
  alertId: string,
): Promise<ListedPhoto[]> =>
  db
    .selectFrom('alertPhoto')
    .select(LISTED)
    .where('alertId', '=', alertId)
    .orderBy('uploadedAtMs')
    .orderBy('id')
    .execute();

/** Photos nobody gave feedback with are no evidence and go after a day. */
export const LOOSE_PHOTO_MS = 24 * 3_600_000;

/** Deletes what was uploaded and never used; gives how many. */
export async function dropLoosePhotos(trx: RecordsTransaction, nowAtMs: EpochMs): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('alertPhoto')
    .where('feedbackId', 'is', null)
    .where('uploadedAtMs', '<=', epochMs(nowAtMs - LOOSE_PHOTO_MS))
    .executeTakeFirst();
  return Number(numDeletedRows);
}
