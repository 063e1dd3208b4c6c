// What the audit administrator is told of: a trail that does not fit, a witness that refuses, people who look
// up more than their work explains.

import { contentId } from '../../core/ids.ts';
import type { AuditNoticeTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { READER_NOTICE } from './notice-answers.ts';

export type NoticeDetail = Readonly<Record<string, string | number | readonly number[]>>;

export type NewNotice = Pick<AuditNoticeTable, 'kind' | 'actor' | 'atMs'> & {
  /** What makes it the same notice when it is told again. */
  readonly key: readonly (string | number)[];
  readonly detail: NoticeDetail;
};

/** Rights of an account that were changed by hand. */
export const RIGHTS_NOTICE = 'rights.altered';

/** Most notices the page shows. */
export const NOTICES_MAX = 100;

const UNANSWERED = {
  seenBy: null,
  seenAtMs: null,
  answer: null,
  answerReason: null,
  answeredBy: null,
  answeredAtMs: null,
};

/** The same for the same notice told again. */
export const noticeId = ({ kind, key }: Pick<NewNotice, 'kind' | 'key'>): string =>
  contentId('an', [kind, ...key]);

/** Puts it into the inbox, once; gives whether it is new. */
export async function writeNotice(db: RecordsDb, notice: NewNotice): Promise<boolean> {
  const { kind, actor, atMs, detail } = notice;
  const id = noticeId(notice);
  const result = await db
    .insertInto('auditNotice')
    .values({ id, kind, actor, atMs, body: JSON.stringify(detail), ...UNANSWERED })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** Those nobody has seen first, then those that wait for an answer, then the newest. */
export async function listNotices(db: RecordsDb): Promise<AuditNoticeTable[]> {
  return db
    .selectFrom('auditNotice')
    .selectAll()
    .orderBy((eb) =>
      eb
        .case()
        .when('seenAtMs', 'is', null)
        .then(0)
        .when(eb.and([eb('kind', '=', READER_NOTICE), eb('answer', 'is', null)]))
        .then(1)
        .else(2)
        .end(),
    )
    .orderBy('atMs', 'desc')
    .orderBy('id')
    .limit(NOTICES_MAX)
    .execute();
}
