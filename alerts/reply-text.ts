// What an officer wrote back, read as leniently as a telephone's keyboard asks for: full-width digits, spaces,
// small letters and a full stop do not matter. What cannot be read for certain is not an acknowledgement.

export type ReadReply =
  /** "I have it", about the alert of the reference, or about the one there is. */
  { readonly kind: 'acknowledge'; readonly reference?: string } | { readonly kind: 'unclear' };

/** Letters and digits of an id (core/ids.ts): no I, L, O or U. */
const REFERENCE = '[0-9A-HJKMNP-TV-Z]{6}';
const ACKNOWLEDGES = '(?:1|已?收到|已?确认)';
const EITHER_ORDER = [
  new RegExp(`^${ACKNOWLEDGES}(${REFERENCE})?$`),
  new RegExp(`^(${REFERENCE})${ACKNOWLEDGES}$`),
];

/** Reads "1", "1 7K2M9Q", "7k2m9q 收到". */
export function readReply(written: string): ReadReply {
  const plain = plainReply(written);
  for (const pattern of EITHER_ORDER) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const [, reference] = match;
    return reference === undefined ? { kind: 'acknowledge' } : { kind: 'acknowledge', reference };
  }
  return { kind: 'unclear' };
}

/**
 * A reply without what does not matter in it. Letters that look like digits become those: no reference has
 * them.
 */
const plainReply = (written: string): string =>
  written
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s,;:.!，、；：。！“”"'+#()（）【】-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
