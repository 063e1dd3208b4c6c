// The records of messages that are about no alert, and of replies that come in parts, as TypeScript sees them.

import type { Generated } from 'kysely';
import type { EpochMs } from '../core/time.ts';
import type { NoticeAttemptTable, OutboxTable } from './records-notices.ts';

/** A message to an officer that is about no alert, under the same promises as a notice of the outbox. */
export type OfficerMessageTable = Pick<
  OutboxTable,
  | 'id'
  | 'channel'
  | 'recipient'
  | 'textZh'
  | 'textEn'
  | 'state'
  | 'attempts'
  | 'nextAttemptAtMs'
  | 'leasedUntilMs'
  | 'leasedBy'
  | 'provider'
  | 'providerMessageId'
  | 'providerSequence'
  | 'lastErrorCode'
  | 'createdAtMs'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
  | 'handOvers'
  | 'receiptDueAtMs'
> & {
  kind: 'duty-tomorrow' | 'phone-code';
  /** Where it goes when not to the officer's number: a number that is being tried. */
  address: string | null;
  /** When it is of no use any more. */
  expiresAtMs: EpochMs;
};

/** `submitted`: handed to the centre, which has not said whether it took it. */
export type SmsPartState = 'submitted' | 'accepted' | 'failed' | 'delivered';

/** A part of a notice that was handed to an SMS centre; one the centre refused leaves no row. */
export type SmsPartTable = {
  provider: string;
  noticeId: string;
  /** From 0. */
  part: number;
  parts: number;
  /** E.164. */
  number: string;
  /** What the message carries so that a centre can repeat it in a receipt; 16 bits of the notice's id. */
  reference: number;
  state: SmsPartState;
  /** As the centre named it, and as its receipts do. */
  messageId: string | null;
  receiptKey: string | null;
  reason: string | null;
  submittedAtMs: EpochMs;
};

/** A reply of an officer, without what it said. */
export type SmsReplyTable = {
  /** Hash of the provider and its name for the reply, or of who, what and when. */
  id: string;
  provider: string;
  officerId: string;
  /** The alert it was understood to be about. */
  alertId: string | null;
  /** A code of alerts/replies.ts. */
  outcome: string;
  /** What it was read as, which tells whether the same was written again. */
  code: string;
  receivedAtMs: EpochMs;
  answerZh: string | null;
  answerEn: string | null;
  answerState: 'none' | 'waiting' | 'sent' | 'failed';
  answerAttempts: number;
  answerDueAtMs: EpochMs;
};

/** One step of one attempt to hand a message to a provider; see NoticeAttemptTable. Append-only. */
export type MessageAttemptTable = Pick<
  NoticeAttemptTable,
  'id' | 'attempt' | 'provider' | 'what' | 'code' | 'messageId' | 'sequence' | 'atMs'
> & {
  seq: Generated<number>;
  officerMessageId: string;
};

/** A part of a long reply. Its text is deleted once the reply is judged, the row a little later. */
export type SmsReplyPartTable = {
  provider: string;
  /** The number it came from, as the centre writes it. */
  sender: string;
  /** The sender's name for the whole, of 8 or 16 bits. */
  reference: number;
  parts: number;
  /** From 1. */
  part: number;
  coding: 'utf-16' | 'gbk' | 'unreadable';
  octets: Uint8Array;
  contentHash: string;
  receivedAtMs: EpochMs;
  /** When the whole was judged; null while parts are awaited. */
  doneAtMs: EpochMs | null;
};
