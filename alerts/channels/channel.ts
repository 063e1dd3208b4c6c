// ⑦ The port to what carries notices to persons. A channel translates; it decides nothing, keeps nothing but
// what its provider makes it remember, and never throws for what the world does. The outbox (../outbox.ts)
// owns every retry.

import type { Retry } from '../../core/errors.ts';
import type { Level } from '../../core/finding.ts';
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
  /** Which hand-over of the notice this is, from 1: another provider may have had it before. */
  readonly attempt?: number;
  readonly level?: Level;
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

/** On which terms a provider is used. */
export type ProviderTerms = {
  /**
   * How long it may take to say that a notice reached the person, by level. After that it is asked, and then
   * the next provider gets the notice. It owes no receipt when left out.
   */
  readonly receiptWithinMs?: Readonly<Record<Level, number>>;
  /** Notices it takes in a second, and at once. */
  readonly perSecond?: number;
  readonly concurrent?: number;
};

/** What somebody wrote back, to the number and not to a certain notice. */
export type Reply = {
  /** The provider's name for it, the same when it is handed over again; SMPP has none. */
  readonly id?: string;
  /** The number it came from. */
  readonly from: string;
  readonly text: string;
  /** A part of it never came: what is there acknowledges nothing. */
  readonly isCutOff?: boolean;
  /** The notice it answers, where the provider knows. */
  readonly noticeId?: string;
};

export const REPLY_OUTCOMES = [
  'acknowledged',
  /** Another side still has to acknowledge. */
  'partly',
  'acknowledged-before',
  'closed',
  /** Several alerts wait for this officer, and the reply names none. */
  'ambiguous',
  'nothing-open',
  'unknown-reference',
  'unclear',
  /** A part of it never came. */
  'cut-off',
  /** It was taken before. */
  'repeated',
  /** No officer has this number. */
  'unknown-number',
] as const;

export type ReplyOutcome = (typeof REPLY_OUTCOMES)[number];

export type ReplyListener = (reply: Reply) => Promise<ReplyOutcome>;

export type Channel = {
  readonly kind: NoticeChannel;
  /** Name of the provider behind it, unique among those of its kind; kept with each notice. */
  readonly provider: string;
  readonly terms?: ProviderTerms;
  send(notice: OutgoingNotice): Promise<SendOutcome>;
  status(noticeId: string): Promise<StatusOutcome>;
  /** Sets who is told of receipts; one listener. Receipts before it is set are refused. */
  onReceipt(listener: ReceiptListener): void;
  /** Sets who is told of replies, on channels people can write to; one listener. */
  onReply?(listener: ReplyListener): void;
  /** Judges replies that wait for a part for too long; gives how many. Called again and again. */
  settleReplies?(): Promise<number>;
};
