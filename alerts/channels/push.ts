// ⑦ Push to the consoles that are open: hands notices to listeners in this process, the live stream above
// all. Seen on an officer's screen is the receipt. Nobody listening is no failure: a console that opens later
// shows every open alert anyway.

import { assert } from '../../core/errors.ts';
import type { Text } from '../../core/text.ts';
import type { Channel, ReceiptListener, ReceiptOutcome } from './channel.ts';

export type PushedNotice = {
  readonly id: string;
  readonly alertId: string;
  /** An officer id. The same notice may be pushed twice; a console shows it once. */
  readonly recipient: string;
  readonly text: Text;
};

export type PushChannel = Channel & {
  /** Calls `listener` for every notice from now on; gives a function that ends it. */
  subscribe(listener: (notice: PushedNotice) => void): () => void;
  /** Says that an officer has seen a notice on screen. */
  seen(noticeId: string, officerId: string): Promise<ReceiptOutcome>;
};

export const CONSOLE_PROVIDER = 'console';

/** Of the only receipt a push has. */
export const SEEN_SEQUENCE = 1;

export function createPushChannel(): PushChannel {
  const listeners = new Set<(notice: PushedNotice) => void>();
  let onReceipt: ReceiptListener | undefined;
  return {
    kind: 'push',
    provider: CONSOLE_PROVIDER,
    send({ id, alertId, recipient, text }) {
      for (const listener of listeners) listener({ id, alertId, recipient, text });
      return Promise.resolve({ kind: 'accepted', messageId: id });
    },
    // Only a crash in the middle of a send makes a push uncertain, and pushing again does no harm.
    status: () => Promise.resolve({ kind: 'unknown' }),
    onReceipt(listener) {
      onReceipt = listener;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async seen(noticeId, officerId) {
      assert(onReceipt, 'receipts are listened for before consoles are open');
      return onReceipt({
        noticeId,
        messageId: noticeId,
        sequence: SEEN_SEQUENCE,
        state: 'delivered',
        from: officerId,
      });
    },
  };
}
