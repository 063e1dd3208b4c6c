// ⑦ The port to what carries notices to persons. A channel translates; it decides nothing, keeps nothing,
// and never throws for what the world does. The outbox (../outbox.ts) owns every retry.

import type { Retry } from '../../core/errors.ts';
import type { Text } from '../../core/text.ts';
import type { NoticeChannel } from '../../warehouse/records-schema.ts';

export type OutgoingNotice = {
  /** The idempotency key: a provider that is given it twice acts once. */
  readonly id: string;
  readonly alertId: string;
  /** An officer id. */
  readonly recipient: string;
  /** The telephone number, looked up just now; null when the officer has none. */
  readonly address: string | null;
  readonly text: Text;
};

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly messageId: string }
  /** The provider did not take it and said so. */
  | { readonly kind: 'rejected'; readonly code: string; readonly retry: Retry }
  /** It may have been taken: only `status` or a receipt can tell. */
  | { readonly kind: 'uncertain'; readonly code: string };

export const RECEIPT_STATES = ['accepted', 'delivered', 'answered', 'failed'] as const;

/** What a provider tells about a notice, in a call-back or when asked. */
export type Receipt = {
  readonly noticeId: string;
  readonly messageId: string;
  /** Rises with what happens to the notice; receipts may arrive in any order and more than once. */
  readonly sequence: number;
  readonly state: (typeof RECEIPT_STATES)[number];
  /** What the person answered: the key pressed, the reply sent. */
  readonly answer?: string;
  /** Who answered: the number it came from, or the officer who saw a push. */
  readonly from?: string;
  /** Why it failed; a code of FAILURE_REASONS or of the provider. */
  readonly reason?: string;
};

/** Reasons for which trying the same person again may help. */
export const FAILURE_REASONS = ['busy', 'declined', 'no-answer', 'unreachable'] as const;

export type StatusOutcome =
  | { readonly kind: 'known'; readonly receipt: Receipt }
  /** The provider never took it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly code: string };

export type ReceiptOutcome =
  | 'taken'
  /** Nothing new in it. */
  | 'stale'
  | 'unknown-notice'
  /** It speaks of another message than the one the provider took for this notice. */
  | 'other-message'
  /** The answer did not come from the officer the notice was sent to. */
  | 'wrong-person';

export type ReceiptListener = (receipt: Receipt) => Promise<ReceiptOutcome>;

export type Channel = {
  readonly kind: NoticeChannel;
  /** Name of the provider behind it, kept with each notice. */
  readonly provider: string;
  send(notice: OutgoingNotice): Promise<SendOutcome>;
  status(noticeId: string): Promise<StatusOutcome>;
  /** Sets who is told of receipts; one listener. Receipts before it is set are refused. */
  onReceipt(listener: ReceiptListener): void;
};
