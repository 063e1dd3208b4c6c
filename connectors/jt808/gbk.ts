// Text of JT/T 808: GBK, in fields of fixed width filled with NUL, or running to the end of the body.

import { assert } from '../../core/errors.ts';

const decoder = new TextDecoder('gbk');

/** The text of the bytes in [from, to), without the NULs and blanks that fill it up. */
export function readText(bytes: Uint8Array, from: number, to: number): string {
  let start = from;
  let end = to;
  while (end > start && isFill(bytes[end - 1] as number)) end--;
  while (start < end && isFill(bytes[start] as number)) start++;
  return decoder.decode(bytes.subarray(start, end));
}

const isFill = (byte: number) => byte === 0 || byte === 0x20;

/** GBK bytes of a text; a character GBK does not have is a bug of the caller. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const pair = pairOf(character);
    assert(pair !== undefined, `GBK has no character "${character}"`);
    bytes.push(pair >> 8, pair & 255);
  }
  return Uint8Array.from(bytes);
}

/** True when GBK can write the text. */
export const isGbk = (text: string): boolean =>
  [...text].every((character) => character.charCodeAt(0) < 0x80 || pairOf(character) !== undefined);

/** `text` in a field of `width` bytes, filled with NUL; a text too long for it is a bug. */
export function writeText(
  bytes: Uint8Array,
  field: { at: number; width: number },
  text: string,
): void {
  const encoded = encodeText(text);
  assert(encoded.length <= field.width, `"${text}" does not fit into ${field.width} bytes`);
  bytes.set(encoded, field.at);
  bytes.fill(0, field.at + encoded.length, field.at + field.width);
}

let pairs: Map<string, number> | undefined;

/** The platform only decodes GBK, so the way back is the inverse of what it decodes. */
function pairOf(character: string): number | undefined {
  pairs ??= invertDecoder();
  return pairs.get(character);
}

function invertDecoder(): Map<string, number> {
  const inverse = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      const single = [...character].length === 1 && !character.includes('\uFFFD');
      if (single && !inverse.has(character)) inverse.set(character, (lead << 8) | trail);
    }
  }
  return inverse;
}
