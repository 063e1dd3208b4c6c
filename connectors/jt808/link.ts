// ② A socket with the connection that is spoken on it: reads while there is room, sends the answers of
// one turn together, and lets go of a terminal that does not read them.

import type { Socket } from 'node:net';
import { elapsedMs } from '../../core/time.ts';
import { createConnection, type ConnectionDeps } from './connection.ts';

/** Answers a terminal may leave unread before it is given more. */
const UNREAD_BYTES_MAX = 64 * 1_024;

export type Link = {
  readonly isAuthenticated: boolean;
  readonly openedMs: number;
  readonly heardMs: number;
  /** Reads on after back-pressure. */
  resume(): void;
  /** Sends what is left and closes. */
  end(): void;
  /** Forgets half messages that have waited too long. */
  expire(nowMs: number): void;
  destroy(): void;
};

export function openLink(shared: ConnectionDeps, socket: Socket): Link {
  const openedMs = elapsedMs();
  let heardMs = openedMs;
  let isPaused = false;
  let unsent: Uint8Array[] = [];

  /** Answers of one turn leave in one write. */
  const send = () => {
    const bytes = unsent.length === 1 ? (unsent[0] as Uint8Array) : Buffer.concat(unsent);
    unsent = [];
    if (!socket.writable) return;
    if (socket.writableLength <= UNREAD_BYTES_MAX) {
      socket.write(bytes);
      return;
    }
    shared.refuse('slow-reader');
    socket.destroy();
  };

  const connection = createConnection(shared, {
    write(bytes) {
      unsent.push(bytes);
      if (unsent.length === 1) queueMicrotask(send);
    },
    close: () => end(),
  });

  /** After what is unsent, which leaves at the end of this turn; what still comes is not looked at. */
  const end = () =>
    queueMicrotask(() => {
      connection.close();
      socket.end();
      socket.resume();
    });

  socket.on('data', (chunk) => {
    heardMs = elapsedMs();
    connection.receive(chunk, heardMs);
    if (!shared.gatherer.isFull) return;
    isPaused = true;
    socket.pause();
  });
  // A reset by the other side is ordinary; `close` follows and cleans up.
  socket.on('error', () => {});
  socket.once('close', () => connection.close());

  return {
    openedMs,
    get heardMs() {
      return isPaused ? elapsedMs() : heardMs;
    },
    get isAuthenticated() {
      return connection.isAuthenticated;
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      heardMs = elapsedMs();
      socket.resume();
    },
    end,
    expire: connection.expire,
    destroy: () => socket.destroy(),
  };
}
