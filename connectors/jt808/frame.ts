// ② One JT/T 808 frame: escape, checksum and header of the 2013 and 2019 editions, read and written.
// Reading is pure and never throws: a frame is taken, or it is dropped with everything wrong about it.

import { assert } from '../../core/errors.ts';
import type { Outcome } from '../../core/outcome.ts';
import { readDigits, writeDigits } from './bcd.ts';
import { escapeFramed, isWellEscaped, unescape } from './escape.ts';
import { readWord, writeWord } from './octets.ts';
import type { FrameDefect } from './reasons.ts';

/** The edition a frame's header follows; terminals of the 2011 edition use the header of 2013. */
export type ProtocolVersion = 2013 | 2019;

export type FrameHeader = {
  readonly messageId: number;
  readonly version: ProtocolVersion;
  /** Terminal number as sent: 12 digits in 2013, 20 in 2019. */
  readonly phone: string;
  /** Counts the sender's messages modulo 65,536. */
  readonly serial: number;
  /** Set on one packet of a split message; packets count from 1. */
  readonly split?: { readonly total: number; readonly index: number } | undefined;
};

export type Frame = FrameHeader & {
  readonly body: Uint8Array;
  /** Defects the rules told us to live with. */
  readonly flags: readonly FrameDefect[];
};

/** A frame, or everything wrong with it; `reason` is the gravest of `defects`. */
export type FrameOutcome = Extract<Outcome<Frame>, { kind: 'ok' }> | DroppedFrame;

type DroppedFrame = {
  readonly kind: 'drop';
  readonly reason: FrameDefect;
  readonly defects: readonly FrameDefect[];
};

/** Defects after which a frame can still be read. */
export type TolerableDefect = Extract<FrameDefect, 'bad-checksum' | 'length-mismatch'>;

/** How frames of one device model are read. */
export type FrameRules = {
  /** The header to read whatever attribute bit 14 says, for devices that set it wrongly. */
  readonly forcedVersion?: ProtocolVersion | undefined;
  /** Defects that flag a frame instead of dropping it. */
  readonly tolerates: readonly TolerableDefect[];
};

export const STRICT: FrameRules = { tolerates: [] };

/** Longest body one frame can announce: attribute bits 0 to 9. */
export const BODY_BYTES_MAX = 0x03ff;

const ENCRYPTION_BITS = 0x1c00;
const SPLIT_BIT = 0x2000;
const VERSION_BIT = 0x4000;
const VERSION_BYTE = 1;

/** Where fields stand in each header: id, attributes, [version], number, serial, [total, index]. */
export const HEADER_LAYOUTS = {
  2013: { phoneAt: 4, serialAt: 10, bytes: 12 },
  2019: { phoneAt: 5, serialAt: 15, bytes: 17 },
} as const;

const SPLIT_BYTES = 4;
const CHECKSUM_BYTES = 1;
const NONE: readonly FrameDefect[] = [];

/** Reads what stands between two flags. The body is a view of `escaped` when nothing was escaped. */
export function readFrame(escaped: Uint8Array, rules: FrameRules = STRICT): FrameOutcome {
  const bytes = unescape(escaped);
  let defects = NONE;
  if (bytes !== escaped && !isWellEscaped(escaped)) defects = [...defects, 'bad-escape'];

  const attributes = bytes.length < HEADER_LAYOUTS[2013].bytes ? 0 : readWord(bytes, 2);
  const version = rules.forcedVersion ?? ((attributes & VERSION_BIT) === 0 ? 2013 : 2019);
  const layout = HEADER_LAYOUTS[version];
  const isSplit = (attributes & SPLIT_BIT) !== 0;
  const bodyAt = layout.bytes + (isSplit ? SPLIT_BYTES : 0);
  const bodyEnd = bytes.length - CHECKSUM_BYTES;
  if (bodyEnd < bodyAt) return dropped(['frame-too-short', ...defects]);

  const phone = readDigits(bytes, layout.phoneAt, layout.serialAt);
  const split = isSplit
    ? { total: readWord(bytes, layout.bytes), index: readWord(bytes, layout.bytes + 2) }
    : undefined;
  if (xorOf(bytes, bodyEnd) !== bytes[bodyEnd]) defects = [...defects, 'bad-checksum'];
  if ((attributes & ENCRYPTION_BITS) !== 0) defects = [...defects, 'unsupported-encryption'];
  if (version === 2019 && bytes[4] !== VERSION_BYTE) defects = [...defects, 'unknown-version'];
  if (phone === undefined) defects = [...defects, 'bad-phone'];
  if (bodyEnd - bodyAt !== (attributes & BODY_BYTES_MAX)) defects = [...defects, 'length-mismatch'];
  if (split && (split.index < 1 || split.index > split.total)) defects = [...defects, 'bad-split'];
  if (phone === undefined || !areTolerated(defects, rules)) return dropped(defects);

  return {
    kind: 'ok',
    value: {
      messageId: readWord(bytes, 0),
      version,
      phone,
      serial: readWord(bytes, layout.serialAt),
      split,
      body: bytes.subarray(bodyAt, bodyEnd),
      flags: defects,
    },
  };
}

