// The records of notices, as TypeScript sees them: the outbox, every attempt, the ladders.

import type { Generated } from 'kysely';
import type { Exercise, Level } from '../core/finding.ts';
import type { Language } from '../core/text.ts';
import type { EpochMs } from '../core/time.ts';
import type { JsonText } from './json-column.ts';

export type ChannelKind = 'phone' | 'sms' | 'push';

/** Canaries have a channel of their own, which reaches nobody. */
export type NoticeChannel = ChannelKind | 'canary';

/** `uncertain`: handed to the provider without an answer; a receipt must settle it before a retry. */
export type OutboxState =
  | 'waiting'
  | 'sending'
  | 'uncertain'
  | 'sent'
  | 'delivered'
  | 'answered'
  | 'failed'
  | 'cancelled';

export type OutboxTable = {
  /** Hash of alert, step, person and channel. */
  id: string;
  alertId: string;
  /** Step of the escalation, from 0. */
  step: number;
  channel: NoticeChannel;
  /** An officer id; numbers and addresses are looked up when sending. */
  recipient: string;
  textZh: string;
  textEn: string;
  state: OutboxState;
  attempts: number;
  nextAttemptAtMs: EpochMs;
  leasedUntilMs: EpochMs | null;
  leasedBy: string | null;
  provider: string | null;
  providerMessageId: string | null;
  /** Receipts may come out of order; the highest sequence counts. */
  providerSequence: number | null;
  lastErrorCode: string | null;
  createdAtMs: EpochMs;
  sentAtMs: EpochMs | null;
  deliveredAtMs: EpochMs | null;
  answeredAtMs: EpochMs | null;
  /** The alert's when the notice was written; the database fills in 2. The gravest goes first. */
  level: Level | null;
  /** How often it was handed to a provider, and when first; the database fills in 0. */
  handOvers: number | null;
  handedOverAtMs: EpochMs | null;
  /** When the provider that has it is asked why there is no receipt. */
  receiptDueAtMs: EpochMs | null;
  /** A limit of the person's held it back until then. */
  heldUntilMs: EpochMs | null;
  /** The notice that told the person of this one too. */
  coveredBy: string | null;
  /** Which time round, of a rung that is climbed again and again. */
  round: number;
  /** That of the alert. */
  exercise: Exercise | null;
  /** Notices of one kind may go out as one; null for what goes by itself. */
  groupKey: string | null;
  /** Until then it waits for others. */
  groupUntilMs: EpochMs | null;
  /** The notice that was sent instead, with words for both. */
  carriedBy: string | null;
  /** How many alerts it speaks of; null where it is its own alone. */
  carries: number | null;
};

/** What happened to a notice on its way; see alerts/providers/attempt-store.ts. */
export type AttemptStage =
  /** About to be handed to the provider. */
  | 'begun'
  | 'accepted'
  /** Not taken, perhaps later. */
  | 'rejected'
  /** Not taken, for good. */
  | 'refused'
  | 'uncertain'
  /** Asked, and the provider never had it. */
  | 'unknown'
  /** Asked, without an answer. */
  | 'unanswered'
  | 'receipt'
  /** A receipt of a provider that was given up on. */
  | 'late-receipt'
  /** A receipt that says that the provider could not deliver. */
  | 'undelivered'
  /** The provider has it, and no receipt came in time. */
  | 'no-receipt'
  /** Nothing could be learnt from the provider in time. */
  | 'unreconciled'
  /** Held back by a limit of the person's. */
  | 'held'
  /** Told by another notice, which gives the number of those it stands for. */
  | 'covered'
  /** Told together with others by one notice. */
  | 'carried';

/** One step of one attempt to hand a notice to a provider. Append-only. */
export type NoticeAttemptTable = {
  seq: Generated<number>;
  /** Content id, so that the same receipt leaves one row. */
  id: string;
  noticeId: string;
  alertId: string;
  /** Which hand-over, from 1; 0 before the first. */
  attempt: number;
  /** Empty when no provider had to do with it. */
  provider: string;
  what: AttemptStage;
  /** Why; the state of a receipt; the notice that covers this one. */
  code: string | null;
  messageId: string | null;
  sequence: number | null;
  atMs: EpochMs;
  /** Until when it is held back. */
  untilMs: EpochMs | null;
};

/** A browser an officer wants to be pushed to. */
export type PushSubscriptionTable = {
  /** Hash of the endpoint. */
  id: string;
  officerId: string;
  endpoint: string;
  /** Keys of the browser, base64url. */
  p256dh: string;
  auth: string;
  /** What the officer calls it. */
  device: string;
  language: Language;
  createdAtMs: EpochMs;
};

/** `moot`: when its time came, somebody had the alert. */
export type EscalationState = 'waiting' | 'done' | 'moot';

/** One rung of an alert's ladder: who is told next when a side has not acknowledged by then. */
export type EscalationTable = {
  /** Hash of alert, step and side. */
  id: string;
  alertId: string;
  /** That of its notices: rung by rung, and correction by correction; see alerts/notify.ts. */
  step: number;
  side: 'city' | 'county';
  dueAtMs: EpochMs;
  channel: ChannelKind;
  recipients: JsonText<readonly string[]>;
  state: EscalationState;
  doneAtMs: EpochMs | null;
  /** Climbed again so long after, round by round, until somebody has the alert; null for once. */
  everyMs: number | null;
  /** Which time round, from 0. */
  round: number;
};
