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

/** The text of a message that came in; undefined when its coding cannot be read. */
export function textOf(pdu: Pdu): string | undefined {
  const field = fieldOf(pdu);
  const content = field?.message ?? '';
  if (typeof content === 'string') return content;
  // Centres in China also speak GBK, as coding 15.
  if (((pdu.data_coding ?? 0) & 0x0f) === 0x0f) return new TextDecoder('gbk').decode(content);
  return undefined;
}

/** Which part of a long message this is, from 1; 1 for a whole one. */
export function partNumberOf(pdu: Pdu): number {
  for (const element of fieldOf(pdu)?.udh ?? []) {
    if (element[0] === CONCATENATED) return element[4] ?? 1;
    if (element[0] === CONCATENATED_16) return element[5] ?? 1;
  }
  return pdu.sar_segment_seqnum ?? 1;
}

const fieldOf = ({
  short_message: short,
  message_payload: payload,
}: Pdu): MessageField | undefined =>
  (short?.message?.length ?? 0) > 0 ? short : (payload ?? short);