const areTolerated = (defects: readonly FrameDefect[], rules: FrameRules): boolean =>
  defects.every((defect) => (rules.tolerates as readonly FrameDefect[]).includes(defect));

function dropped(defects: readonly FrameDefect[]): DroppedFrame {
  const [reason] = defects;
  assert(reason !== undefined, 'a frame is dropped for a reason');
  return { kind: 'drop', reason, defects };
}

/**
 * The terminal numbers a frame may be of, the edition its attributes claim first, before anything is
 * checked: lets the caller look up the rules a device needs. Without those that are not decimal.
 */
export function peekPhones(escaped: Uint8Array): string[] {
  const bytes = unescape(escaped);
  if (bytes.length < HEADER_LAYOUTS[2013].bytes) return [];
  const claims2019 = (readWord(bytes, 2) & VERSION_BIT) !== 0;
  const versions: ProtocolVersion[] = claims2019 ? [2019, 2013] : [2013, 2019];
  return versions.flatMap((version) => {
    const { phoneAt, serialAt } = HEADER_LAYOUTS[version];
    const phone = serialAt < bytes.length ? readDigits(bytes, phoneAt, serialAt) : undefined;
    return phone === undefined ? [] : [phone];
  });
}

/** Where frames are put together before they are escaped; nothing in it outlives a call. */
const draft = new Uint8Array(
  HEADER_LAYOUTS[2019].bytes + SPLIT_BYTES + BODY_BYTES_MAX + CHECKSUM_BYTES,
);

/** The whole frame, flags included. The body must fit one frame and the number its header. */
export function writeFrame(header: FrameHeader, body: Uint8Array): Uint8Array {
  assert(body.length <= BODY_BYTES_MAX, 'a longer body must be split');
  const { version, phone, split } = header;
  const layout = HEADER_LAYOUTS[version];
  const bodyAt = layout.bytes + (split ? SPLIT_BYTES : 0);
  const bodyEnd = bodyAt + body.length;
  const versionBit = version === 2019 ? VERSION_BIT : 0;
  writeWord(draft, 0, header.messageId);
  writeWord(draft, 2, body.length | versionBit | (split ? SPLIT_BIT : 0));
  if (version === 2019) draft[4] = VERSION_BYTE;
  const digits = (layout.serialAt - layout.phoneAt) * 2;
  assert(phone.length <= digits, 'the terminal number has more digits than its header');
  writeDigits(draft, layout.phoneAt, phone.padStart(digits, '0'));
  writeWord(draft, layout.serialAt, header.serial);
  if (split) {
    writeWord(draft, layout.bytes, split.total);
    writeWord(draft, layout.bytes + 2, split.index);
  }
  draft.set(body, bodyAt);
  draft[bodyEnd] = xorOf(draft, bodyEnd);
  return escapeFramed(draft, bodyEnd + CHECKSUM_BYTES);
}

/** One message as frames with consecutive serials, split into packets of at most `packetBytes`. */
export function writeFrames(
  header: Omit<FrameHeader, 'split'>,
  body: Uint8Array,
  packetBytes = BODY_BYTES_MAX,
): Uint8Array[] {
  if (body.length <= packetBytes) return [writeFrame(header, body)];
  const total = Math.ceil(body.length / packetBytes);
  return Array.from({ length: total }, (_, i) =>
    writeFrame(
      { ...header, serial: (header.serial + i) & 0xffff, split: { total, index: i + 1 } },
      body.subarray(i * packetBytes, (i + 1) * packetBytes),
    ),
  );
}

function xorOf(bytes: Uint8Array, end: number): number {
  let sum = 0;
  for (let at = 0; at < end; at++) sum ^= bytes[at] as number;
  return sum;
}
