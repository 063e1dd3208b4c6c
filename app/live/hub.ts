// ⑨ The live stream: numbered events, kept for a while, given to every connection that wants them. A
// connection that cannot keep up is cut; it comes back and reads the snapshots.

import type { LiveEvent, LiveEventName } from '../api/live.ts';

export type LiveFrame = {
  readonly sequence: number;
  readonly name: LiveEventName;
  /** The event for one reader, or undefined when it holds nothing for them. */
  readonly textFor: (reader: Reader) => string | undefined;
};

export type Reader = {
  readonly wants: ReadonlySet<LiveEventName>;
  /** Regions whose persons the reader may see. */
  readonly sees: (region: string) => boolean;
  /** False for one who gets places only about a kilometre coarse. */
  readonly exact?: boolean;
};

export type Connection = Reader & {
  /** Writes a piece of the stream; false when the reader is behind. */
  write(piece: string): boolean;
  close(): void;
};

/** Events kept for connections that come back. */
const KEPT_MAX = 1_200;
/** A connection that left this many pieces unread is cut. */
const BEHIND_MAX = 50;

export type LiveHub = {
  /** Sends an event to everyone who wants it. `forReader` narrows it to what a reader may see. */
  publish<Name extends LiveEventName>(
    name: Name,
    event: LiveEvent<Name>,
    forReader?: (event: LiveEvent<Name>, reader: Reader) => LiveEvent<Name> | undefined,
  ): void;
  /** Adds a connection; with the id of the last event it saw, gives it what it missed. */
  connect(connection: Connection, lastEventId: number | undefined, nowMs: number): () => void;
  readonly connections: number;
  close(): void;
};

export function createLiveHub(serverId: string): LiveHub {
  const open = new Map<Connection, { behind: number }>();
  const kept: LiveFrame[] = [];
  let sequence = 0;

  const send = (connection: Connection, piece: string) => {
    const state = open.get(connection);
    if (!state) return;
    state.behind = connection.write(piece) ? 0 : state.behind + 1;
    if (state.behind > BEHIND_MAX) {
      open.delete(connection);
      connection.close();
    }
  };

  const deliver = (connection: Connection, frame: LiveFrame) => {
    if (!connection.wants.has(frame.name)) return;
    const text = frame.textFor(connection);
    if (text !== undefined) send(connection, text);
  };

  const direct = (name: LiveEventName, event: unknown) =>
    `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;

  return {
    publish(name, event, forReader) {
      sequence++;
      const number = sequence;
      // Readers who are given the same are given the same text, made once.
      const pieces = new Map<unknown, string>();
      const pieceOf = (data: unknown) => {
        const known = pieces.get(data);
        if (known !== undefined) return known;
        const piece = `id: ${number}\n${direct(name, data)}`;
        pieces.set(data, piece);
        return piece;
      };
      const shared = forReader ? undefined : pieceOf(event);
      const frame: LiveFrame = {
        sequence: number,
        name,
        textFor: (reader) => {
          if (!forReader) return shared;
          const own = forReader(event, reader);
          return own === undefined ? undefined : pieceOf(own);
        },
      };
      kept.push(frame);
      if (kept.length > KEPT_MAX) kept.shift();
      for (const connection of open.keys()) deliver(connection, frame);
    },
    connect(connection, lastEventId, nowMs) {
      open.set(connection, { behind: 0 });
      send(connection, direct('hello', { atMs: nowMs, serverId, sequence }));
      const oldest = kept[0]?.sequence ?? sequence + 1;
      if (lastEventId !== undefined) {
        if (lastEventId > sequence || lastEventId + 1 < oldest) {
          send(connection, direct('reset', { atMs: nowMs }));
        } else {
          for (const frame of kept) if (frame.sequence > lastEventId) deliver(connection, frame);
        }
      }
      return () => open.delete(connection);
    },
    get connections() {
      return open.size;
    },
    close() {
      for (const connection of open.keys()) connection.close();
      open.clear();
    },
  };
}
