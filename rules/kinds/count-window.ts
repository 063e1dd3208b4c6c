// So many of something within a sliding window of event time: the counting, whatever is counted.
//
// Counted at an instant t is what happened after t − `within`, up to and including t. The rule raises at
// what makes `min` and clears, by timer, at the instant the window holds fewer: when the oldest of the
// newest `min` is exactly `within` old. Only those are kept of a person, one per value, so memory is
// bounded. What comes late is put where it belongs; it can add an alert, marked late, and take none back.

import type { Observation } from '../../core/observation.ts';
import type { KindDeps } from '../kind.ts';
import { TimerWheel } from '../timer-wheel.ts';

export type Counted = {
  readonly id: string;
  readonly atMs: number;
  /** Of two with one value the newer counts. */
  readonly value: string;
  readonly evidence: readonly Observation[];
};

type Episode = { readonly alertId: string; readonly openedAtMs: number };

/** Timers wait in this many buckets per window. */
const BUCKETS_PER_WINDOW = 64;

export function createWindowCounter<Item extends Counted>(
  deps: KindDeps,
  {
    min,
    within,
    valuesOf,
  }: {
    min: number;
    within: number;
    valuesOf: (items: readonly Item[]) => Readonly<Record<string, string | number>>;
  },
) {
  const wheel = new TimerWheel(Math.max(1_000, Math.ceil(within / BUCKETS_PER_WINDOW)));
  /** The newest of each person by event time, at most `min`, one per value. */
  let counted = new Map<number, readonly Item[]>();
  let episodes = new Map<number, Episode>();

  const take = (slot: number, item: Item) => {
    wheel.fireBefore(slot, item.atMs, clear);
    const before = counted.get(slot) ?? [];
    if (before.some(({ id }) => id === item.id)) return;
    const newest = before.at(-1);
    const late = newest !== undefined && item.atMs < newest.atMs;
    const after = insert(before, item, min);
    counted.set(slot, after);
    const episode = episodes.get(slot);
    if (episode) {
      wheel.set(slot, fallsAtMs(after));
      suppressOpen(slot, item, episode);
      return;
    }
    if (!holds(after) || (late && holds(before))) return;
    const last = after.at(-1) as Item;
    const alertId = deps.emitter.raise({
      slot,
      atMs: last.atMs,
      evidence: after.flatMap(({ evidence }) => evidence),
      values: { ...valuesOf(after), spanMs: last.atMs - (after[0] as Item).atMs },
      late,
    });
    if (!alertId) return;
    episodes.set(slot, { alertId, openedAtMs: last.atMs });
    wheel.set(slot, fallsAtMs(after));
  };

  const suppressOpen = (slot: number, { id, atMs, evidence }: Item, { alertId }: Episode) => {
    deps.emitter.suppress({ slot, atMs, key: id, evidence, values: {} }, 'episode-open', alertId);
  };

  const holds = (items: readonly Item[]): boolean =>
    items.length === min && fallsAtMs(items) > (items.at(-1) as Item).atMs;

  /** When the window ceases to hold enough, should nothing more come. */
  const fallsAtMs = (items: readonly Item[]): number => (items[0] as Item).atMs + within;

  const clear = (slot: number, atMs: number) => {
    const episode = episodes.get(slot);
    if (!episode) return;
    episodes.delete(slot);
    const values = { openMs: atMs - episode.openedAtMs };
    deps.emitter.clear({ slot, atMs, alertId: episode.alertId, evidence: [], values });
  };

  return {
    take,
    of: (slot: number): readonly Item[] => counted.get(slot) ?? [],
    /** Something else is known now of the newest that is kept. */
    amendNewest(slot: number, item: Item): void {
      counted.set(slot, [...(counted.get(slot) ?? []).slice(0, -1), item]);
    },
    /** What was counted before counts no more, and what is open ends. */
    forget(slot: number, atMs: number): void {
      wheel.fireBefore(slot, atMs, clear);
      wheel.cancel(slot);
      clear(slot, Math.max(atMs, episodes.get(slot)?.openedAtMs ?? 0));
      const left = (counted.get(slot) ?? []).filter((item) => item.atMs >= atMs);
      if (left.length > 0) counted.set(slot, left);
      else counted.delete(slot);
    },
    time: (watermarkMs: number) => wheel.advance(watermarkMs, clear),
    abandon(atMs: number): void {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({ due: wheel.snapshot(deps.subjects.size), counted, episodes }),
    restore(state: unknown): void {
      const saved = state as CounterSnapshot<Item>;
      wheel.restore(saved.due);
      ({ counted, episodes } = saved);
    },
  };
}

/** Puts one among the newest; of two with one value the newer stays. */
function insert<Item extends Counted>(items: readonly Item[], one: Item, max: number): Item[] {
  const same = items.find(({ value }) => value === one.value);
  if (same && same.atMs >= one.atMs) return [...items];
  const others = items.filter((other) => other !== same);
  const at = others.findLastIndex(({ atMs }) => atMs <= one.atMs) + 1;
  return others.toSpliced(at, 0, one).slice(-max);
}

/** A state with its open alerts and nothing counted. */
export const countedForgotten = (state: unknown): unknown => ({
  ...(state as CounterSnapshot<Counted>),
  counted: new Map(),
});

type CounterSnapshot<Item> = {
  due: Float64Array;
  counted: Map<number, readonly Item[]>;
  episodes: Map<number, Episode>;
};
