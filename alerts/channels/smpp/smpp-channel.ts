// ⑦ SMS through an operator's centre over SMPP 3.4. The centre knows no key of ours, so what was handed over
// is remembered here: a notice that was taken, or may have been, is not handed over again.

import type { Pdu } from 'smpp';
import type { Logger } from '../../../core/logger.ts';
import type { Random } from '../../../core/random.ts';
import { ioClock, type Clock } from '../../../core/time.ts';
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
import { takeDelivery } from './incoming.ts';
import { openLink, type LinkState, type Place } from './link.ts';
import { createSmsMemory, type NewPart, type SmsMemory } from './memory.ts';
import { receiptOf, referenceNumberOf } from './parts.ts';
import { refusalOf } from './refusal.ts';
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

/** A receipt that overtook the answer to its submission waits so long for it. */
const ANSWER_WITHIN_MS = 5_000;
/** One receipt, when the message has come to its end (SMPP 3.4, section 5.2.17). */
const FINAL_RECEIPT = 1;
const INTERNATIONAL = { dest_addr_ton: 1, dest_addr_npi: 1 } as const;
const NATIONAL = { dest_addr_ton: 2, dest_addr_npi: 1 } as const;

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

type Answer =
  | { readonly kind: 'taken'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreadable' };

/** The answer to submit_sm; one of another kind says nothing we may rely on. */
function readAnswer({ command, command_status: status, message_id: messageId }: Pdu): Answer {
  if (command !== 'submit_sm_resp' && command !== 'generic_nack') return { kind: 'unreadable' };
  if (status !== 0) return { kind: 'refused', status };
  return messageId ? { kind: 'taken', messageId } : { kind: 'unreadable' };
}

const senderOf = ({ sender, senderTon, senderNpi }: SmppSettings) => ({
  source_addr: sender,
  source_addr_ton: senderTon,
  source_addr_npi: senderNpi,
});

function fieldsOf(
  settings: SmppSettings,
  { number, reference }: NewPart,
  { dataCoding, esmClass, field, octets }: MessageBody,
) {
  const isChinese = number.startsWith('+86');
  const isNational = settings.numbers === 'national' && isChinese;
  return {
    ...senderOf(settings),
    ...(isNational ? NATIONAL : INTERNATIONAL),
    destination_addr: number.slice(isNational ? '+86'.length : 1),
    esm_class: esmClass,
    data_coding: dataCoding,
    registered_delivery: FINAL_RECEIPT,
    user_message_reference: reference,
    [field]: octets,
  };
}

/** Which numbers something is being submitted to, for receipts that are faster than the answer. */
function createSubmitting() {
  const counts = new Map<string, number>();
  const waiters = new Set<() => void>();
  return {
    begin(number: string): () => void {
      counts.set(number, (counts.get(number) ?? 0) + 1);
      return () => {
        const left = (counts.get(number) ?? 1) - 1;
        if (left === 0) counts.delete(number);
        else counts.set(number, left);
        for (const wake of waiters) wake();
      };
    },
    untilAnswered(number: string): Promise<void> {
      if (!counts.has(number)) return Promise.resolve();
      return new Promise((resolve) => {
        const end = () => {
          timer.cancel();
          waiters.delete(look);
          resolve();
        };
        const look = () => {
          if (!counts.has(number)) end();
        };
        const timer = ioClock.after(ANSWER_WITHIN_MS, end);
        waiters.add(look);
      });
    },
  };
}
