// Numbers an SMS can go to. People write them in many ways; a channel sends to one form, and a reply is known
// by it.

export type SmsNumber =
  /** E.164, as +8613800000001. */
  | { readonly kind: 'number'; readonly e164: string }
  | { readonly kind: 'wrong'; readonly because: WrongNumber };

export type WrongNumber = 'landline' | 'malformed';

/** A mobile number of China with or without its country code, or a number abroad with a plus. */
export function readSmsNumber(given: string): SmsNumber {
  const bare = given
    .normalize('NFKC')
    .replaceAll(/[\s().-]/g, '')
    .replace(/^00/, '+');
  const chinese = /^(?:\+?86)?(1[3-9]\d{9})$/.exec(bare)?.[1];
  if (chinese) return { kind: 'number', e164: `+86${chinese}` };
  if (/^(?:\+?86|0)(?:10|[2-9]\d)\d{7,9}$/.test(bare))
    return { kind: 'wrong', because: 'landline' };
  if (/^\+(?!86)[1-9]\d{6,14}$/.test(bare)) return { kind: 'number', e164: bare };
  return { kind: 'wrong', because: 'malformed' };
}

/** True when both are ways to write one number, whether or not an SMS can go there. */
export const isSameNumber = (one: string, other: string): boolean =>
  plainNumber(one) === plainNumber(other);

function plainNumber(given: string): string {
  const read = readSmsNumber(given);
  return read.kind === 'number'
    ? read.e164
    : given
        .normalize('NFKC')
        .replaceAll(/[\s().-]/g, '')
        .replace(/^(?:\+|00)86/, '');
}
