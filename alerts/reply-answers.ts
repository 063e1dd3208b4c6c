// Sends the answers to replies. They are written down with what the reply did, so that a crash loses none, and
// go out by the channel the reply came in by; its key is the reply's, so none goes out twice.

import { epochMs } from '../core/time.ts';
import type { SmsReplyTable } from '../warehouse/records-schema.ts';
import type { Channel } from './channels/channel.ts';
import type { ReceiptDeps } from './receipts.ts';

export type AnswerDeps = Pick<ReceiptDeps, 'records' | 'clock' | 'logger'>;

/** An answer that comes much later than the question confuses more than it helps. */
export const ANSWER_WITHIN_MS = 15 * 60_000;
const ANSWER_ATTEMPTS_MAX = 5;
const ANSWER_PAUSE_MS = 20_000;
const ANSWERS_AT_ONCE_MAX = 10;

/** Sends the answers that are due on a channel; gives how many there were. */
export async function sendAnswers(deps: AnswerDeps, channel: Channel): Promise<number> {
  const { records, clock } = deps;
  const due = await records.db
    .selectFrom('smsReply')
    .innerJoin('officer', 'officer.id', 'smsReply.officerId')
    .selectAll('smsReply')
    .select('officer.phone as address')
    .where('smsReply.provider', '=', channel.provider)
    .where('answerState', '=', 'waiting')
    .where('answerDueAtMs', '<=', clock.now())
    .orderBy('answerDueAtMs')
    .limit(ANSWERS_AT_ONCE_MAX)
    .execute();
  for (const answer of due) await sendAnswer(deps, channel, answer);
  return due.length;
}

async function sendAnswer(
  { records, clock, logger }: AnswerDeps,
  channel: Channel,
  answer: SmsReplyTable & { readonly address: string | null },
): Promise<void> {
  const { id, alertId, officerId, answerZh, answerEn, address } = answer;
  const attempts = answer.answerAttempts + 1;
  const isTooLate = clock.now() - answer.receivedAtMs > ANSWER_WITHIN_MS;
  const outcome = isTooLate
    ? ({ kind: 'rejected', code: 'too-late', retry: 'never' } as const)
    : await channel.send({
        id,
        alertId: alertId ?? '',
        recipient: officerId,
        address,
        text: { zh: answerZh ?? '', en: answerEn ?? '' },
      });
  const mayGoAgain =
    outcome.kind === 'rejected' && outcome.retry !== 'never' && attempts < ANSWER_ATTEMPTS_MAX;
  // Whether it is sure that it went out matters to nobody: the alert says the same.
  const state = outcome.kind !== 'rejected' ? 'sent' : mayGoAgain ? 'waiting' : 'failed';
  if (outcome.kind === 'rejected') {
    logger.warn('alerts.answer-not-sent', { replyId: id, code: outcome.code, attempts });
  }
  await records.db
    .updateTable('smsReply')
    .set({
      answerState: state,
      answerAttempts: attempts,
      answerDueAtMs: epochMs(clock.now() + ANSWER_PAUSE_MS),
    })
    .where('id', '=', id)
    .execute();
}

/** Answers have keys of their own; what a provider reports about them concerns no alert. */
export const isAnswer = (noticeId: string): boolean => noticeId.startsWith('re_');
