// Keeps the demo gateway's page up to date: server-sent events with the whole picture, a few times a second at
// most, and now and then one without change so that a dead connection is noticed.

import type { ServerResponse } from 'node:http';
import { ioClock, type Timer } from '../../core/time.ts';

export type LiveFeed = {
  open(response: ServerResponse): void;
  changed(): void;
  close(): void;
};

const READERS_MAX = 50;
const PAUSE_MS = 150;
const ALIVE_MS = 10_000;

export function createLiveFeed(picture: () => unknown): LiveFeed {
  const readers = new Set<ServerResponse>();
  let timer: Timer | undefined;
  let isChanged = false;

  const send = () => {
    const event = `data: ${JSON.stringify(picture())}\n\n`;
    for (const reader of readers) reader.write(event);
  };
  const schedule = (delayMs: number) => {
    timer?.cancel();
    timer = ioClock.after(delayMs, () => {
      isChanged = false;
      send();
      if (readers.size > 0) schedule(ALIVE_MS);
    });
  };

  return {
    open(response) {
      if (readers.size >= READERS_MAX) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`data: ${JSON.stringify(picture())}\n\n`);
      readers.add(response);
      response.on('close', () => readers.delete(response));
      if (!isChanged) schedule(ALIVE_MS);
    },
    changed() {
      if (isChanged || readers.size === 0) return;
      isChanged = true;
      schedule(PAUSE_MS);
    },
    close() {
      timer?.cancel();
      for (const reader of readers) reader.end();
    },
  };
}
