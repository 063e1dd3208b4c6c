// The audit administrator's inbox: what was noticed, on which records of the trail it rests, and what became of it.

import { UserError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';
import { answerOf, READER_NOTICE } from '../../security/audit/notice-answers.ts';
import { listNotices, type NoticeDetail } from '../../security/audit/notices.ts';
import { readRecords } from '../../security/audit/search.ts';
import type { AuditNoticeTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { AuditNoticeAnswer, AuditNotices, NoticeEvidence } from '../api/audit.ts';
import { namesOf, recordAnswer } from './auditor.ts';
import { noticeText } from './notice-words.ts';

/** As `reader` sees it, an account id. */
export async function readInbox(db: RecordsDb, reader: string): Promise<AuditNotices> {
  const rows = await listNotices(db);
  const names = await namesOf(
    db,
    rows
      .flatMap(({ actor, seenBy, answeredBy }) => [actor, seenBy, answeredBy])
      .filter((id) => id !== null),
  );
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? text(id, id)));
  return { notices: rows.map((row) => noticeAnswer(row, { nameOf, reader })) };
}

function noticeAnswer(
  row: AuditNoticeTable,
  { nameOf, reader }: { nameOf: (id: string | null) => Text | null; reader: string },
): AuditNoticeAnswer {
  const { id, kind, actor, atMs, seenBy, seenAtMs } = row;
  const detail = JSON.parse(row.body) as NoticeDetail;
  return {
    id,
    kind,
    actor,
    actorName: nameOf(actor),
    atMs,
    says: noticeText(kind, detail),
    seenBy: nameOf(seenBy),
    seenAtMs,
    reader:
      kind === READER_NOTICE
        ? {
            rule: String(detail['rule']),
            level: Number(detail['level']),
            article: String(detail['article']),
            duty:
              'dutyZh' in detail ? text(String(detail['dutyZh']), String(detail['dutyEn'])) : null,
            entries: entriesOf(detail).length,
            isOwn: actor === reader,
            answer: answerOf(row),
            reason: row.answerReason,
            answeredBy: nameOf(row.answeredBy),
            answeredAtMs: row.answeredAtMs,
          }
        : null,
  };
}

const entriesOf = ({ entries }: NoticeDetail): readonly number[] =>
  Array.isArray(entries) ? entries : [];

/** The records a notice rests on. Throws UserError. */
export async function readEvidence(db: RecordsDb, id: string): Promise<NoticeEvidence> {
  const row = await db
    .selectFrom('auditNotice')
    .select('body')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new UserError('not-found', text('没有这条提醒', 'there is no such notice'));
  const entries = entriesOf(JSON.parse(row.body) as NoticeDetail);
  const records = await readRecords(db, entries);
  const names = await namesOf(
    db,
    records.map(({ actor }) => actor),
  );
  return {
    records: records.map((record) => recordAnswer(record, names)),
    archived: entries.length - records.length,
  };
}
