// What becomes of a notice after something happened to it: a pure table of states. The rule behind it: a
// notice that may have reached the provider is never sent again before the provider was asked.

import { epochMs, type EpochMs } from '../core/time.ts';
import type { NoticeChannel, OutboxState, OutboxTable } from '../warehouse/records-schema.ts';
import type { Receipt, SendOutcome, StatusOutcome } from './channels/channel.ts';
import type { Turn } from './providers/choose-provider.ts';

export type AttemptOptions = {
  /** Sends and questions after which a notice is given up and the operators are told. */
  readonly attemptsMax: number;
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  readonly soonMs: number;
  /** After an ambiguous send: time for the provider to finish and call back before it is asked. */
  readonly settleAfterMs: number;
};

/** Twenty attempts with pauses up to a minute last a quarter of an hour. */
export const ATTEMPT_DEFAULTS: AttemptOptions = {
  attemptsMax: 20,
  backoffMs: 2_000,
  backoffMsMax: 60_000,
  soonMs: 300,
  settleAfterMs: 3_000,
};

export type Moment = {
  readonly nowAtMs: EpochMs;
  /** In [0, 1): spreads retries. */
  readonly jitter: number;
  /** Nobody needs the notice any more. */
  readonly taken: boolean;
  /** Who tried. A lease may have run out meanwhile and the notice be in other hands. */
  readonly senderId: string;
  readonly options: AttemptOptions;
  /** Whether another provider can take over; none when left out. */
  readonly turn?: Turn;
  /** The provider's time for a receipt is over. */
  readonly isOverdue?: boolean;
};

export type NoticeState = Pick<
  OutboxTable,
  | 'state'
  | 'attempts'
  | 'leasedBy'
  | 'providerMessageId'
  | 'providerSequence'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
  | 'receiptDueAtMs'
>;

export type NoticeChange = Partial<
  Pick<
    OutboxTable,
    | 'state'
    | 'nextAttemptAtMs'
    | 'leasedUntilMs'
    | 'leasedBy'
    | 'provider'
    | 'receiptDueAtMs'
    | 'providerMessageId'
    | 'providerSequence'
    | 'lastErrorCode'
    | 'sentAtMs'
    | 'deliveredAtMs'
    | 'answeredAtMs'
  >
>;

const RELEASED = { leasedBy: null, leasedUntilMs: null } as const;

/** States in which the provider has not been heard to take the notice. */
const NOT_SENT: readonly OutboxState[] = ['waiting', 'sending', 'uncertain', 'cancelled'];

/** After `send`. Empty when the notice has moved on meanwhile and there is nothing to add. */
export function afterSend(notice: NoticeState, outcome: SendOutcome, moment: Moment): NoticeChange {
  if (outcome.kind === 'accepted') {
    return {
      providerMessageId: notice.providerMessageId ?? outcome.messageId,
      sentAtMs: notice.sentAtMs ?? moment.nowAtMs,
      ...(NOT_SENT.includes(notice.state)
        ? { ...RELEASED, state: 'sent', lastErrorCode: null }
        : {}),
    };
  }
  if (notice.state !== 'sending' || notice.leasedBy !== moment.senderId) return {};
  const { options, nowAtMs } = moment;
  if (outcome.kind === 'uncertain') {
    const nextAttemptAtMs = epochMs(nowAtMs + options.settleAfterMs);
    return { ...RELEASED, state: 'uncertain', nextAttemptAtMs, lastErrorCode: outcome.code };
  }
  const { turn = 'none' } = moment;
  const isRefused = outcome.retry === 'never' && turn === 'none';
  if (isRefused || notice.attempts >= options.attemptsMax) {
    return { ...RELEASED, state: 'failed', lastErrorCode: outcome.code };
  }
  if (turn === 'at-once') return { ...again(moment, 0), lastErrorCode: outcome.code };
  const pauseMs = outcome.retry === 'soon' ? options.soonMs : backoffMs(notice.attempts, moment);
  return { ...again(moment, pauseMs), lastErrorCode: outcome.code };
}

/** After `status` of an uncertain notice gave no receipt. */
export function afterStatus(
  notice: NoticeState,
  outcome: Exclude<StatusOutcome, { kind: 'known' }>,
  moment: Moment,
): NoticeChange {
  if (notice.state !== 'uncertain' || notice.leasedBy !== moment.senderId) return {};
  if (outcome.kind === 'unknown' && moment.taken) return again(moment, 0);
  const { turn = 'none', isOverdue = false } = moment;
  const isLast = notice.attempts >= moment.options.attemptsMax;
  if (outcome.kind === 'unavailable' && turn !== 'none' && !moment.taken && (isOverdue || isLast)) {
    // Two calls are better than none: what cannot be learnt in time is not waited for.
    return { ...again(moment, 0), lastErrorCode: 'unreconciled' };
  }
  if (notice.attempts >= moment.options.attemptsMax) {
    return { ...RELEASED, state: 'failed', lastErrorCode: 'unsettled' };
  }
  if (outcome.kind === 'unknown') return again(moment, 0);
  const laterMs = moment.nowAtMs + backoffMs(notice.attempts, moment);
  const { receiptDueAtMs: dueAtMs } = notice;
  const isDueFirst = turn !== 'none' && dueAtMs !== null && dueAtMs > moment.nowAtMs;
  const nextAttemptAtMs = epochMs(isDueFirst ? Math.min(laterMs, dueAtMs) : laterMs);
  return { ...RELEASED, state: 'uncertain', nextAttemptAtMs, lastErrorCode: outcome.code };
}

