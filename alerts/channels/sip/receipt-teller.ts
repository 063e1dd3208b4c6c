// Tells what happens to calls, in order and until it is written down: there is no provider behind us who
// would report it again.

import { OperatingError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Clock, Timer } from '../../../core/time.ts';
import type { Receipt, ReceiptListener, ReceiptOutcome } from '../channel.ts';

export type ReceiptTeller = {
  /** Gives it the next sequence and tells it; resolves with what became of it, undefined when it is lost. */
  tell(receipt: Omit<Receipt, 'sequence'>): Promise<ReceiptOutcome | undefined>;
  /** Gives it the next sequence only, for somebody who asked. */
  note(receipt: Omit<Receipt, 'sequence'>): Receipt;
  lastOf(noticeId: string): Receipt | undefined;
  onReceipt(listener: ReceiptListener): void;
  /** Resolves when all that was told is written down. */
  finish(): Promise<void>;
  stop(): void;
};

/** With the pauses a quarter of an hour, as long as the outbox tries. */
const TRIES_MAX = 70;
const PAUSE_MS = 250;
const PAUSE_MS_MAX = 15_000;
/** Last receipts kept for those who ask. */
const KEPT_MAX = 10_000;

export function createReceiptTeller({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): ReceiptTeller {
  const last = new Map<string, Receipt>();
  const telling = new Map<string, Promise<unknown>>();
  const pauses = new Set<Timer>();
  let listener: ReceiptListener | undefined;

  const note = (given: Omit<Receipt, 'sequence'>): Receipt => {
    const sequence = (last.get(given.noticeId)?.sequence ?? 0) + 1;
    const receipt = { ...given, sequence };
    last.delete(given.noticeId);
    last.set(given.noticeId, receipt);
    const [oldest] = last.keys();
    if (last.size > KEPT_MAX && oldest !== undefined) last.delete(oldest);
    return receipt;
  };
  const pauseFor = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = clock.after(ms, () => {
        pauses.delete(timer);
        resolve();
      });
      pauses.add(timer);
    });
  const deliver = async (receipt: Receipt) => {
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      if (tried > 0) await pauseFor(Math.min(PAUSE_MS_MAX, PAUSE_MS * 2 ** tried));
      try {
        return await listener?.(receipt);
      } catch (error) {
        // The records are away for a moment; the sequence keeps a receipt that is told twice harmless.
        if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
      }
    }
    const { noticeId, state } = receipt;
    logger.error('alerts.phone-receipt-lost', { noticeId, state });
    return undefined;
  };

  return {
    note,
    tell(given) {
      const receipt = note(given);
      const { noticeId } = given;
      const before = telling.get(noticeId) ?? Promise.resolve();
      const mine = before
        .then(() => deliver(receipt))
        .finally(() => {
          if (telling.get(noticeId) === mine) telling.delete(noticeId);
        });
      telling.set(noticeId, mine);
      return mine;
    },
    lastOf: (noticeId) => last.get(noticeId),
    onReceipt(given) {
      listener = given;
    },
    async finish() {
      await Promise.all(telling.values());
    },
    stop() {
      for (const timer of pauses) timer.cancel();
    },
  };
}
