// What becomes of a notice about a person who reads: it is taken note of, and then explained by their work or
// referred to those who look into it. Nobody decides about themselves. An explanation may turn out to be none;
// what was referred stays so.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import type { AuditNoticeTable } from '../../warehouse/records-audit.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import { withoutNumbers } from './record-format.ts';

/** The kind of notices that can be answered. */
export const READER_NOTICE = 'reader.unusual';

export const NOTICE_ANSWERS = ['acknowledged', 'explained', 'referred'] as const;

export type NoticeAnswer = (typeof NOTICE_ANSWERS)[number];

export type GivenAnswer = {
  readonly id: string;
  readonly answer: NoticeAnswer;
  readonly by: string;
  /** Why; taking note needs none. */
  readonly reason: string | null;
  readonly atMs: EpochMs;
};

export type NoticeState = Pick<AuditNoticeTable, 'kind' | 'actor' | 'seenAtMs' | 'answer'>;

/** What the notice says already: the last of the answers given. */
export const answerOf = ({ answer, seenAtMs }: NoticeState): NoticeAnswer | null =>
  answer ?? (seenAtMs === null ? null : 'acknowledged');

/** Throws UserError where the answer may not be given. */
export function assertMayAnswer(
  notice: NoticeState,
  { answer, by, reason }: Pick<GivenAnswer, 'answer' | 'by' | 'reason'>,
): void {
  if (notice.actor === by) {
    throw new UserError(
      'forbidden',
      text('不能处理关于本人的提醒', 'nobody decides about a notice about themselves'),
      {
        hint: text(
          '请由另一名审计管理员处理；没有的，由系统管理员开设账户',
          'Another audit administrator decides; where there is none, an account is to be created.',
        ),
      },
    );
  }
  if (answer === 'acknowledged') return;
  if (notice.kind !== READER_NOTICE) {
    throw new UserError(
      'conflict',
      text(
        '这条提醒不涉及查阅人员，只需知悉',
        'this notice is about nobody; it is only taken note of',
      ),
    );
  }
  if ((reason ?? '').trim().length < REASON_CHARS_MIN) {
    throw new UserError('bad-input', text('请填写理由', 'say why'), {
      hint: text(`理由至少 ${REASON_CHARS_MIN} 个字`, `At least ${REASON_CHARS_MIN} characters.`),
    });
  }
  const before = answerOf(notice);
  if (before === null || before === 'acknowledged') return;
  if (before === 'explained' && answer === 'referred') return;
  throw new UserError(
    'conflict',
    text('这条提醒已经处理', 'this notice has been answered'),
    before === 'explained'
      ? {
          hint: text('需要进一步核查的，可改为移交核查', 'It can still be referred.'),
        }
      : {},
  );
}

const REASON_CHARS_MIN = 2;
const REASON_CHARS_MAX = 500;

/**
 * Writes the answer and gives what the notice said before. Whoever takes note twice changes nothing. Throws
 * UserError.
 */
export async function answerNotice(
  trx: RecordsTransaction,
  given: GivenAnswer,
): Promise<{ readonly before: NoticeAnswer | null; readonly actor: string | null }> {
  const { id, answer, by, reason, atMs } = given;
  const notice = await trx
    .selectFrom('auditNotice')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!notice) throw new UserError('not-found', text('没有这条提醒', 'there is no such notice'));
  assertMayAnswer(notice, given);
  const seen = notice.seenAtMs === null ? { seenBy: by, seenAtMs: atMs } : {};
  const answered =
    answer === 'acknowledged'
      ? {}
      : {
          answer,
          answerReason: withoutNumbers((reason ?? '').trim().slice(0, REASON_CHARS_MAX)),
          answeredBy: by,
          answeredAtMs: atMs,
        };
  const set = { ...seen, ...answered };
  if (Object.keys(set).length > 0) {
    await trx.updateTable('auditNotice').set(set).where('id', '=', id).execute();
  }
  return { before: answerOf(notice), actor: notice.actor };
}