/**
 * After the provider said that it has the notice, and no receipt came in its time. The next provider gets it.
 * Where there is none the notice counts as not delivered, and a push as one nobody looked at.
 */
export function afterSilence(
  notice: NoticeState,
  kind: NoticeChannel,
  moment: Moment,
): NoticeChange {
  if (notice.state !== 'uncertain' || notice.leasedBy !== moment.senderId) return {};
  const code = { lastErrorCode: 'no-receipt', receiptDueAtMs: null } as const;
  if (moment.taken) return { ...RELEASED, ...code, state: 'sent' };
  if ((moment.turn ?? 'none') !== 'none') return { ...again(moment, 0), ...code };
  return { ...RELEASED, ...code, state: kind === 'push' ? 'sent' : 'failed' };
}

const STATE_OF: Readonly<Record<Receipt['state'], OutboxState>> = {
  accepted: 'sent',
  delivered: 'delivered',
  answered: 'answered',
  failed: 'failed',
};

/**
 * After a receipt. The highest sequence decides the state, whatever the order of arrival; instants are
 * those of the first receipt that speaks of them. Empty for a repetition.
 */
export function afterReceipt(
  notice: NoticeState,
  receipt: Omit<Receipt, 'answer' | 'from'>,
  nowAtMs: EpochMs,
): NoticeChange {
  const reached = receipt.state === 'delivered' || receipt.state === 'answered';
  const change: NoticeChange = {
    ...(notice.providerMessageId === null ? { providerMessageId: receipt.messageId } : {}),
    ...(notice.sentAtMs === null ? { sentAtMs: nowAtMs } : {}),
    ...(reached && notice.deliveredAtMs === null ? { deliveredAtMs: nowAtMs } : {}),
    ...(receipt.state === 'answered' && notice.answeredAtMs === null
      ? { answeredAtMs: nowAtMs }
      : {}),
  };
  if (notice.providerSequence !== null && receipt.sequence <= notice.providerSequence) {
    return change;
  }
  return {
    ...change,
    ...RELEASED,
    state: STATE_OF[receipt.state],
    providerSequence: receipt.sequence,
    lastErrorCode: receipt.state === 'failed' ? (receipt.reason ?? 'failed') : null,
  };
}

/** Whoever gets it next gets it anew. */
export const HANDED_BACK = {
  ...RELEASED,
  provider: null,
  providerMessageId: null,
  providerSequence: null,
  receiptDueAtMs: null,
} as const;

const again = ({ nowAtMs, taken }: Moment, pauseMs: number): NoticeChange =>
  taken
    ? { ...RELEASED, state: 'cancelled' }
    : { ...HANDED_BACK, state: 'waiting', nextAttemptAtMs: epochMs(nowAtMs + pauseMs) };

/** Doubles from try to try up to a bound, then spread over its upper half. */
function backoffMs(attempts: number, { jitter, options }: Moment): number {
  const wholeMs = Math.min(options.backoffMsMax, options.backoffMs * 2 ** (attempts - 1));
  return Math.round(wholeMs * (0.5 + jitter / 2));
}

/**
 * After a receipt of a provider that the notice was taken away from: what reached the person counts, and
 * nothing else of it does.
 */
export function afterLateReceipt(
  notice: NoticeState,
  receipt: Pick<Receipt, 'state'>,
  nowAtMs: EpochMs,
): NoticeChange {
  if (receipt.state !== 'delivered' && receipt.state !== 'answered') return {};
  const isAnswer = receipt.state === 'answered';
  return {
    ...(notice.sentAtMs === null ? { sentAtMs: nowAtMs } : {}),
    ...(notice.deliveredAtMs === null ? { deliveredAtMs: nowAtMs } : {}),
    ...(isAnswer && notice.answeredAtMs === null ? { answeredAtMs: nowAtMs } : {}),
    ...(notice.state === 'answered' || (notice.state === 'delivered' && !isAnswer)
      ? {}
      : { ...RELEASED, state: STATE_OF[receipt.state], receiptDueAtMs: null, lastErrorCode: null }),
  };
}

const FURTHER: readonly OutboxState[] = ['sent', 'delivered', 'answered'];

/** A change that takes nothing back: another provider has reached the person already. */
export function withoutStepBack(notice: NoticeState, change: NoticeChange): NoticeChange {
  const isFurther =
    change.state !== undefined && FURTHER.indexOf(change.state) > FURTHER.indexOf(notice.state);
  if (change.state === undefined || isFurther) return change;
  const { state: _state, lastErrorCode: _code, ...rest } = change;
  return rest;
}
