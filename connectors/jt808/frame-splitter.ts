// ② first step: cuts a TCP byte stream at the flags (7E). Every flag ends one frame and begins the next,
// so a lost or doubled flag costs one frame and never the connection. Holds at most FRAME_BYTES_MAX.

import { FLAG } from './escape.ts';
import type { StreamDefect } from './reasons.ts';

/** Longest header (2019, split: 21), longest body (1,023) and checksum, every byte escaped. */
export const FRAME_BYTES_MAX = 2 * (21 + 1_023 + 1);

export type FrameSplitterEvents = {
  /** The bytes between two flags, still escaped; valid only during the call. */
  readonly onFrame: (escaped: Uint8Array) => void;
  readonly onDefect: (reason: StreamDefect) => void;
};

export type FrameSplitter = {
  push(chunk: Uint8Array): void;
  /** Bytes held back because their closing flag has not come. */
  readonly pendingBytes: number;
};

export function createFrameSplitter(events: FrameSplitterEvents): FrameSplitter {
  let begun = false;
  let strayCounted = false;
  let skipping = false;
  let pending = new Uint8Array(0);
  let pendingBytes = 0;

  /** Keeps a beginning until its end arrives; room is made only when a frame spans two reads. */
  const keep = (part: Uint8Array) => {
    if (part.length === 0 || skipping) return;
    const neededBytes = pendingBytes + part.length;
    if (neededBytes > FRAME_BYTES_MAX) {
      skipping = true;
      pendingBytes = 0;
      events.onDefect('frame-too-long');
      return;
    }
    if (neededBytes > pending.length) {
      const larger = new Uint8Array(Math.min(FRAME_BYTES_MAX, Math.max(128, neededBytes * 2)));
      larger.set(pending.subarray(0, pendingBytes));
      pending = larger;
    }
    pending.set(part, pendingBytes);
    pendingBytes = neededBytes;
  };

  const close = (rest: Uint8Array) => {
    if (pendingBytes === 0 && !skipping && rest.length <= FRAME_BYTES_MAX) {
      if (rest.length > 0) events.onFrame(rest);
      return;
    }
    keep(rest);
    const length = pendingBytes;
    pendingBytes = 0;
    if (!skipping) events.onFrame(pending.subarray(0, length));
    skipping = false;
  };

  const countStray = (bytes: number) => {
    if (bytes === 0 || strayCounted) return;
    strayCounted = true;
    events.onDefect('outside-frame');
  };

  return {
    get pendingBytes() {
      return pendingBytes;
    },
    push(chunk) {
      let start = 0;
      for (;;) {
        const flag = chunk.indexOf(FLAG, start);
        const end = flag === -1 ? chunk.length : flag;
        if (!begun) countStray(end - start);
        else if (flag === -1) keep(chunk.subarray(start));
        else close(chunk.subarray(start, flag));
        if (flag === -1) return;
        begun = true;
        start = flag + 1;
      }
    },
  };
}
