// Sends the due messages of one channel the way notices are sent: recorded first, asked about before they are
// sent again, and never sent twice for one key.

import type { Logger } from '../../core/logger.ts';
import type { Random } from '../../core/random.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import type { OfficerMessageTable } from '../../warehouse/records-schema.ts';
import {
  afterReceipt,
  afterSend,
  afterStatus,
  type Moment,
  type NoticeChange,
  type NoticeState,
} from '../attempt.ts';
import type { Channel, Receipt, ReceiptOutcome } from '../channels/channel.ts';
import type { SenderOptions } from '../sender.ts';
import {
  changeMessage,
  findMessage,
  leaseMessages,
  type LeasedMessage,
  type MessageChange,
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
  channel: Channel,
  options: SenderOptions,
): Promise<number> {
  const leased = await leaseMessages(deps.records, {
    channel: channel.kind,
    senderId: deps.senderId,
    nowAtMs: deps.clock.now(),
    leaseMs: options.leaseMs,
    messagesMax: MESSAGES_MAX,
  });
  await Promise.all(leased.map((message) => handle(deps, channel, message, options)));
  return leased.length;
}

async function handle(
  deps: MessageDeps,
  channel: Channel,
  message: LeasedMessage,
  options: SenderOptions,
): Promise<void> {
  const { id, recipient, to: address, textZh: zh, textEn: en } = message;
  if (message.state === 'sending') {
    // No alert stands behind it.
    const notice = { id, alertId: '', recipient, address, text: { zh, en } };
    const outcome = await channel.send(notice);
    await write(deps, channel, message, options, (current, moment) =>
      afterSend(current, outcome, moment),
    );
    return;
  }
  const status = await channel.status(id);
  if (status.kind === 'known') {
    const taken = await takeMessageReceipt(deps, channel, status.receipt);
    if (taken === 'taken' || taken === 'stale') return;
  }
  const unsettled =
    status.kind === 'known' ? { kind: 'unavailable' as const, code: 'refused' } : status;
  await write(deps, channel, message, options, (current, moment) =>
    afterStatus(current, unsettled, moment),
  );
}

async function write(
  { records, clock, random, logger, senderId }: MessageDeps,
  { provider, kind: channel }: Channel,
  { id }: LeasedMessage,
  options: SenderOptions,
  next: (current: NoticeState, moment: Moment) => NoticeChange,
): Promise<void> {
  const jitter = random.next();
  const failed = await records.transaction(async (trx) => {
    const current = await findMessage(trx, id);
    if (!current) return undefined;
    const moment = { nowAtMs: clock.now(), jitter, taken: false, senderId, options };
    const change = changeOf(next(noticeStateOf(current), moment));
    await changeMessage(trx, current, change.providerMessageId ? { ...change, provider } : change);
    return change.state === 'failed' ? (change.lastErrorCode ?? '') : undefined;
  });
  if (failed !== undefined) {
    logger.warn('messages.failed', { messageId: id, channel, code: failed });
  }
}

const noticeStateOf = (message: OfficerMessageTable): NoticeState => ({
  ...message,
  receiptDueAtMs: null,
});

const changeOf = ({ receiptDueAtMs: _dueAtMs, ...change }: NoticeChange): MessageChange => change;

/** Takes one receipt; the same one again changes nothing. */
export async function takeMessageReceipt(
  { records, clock }: Pick<MessageDeps, 'records' | 'clock'>,
  { kind, provider }: Pick<Channel, 'kind' | 'provider'>,
  receipt: Receipt,
): Promise<ReceiptOutcome> {
  return records.transaction(async (trx) => {
    const message = await findMessage(trx, receipt.noticeId);
    if (!message || message.channel !== kind) return 'unknown-notice';
    const known = message.providerMessageId;
    if (known !== null && known !== receipt.messageId) return 'other-message';
    const change = changeOf(afterReceipt(noticeStateOf(message), receipt, clock.now()));
    if (Object.keys(change).length === 0) return 'stale';
    await changeMessage(trx, message, { ...change, provider });
    return 'taken';
  });
}
