// Bodies by which a terminal asks for the time: 0x0004/0x8004 of the 2019 edition (BCD, UTC) and the
// older vendor form 0x0109/0x8109 (binary, UTC; layout as in traccar's Jt808ProtocolDecoder).

import { drop, ok, type Outcome } from '../../core/outcome.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { BCD_TIME_BYTES, readUtcTime, writeUtcTime } from './bcd.ts';
import { readWord, writeWord } from './octets.ts';
import type { BodyDefect } from './reasons.ts';

export type TimeAnswer = { readonly kind: 'time-answer'; readonly atMs: EpochMs };
export type TimeSyncAnswer = { readonly kind: 'time-sync-answer'; readonly atMs: EpochMs };

export function decodeTimeAnswer(bytes: Uint8Array): Outcome<TimeAnswer, BodyDefect> {
  if (bytes.length < BCD_TIME_BYTES) return drop('body-too-short');
  const atMs = readUtcTime(bytes, 0);
  return atMs === undefined ? drop('bad-time') : ok({ kind: 'time-answer', atMs });
}

export function encodeTimeAnswer({ atMs }: TimeAnswer): Uint8Array {
  const bytes = new Uint8Array(BCD_TIME_BYTES);
  writeUtcTime(bytes, 0, atMs);
  return bytes;
}

const SYNC_TIME_BYTES = 7;

export function decodeTimeSyncAnswer(bytes: Uint8Array): Outcome<TimeSyncAnswer, BodyDefect> {
  if (bytes.length < SYNC_TIME_BYTES) return drop('body-too-short');
  const [month, day, hour, minute, second] = bytes.subarray(2) as unknown as number[];
  const fields = [month, day, hour, minute, second].map((field) => String(field).padStart(2, '0'));
  const year = String(readWord(bytes, 0)).padStart(4, '0');
  const text = `${year}-${fields[0]}-${fields[1]}T${fields.slice(2).join(':')}.000Z`;
  const atMs = Date.parse(text);
  const isInstant = !Number.isNaN(atMs) && new Date(atMs).toISOString() === text;
  return isInstant ? ok({ kind: 'time-sync-answer', atMs: epochMs(atMs) }) : drop('bad-time');
}

/** Year as a word, then month, day, hour, minute, second as bytes, then the result 0. */
export function encodeTimeSyncAnswer({ atMs }: TimeSyncAnswer): Uint8Array {
  const at = new Date(atMs);
  const bytes = new Uint8Array(SYNC_TIME_BYTES + 1);
  writeWord(bytes, 0, at.getUTCFullYear());
  bytes[2] = at.getUTCMonth() + 1;
  bytes[3] = at.getUTCDate();
  bytes[4] = at.getUTCHours();
  bytes[5] = at.getUTCMinutes();
  bytes[6] = at.getUTCSeconds();
  return bytes;
}
