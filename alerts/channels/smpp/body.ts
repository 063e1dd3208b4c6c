// The text of a message as octets and back: UCS-2 for Chinese, the GSM alphabet where it suffices, cut into
// parts when it is longer than one message (3GPP TS 23.038 and 23.040, section 9.2.3.24.1).

import smpp, { type MessageField, type Pdu } from 'smpp';

export type MessageBody = {
  readonly dataCoding: number;
  readonly esmClass: number;
  readonly field: 'short_message' | 'message_payload';
  readonly octets: Buffer;
};

const GSM = { dataCoding: 0, single: 160, part: 153 } as const;
/** Counted in UTF-16 units: a rare character outside the basic plane takes two. */
const UCS_2 = { dataCoding: 8, single: 70, part: 67 } as const;

const UDH_PRESENT = 0x40;
const CONCATENATED = 0x00;
const CONCATENATED_16 = 0x08;

/** What is to be submitted, in order; `reference` holds the parts of one message together. */
export function bodiesOf(
  content: string,
  { longMessages, reference }: { longMessages: 'parts' | 'payload'; reference: number },
): readonly MessageBody[] {
  const form = BASIC_GSM.test(content) ? GSM : UCS_2;
  const { dataCoding } = form;
  const whole = (field: MessageBody['field']): readonly MessageBody[] => [
    { dataCoding, esmClass: 0, field, octets: encode(content, dataCoding) },
  ];
  if (content.length <= form.single) return whole('short_message');
  if (longMessages === 'payload') return whole('message_payload');
  const pieces = cut(content, form.part);
  return pieces.map((piece, index) => ({
    dataCoding,
    esmClass: UDH_PRESENT,
    field: 'short_message',
    octets: Buffer.concat([
      Buffer.from([5, CONCATENATED, 3, reference & 0xff, pieces.length, index + 1]),
      encode(piece, dataCoding),
    ]),
  }));
}

/** Without the characters that need an escape: those take two septets, and no text of ours has them. */
const BASIC_GSM = /^[A-Za-z0-9 @£$¥èéùìòÇØøÅåΔ_ÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà\n\r]*$/;

const encode = (content: string, dataCoding: number): Buffer =>
  dataCoding === GSM.dataCoding
    ? smpp.gsmCoder.encode(content, 0)
    : Buffer.from(content, 'utf16le').swap16();

/** Pieces of at most `unitsMax` UTF-16 units; a character of two is never torn apart. */
function cut(content: string, unitsMax: number): string[] {
  const pieces: string[] = [''];
  for (const character of content) {
    const last = pieces.at(-1) as string;
    if (last.length + character.length <= unitsMax) pieces[pieces.length - 1] = last + character;
    else pieces.push(character);
  }
  return pieces;
}

/** Octets that came in, not read yet: a character may be torn between two parts. */
export type ReceivedText = {
  readonly coding: 'utf-16' | 'gbk' | 'unreadable';
  readonly octets: Buffer;
};

/** The text of a message that came in; undefined when its coding cannot be read. */
export const textOf = (pdu: Pdu): string | undefined => readText([receivedOf(pdu)]);

export function receivedOf(pdu: Pdu): ReceivedText {
  const content = fieldOf(pdu)?.message ?? '';
  if (typeof content === 'string')
    return { coding: 'utf-16', octets: Buffer.from(content, 'utf16le') };
  // Centres in China also speak GBK, as coding 15.
  const isGbk = ((pdu.data_coding ?? 0) & 0x0f) === 0x0f;
  return { coding: isGbk ? 'gbk' : 'unreadable', octets: content };
}

/** The text of all pieces in their order; undefined when one of them cannot be read. */
export function readText(pieces: readonly ReceivedText[]): string | undefined {
  if (pieces.some(({ coding }) => coding === 'unreadable')) return undefined;
  let read = '';
  for (let at = 0; at < pieces.length;) {
    const { coding } = pieces[at] as ReceivedText;
    // What is of one coding is read in one go.
    const end = pieces.findIndex((piece, index) => index > at && piece.coding !== coding);
    const alike = pieces.slice(at, end < 0 ? undefined : end);
    const octets = Buffer.concat(alike.map((piece) => piece.octets));
    read += coding === 'gbk' ? new TextDecoder('gbk').decode(octets) : octets.toString('utf16le');
    at += alike.length;
  }
  return read;
}

/** Which part of which long message this is; `part` from 1. */
export type PartOf = { readonly reference: number; readonly parts: number; readonly part: number };

/**
 * By the header of the text or by the TLVs of SMPP. Undefined for a whole message, and for numbers that make no
 * sense: then the element is to be ignored (3GPP TS 23.040, section 9.2.3.24.1).
 */
export function partOf(pdu: Pdu): PartOf | undefined {
  const told = partInHeader(pdu) ?? partInTlvs(pdu);
  return told && told.parts > 1 && told.part >= 1 && told.part <= told.parts ? told : undefined;
}

function partInHeader(pdu: Pdu): PartOf | undefined {
  for (const element of fieldOf(pdu)?.udh ?? []) {
    if (element[0] === CONCATENATED && element.length >= 5) {
      const [, , reference = 0, parts = 0, part = 0] = element;
      return { reference, parts, part };
    }
    if (element[0] === CONCATENATED_16 && element.length >= 6) {
      const [, , high = 0, low = 0, parts = 0, part = 0] = element;
      return { reference: (high << 8) | low, parts, part };
    }
  }
  return undefined;
}

function partInTlvs(pdu: Pdu): PartOf | undefined {
  const { sar_msg_ref_num: reference, sar_total_segments: parts, sar_segment_seqnum: part } = pdu;
  if (reference === undefined || parts === undefined || part === undefined) return undefined;
  return { reference, parts, part };
}

const fieldOf = ({
  short_message: short,
  message_payload: payload,
}: Pdu): MessageField | undefined =>
  (short?.message?.length ?? 0) > 0 ? short : (payload ?? short);
