// ② Puts split messages (attribute bit 13) together again. One assembler per connection, with bounds on
// count, bytes and age: a terminal that loses packets sends the whole message again.

import type { Frame } from './frame.ts';
import type { SplitDefect } from './reasons.ts';

/** Unfinished messages kept per connection. */
export const SPLIT_MESSAGES_MAX = 4;
/** Bytes of unfinished messages kept per connection. */
export const SPLIT_BYTES_MAX = 65_536;
/** How long the rest of a message may take to arrive. */
export const SPLIT_AGE_MS_MAX = 60_000;

/** A message in one piece. Its serial is that of its first packet; each packet wants an answer. */
export type WholeFrame = Omit<Frame, 'split'> & { readonly packetSerials?: readonly number[] };

export type PacketAssembler = {
  /** Takes a packet in; gives the message when it is complete. */
  add(frame: Frame, nowMs: number): WholeFrame | undefined;
  /** Forgets messages that have waited too long. */
  expire(nowMs: number): void;
};

type Unfinished = {
  readonly total: number;
  readonly sinceMs: number;
  readonly packets: Map<number, Frame>;
  bytes: number;
};

export function createPacketAssembler(onDefect: (reason: SplitDefect) => void): PacketAssembler {
  /** By message and first serial, oldest first. */
  const unfinished = new Map<string, Unfinished>();

  const forget = (key: string | undefined, reason: SplitDefect) => {
    if (key !== undefined && unfinished.delete(key)) onDefect(reason);
  };

  const oldest = () => unfinished.keys().next().value;

  const heldBytes = () => {
    let bytes = 0;
    for (const message of unfinished.values()) bytes += message.bytes;
    return bytes;
  };

  const expire = (nowMs: number) => {
    for (const [key, message] of unfinished) {
      if (nowMs - message.sinceMs > SPLIT_AGE_MS_MAX) forget(key, 'split-timeout');
    }
  };

  return {
    expire,
    add(frame, nowMs) {
      const { split, ...rest } = frame;
      if (!split || split.total === 1) return rest;
      expire(nowMs);
      const first = (frame.serial - (split.index - 1)) & 0xffff;
      const key = `${frame.phone}/${frame.messageId}/${first}/${split.total}`;
      let message = unfinished.get(key);
      if (!message) {
        if (unfinished.size === SPLIT_MESSAGES_MAX) forget(oldest(), 'split-overflow');
        message = { total: split.total, sinceMs: nowMs, packets: new Map(), bytes: 0 };
        unfinished.set(key, message);
      }
      if (!message.packets.has(split.index)) {
        // The body is a view of a buffer that is read into again.
        message.packets.set(split.index, { ...frame, body: frame.body.slice() });
        message.bytes += frame.body.length;
      }
      while (heldBytes() > SPLIT_BYTES_MAX) forget(oldest(), 'split-overflow');
      if (message.packets.size < message.total || !unfinished.delete(key)) return undefined;
      return joined(message);
    },
  };
}

function joined(message: Unfinished): WholeFrame {
  const packets = [...message.packets.values()].sort(
    (a, b) => (a.split?.index ?? 0) - (b.split?.index ?? 0),
  );
  const { split: _split, ...first } = packets[0] as Frame;
  const body = new Uint8Array(message.bytes);
  let at = 0;
  for (const packet of packets) {
    body.set(packet.body, at);
    at += packet.body.length;
  }
  return { ...first, body, packetSerials: packets.map((packet) => packet.serial) };
}
