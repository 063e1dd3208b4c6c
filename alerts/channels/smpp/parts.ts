// The parts of one notice as the outbox sees it: one message with one name and one state.

import { hash } from 'node:crypto';
import type { SmsPartTable } from '../../../warehouse/records-schema.ts';
import type { Receipt } from '../channel.ts';

/** SMPP numbers nothing: what follows what is decided by what is said, and an answer is the last word. */
const SEQUENCE_OF = { accepted: 0, failed: 1, delivered: 2 } as const;

/** 16 bits of the notice's id: what a centre may repeat in its receipts, and what holds parts together. */
export const referenceNumberOf = (noticeId: string): number =>
  hash('sha256', noticeId, 'buffer').readUInt16BE(0);

/** What is known of a notice; undefined until the centre has taken every part. */
export function receiptOf(parts: readonly SmsPartTable[]): Receipt | undefined {
  const [first] = parts;
  if (!first || parts.length < first.parts) return undefined;
  const messageId = first.messageId;
  if (messageId === null || parts.some((part) => part.messageId === null)) return undefined;
  const failed = parts.find(({ state }) => state === 'failed');
  const state = failed
    ? 'failed'
    : parts.every((part) => part.state === 'delivered')
      ? 'delivered'
      : 'accepted';
  const reason = failed?.reason;
  return {
    noticeId: first.noticeId,
    messageId,
    state,
    sequence: SEQUENCE_OF[state],
    ...(reason ? { reason } : {}),
  };
}
