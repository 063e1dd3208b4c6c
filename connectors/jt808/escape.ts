// Byte stuffing of frames: 7E marks their ends, so inside it becomes 7D 02, and 7D becomes 7D 01.

export const FLAG = 0x7e;

const ESCAPE = 0x7d;
const ESCAPED_FLAG = 0x02;
const ESCAPED_ESCAPE = 0x01;

/** The bytes with 7E and 7D replaced; the bytes themselves when they have neither. */
export const escape = (bytes: Uint8Array): Uint8Array =>
  specialsIn(bytes, bytes.length) === 0 ? bytes : stuffed(bytes, bytes.length, 0);

/** The first `length` bytes escaped, between two flags. */
export function escapeFramed(bytes: Uint8Array, length: number): Uint8Array {
  const framed = stuffed(bytes, length, 1);
  framed[0] = FLAG;
  framed[framed.length - 1] = FLAG;
  return framed;
}

function stuffed(bytes: Uint8Array, length: number, margin: number): Uint8Array {
  const out = new Uint8Array(length + specialsIn(bytes, length) + 2 * margin);
  for (let from = 0, to = margin; from < length; from++) {
    const byte = bytes[from] as number;
    const isSpecial = byte === FLAG || byte === ESCAPE;
    if (isSpecial) out[to++] = ESCAPE;
    out[to++] = !isSpecial ? byte : byte === FLAG ? ESCAPED_FLAG : ESCAPED_ESCAPE;
  }
  return out;
}

function specialsIn(bytes: Uint8Array, length: number): number {
  let specials = 0;
  for (let at = 0; at < length; at++) {
    if (bytes[at] === FLAG || bytes[at] === ESCAPE) specials++;
  }
  return specials;
}

/** The inverse of `escape`; a 7D with no meaning stays. The bytes themselves when they have none. */
export function unescape(escaped: Uint8Array): Uint8Array {
  if (!escaped.includes(ESCAPE)) return escaped;
  const out = new Uint8Array(escaped.length);
  return out.subarray(0, unescapeInto(out, escaped));
}

/** Writes the unescaped bytes to the start of `out`, which has room for them, and gives their number. */
export function unescapeInto(out: Uint8Array, escaped: Uint8Array): number {
  let to = 0;
  for (let from = 0; from < escaped.length; from++) {
    let byte = escaped[from] as number;
    if (byte === ESCAPE && isPairAt(escaped, from)) {
      byte = escaped[++from] === ESCAPED_FLAG ? FLAG : ESCAPE;
    }
    out[to++] = byte;
  }
  return to;
}

/** True when every 7D means something. */
export function isWellEscaped(escaped: Uint8Array): boolean {
  for (let at = escaped.indexOf(ESCAPE); at !== -1; at = escaped.indexOf(ESCAPE, at + 1)) {
    if (!isPairAt(escaped, at)) return false;
  }
  return true;
}

function isPairAt(escaped: Uint8Array, at: number): boolean {
  const next = escaped[at + 1];
  return next === ESCAPED_FLAG || next === ESCAPED_ESCAPE;
}
