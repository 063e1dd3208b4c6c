// ⑨ How much arrives and how much is refused, by feed and minute, counted from the log itself so that it
// is right again after a restart.

import type { Fact } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { SOURCE_KINDS, sourceKindOf, sourceSchema } from '../../core/source.ts';
import { text, type Text } from '../../core/text.ts';
import type { Tally } from '../../ingest/ledger.ts';
import type { StreamHealth, Wall } from '../api/wall.ts';

const MINUTE_MS = 60_000;
/** Full minutes shown. */
export const MINUTES_SHOWN = 60;
/** Positions come all the time: such a feed is slow after this long, and silent after ten times that. */
const SLOW_MS = 60_000;
/** Nobody buys a ticket by the minute: a feed of facts is quiet for this long before it counts as silent. */
const QUIET_MS_MAX = 24 * 3_600_000;

type Feed = {
  /** It carries positions, so that silence means something. */
  hasRhythm: boolean;
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

/**
 * `sinceMs`: from when on the log was read. Minutes before that, and before the first record found, are not
 * known, which is not zero.
 */
export function createFlow(sinceMs: number): Flow {
  const feeds = new Map<string, Feed>();
  let firstAtMs = Number.POSITIVE_INFINITY;

  const feedOf = (source: string): Feed => {
    let feed = feeds.get(source);
    if (!feed) {
      feed = {
        hasRhythm: false,
        lastReceivedAtMs: 0,
        admitted: new Map(),
        refused: new Map(),
      };
      feeds.set(source, feed);
    }
    return feed;
  };

  const admit = (source: string, receivedAtMs: number): Feed => {
    const feed = feedOf(source);
    if (receivedAtMs > feed.lastReceivedAtMs) feed.lastReceivedAtMs = receivedAtMs;
    if (receivedAtMs < firstAtMs) firstAtMs = receivedAtMs;
    add(feed.admitted, receivedAtMs, 1);
    return feed;
  };

  const sum = (of: 'admitted' | 'refused', minute: number) => {
    let total = 0;
    for (const feed of feeds.values()) total += feed[of].get(minute) ?? 0;
    return total;
  };

  return {
    positions(batch) {
      for (let row = 0; row < batch.length; row++) {
        const source = batch.sources.at(batch.source[row] as number);
        admit(source, batch.receivedAtMs[row] as number).hasRhythm = true;
      }
    },
    facts(facts) {
      for (const fact of facts) admit(fact.source, fact.receivedAtMs);
    },
    refused(tallies, atMs) {
      if (tallies.length > 0 && atMs < firstAtMs) firstAtMs = atMs;
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
          name: nameOf(source),
          admittedPerMinute: feed.admitted.get(minute) ?? 0,
          refusedPerMinute: feed.refused.get(minute) ?? 0,
          lastReceivedAtMs: feed.lastReceivedAtMs || null,
          state: stateOf(feed, nowMs),
        }));
    },
    minutes(nowMs) {
      const last = minuteOf(nowMs) - 1;
      const minutes = Array.from({ length: MINUTES_SHOWN }, (_, i) => last - MINUTES_SHOWN + 1 + i);
      const known = (minute: number) =>
        minute * MINUTE_MS >= sinceMs && minute >= minuteOf(firstAtMs);
      return {
        fromMs: (last - MINUTES_SHOWN + 1) * MINUTE_MS,
        admitted: minutes.map((minute) => (known(minute) ? sum('admitted', minute) : null)),
        refused: minutes.map((minute) => (known(minute) ? sum('refused', minute) : null)),
      };
    },
  };
}

/** What could not even be read is counted for the partner, whatever source it was meant to be of. */
const nameOf = (source: string): Text =>
  sourceSchema.safeParse(source).success ? SOURCE_KINDS[sourceKindOf(source)] : OF_PARTNERS;

const OF_PARTNERS = text('外部接口数据', 'data of partners');

const minuteOf = (atMs: number) => Math.floor(atMs / MINUTE_MS);

/** Adds to a minute and forgets those no longer shown. */
function add(counts: Map<number, number>, atMs: number, count: number): void {
  const minute = minuteOf(atMs);
  counts.set(minute, (counts.get(minute) ?? 0) + count);
  if (counts.size <= MINUTES_SHOWN + 2) return;
  for (const known of counts.keys()) if (known < minute - MINUTES_SHOWN - 1) counts.delete(known);
}

function stateOf({ hasRhythm, lastReceivedAtMs }: Feed, nowMs: number): StreamHealth['state'] {
  // Nothing of it was ever taken: what was refused says nothing about silence.
  if (lastReceivedAtMs === 0) return 'quiet';
  const silentMs = nowMs - lastReceivedAtMs;
  if (silentMs <= SLOW_MS) return 'ok';
  if (hasRhythm) return silentMs <= 10 * SLOW_MS ? 'slow' : 'silent';
  return silentMs <= QUIET_MS_MAX ? 'quiet' : 'silent';
}
