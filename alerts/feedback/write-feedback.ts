// What was found, written down: the code, the words, what was done, and what shows it. Every time it is written
// it is kept; the alert's own row has the last one, which is what counts.

import { CAUSES } from '../../core/alert-cause.ts';
import type { FeedbackResult } from '../../core/alert-event.ts';
import { UserError } from '../../core/errors.ts';
import { contentId } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import { z } from 'zod';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { AlertFeedbackTable } from '../../warehouse/records-tasks.ts';
import { loadCorrections } from '../correction-store.ts';
import { countAct } from '../desk-act.ts';
import { alertEvent, writeEvents } from '../events.ts';
import { decodeEvidence } from '../evidence.ts';

export type Feedback = {
  readonly result: FeedbackResult;
  /** What was found, in words. */
  readonly note: string;
  /** What was done about it. */
  readonly measures?: string | undefined;
  /** Ids of observations that show it, among the alert's evidence. */
  readonly evidence?: readonly string[] | undefined;
  /** Ids of photos that were uploaded to the alert. */
  readonly photos?: readonly string[] | undefined;
};

export const idsColumn = jsonColumn(z.array(z.string()).readonly());

/** Throws UserError `bad-input` for words that are missing, evidence or photos the alert does not have. */
export async function writeFeedback(
  trx: RecordsTransaction,
  alert: AlertTable,
  given: Feedback & { readonly accountId: string; readonly atMs: EpochMs },
): Promise<void> {
  const { result, note, accountId, atMs } = given;
  const row = {
    result,
    note,
    measures: given.measures ?? '',
    evidence: idsColumn.encode(unique(given.evidence)),
    photos: idsColumn.encode(unique(given.photos)),
    givenBy: accountId,
  };
  const last = await lastFeedback(trx, alert.id);
  // After a reopening the same words are a new answer.
  if (alert.feedbackResult !== null && last && isSame(row, last)) return;
  await check(trx, alert, given);
  // Acts are counted, so each answer has an id of its own; taken again after a crash it is the same one.
  const id = contentId('fb', [alert.id, alert.acts, accountId]);
  await trx
    .insertInto('alertFeedback')
    .values({ id, alertId: alert.id, number: (last?.number ?? 0) + 1, ...row, atMs })
    .execute();
  await keepPhotos(trx, alert.id, unique(given.photos), id);
  await trx
    .updateTable('alert')
    .set({
      feedbackResult: result,
      feedbackNote: note,
      feedbackAtMs: atMs,
      feedbackBy: accountId,
    })
    .where('id', '=', alert.id)
    .execute();
  await countAct(trx, alert.id);
  const details = {
    result,
    ...countOf('evidence', given.evidence),
    ...countOf('photos', given.photos),
    ...(note === '' ? {} : { note }),
  };
  await writeEvents(trx, [
    alertEvent(alert, { kind: 'feedback', key: [id], atMs, actor: accountId, details }),
  ]);
}

/** All that was written down about an alert, the oldest first. */
export async function loadFeedback(
  trx: RecordsTransaction,
  alertId: string,
): Promise<AlertFeedbackTable[]> {
  return trx
    .selectFrom('alertFeedback')
    .selectAll()
    .where('alertId', '=', alertId)
    .orderBy('number')
    .execute();
}

const lastFeedback = async (trx: RecordsTransaction, alertId: string) =>
  (await loadFeedback(trx, alertId)).at(-1);

const FIELDS = ['result', 'note', 'measures', 'evidence', 'photos', 'givenBy'] as const;

const isSame = (
  row: Pick<AlertFeedbackTable, (typeof FIELDS)[number]>,
  last: AlertFeedbackTable,
): boolean => FIELDS.every((field) => row[field] === last[field]);

async function check(
  trx: RecordsTransaction,
  alert: AlertTable,
  { result, note, evidence = [], photos = [] }: Feedback,
): Promise<void> {
  if (CAUSES[result].needsNote && note.trim() === '') {
    const { zh, en } = CAUSES[result].name;
    throw new UserError(
      'bad-input',
      text(`核查结果为“${zh}”时须写明情况`, `"${en}" needs words: say what was found`),
      { hint: text('请在“核查情况”中写明。', 'Write it under "what was found".') },
    );
  }
  const corrections = await loadCorrections(trx, alert.id);
  const known = new Set(
    [decodeEvidence(alert).evidence, ...corrections.map((one) => one.evidence)].flatMap((list) =>
      list.map(({ id }) => id),
    ),
  );
  const strange = evidence.find((id) => !known.has(id));
  if (strange !== undefined) {
    throw new UserError(
      'bad-input',
      text('所引用的证据不属于这起预警', 'the evidence referred to is not of this alert'),
      { detail: `"${strange}"` },
    );
  }
  const uploaded = await trx
    .selectFrom('alertPhoto')
    .select('id')
    .where('alertId', '=', alert.id)
    .execute();
  const missing = photos.find((id) => !uploaded.some((photo) => photo.id === id));
  if (missing === undefined) return;
  throw new UserError(
    'bad-input',
    text('照片没有上传到这起预警，或已被删除', 'the photo is not one of this alert any more'),
    { detail: `"${missing}"`, hint: text('请重新上传照片。', 'Upload it again.') },
  );
}

/** A photo that came with an answer is kept with it; who uploaded others may still delete them. */
async function keepPhotos(
  trx: RecordsTransaction,
  alertId: string,
  photos: readonly string[],
  feedbackId: string,
): Promise<void> {
  if (photos.length === 0) return;
  await trx
    .updateTable('alertPhoto')
    .set({ feedbackId })
    .where('alertId', '=', alertId)
    .where('id', 'in', photos)
    .where('feedbackId', 'is', null)
    .execute();
}

const unique = (ids: readonly string[] = []): string[] => [...new Set(ids)];

const countOf = (
  name: 'evidence' | 'photos',
  ids: readonly string[] = [],
): Record<string, number> => (ids.length === 0 ? {} : { [name]: unique(ids).length });
