// What follows the answer, as the page of an alert shows it: who is responsible until when, everything that
// was found, photos, objections, and who may not decide them.

import type { RegionCode } from '../core/region.ts';
import type { Text } from '../core/text.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable } from '../warehouse/records-schema.ts';
import type {
  AlertFeedbackTable,
  AlertPhotoTable,
  AlertTaskTable,
  ObjectionTable,
} from '../warehouse/records-tasks.ts';
import { idsColumn, loadFeedback } from './feedback/write-feedback.ts';
import { listPhotos } from './feedback/photo-store.ts';
import { loadNames } from './names.ts';
import { loadHandlers, loadObjections } from './objections/objection-store.ts';
import type { AnswerOptions } from './tasks/task-options.ts';
import { findTask } from './tasks/task-store.ts';

export type Named = { readonly id: string; readonly name: Text };

export type TaskDetail = Pick<
  AlertTaskTable,
  'bureau' | 'sinceMs' | 'cameBy' | 'startedAtMs' | 'dueAtMs' | 'remindedAtMs' | 'leaderToldAtMs'
> & {
  /** Null while nobody of the bureau has it. */
  readonly officer: Named | null;
  readonly offer: {
    readonly bureau: RegionCode;
    readonly officer: Named | null;
    readonly by: Named;
    readonly atMs: number;
    readonly note: string;
  } | null;
};

export type FeedbackDetail = Pick<
  AlertFeedbackTable,
  'id' | 'result' | 'note' | 'measures' | 'atMs'
> & {
  readonly by: Text;
  readonly evidence: string[];
  readonly photos: string[];
};

export type PhotoDetail = Omit<AlertPhotoTable, 'alertId' | 'body' | 'uploadedBy'> & {
  readonly uploadedBy: Named;
};

export type ObjectionDetail = Pick<
  ObjectionTable,
  | 'id'
  | 'what'
  | 'receivedHow'
  | 'raisedAtMs'
  | 'recordedAtMs'
  | 'workdays'
  | 'dueAtMs'
  | 'state'
  | 'decidedAtMs'
  | 'reason'
  | 'alarmedAtMs'
> & { readonly recordedBy: Text; readonly decidedBy: Text | null };

export type AfterDetail = {
  /** Acts so far; goes back with the next act. */
  readonly acts: number;
  readonly task: TaskDetail | null;
  readonly feedbacks: FeedbackDetail[];
  readonly photos: PhotoDetail[];
  readonly objections: ObjectionDetail[];
  /** Ids of accounts and officers who handled the alert. */
  readonly handlers: string[];
  /** Until when it may be opened again; null while it is open, and for what was withdrawn. */
  readonly reopenUntilMs: number | null;
};

export async function loadAfter(
  trx: RecordsTransaction,
  row: AlertTable,
  { reopenWithinMs }: Pick<AnswerOptions, 'reopenWithinMs'>,
): Promise<AfterDetail> {
  const task = await findTask(trx, row.id);
  const feedbacks = await loadFeedback(trx, row.id);
  const photos = await listPhotos(trx, row.id);
  const objections = await loadObjections(trx, row.id);
  const handlers = objections.length === 0 ? [] : await loadHandlers(trx, row.id);
  const people = [
    task?.officer,
    task?.offeredBy,
    task?.offeredOfficer,
    ...feedbacks.map(({ givenBy }) => givenBy),
    ...photos.map(({ uploadedBy }) => uploadedBy),
    ...objections.flatMap(({ recordedBy, decidedBy }) => [recordedBy, decidedBy]),
  ].filter((id): id is string => typeof id === 'string');
  const names = await loadNames(trx, [...new Set(people)]);
  const nameOf = (id: string): Text => names.get(id) ?? { zh: id || '—', en: id || '—' };
  const named = (id: string): Named => ({ id, name: nameOf(id) });
  const isReopenable = row.status === 'closed' && row.withdrawnAtMs === null;
  return {
    acts: row.acts,
    task: task ? taskDetail(task, named) : null,
    feedbacks: feedbacks.map(({ givenBy, evidence, photos: shown, ...rest }) => ({
      id: rest.id,
      result: rest.result,
      note: rest.note,
      measures: rest.measures,
      atMs: rest.atMs,
      by: nameOf(givenBy),
      evidence: [...idsColumn.decode(evidence)],
      photos: [...idsColumn.decode(shown)],
    })),
    photos: photos.map(({ uploadedBy, ...photo }) => ({ ...photo, uploadedBy: named(uploadedBy) })),
    objections: objections.map((one) => ({
      id: one.id,
      what: one.what,
      receivedHow: one.receivedHow,
      raisedAtMs: one.raisedAtMs,
      recordedAtMs: one.recordedAtMs,
      recordedBy: nameOf(one.recordedBy),
      workdays: one.workdays,
      dueAtMs: one.dueAtMs,
      state: one.state,
      decidedAtMs: one.decidedAtMs,
      decidedBy: one.decidedBy === null ? null : nameOf(one.decidedBy),
      reason: one.reason,
      alarmedAtMs: one.alarmedAtMs,
    })),
    handlers,
    reopenUntilMs: isReopenable && row.closedAtMs !== null ? row.closedAtMs + reopenWithinMs : null,
  };
}

function taskDetail(task: AlertTaskTable, named: (id: string) => Named): TaskDetail {
  const { bureau, sinceMs, cameBy, startedAtMs, dueAtMs, remindedAtMs, leaderToldAtMs } = task;
  const { officer, offeredBureau, offeredOfficer, offeredBy, offeredAtMs, offerNote } = task;
  const isOffered = offeredBureau !== null && offeredBy !== null && offeredAtMs !== null;
  return {
    bureau,
    sinceMs,
    cameBy,
    startedAtMs,
    dueAtMs,
    remindedAtMs,
    leaderToldAtMs,
    officer: officer === null ? null : named(officer),
    offer: isOffered
      ? {
          bureau: offeredBureau,
          officer: offeredOfficer === null ? null : named(offeredOfficer),
          by: named(offeredBy),
          atMs: offeredAtMs,
          note: offerNote ?? '',
        }
      : null,
  };
}
