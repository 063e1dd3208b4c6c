// Keys out of RTP events (RFC 4733). A key is many packets: repeated while it is held, its end sent three
// times. It counts once, at the first packet that arrives, whichever of them were lost, doubled or late.

import type { RtpPacket } from './rtp.ts';

export type KeypadState = {
  readonly source: number;
  readonly timestamp: number;
  readonly event: number;
  readonly duration: number;
  readonly ended: boolean;
};

const KEYS = '0123456789*#ABCD';
const EVENT_BYTES = 4;

/** A key held longer than this goes on as a new segment under a later timestamp (section 2.5.1.3). */
const SEGMENT_MAX = 0xffff;

export function stepKeypad(
  state: KeypadState | undefined,
  packet: RtpPacket,
): readonly [KeypadState | undefined, key: string | undefined] {
  if (packet.payload.length < EVENT_BYTES) return [state, undefined];
  const [event = 0, flags = 0, high = 0, low = 0] = packet.payload;
  const { source, timestamp } = packet;
  const duration = (high << 8) | low;
  const ended = (flags & 0x80) !== 0;
  const next = { source, timestamp, event, duration, ended };
  if (event >= KEYS.length) return [state, undefined];
  if (!state || state.source !== source) return [next, KEYS[event]];
  const samplesLater = (timestamp - state.timestamp) | 0;
  // Late packets of an earlier key.
  if (samplesLater < 0) return [state, undefined];
  if (samplesLater === 0) {
    const longer = Math.max(state.duration, duration);
    return [{ ...state, duration: longer, ended: state.ended || ended }, undefined];
  }
  const goesOn = !state.ended && state.event === event && samplesLater === SEGMENT_MAX;
  return [next, goesOn ? undefined : KEYS[event]];
}
