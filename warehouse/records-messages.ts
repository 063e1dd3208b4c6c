// The records of messages that are about no alert, and of replies that come in parts, as TypeScript sees them.

import type { Generated } from 'kysely';
import type { EpochMs } from '../core/time.ts';
import type { NoticeAttemptTable } from './records-schema.ts';

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
