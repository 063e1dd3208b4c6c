// submit_sm as we fill it in, what its answer says, and which numbers one is under way to.

import type { Pdu } from 'smpp';
import { ioClock } from '../../../core/time.ts';
import type { MessageBody } from './body.ts';
import type { NewPart } from './memory.ts';
import type { SmppSettings } from './settings.ts';

/** A receipt that overtook the answer to its submission waits so long for it. */
const ANSWER_WITHIN_MS = 5_000;
/** One receipt, when the message has come to its end (SMPP 3.4, section 5.2.17). */
const FINAL_RECEIPT = 1;
const INTERNATIONAL = { dest_addr_ton: 1, dest_addr_npi: 1 } as const;
const NATIONAL = { dest_addr_ton: 2, dest_addr_npi: 1 } as const;

export type SubmitAnswer =
  | { readonly kind: 'taken'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreadable' };

/** The answer to submit_sm; one of another kind says nothing we may rely on. */
export function readAnswer({
  command,
  command_status: status,
  message_id: messageId,
}: Pdu): SubmitAnswer {
  if (command !== 'submit_sm_resp' && command !== 'generic_nack') return { kind: 'unreadable' };
  if (status !== 0) return { kind: 'refused', status };
  return messageId ? { kind: 'taken', messageId } : { kind: 'unreadable' };
}

export const senderOf = ({ sender, senderTon, senderNpi }: SmppSettings) => ({
  source_addr: sender,
  source_addr_ton: senderTon,
  source_addr_npi: senderNpi,
});

export function fieldsOf(
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
export function createSubmitting() {
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
