// Sends the due messages of one channel the way notices are sent: recorded first with the provider that is to get
// them, asked about before they are sent again, handed to the next provider when no receipt comes, and never
// sent twice by one provider for one key.

import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { AttemptStage } from '../../warehouse/records-schema.ts';
import {
  afterSend,
  afterSilence,
  afterStatus,
  type Moment,
  type NoticeChange,
  type NoticeState,
} from '../attempt.ts';
import type { Channel, Receipt, ReceiptOutcome, SendOutcome } from '../channels/channel.ts';
import {
  createProviderList,
  type ProviderList,
  type ProviderLists,
} from '../providers/provider-list.ts';
import { changeOf, isOfEarlier, isOtherMessage, noteFailure, noteSuccess } from '../receipts.ts';
import {
  isOverdue,
  noteStep,
  stageOf,
  stepOf,
  stillOnConsole,
  withProvider,
  type Outcome,
  type SenderOptions,
} from '../sender.ts';
import { loadSteps, writeStep } from './message-steps.ts';
import {
  changeMessage,
  findMessage,
  leaseMessages,
  levelOfMessage,
  type LeasedMessage,
} from './message-store.ts';

export type MessageDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Tells this sender's leases from those of others. */
  readonly senderId: string;
};

/** Messages under way at once on one channel: nobody waits for them as for an alert. */
const MESSAGES_MAX = 8;

/** Sends or settles what is due; gives how many messages that were. */
export async function sendMessages(
  deps: MessageDeps,
  providers: Channel | ProviderList,
  options: SenderOptions,
): Promise<number> {
  const list = 'channels' in providers ? providers : createProviderList([providers]);
  const leased = await leaseMessages(deps.records, {
    list,
    senderId: deps.senderId,
    nowAtMs: deps.clock.now(),
    leaseMs: options.leaseMs,
    messagesMax: MESSAGES_MAX,
  });
  await Promise.all(
    leased.map(async (message) => {
      const finished =
        message.state === 'sending'
          ? await attempt(list, message)
          : await settle(deps, list, message);
      if (finished) await record(deps, list, finished, options);
    }),
  );
  return leased.length;
}

/** What came of a message, to be applied to it as it is by then. */
type Finished = Outcome & {
  readonly notice: LeasedMessage;
  readonly change: (current: NoticeState, moment: Moment) => NoticeChange;
};

async function attempt(list: ProviderList, message: LeasedMessage): Promise<Finished> {
  const { id, recipient, to: address, textZh: zh, textEn: en } = message;
  const outcome: SendOutcome = (await list.find(message.provider)?.send({
    id,
    // No alert stands behind it.
    alertId: '',
    recipient,
    address,
    text: { zh, en },
    attempt: message.handOvers ?? 1,
    level: levelOfMessage(message),
  })) ?? { kind: 'rejected', code: 'no-provider', retry: 'never' };
  return {
    notice: message,
    what: stageOf(outcome),
    ...(outcome.kind === 'accepted' ? { messageId: outcome.messageId } : { code: outcome.code }),
    change: (current, moment) => afterSend(current, outcome, moment),
  };
}

/** Asks the provider; gives nothing when its answer settled the message as a receipt does. */
async function settle(
  deps: MessageDeps,
  list: ProviderList,
  message: LeasedMessage,
): Promise<Finished | undefined> {
  const silence: Finished = {
    notice: message,
    what: 'no-receipt',
    change: (current, moment) => afterSilence(current, list.kind, moment),
  };
  // A push has no provider that could be asked whether somebody looked.
  if (list.kind === 'push' && message.sentAtMs !== null && isOverdue(message, deps)) return silence;
  // Messages of before they had providers of their own were given to the first.
  const channel = message.provider === null ? list.first : list.find(message.provider);
  const status = (await channel?.status(message.id)) ?? {
    kind: 'unavailable' as const,
    code: 'provider-gone',
  };
  if (status.kind !== 'known') return asked(message, status);
  if (!channel) return undefined;
  if (status.receipt.state === 'accepted' && isOverdue(message, deps)) return silence;
  const taking = { ...deps, providers: new Map([[list.kind, list]]) };
  const taken = await takeMessageReceipt(taking, channel, status.receipt);
  if (taken === 'taken' || taken === 'stale') return undefined;
  // A receipt that was refused settles nothing: it counts like no answer, and is asked for again.
  return asked(message, { kind: 'unavailable', code: taken });
}

