// ② Polls a list of a partner's system page by page behind a cursor. A page is published, then the cursor
// is saved: a crash in between repeats the page, and ingest drops what it knows already.

import Bottleneck from 'bottleneck';
import { OperatingError } from '../../core/errors.ts';
import type { FactArrival } from '../../core/observation.ts';
import type { Random } from '../../core/random.ts';
import { ioClock, sleep, type Clock } from '../../core/time.ts';
import type { Connector, ConnectorDeps } from '../publish.ts';
import type { Feed } from './feed.ts';
import { fetchPage, type PageFetch } from './fetch-page.ts';
import type { PullFailure } from './reasons.ts';

/** Where cursors are kept; the records store fulfils it. */
export type Cursors = {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
};

export type PullDeps = ConnectorDeps & {
  readonly cursors: Cursors;
  readonly random: Random;
  /** For waiting on the partner; the machine's clock by default. */
  readonly ioClock?: Clock;
};

export type PullOptions = {
  /** The list, as https://partner.example/bookings. */
  readonly url: string;
  readonly token: string;
  /** How long to wait when the list is read to its end. */
  readonly pollMs?: number;
  /** Items asked for at a time. */
  readonly limit?: number;
  readonly requestsPerSecondMax?: number;
  readonly timeoutMs?: number;
  /** Longest pause between attempts while the partner fails. */
  readonly retryMsMax?: number;
  /** Largest answer taken. */
  readonly bytesMax?: number;
};

export const PULL_DEFAULTS = {
  pollMs: 5_000,
  limit: 500,
  requestsPerSecondMax: 5,
  timeoutMs: 10_000,
  retryMsMax: 60_000,
  bytesMax: 8 * 1024 * 1024,
} as const;

const RETRY_MS_MIN = 200;

/** Facts handed to ingest at a time, however many a partner puts into a page. */
const PUBLISH_FACTS_MAX = 1_000;

/** A partner that names a longer pause is asked again after this one all the same. */
const RETRY_AFTER_MS_MAX = 15 * 60_000;

export type PullStatus = {
  /** When a page last came, and when the list was last read to its end. */
  readonly lastOkAtMs: number | undefined;
  readonly caughtUpAtMs: number | undefined;
  /** How long what is new at the partner may have been unknown here. */
  readonly lagMs: number;
  readonly pages: number;
  /** Items published, and items passed over because they could not be read. */
  readonly items: number;
  readonly skipped: number;
  /** Failures since the last page, and what the last one was. */
  readonly failuresInARow: number;
  readonly lastFailure: PullFailure | undefined;
};

export type Pull = Connector & { status(): PullStatus };

/** Starts polling; runs until it is stopped, whatever the partner does. */
export function openPull(deps: PullDeps, feed: Feed, options: PullOptions): Pull {
  const settings = { ...PULL_DEFAULTS, ...options };
  const clock = deps.ioClock ?? ioClock;
  const stopping = new AbortController();
  const { signal } = stopping;
  const limiter = new Bottleneck({
    minTime: 1_000 / settings.requestsPerSecondMax,
    maxConcurrent: 1,
  });
  const startedAtMs = clock.now();
  const counts = { pages: 0, items: 0, skipped: 0, failuresInARow: 0 };
  let lastOkAtMs: number | undefined;
  let caughtUpAtMs: number | undefined;
  let lastFailure: PullFailure | undefined;
  let { limit } = settings;

  /** Publishes what a page holds and remembers how far it reached; true when more may wait there. */
  const take = async (page: PageFetch & { kind: 'page' }, cursor: string | undefined) => {
    const facts = readItems(deps, feed, page.items);
    for (let from = 0; from < facts.length; from += PUBLISH_FACTS_MAX) {
      await deps.publish({ facts: facts.slice(from, from + PUBLISH_FACTS_MAX) });
    }
    const { nextCursor } = page;
    const moves = nextCursor !== undefined && nextCursor !== cursor;
    if (moves) await deps.cursors.set(feed.name, nextCursor);
    counts.pages++;
    counts.items += facts.length;
    counts.skipped += page.items.length - facts.length;
    return moves && page.items.length > 0;
  };

  const step = async (): Promise<number> => {
    const cursor = await deps.cursors.get(feed.name);
    const page = await limiter.schedule(() =>
      fetchPage(clock, { ...settings, cursor, limit }, signal),
    );
    if (signal.aborted) return 0;
    if (page.kind === 'failed') return fail(page.failure, page.retryAfterMs);
    const hasMore = await take(page, cursor);
    lastOkAtMs = clock.now();
    counts.failuresInARow = 0;
    limit = Math.min(settings.limit, limit * 2);
    if (hasMore) return 0;
    caughtUpAtMs = clock.now();
    return settings.pollMs;
  };

  /** Notes a failure; gives how long to wait before the next attempt. */
  const fail = (failure: PullFailure, retryAfterMs?: number): number => {
    counts.failuresInARow++;
    lastFailure = failure;
    // What is too much at once may come in smaller portions.
    if (failure === 'too-large' || failure === 'timed-out') {
      limit = Math.max(1, Math.floor(limit / 2));
    }
    deps.logger.warn('pull.failed', { feed: feed.name, failure, inARow: counts.failuresInARow });
    return pauseMs(
      { attempt: counts.failuresInARow, retryAfterMs, retryMsMax: settings.retryMsMax },
      deps.random,
    );
  };

  const run = async () => {
    while (!signal.aborted) {
      const waitMs = await step().catch((error: unknown) => {
        if (!(error instanceof OperatingError)) throw error;
        return fail('unpublished');
      });
      if (waitMs > 0) await sleep(clock, waitMs, signal).catch(() => {});
    }
  };
  const running = run();

  return {
    status: () => ({
      ...counts,
      lastOkAtMs,
      caughtUpAtMs,
      lastFailure,
      lagMs: Math.max(0, clock.now() - (caughtUpAtMs ?? startedAtMs)),
    }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** The arrivals of a page; what cannot be read is counted and passed over. */
function readItems(deps: PullDeps, feed: Feed, items: readonly unknown[]): FactArrival[] {
  const facts: FactArrival[] = [];
  for (const item of items) {
    const outcome = feed.toArrival(item);
    if (outcome.kind === 'ok') facts.push(outcome.value);
    else deps.refuse(feed.source, outcome.reason);
  }
  return facts;
}

/**
 * How long to wait after the n-th failure in a row: what the partner asked for, else twice as long each
 * time; never the same for two connectors, so that they do not come back together.
 */
export function pauseMs(
  failed: { attempt: number; retryAfterMs: number | undefined; retryMsMax: number },
  random: Random,
): number {
  const { attempt, retryAfterMs, retryMsMax } = failed;
  if (retryAfterMs !== undefined) {
    return Math.min(retryAfterMs, RETRY_AFTER_MS_MAX) + random.next() * RETRY_MS_MIN;
  }
  const fullMs = Math.min(retryMsMax, RETRY_MS_MIN * 2 ** Math.min(attempt, 30));
  return fullMs / 2 + (random.next() * fullMs) / 2;
}
