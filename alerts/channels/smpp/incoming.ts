// What a centre delivers to us: receipts about what we sent, and what people reply. Its message is answered
// with "taken" only once the effect is recorded; otherwise the centre sends it again.

import type { Pdu } from 'smpp';
import type { Logger } from '../../../core/logger.ts';
import type { SmsPartTable } from '../../../warehouse/records-schema.ts';
import type { ReceiptListener, ReplyListener } from '../channel.ts';
import { readSmsNumber } from '../sms-number.ts';
import { partNumberOf, textOf } from './body.ts';
import { isReceipt, readReceipt, type DeliveryReceipt } from './delivery-receipt.ts';
import type { SmsMemory } from './memory.ts';
import { receiptOf } from './parts.ts';
import { TAKEN, TRY_AGAIN } from './session.ts';

export type IncomingDeps = {
  readonly memory: SmsMemory;
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

async function takeReply({ logger, onReply }: IncomingDeps, pdu: Pdu): Promise<number> {
  // A long one comes in parts; what acknowledges is short, so the first tells all we need.
  if (partNumberOf(pdu) > 1) return TAKEN;
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
