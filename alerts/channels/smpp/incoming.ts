// What a centre delivers to us: receipts about what we sent, and what people reply. Its message is answered
// with "taken" only once the effect is recorded; otherwise the centre sends it again.

import type { Pdu } from 'smpp';
import { never } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import type { SmsPartTable } from '../../../warehouse/records-schema.ts';
import type { ReceiptListener, ReplyListener } from '../channel.ts';
import { readSmsNumber } from '../sms-number.ts';
import { partOf, receivedOf, textOf, type PartOf } from './body.ts';
import { isReceipt, readReceipt, type DeliveryReceipt } from './delivery-receipt.ts';
import { REPLY_PARTS_MAX, type LongReplies, type LongReply } from './long-replies.ts';
import type { SmsMemory } from './memory.ts';
import { receiptOf } from './parts.ts';
import { TAKEN, TRY_AGAIN } from './session.ts';

export type IncomingDeps = {
  readonly memory: SmsMemory;
  readonly longReplies: LongReplies;
  readonly logger: Logger;
  /** Resolves once the centre has answered everything that is being submitted to the number. */
  readonly untilAnswered: (number: string) => Promise<void>;
  readonly onReceipt: () => ReceiptListener | undefined;
  readonly onReply: () => ReplyListener | undefined;
};

/** Takes a delivery; gives the status to answer it with. */
export const takeDelivery = (deps: IncomingDeps, pdu: Pdu): Promise<number> =>
  isReceipt(pdu) ? takeReceipt(deps, pdu) : takeReply(deps, pdu);

async function takeReceipt(deps: IncomingDeps, pdu: Pdu): Promise<number> {
  const { memory, logger } = deps;
  const receipt = readReceipt(pdu);
  if (!receipt) {
    logger.warn('sms.receipt-unreadable', { esmClass: pdu.esm_class ?? 0 });
    return TAKEN;
  }
  const listener = deps.onReceipt();
  // Nobody listens yet: the centre keeps it for us.
  if (!listener) return TRY_AGAIN;
  const part = await findPart(deps, receipt, pdu.source_addr ?? '');
  if (!part) {
    logger.warn('sms.receipt-unknown', { messageId: receipt.messageId, state: receipt.state });
    return TAKEN;
  }
  if (receipt.state === 'failed') {
    const { noticeId } = part;
    const { reason, error } = receipt;
    logger.warn('sms.undelivered', { noticeId, reason, error });
    await memory.change(part, { state: 'failed', reason: reason ?? 'failed' });
  } else if (receipt.state === 'delivered') await memory.change(part, { state: 'delivered' });
  const whole = receiptOf(await memory.partsOf(part.noticeId));
  if (whole) await listener(whole);
  return TAKEN;
}

/**
 * By the centre's name for it. A receipt can overtake the answer that says that name: then the answer is
 * waited for. When the answer was lost, the receipt is about what is unsettled: the one whose reference it
 * repeats, or the only one to that number.
 */
async function findPart(
  { memory, logger, untilAnswered }: IncomingDeps,
  { messageId, reference }: DeliveryReceipt,
  source: string,
): Promise<SmsPartTable | undefined> {
  const known = await memory.findByReceipt(messageId);
  if (known) return known;
  const number = readSmsNumber(source);
  if (number.kind === 'wrong') return undefined;
  await untilAnswered(number.e164);
  const answered = await memory.findByReceipt(messageId);
  if (answered) return answered;
  const unsettled = (await memory.unsettledTo(number.e164)).filter(
    (part) => reference === undefined || part.reference === reference,
  );
  const [only] = unsettled;
  if (!only || unsettled.length > 1) return undefined;
  logger.info('sms.settled-by-receipt', { noticeId: only.noticeId });
  await memory.change(only, { state: 'accepted', messageId, by: 'receipt' });
  return only;
}

async function takeReply(deps: IncomingDeps, pdu: Pdu): Promise<number> {
  const { logger, onReply } = deps;
  const part = partOf(pdu);
  if (part) return takePart(deps, pdu, part);
  const content = textOf(pdu);
  if (content === undefined) {
    logger.warn('sms.reply-unreadable', { coding: pdu.data_coding ?? 0 });
    return TAKEN;
  }
  const listener = onReply();
  if (!listener) return TRY_AGAIN;
  await listener({ from: pdu.source_addr ?? '', text: content });
  return TAKEN;
}

/** A part is answered with "taken" once it is kept, the last one once the whole has had its effect. */
async function takePart(deps: IncomingDeps, pdu: Pdu, part: PartOf): Promise<number> {
  const { logger, longReplies, onReply } = deps;
  const listener = onReply();
  if (!listener) return TRY_AGAIN;
  const from = pdu.source_addr ?? '';
  if (part.parts > REPLY_PARTS_MAX) {
    logger.warn('sms.reply-too-long', { parts: part.parts });
    return TAKEN;
  }
  const taken = await longReplies.take({ from, ...part, ...receivedOf(pdu) });
  switch (taken.kind) {
    case 'waiting':
    case 'known':
      return TAKEN;
    case 'replaced':
      await judgeCutOff(deps, listener, taken.reply);
      await longReplies.judged(taken.reply, true);
      return takePart(deps, pdu, part);
    case 'whole': {
      const { reply, text } = taken;
      if (text === undefined) logger.warn('sms.reply-unreadable', { parts: reply.parts });
      else await listener({ id: reply.id, from, text });
      await longReplies.judged(reply);
      return TAKEN;
    }
    default:
      return never(taken);
  }
}

/** Judges replies that wait for a part for too long; gives how many. */
export async function judgeOverdue(deps: IncomingDeps): Promise<number> {
  const listener = deps.onReply();
  if (!listener) return 0;
  const overdue = await deps.longReplies.overdue();
  for (const reply of overdue) {
    await judgeCutOff(deps, listener, reply);
    await deps.longReplies.judged(reply);
  }
  return overdue.length;
}

/** What is there may say the opposite of what was written: it acknowledges nothing, and the officer is told. */
async function judgeCutOff(
  { logger }: IncomingDeps,
  listener: ReplyListener,
  { id, from, parts }: LongReply,
): Promise<void> {
  logger.warn('sms.reply-cut-off', { parts });
  await listener({ id, from, text: '', isCutOff: true });
}
