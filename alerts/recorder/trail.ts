// The recorder: every decision about an alert as one trail, oldest first: why it was routed so, muted, hidden,
// merged, held back, raised, escalated, to whom, by which attempt, and what came back. Nothing is written for
// it: it is read from what is only ever added to, events, notices, rungs and attempts.

import type { AlertEvent } from '../../core/alert-event.ts';
import type { Text } from '../../core/text.ts';
import type {
  AlertTable,
  AttemptStage,
  ChannelKind,
  EscalationTable,
  OutboxTable,
} from '../../warehouse/records-schema.ts';
import { STEPS_OF_CORRECTION } from '../notify.ts';
import { eventDecisions } from './event-words.ts';
import { attemptDecision, noticeDecisions } from './notice-words.ts';
import { rungDecision } from './rung-words.ts';

export const DECISION_KINDS = [
  'routed',
  'muted',
  'held-back',
  'merged',
  'silenced',
  'regraded',
  'corrected',
  'escalated',
  'planned',
  'notice',
  'attempt',
  'receipt',
  'answer',
  'handled',
  'ended',
] as const;

export type DecisionKind = (typeof DECISION_KINDS)[number];

export type Decision = {
  readonly id: string;
  readonly atMs: number;
  readonly kind: DecisionKind;
  /** Who did it; undefined for the system itself. */
  readonly actor: Text | undefined;
  readonly says: Text;
  /** Which notice it is about. */
  readonly noticeId?: string;
  /** The provider's name of the message, where `says` has it: long, and of use to who asks the provider. */
  readonly messageId?: string;
};

/** What became of a try to hand a notice to a provider; receipts stand with the notice. */
export type AttemptOutcome = Exclude<AttemptStage, 'begun' | 'receipt'>;

/** One step of a try to hand a notice to a provider. */
export type NoticeAttempt = {
  readonly noticeId: string;
  /** From 1. */
  readonly number: number;
  readonly atMs: number;
  readonly provider: string;
  readonly providerMessageId: string | null;
  readonly outcome: AttemptOutcome;
  readonly code: string | null;
};

export type TrailInput = {
  readonly alert: Pick<AlertTable, 'status' | 'corrections' | 'silencedBy' | 'withdrawnAtMs'>;
  readonly timeline: readonly AlertEvent[];
  readonly notices: readonly TrailNotice[];
  readonly rungs: readonly TrailRung[];
  /** Empty where attempts are not kept one by one: the notice says how many there were. */
  readonly attempts: readonly NoticeAttempt[];
  readonly nameOf: (id: string) => Text;
};

export type TrailNotice = Pick<
  OutboxTable,
  | 'id'
  | 'step'
  | 'channel'
  | 'recipient'
  | 'state'
  | 'attempts'
  | 'provider'
  | 'providerMessageId'
  | 'lastErrorCode'
  | 'createdAtMs'
  | 'nextAttemptAtMs'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
>;

export type TrailRung = Pick<
  EscalationTable,
  'id' | 'step' | 'side' | 'dueAtMs' | 'state' | 'doneAtMs'
> & {
  readonly channel: ChannelKind;
  readonly recipients: readonly string[];
};

/** The whole trail. What is still to come, the rungs not climbed yet, stands last. */
export function trailOf(input: TrailInput): Decision[] {
  const { alert, timeline, notices, rungs, attempts, nameOf } = input;
  const noticeOf = new Map(notices.map((notice) => [notice.id, notice]));
  const attemptsOf = Map.groupBy(attempts, ({ noticeId }) => noticeId);
  const moot = rungs.filter(({ state }) => state === 'moot');
  const past = [
    ...timeline.flatMap((event) => eventDecisions(event, nameOf)),
    ...notices.flatMap((notice) =>
      noticeDecisions(notice, { nameOf, hasAttempts: attemptsOf.has(notice.id) }),
    ),
    ...attempts.map((attempt) =>
      attemptDecision(attempt, { notice: noticeOf.get(attempt.noticeId), nameOf }),
    ),
    ...moot.map((rung) => rungDecision(rung, nameOf)),
  ];
  const planned = rungs
    .filter((rung) => isToCome(rung, alert))
    .map((rung) => rungDecision(rung, nameOf));
  return [...past.toSorted(inOrder), ...planned.toSorted(inOrder)];
}

/** It will be climbed unless somebody acknowledges: the alert is not taken, hidden, or another by now. */
const isToCome = ({ state, step }: TrailRung, alert: TrailInput['alert']): boolean =>
  state === 'waiting' &&
  alert.status === 'new' &&
  alert.withdrawnAtMs === null &&
  alert.silencedBy === null &&
  Math.floor(step / STEPS_OF_CORRECTION) === alert.corrections;

/** What happens at one instant keeps the order of cause and effect; events keep their own. */
const inOrder = (a: Decision, b: Decision): number => a.atMs - b.atMs || weightOf(a) - weightOf(b);

function weightOf({ kind, noticeId }: Decision): number {
  if (noticeId === undefined) return kind === 'answer' ? 5 : 0;
  return { notice: 1, attempt: 2, receipt: 3 }[kind as string] ?? 4;
}
