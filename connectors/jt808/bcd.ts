// Packed decimal digits, as JT/T 808 writes terminal numbers and times: two digits a byte.

import { assert } from '../../core/errors.ts';
import { CHINA_OFFSET_MS, fromLocal } from '../../core/local-time.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';

const NOT_DECIMAL = -1;

/** The number each byte stands for, NOT_DECIMAL where a nibble is above nine. */
const VALUES = Int8Array.from({ length: 256 }, (_, byte) =>
  byte >> 4 > 9 || (byte & 15) > 9 ? NOT_DECIMAL : (byte >> 4) * 10 + (byte & 15),
);

const DIGITS = Array.from(VALUES, (value) =>
  value === NOT_DECIMAL ? undefined : String(value).padStart(2, '0'),
);

/** The digits of the bytes in [from, to); undefined when one of them is not decimal. */
export function readDigits(bytes: Uint8Array, from: number, to: number): string | undefined {
  let digits = '';
  for (let at = from; at < to; at++) {
    const pair = DIGITS[bytes[at] as number];
    if (pair === undefined) return undefined;
    digits += pair;
  }
  return digits;
}

/** Packs an even number of digits into `bytes` at `at`. */
export function writeDigits(bytes: Uint8Array, at: number, digits: string): void {
  assert(digits.length % 2 === 0, 'BCD holds an even number of digits');
  for (let i = 0; i < digits.length; i += 2) {
    bytes[at + i / 2] = (digitAt(digits, i) << 4) | digitAt(digits, i + 1);
  }
}

function digitAt(digits: string, index: number): number {
  const digit = digits.charCodeAt(index) - 48;
  assert(digit >= 0 && digit <= 9, 'BCD holds decimal digits only');
  return digit;
}

export const BCD_TIME_BYTES = 6;

const DAYS_REMEMBERED_MAX = 512;
/** Midnights already looked up, by YYMMDD: a stream holds few days and many times. */
const midnights = new Map<number, EpochMs | undefined>();

/** YYMMDDhhmmss at `at` as China time of the years 2000 to 2099; undefined when it names no instant. */
export function readLocalTime(bytes: Uint8Array, at: number): EpochMs | undefined {
  const year = VALUES[bytes[at] as number] as number;
  const month = VALUES[bytes[at + 1] as number] as number;
  const day = VALUES[bytes[at + 2] as number] as number;
  const hour = VALUES[bytes[at + 3] as number] as number;
  const minute = VALUES[bytes[at + 4] as number] as number;
  const second = VALUES[bytes[at + 5] as number] as number;
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const midnightMs = midnightOf({ year, month, day });
  if (midnightMs === undefined) return undefined;
  return epochMs(midnightMs + ((hour * 60 + minute) * 60 + second) * 1_000);
}

function midnightOf({ year, month, day }: { year: number; month: number; day: number }) {
  const key = (year * 100 + month) * 100 + day;
  if (midnights.has(key)) return midnights.get(key);
  if (midnights.size >= DAYS_REMEMBERED_MAX) midnights.clear();
  const midnightMs = fromLocal({ year: 2_000 + year, month, day });
  midnights.set(key, midnightMs);
  return midnightMs;
}

/** Writes an instant of the years 2000 to 2099 as YYMMDDhhmmss in China time, to the second. */
export const writeLocalTime = (bytes: Uint8Array, at: number, atMs: number): void =>
  writeDigits(bytes, at, clockDigits(atMs + CHINA_OFFSET_MS));

/** The same in UTC, as the answer to a time query has it. */
export const writeUtcTime = (bytes: Uint8Array, at: number, atMs: number): void =>
  writeDigits(bytes, at, clockDigits(atMs));

/** YYMMDDhhmmss at `at` as UTC; undefined when it names no instant. */
export function readUtcTime(bytes: Uint8Array, at: number): EpochMs | undefined {
  const local = readLocalTime(bytes, at);
  return local === undefined ? undefined : epochMs(local + CHINA_OFFSET_MS);
}

const clockDigits = (shiftedMs: number): string =>
  new Date(shiftedMs).toISOString().slice(2, 19).replaceAll(/\D/g, '');
