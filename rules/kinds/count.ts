// So many facts, or so many different values, within a sliding window of event time.
//
// Counted at an instant t are facts after t − `within`, up to and including t. The rule raises at the fact
// that makes `factsMin` and clears, by timer, at the instant the window holds fewer: when the oldest of
// the newest `factsMin` facts is exactly `within` old. Only those are kept of a person, one per value, so
// memory is bounded. A fact that comes late is put where it belongs; it can add an alert, marked late,
// and take none back.

import type { Fact } from '../../core/observation.ts';
import { keyIfMeant } from '../compile-conditions.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { TimerWheel } from '../timer-wheel.ts';

type Counted = { readonly value: string; readonly fact: Fact };
type Episode = { readonly alertId: string; readonly openedAtMs: number };

/** Timers wait in this many buckets per window. */
const BUCKETS_PER_WINDOW = 64;

export function createCountMachine(deps: KindDeps<RuleOf<'count'>>): RuleMachine {
  const { conditions, rule } = deps.compiled;
  const { factsMin, within } = rule.params;
  const wheel = new TimerWheel(Math.max(1_000, Math.ceil(within / BUCKETS_PER_WINDOW)));
  /** The newest facts of each person by event time, at most `factsMin`, one per value. */
  let counted = new Map<number, Counted[]>();
  let episodes = new Map<number, Episode>();

  const take = (slot: number, value: string, fact: Fact) => {
    wheel.fireBefore(slot, fact.atMs, clear);
    const before = counted.get(slot) ?? [];
    if (before.some((one) => one.fact.id === fact.id)) return;
    const newest = before.at(-1)?.fact;
    const late = newest !== undefined && fact.atMs < newest.atMs;
    const after = insert(before, { value, fact }, factsMin);
    counted.set(slot, after);
    const episode = episodes.get(slot);
    if (episode) {
      wheel.set(slot, fallsAtMs(after));
      suppressOpen(slot, fact, episode);
      return;
    }
    if (!holds(after) || (late && holds(before))) return;
    const last = (after.at(-1) as Counted).fact;
    const alertId = deps.emitter.raise({
      slot,
      atMs: last.atMs,
      evidence: after.map((one) => one.fact),
      values: { facts: factsMin, spanMs: last.atMs - (after[0] as Counted).fact.atMs },
      late,
    });
    if (!alertId) return;
    episodes.set(slot, { alertId, openedAtMs: last.atMs });
    wheel.set(slot, fallsAtMs(after));
  };

  const suppressOpen = (slot: number, fact: Fact, { alertId }: Episode) => {
    const noticed = { slot, atMs: fact.atMs, key: fact.id, evidence: [fact], values: {} };
    deps.emitter.suppress(noticed, 'episode-open', alertId);
  };

  const holds = (facts: readonly Counted[]): boolean =>
    facts.length === factsMin && fallsAtMs(facts) > (facts.at(-1) as Counted).fact.atMs;

  /** When the window ceases to hold enough, should nothing more come. */
  const fallsAtMs = (facts: readonly Counted[]): number => (facts[0] as Counted).fact.atMs + within;

  const clear = (slot: number, atMs: number) => {
    const episode = episodes.get(slot);
    if (!episode) return;
    episodes.delete(slot);
    const values = { openMs: atMs - episode.openedAtMs };
    deps.emitter.clear({ slot, atMs, alertId: episode.alertId, evidence: [], values });
  };

  return {
    fact(fact, slot) {
      if (fact.kind !== conditions.counted.fact) return;
      const context = contextOf(deps, fact);
      if (!context) return;
      const value = keyIfMeant(conditions.counted, context);
      if (value !== undefined) take(slot, conditions.counted.key ? value : fact.id, fact);
    },
    orderChanged(slot, atMs) {
      if (deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) return;
      wheel.fireBefore(slot, atMs, clear);
      wheel.cancel(slot);
      clear(slot, Math.max(atMs, episodes.get(slot)?.openedAtMs ?? 0));
      counted.delete(slot);
    },
    time: (watermarkMs) => wheel.advance(watermarkMs, clear),
    abandon(atMs) {
      for (const [slot, episode] of episodes) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({ due: wheel.snapshot(deps.subjects.size), counted, episodes }),
    restore(state) {
      const saved = state as CountSnapshot;
      wheel.restore(saved.due);
      ({ counted, episodes } = saved);
    },
  };
}

/** Puts a fact among the newest; of two with one value the newer stays. */
function insert(facts: readonly Counted[], one: Counted, max: number): Counted[] {
  const same = facts.find(({ value }) => value === one.value);
  if (same && same.fact.atMs >= one.fact.atMs) return [...facts];
  const others = facts.filter((other) => other !== same);
  const at = others.findLastIndex(({ fact }) => fact.atMs <= one.fact.atMs) + 1;
  return others.toSpliced(at, 0, one).slice(-max);
}

type CountSnapshot = {
  due: Float64Array;
  counted: Map<number, Counted[]>;
  episodes: Map<number, Episode>;
};
