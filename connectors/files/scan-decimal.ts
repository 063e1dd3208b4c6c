// Reads a number out of bytes without making a string of it.

import { asciiText } from './key-bytes.ts';

const MINUS = 45;
const DOT = 46;
const ZERO = 48;

/** Up to 15 digits a double holds the digits exactly, and one division then rounds correctly. */
const EXACT_DIGITS_MAX = 15;

/** So many digits fit into 31 bits, where arithmetic is several times as fast as in doubles. */
const SMALL_DIGITS_MAX = 9;

const CHARS_MAX = 40;

const POWERS_OF_TEN = Float64Array.from(
  { length: SMALL_DIGITS_MAX + 1 },
  (_, power) => 10 ** power,
);

/**
 * Reads a JSON number without exponent at `at` and puts it into `numbers[slot]`: the very double that
 * `Number` makes of the same digits. Gives the offset behind it, or -1 when no such number stands there;
 * what follows is the caller's to judge. The bytes must hold something that is no digit further on.
 */
export function scanDecimal(
  bytes: Uint8Array,
  at: number,
  numbers: Float64Array,
  slot: number,
): number {
  let i = at;
  const isNegative = bytes[i] === MINUS;
  if (isNegative) i++;
  const first = i;
  let digit = ((bytes[i] as number) - ZERO) >>> 0;
  let head = 0;
  while (digit <= 9 && i - first < SMALL_DIGITS_MAX) {
    head = (Math.imul(head, 10) + digit) | 0;
    digit = ((bytes[++i] as number) - ZERO) >>> 0;
  }
  let whole = head;
  if (digit <= 9) {
    const split = i;
    let tail = 0;
    while (digit <= 9 && i - split < SMALL_DIGITS_MAX) {
      tail = (Math.imul(tail, 10) + digit) | 0;
      digit = ((bytes[++i] as number) - ZERO) >>> 0;
    }
    whole = head * (POWERS_OF_TEN[i - split] as number) + tail;
  }
  const wholeDigits = i - first;
  if (wholeDigits === 0 || (wholeDigits > 1 && bytes[first] === ZERO)) return -1;
  let value = whole;
  let digits = wholeDigits;
  if (bytes[i] === DOT) {
    const afterDot = ++i;
    digit = ((bytes[i] as number) - ZERO) >>> 0;
    let fraction = 0;
    while (digit <= 9 && i - afterDot < SMALL_DIGITS_MAX) {
      fraction = (Math.imul(fraction, 10) + digit) | 0;
      digit = ((bytes[++i] as number) - ZERO) >>> 0;
    }
    const scale = i - afterDot;
    if (scale === 0) return -1;
    digits += scale;
    const power = POWERS_OF_TEN[scale] as number;
    value = (whole * power + fraction) / power;
  }
  if (digit <= 9 || digits > EXACT_DIGITS_MAX) return scanLongDecimal(bytes, at, numbers, slot);
  numbers[slot] = isNegative ? -value : value;
  return i;
}

/** The same for more digits than a double holds exactly. */
function scanLongDecimal(
  bytes: Uint8Array,
  at: number,
  numbers: Float64Array,
  slot: number,
): number {
  let i = at;
  while (i - at <= CHARS_MAX && (bytes[i] === MINUS || bytes[i] === DOT || isDigit(bytes[i]))) i++;
  const text = asciiText(bytes, at, i);
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return -1;
  numbers[slot] = Number(text);
  return i;
}

const isDigit = (byte: number | undefined) =>
  byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
