// Takes in what officers write back. A reply acknowledges when it comes from the number of an officer who was
// told, and when it is certain which alert it means; otherwise it is asked back. What was written is not kept.

import { contentId } from '../core/ids.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { OfficerTable, OutboxTable } from '../warehouse/records-schema.ts';
import { acknowledge, type AcknowledgeOutcome } from './acknowledge.ts';
import { afterReceipt } from './attempt.ts';
import type { Channel, Reply, ReplyOutcome } from './channels/channel.ts';
import { isSameNumber } from './channels/sms-number.ts';
import { EVENT_TURN } from './events.ts';
import { messageOf } from './grouping/carried-notices.ts';
import { changeNotice, findNotice } from './outbox.ts';
import { isAnswer } from './reply-answers.ts';
import type { ReceiptDeps } from './receipts.ts';
import { decideReply, type Decided } from './decide-reply.ts';
import { loadTold, type Told } from './reply-candidates.ts';
import { readReply, type ReadReply } from './reply-text.ts';
import { sideOf } from './route.ts';
import { composeAnswer, referenceOf } from './texts.ts';
import type { AnswerOptions } from './tasks/task-options.ts';
import { ANSWERED_OUTCOMES, type AnsweredOutcome, type Templates } from './texts/templates.ts';

export type ReplyDeps = ReceiptDeps & {
  /** Told of every reply, with what it was taken for; for metrics. */
  readonly onReplied?: ((outcome: ReplyOutcome) => void) | undefined;
};

/** The same words from the same number so soon after may be the same message, handed over again. */
export const REPEATED_WITHIN_MS = 5 * 60_000;
/** A machine that answers machines is not answered for ever. */
export const ANSWERS_MAX = 5;
export const ANSWERS_WITHIN_MS = 60 * 60_000;
/** The last word about a notice, above anything a receipt says. */
const ANSWERED_SEQUENCE = 3;

/** Takes one reply; the same one again changes nothing and is not answered again. */
export async function takeReply(
  deps: ReplyDeps,
  { provider }: Pick<Channel, 'provider'>,
  reply: Reply,
): Promise<ReplyOutcome> {
  const { records } = deps;
  const taken = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const { clock, templates, answers: periods } = deps;
    return take(trx, { reply, provider, templates, periods, nowAtMs: clock.now() });
  });
  deps.onReplied?.(taken.outcome);
  if (taken.alertIds.length > 0) deps.onChanged(taken.alertIds);
  if (IGNORED.has(taken.outcome)) {
    deps.logger.warn('alerts.reply-ignored', { outcome: taken.outcome, provider });
  }
  return taken.outcome;
}

const IGNORED: ReadonlySet<ReplyOutcome> = new Set([
  'unknown-number',
  'unknown-reference',
  'unclear',
  'cut-off',
]);

type Arrival = {
  readonly reply: Reply;
  readonly provider: string;
  readonly templates: Templates | undefined;
  readonly periods: AnswerOptions | undefined;
  readonly nowAtMs: EpochMs;
};

type Taken = { readonly outcome: ReplyOutcome; readonly alertIds: readonly string[] };

async function take(
  trx: RecordsTransaction,
  { reply, provider, templates, periods, nowAtMs }: Arrival,
): Promise<Taken> {
  const officers = await officersAt(trx, reply.from);
  const [first] = officers;
  if (!first) return { outcome: 'unknown-number', alertIds: [] };
  const read = reply.isCutOff ? ({ kind: 'unclear' } as const) : readReply(reply.text);
  const code = reply.isCutOff ? 'cut-off' : codeOf(read);
  const parts = reply.id === undefined ? [first.id, code, nowAtMs] : ['id', reply.id];
  const id = contentId('re', [provider, ...parts]);
  if (await isKnown(trx, id)) return { outcome: 'repeated', alertIds: [] };
  const earlier = await earlierReplies(trx, officers, nowAtMs);
  const decided = decideReply(read, {
    told: await loadTold(trx, officers, nowAtMs),
    said: reply.noticeId && (await findNotice(trx, reply.noticeId))?.alertId,
    isThanks: isAnswer(reply.noticeId ?? ''),
    // A provider that names its replies is believed: another name is another reply.
    before: earlier
      .filter((row) => row.code === code && row.receivedAtMs > nowAtMs - REPEATED_WITHIN_MS)
      .filter(() => reply.id === undefined)
      .map(({ alertId }) => alertId),
  });
  const { about, also = [] } = decided;
  const outcome =
    decided.outcome === 'acknowledged' && about
      ? await actOnAll(trx, [about, ...also], { nowAtMs, periods })
      : reply.isCutOff
        ? 'cut-off'
        : decided.outcome;
  if (about) await markAnswered(trx, await messageOf(trx, about.notice), nowAtMs);
  const answers = earlier.filter(({ answerState }) => answerState !== 'none').length;
  const isDeed = outcome === 'acknowledged' || outcome === 'partly';
  const answer =
    isAnswered(outcome) && (isDeed || answers < ANSWERS_MAX)
      ? composeAnswer(outcome, answerFacts(decided), templates)
      : undefined;
  await trx
    .insertInto('smsReply')
    .values({
      id,
      provider,
      officerId: about?.notice.recipient ?? first.id,
      alertId: about?.alert.id ?? null,
      outcome,
      code,
      receivedAtMs: nowAtMs,
      answerZh: answer?.zh ?? null,
      answerEn: answer?.en ?? null,
      answerState: answer ? 'waiting' : 'none',
      answerAttempts: 0,
      answerDueAtMs: nowAtMs,
    })
    .execute();
  return { outcome, alertIds: about ? [about, ...also].map(({ alert }) => alert.id) : [] };
}

