// One alert as an officer opens it: evidence, timeline, notices, who has it and who still must.

import { z } from 'zod';
import { FEEDBACK_RESULTS, type AlertEvent, type FeedbackResult } from '../core/alert-event.ts';
import type { RaisedFinding } from '../core/finding.ts';
import type { Text } from '../core/text.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, ChannelKind, OutboxTable } from '../warehouse/records-schema.ts';
import { loadAfter, type AfterDetail } from './after-detail.ts';
import { acknowledgedSides, loadPolicy } from './acknowledge.ts';
import { loadCorrections, type AlertCorrection } from './correction-store.ts';
import { summaryOf, type AlertSummary } from './desk-rows.ts';
import { eventColumn } from './events.ts';
import { decodeEvidence } from './evidence.ts';
import { loadNames } from './names.ts';
import type { Side } from './level-table.ts';
import { stillAwaited } from './policy.ts';
import { ANSWER_DEFAULTS, type AnswerOptions } from './tasks/task-options.ts';
import { loadAttemptsOf, type NoticeAttempt } from './providers/attempt-store.ts';
import type { RuleTexts } from './texts.ts';

export type DeskNotice = Pick<
  OutboxTable,
  | 'id'
  | 'recipient'
  | 'state'
  | 'attempts'
  | 'createdAtMs'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
  | 'lastErrorCode'
  | 'provider'
> & {
  readonly channel: ChannelKind;
  readonly recipientName: Text;
  readonly text: Text;
  /** Everything that happened to it on its way, the oldest first. */
  readonly steps: NoticeStep[];
};

export type NoticeStep = Pick<
  NoticeAttempt,
  'attempt' | 'provider' | 'what' | 'code' | 'atMs' | 'untilMs'
>;

export type DetailDeps = { readonly ruleTexts: RuleTexts; readonly answers?: AnswerOptions };

export type AlertDetail = AlertSummary &
  AfterDetail &
  Pick<AlertTable, 'ruleVersion' | 'article'> & {
    readonly duty: Text;
    readonly evidence: RaisedFinding['evidence'];
    readonly values: RaisedFinding['values'];
    readonly checkedLeaves: RaisedFinding['checkedLeaves'];
    /** What turned out later, the oldest first. */
    readonly corrections: AlertCorrection[];
    readonly timeline: AlertEvent[];
    readonly notices: DeskNotice[];
    /** Names of the people who act in the timeline, by the id it carries. */
    readonly actors: Record<string, Text>;
    readonly acknowledgedBy: Text | null;
    readonly awaiting: Side[];
    readonly feedback: {
      readonly result: FeedbackResult;
      readonly note: string;
      readonly atMs: number;
      readonly by: Text;
    } | null;
    readonly verifyCommand: string;
  };

/** Reads what belongs to an alert whose row was found in the reader's scope. */
export async function loadDetail(
  trx: RecordsTransaction,
  row: AlertTable,
  { ruleTexts, answers = ANSWER_DEFAULTS }: DetailDeps,
): Promise<AlertDetail> {
  const events = await trx
    .selectFrom('alertEvent')
    .select('body')
    .where('alertId', '=', row.id)
    .orderBy('seq')
    .execute();
  const awaiting =
    row.status === 'new'
      ? stillAwaited(await loadPolicy(trx, row.id), await acknowledgedSides(trx, row.id))
      : [];
  const notices = await loadNotices(trx, row.id);
  const steps = Map.groupBy(await loadAttemptsOf(trx, row.id), ({ noticeId }) => noticeId);
  const corrections = await loadCorrections(trx, row.id);
  const timeline = events.map(({ body }) => eventColumn.decode(body));
  const people = [
    ...notices.map(({ recipient }) => recipient),
    ...timeline.flatMap(({ actor, details }) => [actor, ...idsIn(details['to'])]),
    row.acknowledgedBy,
    row.feedbackBy,
  ];
  const names = await loadNames(trx, [...new Set(people.filter((id) => id !== null))]);
  const nameOf = (id: string): Text => names.get(id) ?? { zh: id, en: id };
  return {
    ...summaryOf(row),
    ruleVersion: row.ruleVersion,
    article: articleOf(row, corrections),
    duty: dutyOf(row, ruleTexts),
    ...decodeEvidence(row),
    corrections,
    timeline,
    notices: notices.map((notice) => noticeOf(notice, steps.get(notice.id) ?? [], nameOf)),
    actors: Object.fromEntries(names),
    acknowledgedBy: row.acknowledgedBy === null ? null : nameOf(row.acknowledgedBy),
    awaiting: [...awaiting],
    feedback: feedbackOf(row, nameOf),
    ...(await loadAfter(trx, row, answers)),
    verifyCommand: `npm run plumbline -- verify-alert ${row.id}`,
  };
}

/** Whom an event is addressed to: ids joined by spaces. */
const idsIn = (to: AlertEvent['details'][string] | undefined): string[] =>
  typeof to === 'string' ? to.split(' ') : [];

/** Frozen when the alert opened: a rule that asks for something else since then asks it of later alerts. */
const dutyOf = ({ dutyZh: zh, dutyEn: en, ruleId }: AlertTable, ruleTexts: RuleTexts): Text =>
  zh === null || en === null ? ruleTexts(ruleId).duty : { zh, en };

/** The article the alert is under now: its own, or that of the last correction that graded it anew. */
const articleOf = (row: AlertTable, corrections: readonly AlertCorrection[]): string =>
  corrections.findLast(({ raiseId, outcome }) => raiseId === row.id && outcome === 'regraded')
    ?.article ?? row.article;

type PersonNotice = OutboxTable & { readonly channel: ChannelKind };

async function loadNotices(trx: RecordsTransaction, alertId: string): Promise<PersonNotice[]> {
  return trx
    .selectFrom('outbox')
    .selectAll()
    .where('alertId', '=', alertId)
    .where('channel', '!=', 'canary')
    .$narrowType<{ channel: ChannelKind }>()
    .orderBy('createdAtMs')
    .orderBy('id')
    .execute();
}

function noticeOf(
  row: PersonNotice,
  steps: readonly NoticeAttempt[],
  nameOf: (id: string) => Text,
): DeskNotice {
  return {
    id: row.id,
    channel: row.channel,
    recipient: row.recipient,
    recipientName: nameOf(row.recipient),
    text: { zh: row.textZh, en: row.textEn },
    state: row.state,
    attempts: row.attempts,
    createdAtMs: row.createdAtMs,
    sentAtMs: row.sentAtMs,
    deliveredAtMs: row.deliveredAtMs,
    answeredAtMs: row.answeredAtMs,
    lastErrorCode: row.lastErrorCode,
    provider: row.provider,
    steps: steps.map(({ attempt, provider, what, code, atMs, untilMs }) => ({
      attempt,
      provider,
      what,
      code,
      atMs,
      untilMs,
    })),
  };
}

function feedbackOf(row: AlertTable, nameOf: (id: string) => Text): AlertDetail['feedback'] {
  const { feedbackResult, feedbackNote, feedbackAtMs, feedbackBy } = row;
  if (feedbackResult === null || feedbackAtMs === null || feedbackBy === null) return null;
  return {
    result: z.enum(FEEDBACK_RESULTS).parse(feedbackResult),
    note: feedbackNote ?? '',
    atMs: feedbackAtMs,
    by: nameOf(feedbackBy),
  };
}
