// A partner's system as the platform meets it: bookings and lodging behind HTTP, page by page behind a
// cursor, with a token, and with the bad days such systems have. What a bookings or lodging connector
// polls in the demo and in tests.

import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentHash } from '../core/ids.ts';
import type { ArrivalOf } from '../core/observation.ts';
import type { Random } from '../core/random.ts';
import { ioClock, sleep } from '../core/time.ts';
import type { PartnerFeed } from './city/reporter.ts';

/** One item as the partner words it: `person` is the pseudonymous key both sides agreed on. */
export type SourceItem<Kind extends 'booking' | 'lodging'> = Omit<
  ArrivalOf<Kind>,
  'kind' | 'source' | 'sequence' | 'subject'
> & { readonly person: string };

export type SourcePage<Item = unknown> = {
  readonly items: readonly Item[];
  /** Where to go on; the same again while there is nothing new. */
  readonly nextCursor: string;
};

/** How often, of a hundred requests, the server answers badly. */
export type Moods = {
  /** 429 with Retry-After. */
  readonly busyPercent: number;
  /** 500. */
  readonly brokenPercent: number;
  /** Answers after `slowMs`. */
  readonly slowPercent: number;
  readonly slowMs: number;
};

const WELL: Moods = { busyPercent: 0, brokenPercent: 0, slowPercent: 0, slowMs: 0 };

export type SourceServerOptions = {
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  readonly moods?: Partial<Moods>;
};

export type SourceServer = PartnerFeed & {
  readonly url: string;
  setMoods(moods: Partial<Moods>): void;
  /** Requests answered, by path and status. */
  answered(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
};

/** Items kept per feed; older ones are forgotten, as partners do. */
const ITEMS_MAX = 100_000;
const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 100;
const RETRY_AFTER_SECONDS = 1;

const PATHS = { '/bookings': 'booking', '/lodging': 'lodging' } as const;

type Feed = (typeof PATHS)[keyof typeof PATHS];
type Kept = { readonly cursor: string; readonly item: object };

/** Listens on the loopback address: `GET /bookings` and `GET /lodging`, each with `cursor` and `limit`. */
export async function openSourceServer(
  { random }: { random: Random },
  options: SourceServerOptions,
): Promise<SourceServer> {
  const kept: Record<Feed, Kept[]> = { booking: [], lodging: [] };
  const counts: Record<string, number> = {};
  let moods: Moods = { ...WELL, ...options.moods };

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://partner');
    const send = (status: number, body: object, headers: Record<string, string> = {}) => {
      const name = `${url.pathname} ${status}`;
      counts[name] = (counts[name] ?? 0) + 1;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const feed = PATHS[url.pathname as keyof typeof PATHS];
    if (feed === undefined) return send(404, { error: 'no such list' });
    if (request.method !== 'GET') return send(405, { error: 'read only' }, { allow: 'GET' });
    if (!hasToken(request, options.token)) return send(401, { error: 'no valid token' });
    const mood = random.next() * 100;
    if (mood < moods.busyPercent) {
      return send(429, { error: 'busy' }, { 'retry-after': String(RETRY_AFTER_SECONDS) });
    }
    if (mood < moods.busyPercent + moods.brokenPercent) return send(500, { error: 'broken' });
    if (random.next() * 100 < moods.slowPercent) await sleep(ioClock, moods.slowMs);
    const limit = limitOf(url.searchParams.get('limit'));
    if (limit === undefined) return send(400, { error: `limit is 1 to ${LIMIT_MAX}` });
    return send(200, pageOf(kept[feed], url.searchParams.get('cursor') ?? '', limit));
  };

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    push(arrival) {
      const { kind, source: _source, sequence: _sequence, subject, ...rest } = arrival;
      insert(kept[kind], { cursor: cursorOf(arrival), item: { person: subject, ...rest } });
    },
    setMoods(changed) {
      moods = { ...moods, ...changed };
    },
    answered: () => ({ ...counts }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Orders items by time and tells them apart by content, so that a cursor still fits after the server
 * was restarted and filled again.
 */
function cursorOf(arrival: Parameters<PartnerFeed['push']>[0]): string {
  const digest = contentHash(JSON.stringify(arrival)).slice(0, 12);
  return `${String(arrival.atMs).padStart(15, '0')}-${digest}`;
}

/** Keeps items in order of their cursors, each once. */
function insert(items: Kept[], item: Kept): void {
  const at = countUntil(items, item.cursor);
  if (items[at - 1]?.cursor === item.cursor) return;
  items.splice(at, 0, item);
  if (items.length > ITEMS_MAX) items.shift();
}

function pageOf(items: readonly Kept[], cursor: string, limit: number): SourcePage {
  const from = countUntil(items, cursor);
  const page = items.slice(from, from + limit);
  return { items: page.map(({ item }) => item), nextCursor: page.at(-1)?.cursor ?? cursor };
}

/** How many items have a cursor no greater than the given one. */
function countUntil(items: readonly Kept[], cursor: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as Kept).cursor <= cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}

function limitOf(value: string | null): number | undefined {
  if (value === null) return LIMIT_DEFAULT;
  const limit = Number(value);
  return Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX ? limit : undefined;
}

const hasToken = (request: IncomingMessage, token: string): boolean => {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};