/** What was read, which is all that is kept of what was written. */
const codeOf = (read: ReadReply): string =>
  read.kind === 'unclear' ? 'unclear' : `acknowledge ${read.reference ?? ''}`.trim();

const isAnswered = (outcome: ReplyOutcome): outcome is AnsweredOutcome =>
  (ANSWERED_OUTCOMES as readonly ReplyOutcome[]).includes(outcome);

async function officersAt(trx: RecordsTransaction, number: string): Promise<OfficerTable[]> {
  const rows = await trx
    .selectFrom('officer')
    .selectAll()
    .where('active', '=', 1)
    .orderBy('id')
    .execute();
  return rows.filter(({ phone }) => phone !== null && isSameNumber(phone, number));
}

async function isKnown(trx: RecordsTransaction, id: string): Promise<boolean> {
  const row = await trx.selectFrom('smsReply').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** Acts on every alert of the message; what came of it is what came of those that still waited. */
async function actOnAll(
  trx: RecordsTransaction,
  told: readonly Told[],
  given: { nowAtMs: EpochMs; periods: AnswerOptions | undefined },
): Promise<ReplyOutcome> {
  const outcomes: ReplyOutcome[] = [];
  for (const one of told) outcomes.push(await act(trx, one, given));
  return (
    outcomes.find((outcome) => outcome === 'partly') ??
    outcomes.find((outcome) => outcome === 'acknowledged') ??
    (outcomes[0] as ReplyOutcome)
  );
}

async function act(
  trx: RecordsTransaction,
  { alert, notice, officer }: Told,
  { nowAtMs, periods }: { nowAtMs: EpochMs; periods: AnswerOptions | undefined },
): Promise<ReplyOutcome> {
  const outcome = await acknowledge(trx, alert, {
    actor: notice.recipient,
    bureau: officer.region,
    side: sideOf(officer.region, alert.region),
    via: 'sms',
    note: '',
    atMs: nowAtMs,
    periods,
  });
  return OUTCOME_OF[outcome.kind === 'refused' ? outcome.because : outcome.kind];
}

const OUTCOME_OF: Readonly<
  Record<
    | Exclude<AcknowledgeOutcome['kind'], 'refused'>
    | Extract<AcknowledgeOutcome, { kind: 'refused' }>['because'],
    ReplyOutcome
  >
> = {
  complete: 'acknowledged',
  partial: 'partly',
  closed: 'closed',
  acknowledged: 'acknowledged-before',
  'side-acknowledged': 'acknowledged-before',
};

/** The person has the notice, whatever the provider says of it. */
async function markAnswered(
  trx: RecordsTransaction,
  notice: OutboxTable,
  nowAtMs: EpochMs,
): Promise<void> {
  const sequence = Math.max(notice.providerSequence ?? 0, ANSWERED_SEQUENCE);
  const receipt = { noticeId: notice.id, messageId: '', sequence, state: 'answered' as const };
  // A provider that has not named the message yet still may.
  const { providerMessageId: _, ...change } = afterReceipt(notice, receipt, nowAtMs);
  await changeNotice(trx, notice, change);
}

function earlierReplies(
  trx: RecordsTransaction,
  officers: readonly OfficerTable[],
  nowAtMs: EpochMs,
) {
  return trx
    .selectFrom('smsReply')
    .select(['alertId', 'code', 'receivedAtMs', 'answerState'])
    .where(
      'officerId',
      'in',
      officers.map(({ id }) => id),
    )
    .where('receivedAtMs', '>', epochMs(nowAtMs - ANSWERS_WITHIN_MS))
    .execute();
}

const answerFacts = ({ about, also = [], open = [] }: Decided) => ({
  reference: about && referenceOf(about.alert.id),
  others: also.length,
  references: open.map(({ alert }) => referenceOf(alert.id)),
});