const asked = (
  message: LeasedMessage,
  status: { kind: 'unknown' } | { kind: 'unavailable'; code: string },
): Finished => ({
  notice: message,
  what: status.kind === 'unknown' ? 'unknown' : 'unanswered',
  ...(status.kind === 'unknown' ? {} : { code: status.code }),
  change: (current, moment) => afterStatus(current, status, moment),
});

/** Writes down what came of a message: a receipt may have been faster, so it is read again first. */
async function record(
  deps: MessageDeps,
  list: ProviderList,
  finished: Finished,
  options: SenderOptions,
): Promise<void> {
  const { records, clock, logger, senderId } = deps;
  const { notice: message, code, messageId } = finished;
  const jitter = deps.random.next();
  const { what, failed } = await records.transaction(async (trx) => {
    const current = await findMessage(trx, message.id);
    const nowAtMs = clock.now();
    const overdue = isOverdue(message, deps);
    const step = stepOf(finished, {
      order: list.health.inOrder({ level: levelOfMessage(message), nowAtMs }),
      tried: await loadSteps(trx, message.id),
      isLate: overdue || message.attempts >= options.attemptsMax,
    });
    await writeStep(trx, message, {
      provider: message.provider ?? list.first.provider,
      what: step.what,
      ...(code === undefined ? {} : { code }),
      ...(messageId === undefined ? {} : { messageId }),
      atMs: nowAtMs,
      turn: message.attempts,
    });
    // Who has the message by now is not who this is about.
    const isTheirs = current?.provider === null || current?.provider === message.provider;
    if (!current || !isTheirs) return { what: step.what, failed: undefined };
    const moment = { nowAtMs, jitter, taken: false, senderId, options, isOverdue: overdue };
    const change = withProvider(
      stillOnConsole(list, current, finished.change(current, { ...moment, turn: step.turn })),
      message.provider,
    );
    await changeMessage(trx, current, change);
    const isLost = change.state === 'failed';
    return { what: step.what, failed: isLost ? (change.lastErrorCode ?? '') : undefined };
  });
  noteStep(deps, list, finished, what);
  if (failed !== undefined) {
    logger.warn('messages.failed', { messageId: message.id, channel: list.kind, code: failed });
  }
}

export type MessageReceiptDeps = Pick<MessageDeps, 'records' | 'clock' | 'logger'> & {
  /** Who takes over what a provider could not deliver; nobody when left out. */
  readonly providers?: ProviderLists;
};

/** Takes one receipt; the same one again changes nothing. */
export async function takeMessageReceipt(
  deps: MessageReceiptDeps,
  { kind, provider }: Pick<Channel, 'kind' | 'provider'>,
  receipt: Receipt,
): Promise<ReceiptOutcome> {
  const { outcome, what } = await deps.records.transaction(async (trx): Promise<Taken> => {
    const message = await findMessage(trx, receipt.noticeId);
    if (!message || message.channel !== kind) return { outcome: 'unknown-notice' };
    const isOnlyOne = message.provider === provider && (message.handOvers ?? 0) <= 1;
    const tried = isOnlyOne ? [] : await loadSteps(trx, message.id);
    const arrival = { notice: message, receipt, provider };
    const isLate = isOfEarlier(arrival, tried);
    if (isLate === undefined || isOtherMessage(arrival, { tried, isLate })) {
      return { outcome: 'other-message' };
    }
    const nowAtMs = deps.clock.now();
    const { what: stage, change } = changeOf(deps, arrival, { tried, isLate, nowAtMs });
    const isChange = Object.keys(change).length > 0;
    if (!isLate && !isChange) return { outcome: 'stale', what: stage };
    const begun = tried.findLast((one) => one.what === 'begun' && one.provider === provider);
    const isAdded = await writeStep(trx, message, {
      provider,
      what: stage,
      code: receipt.state === 'failed' ? (receipt.reason ?? 'failed') : receipt.state,
      messageId: receipt.messageId,
      sequence: receipt.sequence,
      atMs: nowAtMs,
      ...(begun ? { attempt: begun.attempt } : {}),
    });
    const isNew = isLate ? isAdded : isChange;
    if (isNew) await changeMessage(trx, message, change);
    return { outcome: isNew ? 'taken' : 'stale', what: stage };
  });
  const list = deps.providers?.get(kind);
  if (list && what === 'undelivered') {
    noteFailure(deps, list, { provider, code: receipt.reason ?? 'undelivered' });
  } else if (list && outcome === 'taken' && receipt.state !== 'accepted') {
    noteSuccess(deps, list, provider);
  }
  return outcome;
}

type Taken = { readonly outcome: ReceiptOutcome; readonly what?: AttemptStage };
