// What becomes of a notice after something happened to it: a pure table of states. The rule behind it: a
// notice that may have reached the provider is never sent again before the provider was asked.

import { epochMs, type EpochMs } from '../core/time.ts';
import type { OutboxState, OutboxTable } from '../warehouse/records-schema.ts';
import type { Receipt, SendOutcome, StatusOutcome } from './channels/channel.ts';

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
>;

export type NoticeChange = Partial<
  Pick<
    OutboxTable,
    | 'state'
    | 'nextAttemptAtMs'
    | 'leasedUntilMs'
    | 'leasedBy'
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
  const isOver = outcome.retry === 'never' || notice.attempts >= options.attemptsMax;
  if (isOver) return { ...RELEASED, state: 'failed', lastErrorCode: outcome.code };
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
  if (notice.attempts >= moment.options.attemptsMax) {
    return { ...RELEASED, state: 'failed', lastErrorCode: 'unsettled' };
  }
  if (outcome.kind === 'unknown') return again(moment, 0);
  const nextAttemptAtMs = epochMs(moment.nowAtMs + backoffMs(notice.attempts, moment));
  return { ...RELEASED, state: 'uncertain', nextAttemptAtMs, lastErrorCode: outcome.code };
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

const again = ({ nowAtMs, taken }: Moment, pauseMs: number): NoticeChange =>
  taken
    ? { ...RELEASED, state: 'cancelled' }
    : { ...RELEASED, state: 'waiting', nextAttemptAtMs: epochMs(nowAtMs + pauseMs) };

/** Doubles from try to try up to a bound, then spread over its upper half. */
function backoffMs(attempts: number, { jitter, options }: Moment): number {
  const wholeMs = Math.min(options.backoffMsMax, options.backoffMs * 2 ** (attempts - 1));
  return Math.round(wholeMs * (0.5 + jitter / 2));
}
