// The short way for nearly all traffic: a plain 0x0200 of the terminal that authenticated, read without
// the objects in between. Whatever is not exactly that goes the long way (frame.ts, message.ts,
// session.ts), which stays the definition; a property test holds the two together.

import { readLocation, type Location } from './body-location.ts';
import { isWellEscaped, unescape, unescapeInto } from './escape.ts';
import { FRAME_BYTES_MAX } from './frame-splitter.ts';
import { BODY_BYTES_MAX, HEADER_LAYOUTS, writeFrame, type FrameHeader } from './frame.ts';
import { MESSAGES } from './message.ts';
import { readWord } from './octets.ts';

export type PlainLocation = {
  readonly header: FrameHeader;
  /** Its extra items are valid until the next frame is read. */
  readonly location: Location;
};

/** Gives the location in what stands between two flags, or undefined when it must go the long way. */
export type PlainLocationReader = (escaped: Uint8Array) => PlainLocation | undefined;

const CHECKSUM_BYTES = 1;

/** Shared by all readers: nothing in it outlives the handling of one frame. */
const bytes = new Uint8Array(FRAME_BYTES_MAX);

/** A reader for the terminal that speaks with this number and edition. */
export function createPlainLocationReader(
  from: Pick<FrameHeader, 'version' | 'phone'>,
): PlainLocationReader {
  const { version, phone } = from;
  const { messageId } = MESSAGES.location;
  const { serialAt, bytes: bodyAt } = HEADER_LAYOUTS[version];
  const empty = writeFrame({ messageId, version, phone, serial: 0 }, new Uint8Array(0));
  /** What its header has before the serial, with a body length of 0. */
  const expected = unescape(empty.subarray(1, -1)).slice(0, serialAt);
  const expectedAttributes = readWord(expected, 2);

  const startsAsExpected = (bodyBytes: number): boolean => {
    if (readWord(bytes, 2) !== (expectedAttributes | bodyBytes)) return false;
    for (let at = 0; at < serialAt; at++) {
      if (bytes[at] !== expected[at] && at !== 2 && at !== 3) return false;
    }
    return true;
  };

  return (escaped) => {
    const length = unescapeInto(bytes, escaped);
    const bodyBytes = length - CHECKSUM_BYTES - bodyAt;
    if (bodyBytes < 0 || bodyBytes > BODY_BYTES_MAX) return undefined;
    let sum = 0;
    for (let at = 0; at < length; at++) sum ^= bytes[at] as number;
    if (sum !== 0 || !startsAsExpected(bodyBytes)) return undefined;
    if (!isWellEscaped(escaped)) return undefined;
    const location = readLocation(bytes.subarray(bodyAt, bodyAt + bodyBytes));
    if (location.kind !== 'ok') return undefined;
    const serial = readWord(bytes, serialAt);
    return { header: { messageId, version, phone, serial }, location: location.value };
  };
}
