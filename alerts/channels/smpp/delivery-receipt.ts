// What a centre reports about a message: TLVs where it has them, otherwise the text of SMPP 3.4, appendix B.
// Only what the centre itself marks as a receipt is one: a handset can send the same text.

import type { Pdu } from 'smpp';
import { textOf } from './body.ts';

export type DeliveryState = 'accepted' | 'delivered' | 'failed';

export type DeliveryReceipt = {
  readonly messageId: string;
  readonly state: DeliveryState;
  /** Why it failed, in our words. */
  readonly reason?: string;
  /** The centre's own error code, for its operators. */
  readonly error?: string;
  /** What we gave the message for a reference; few centres give it back. */
  readonly reference?: number;
};

const TYPE_OF_MESSAGE = 0x3c;
const CENTRE_RECEIPT = 0x04;
const INTERMEDIATE = 0x20;

/** True when the centre speaks about a message, and no handset does. */
export function isReceipt({ esm_class = 0, receipted_message_id }: Pdu): boolean {
  const type = esm_class & TYPE_OF_MESSAGE;
  return type === CENTRE_RECEIPT || type === INTERMEDIATE || receipted_message_id !== undefined;
}

/** Undefined when it cannot be read. */
export function readReceipt(pdu: Pdu): DeliveryReceipt | undefined {
  const content = textOf(pdu) ?? '';
  const messageId = pdu.receipted_message_id ?? fieldIn(content, /\bid:\s*(\S+)/i);
  const meaning =
    pdu.message_state === undefined
      ? meaningOfWord(fieldIn(content, /\bstat:\s*([A-Z]+)/i))
      : MEANING_OF_STATE[pdu.message_state];
  if (!messageId || !meaning) return undefined;
  const error = networkError(pdu.network_error_code) ?? fieldIn(content, /\berr:\s*(\S+)/i);
  return {
    messageId,
    ...meaning,
    ...(error === undefined ? {} : { error }),
    ...(pdu.user_message_reference === undefined ? {} : { reference: pdu.user_message_reference }),
  };
}

type Meaning = Pick<DeliveryReceipt, 'state' | 'reason'>;

const ACCEPTED: Meaning = { state: 'accepted' };
const UNREACHABLE: Meaning = { state: 'failed', reason: 'unreachable' };

/** message_state of SMPP 3.4, section 5.2.28. The centre's "unknown" says nothing, so nothing changes. */
export const MEANING_OF_STATE: Readonly<Record<number, Meaning>> = {
  0: ACCEPTED,
  1: ACCEPTED,
  2: { state: 'delivered' },
  3: UNREACHABLE,
  4: { state: 'failed', reason: 'deleted' },
  5: UNREACHABLE,
  6: ACCEPTED,
  7: ACCEPTED,
  8: { state: 'failed', reason: 'refused' },
  9: { state: 'failed', reason: 'skipped' },
};

/** Abbreviated to seven letters in the standard, written out by some. */
const STATE_OF_WORD: readonly (readonly [string, number])[] = [
  ['SCHED', 0],
  ['ENROUTE', 1],
  ['DELIV', 2],
  ['EXPIR', 3],
  ['DELET', 4],
  ['UNDEL', 5],
  ['ACCEP', 6],
  ['UNKNO', 7],
  ['REJEC', 8],
  ['SKIPP', 9],
];

function meaningOfWord(word: string | undefined): Meaning | undefined {
  const state = STATE_OF_WORD.find(([start]) => word?.toUpperCase().startsWith(start))?.[1];
  return state === undefined ? undefined : MEANING_OF_STATE[state];
}

/** Kind of network, then the code. */
const networkError = (octets: Buffer | undefined): string | undefined =>
  octets?.length === 3 ? `${octets[0]}-${octets.readUInt16BE(1)}` : undefined;

const fieldIn = (content: string, pattern: RegExp): string | undefined =>
  pattern.exec(content)?.[1];
