// ⑦ The channel of the canaries: reaches nobody, and reports that it did. What it proves is everything before it,
// and that receipts are taken.

import type { Channel, ReceiptListener } from '../channels/channel.ts';

const DELIVERED_SEQUENCE = 1;

export function createCanaryChannel(): Channel {
  let onReceipt: ReceiptListener | undefined;
  const receiptOf = (noticeId: string) => ({
    noticeId,
    messageId: noticeId,
    sequence: DELIVERED_SEQUENCE,
    state: 'delivered' as const,
  });
  return {
    kind: 'canary',
    provider: 'canary',
    async send({ id }) {
      // A receipt that cannot be taken now is one that is missing: the watchdog finds it.
      await onReceipt?.(receiptOf(id)).catch(() => {});
      return { kind: 'accepted', messageId: id };
    },
    status: (noticeId) => Promise.resolve({ kind: 'known', receipt: receiptOf(noticeId) }),
    onReceipt(listener) {
      onReceipt = listener;
    },
  };
}
