// ⑦ SMS through an operator's centre over SMPP 3.4. The centre knows no key of ours, so what was handed over
// is remembered here: a notice that was taken, or may have been, is not handed over again.

import type { Pdu } from 'smpp';
import type { Logger } from '../../../core/logger.ts';
import type { Random } from '../../../core/random.ts';
import type { Clock } from '../../../core/time.ts';
import type { Records } from '../../../warehouse/records.ts';
import type { SmsPartTable } from '../../../warehouse/records-schema.ts';
import type {
  Channel,
  OutgoingNotice,
  ReceiptListener,
  ReplyListener,
  SendOutcome,
  StatusOutcome,
} from '../channel.ts';
import { readSmsNumber } from '../sms-number.ts';
import { bodiesOf, type MessageBody } from './body.ts';
import { MEANING_OF_STATE } from './delivery-receipt.ts';
import { judgeOverdue, takeDelivery } from './incoming.ts';
import { openLink, type LinkState, type Place } from './link.ts';
import { createLongReplies } from './long-replies.ts';
import { createSmsMemory, type NewPart, type SmsMemory } from './memory.ts';
import { receiptOf, referenceNumberOf } from './parts.ts';
import { refusalOf } from './refusal.ts';
import { createSubmitting, fieldsOf, readAnswer, senderOf } from './submission.ts';
import type { SmppSettings } from './settings.ts';

export type SmppChannelDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
};

export type SmppChannel = Channel & {
  state(): LinkState;
  /** Finishes nothing: what is under way becomes uncertain. */
  close(): Promise<void>;
};

