// ⑨ How much arrives and how much is refused, by feed and minute, counted from the log itself so that it
// is right again after a restart.

import type { Fact } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { SOURCE_KINDS, sourceKindOf } from '../../core/source.ts';
import type { Tally } from '../../ingest/ledger.ts';
import type { StreamHealth, Wall } from '../api/wall.ts';

const MINUTE_MS = 60_000;
/** Full minutes shown. */
export const MINUTES_SHOWN = 60;
/** A feed is slow after this long without anything, and silent after ten times that. */
const SLOW_MS = 60_000;

type Feed = {
  lastReceivedAtMs: number;
  admitted: Map<number, number>;
  refused: Map<number, number>;
};

export type Flow = {
  positions(batch: PositionBatch): void;
  facts(facts: readonly Fact[]): void;
  refused(tallies: readonly Tally[], atMs: number): void;
  streams(nowMs: number): StreamHealth[];
  minutes(nowMs: number): Wall['minutes'];
};

/** `sinceMs`: from when on the log was read; earlier minutes are not known, which is not zero. */
export function createFlow(sinceMs: number): Flow {
  const feeds = new Map<string, Feed>();

  const feedOf = (source: string): Feed => {
    let feed = feeds.get(source);
    if (!feed) {
      feed = { lastReceivedAtMs: 0, admitted: new Map(), refused: new Map() };
      feeds.set(source, feed);
    }
    return feed;
  };

  const admit = (source: string, receivedAtMs: number) => {
    const feed = feedOf(source);
    if (receivedAtMs > feed.lastReceivedAtMs) feed.lastReceivedAtMs = receivedAtMs;
    add(feed.admitted, receivedAtMs, 1);
  };

  const sum = (of: 'admitted' | 'refused', minute: number) => {
    let total = 0;
    for (const feed of feeds.values()) total += feed[of].get(minute) ?? 0;
    return total;
  };

  return {
    positions(batch) {
      for (let row = 0; row < batch.length; row++) {
        admit(batch.sources.at(batch.source[row] as number), batch.receivedAtMs[row] as number);
      }
    },
    facts(facts) {
      for (const fact of facts) admit(fact.source, fact.receivedAtMs);
    },
    refused(tallies, atMs) {
      for (const { source, reason, count } of tallies) {
        // What was seen before was not refused to anyone.
        if (reason !== 'duplicate') add(feedOf(source).refused, atMs, count);
      }
    },
    streams(nowMs) {
      const minute = minuteOf(nowMs) - 1;
      return [...feeds]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([source, feed]) => ({
          source,
          name: SOURCE_KINDS[sourceKindOf(source)],
          admittedPerMinute: feed.admitted.get(minute) ?? 0,
          refusedPerMinute: feed.refused.get(minute) ?? 0,
          lastReceivedAtMs: feed.lastReceivedAtMs || null,
          state: stateOf(feed, nowMs),
        }));
    },
    minutes(nowMs) {
      const last = minuteOf(nowMs) - 1;
      const minutes = Array.from({ length: MINUTES_SHOWN }, (_, i) => last - MINUTES_SHOWN + 1 + i);
      const known = (minute: number) => minute * MINUTE_MS >= sinceMs;
      return {
        fromMs: (last - MINUTES_SHOWN + 1) * MINUTE_MS,
        admitted: minutes.map((minute) => (known(minute) ? sum('admitted', minute) : null)),
        refused: minutes.map((minute) => (known(minute) ? sum('refused', minute) : null)),
      };
    },
  };
}

const minuteOf = (atMs: number) => Math.floor(atMs / MINUTE_MS);

/** Adds to a minute and forgets those no longer shown. */
function add(counts: Map<number, number>, atMs: number, count: number): void {
  const minute = minuteOf(atMs);
  counts.set(minute, (counts.get(minute) ?? 0) + count);
  if (counts.size <= MINUTES_SHOWN + 2) return;
  for (const known of counts.keys()) if (known < minute - MINUTES_SHOWN - 1) counts.delete(known);
}

function stateOf(feed: Feed, nowMs: number): StreamHealth['state'] {
  const silentMs = nowMs - feed.lastReceivedAtMs;
  if (silentMs <= SLOW_MS) return 'ok';
  return silentMs <= 10 * SLOW_MS ? 'slow' : 'silent';
}