/** Connects at once and keeps connected; receipts are taken once somebody listens. Close it. */
export function openSmppChannel(
  deps: SmppChannelDeps,
  provider: string,
  settings: SmppSettings,
): SmppChannel {
  const { logger } = deps;
  const memory = createSmsMemory(deps, { provider, receiptIds: settings.receiptIds });
  const sending = new Map<string, Promise<SendOutcome>>();
  const submitting = createSubmitting();
  let onReceipt: ReceiptListener | undefined;
  let onReply: ReplyListener | undefined;
  const incoming = {
    memory,
    longReplies: createLongReplies(deps, { provider, joinWithinMs: settings.joinWithin }),
    logger,
    untilAnswered: submitting.untilAnswered,
    onReceipt: () => onReceipt,
    onReply: () => onReply,
  };
  const link = openLink(deps, settings, {
    onDeliver: (pdu) => takeDelivery(incoming, pdu),
    onNonsense: (code) => logger.warn('sms.nonsense', { code }),
  });

  /** The answer to a submission that was given up: better than none. */
  const takeLate = async (part: NewPart, pdu: Pdu) => {
    const answer = readAnswer(pdu);
    if (answer.kind === 'refused') return memory.forget(part);
    if (answer.kind === 'unreadable') return undefined;
    await memory.change(part, { state: 'accepted', messageId: answer.messageId, by: 'answer' });
    const whole = receiptOf(await memory.partsOf(part.noticeId));
    if (whole) await onReceipt?.(whole);
    return undefined;
  };

  const submit = async (place: Place, part: NewPart, body: MessageBody): Promise<SendOutcome> => {
    if (!(await memory.handOver(part))) return { kind: 'uncertain', code: 'handed-over' };
    const done = submitting.begin(part.number);
    const late = (pdu: Pdu) =>
      void takeLate(part, pdu).catch(() => logger.warn('sms.late-answer-lost', {}));
    try {
      const answer = await place.ask('submit_sm', fieldsOf(settings, part, body), late);
      if (answer.kind === 'none') {
        if (answer.sent) return { kind: 'uncertain', code: answer.code };
        await memory.forget(part);
        return { kind: 'rejected', code: 'not-bound', retry: 'backoff' };
      }
      const says = readAnswer(answer.pdu);
      if (says.kind === 'unreadable') return { kind: 'uncertain', code: 'unreadable-answer' };
      if (says.kind === 'refused') {
        await memory.forget(part);
        return { kind: 'rejected', ...refusalOf(says.status) };
      }
      await memory.change(part, { state: 'accepted', messageId: says.messageId, by: 'answer' });
      return { kind: 'accepted', messageId: says.messageId };
    } finally {
      done();
    }
  };

  const send = async ({ id, text }: OutgoingNotice, number: string): Promise<SendOutcome> => {
    const reference = referenceNumberOf(id);
    const bodies = bodiesOf(text[settings.language], { ...settings, reference });
    const known = await memory.partsOf(id);
    if (known.some(({ state }) => state === 'submitted')) {
      return { kind: 'uncertain', code: 'handed-over' };
    }
    for (const [index, body] of bodies.entries()) {
      if (known.some(({ part }) => part === index)) continue;
      const place = await link.place();
      if (!place) return { kind: 'rejected', code: 'not-bound', retry: 'backoff' };
      const part = { noticeId: id, part: index, parts: bodies.length, number, reference };
      const outcome = await submit(place, part, body).finally(place.giveBack);
      if (outcome.kind !== 'accepted') return outcome;
    }
    const taken = receiptOf(await memory.partsOf(id));
    return taken
      ? { kind: 'accepted', messageId: taken.messageId }
      : { kind: 'uncertain', code: 'handed-over' };
  };

  return {
    kind: 'sms',
    provider,
    async send(notice) {
      const { id, address, recipient } = notice;
      if (address === null) return { kind: 'rejected', code: 'no-number', retry: 'never' };
      const number = readSmsNumber(address);
      if (number.kind === 'wrong') {
        logger.error('sms.wrong-number', { officer: recipient, because: number.because });
        return { kind: 'rejected', code: `number-${number.because}`, retry: 'never' };
      }
      const running =
        sending.get(id) ?? send(notice, number.e164).finally(() => sending.delete(id));
      sending.set(id, running);
      return running;
    },
    async status(noticeId) {
      if (sending.has(noticeId)) return { kind: 'unavailable', code: 'under-way' };
      const parts = await memory.partsOf(noticeId);
      if (settings.query) await query(memory, link.place, { parts, settings });
      return statusOf(settings.query ? await memory.partsOf(noticeId) : parts);
    },
    onReceipt(listener) {
      onReceipt = listener;
    },
    onReply(listener) {
      onReply = listener;
    },
    settleReplies: () => judgeOverdue(incoming),
    state: link.state,
    close: link.close,
  };
}

/** What the records can say about a notice, and no more. */
function statusOf(parts: readonly SmsPartTable[]): StatusOutcome {
  if (parts.some(({ state }) => state === 'submitted')) {
    // The centre can be asked by its own name only, and it has not told us one.
    return { kind: 'unavailable', code: 'handed-over' };
  }
  const receipt = receiptOf(parts);
  return receipt ? { kind: 'known', receipt } : { kind: 'unknown' };
}

/** Asks the centre about the parts it has taken and not finished. */
async function query(
  memory: SmsMemory,
  takePlace: () => Promise<Place | undefined>,
  { parts, settings }: { parts: readonly SmsPartTable[]; settings: SmppSettings },
): Promise<void> {
  for (const part of parts) {
    if (part.state !== 'accepted' || part.messageId === null) continue;
    const place = await takePlace();
    if (!place) return;
    const fields = { message_id: part.messageId, ...senderOf(settings) };
    const answer = await place.ask('query_sm', fields).finally(place.giveBack);
    if (answer.kind === 'none' || answer.pdu.command !== 'query_sm_resp') continue;
    const meaning = MEANING_OF_STATE[answer.pdu.message_state ?? -1];
    if (meaning?.state === 'delivered') await memory.change(part, { state: 'delivered' });
    if (meaning?.state === 'failed') {
      await memory.change(part, { state: 'failed', reason: meaning.reason ?? 'failed' });
    }
  }
}
