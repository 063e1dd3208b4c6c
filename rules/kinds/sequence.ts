// One fact after the other within a time, each step meant by a condition.
//
// The facts that meet a step, or must not come between, are kept by event time, at most `keptMax` per
// person and key, and for `within` after the newest; every one of them is a partial sequence that may yet
// be completed. Raised at the last step of the shortest sequence a fact completes; a fact that comes late
// is put where it belongs and can complete one too. Ends by a fact or after a time; what was kept is
// forgotten with it.

import { isFrameKind, type Fact } from '../../core/observation.ts';
import { keyIfMeant, type Pattern } from '../compile-conditions.ts';
import type { ConditionContext } from '../condition.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { RuleOf } from '../rule.ts';
import { SlotKeys } from '../slot-keys.ts';
import { findSequence, planOf, type Kept } from './sequence-match.ts';

type Episode = { readonly alertId: string; readonly openedAtMs: number };
type Place = { readonly slot: number; readonly key: string };

export function createSequenceMachine(deps: KindDeps<RuleOf<'sequence'>>): RuleMachine {
  const { conditions, rule } = deps.compiled;
  const { steps, order, within: withinMs, keptMax, keysMax, clearAfter } = rule.params;
  const names = steps.map(({ name }) => name);
  const plan = planOf(names, order);
  const kept = new SlotKeys<Kept[]>();
  const episodes = new SlotKeys<Episode>();
  const toForget = new KeyedTimers();
  const toClear = new KeyedTimers();

  /** Gives the key and the bits of the steps the fact meets. */
  const stepsMet = (context: ConditionContext): { key: string; bits: number } | undefined => {
    let found: { key: string; bits: number } | undefined;
    for (const [index, step] of conditions.steps.entries()) {
      const key = keyIfMeant(step, context);
      if (key !== undefined) found = { key, bits: (found?.bits ?? 0) | (1 << index) };
    }
    return found;
  };

  const meant = (pattern: Pattern | undefined, context: ConditionContext) =>
    pattern && keyIfMeant(pattern, context);

  const keep = ({ slot, key }: Place, fact: Fact, bits: number): boolean => {
    fireBefore(slot, key, fact.atMs);
    const facts = kept.get(slot, key) ?? [];
    if (facts.some((other) => other.fact.id === fact.id)) return false;
    const at = facts.findLastIndex((other) => other.fact.atMs <= fact.atMs) + 1;
    const after = facts.toSpliced(at, 0, { fact, steps: bits }).slice(-keptMax);
    kept.set(slot, key, after);
    if (kept.count(slot) > keysMax) forget(slot, kept.of(slot)[0]?.[0] as string);
    toForget.set(slot, key, (after.at(-1) as Kept).fact.atMs + withinMs);
    return true;
  };

  const takeStep = (place: Place, fact: Fact, bits: number) => {
    if (!keep(place, fact, bits)) return;
    const facts = kept.get(place.slot, place.key) ?? [];
    const own = facts.findIndex((other) => other.fact === fact);
    if (own < 0) return;
    const others = facts.toSpliced(own, 1);
    for (let last = own; last < facts.length; last++) {
      const sequence = findSequence(facts, last, { plan, withinMs });
      if (!sequence) continue;
      // A fact that comes late may only shorten a sequence that was there before.
      if (last > own && findSequence(others, last - 1, { plan, withinMs })) continue;
      complete(
        place,
        sequence.map((at) => (facts[at] as Kept).fact),
        fact.atMs < (facts.at(-1) as Kept).fact.atMs,
      );
      return;
    }
  };

  const complete = ({ slot, key }: Place, evidence: Fact[], late: boolean) => {
    const [first, last] = [evidence[0] as Fact, evidence.at(-1) as Fact];
    const values = { steps: names.join(' '), spanMs: last.atMs - first.atMs };
    const noticed = { slot, atMs: last.atMs, key, evidence, values };
    const episode = episodes.get(slot, key);
    const alertId = episode?.alertId ?? deps.emitter.raise({ ...noticed, late });
    if (episode) deps.emitter.suppress(noticed, 'episode-open', episode.alertId);
    if (!alertId) return;
    if (!episode) begin(slot, key, { alertId, openedAtMs: last.atMs });
    const clearAtMs = last.atMs + (clearAfter ?? Infinity);
    const dueMs = toClear.dueOf(slot, key);
    if (clearAfter !== undefined && (dueMs === Infinity || clearAtMs > dueMs)) {
      toClear.set(slot, key, clearAtMs);
    }
  };

  /** What is given up while it is open stays open for an officer to close. */
  const begin = (slot: number, key: string, episode: Episode) => {
    episodes.set(slot, key, episode);
    if (episodes.count(slot) <= keysMax) return;
    const [givenUp] = episodes.of(slot)[0] as readonly [string, Episode];
    episodes.delete(slot, givenUp);
    toClear.cancel(slot, givenUp);
  };

  const clear = (slot: number, key: string, atMs: number) => end({ slot, key }, atMs, []);

  const end = ({ slot, key }: Place, atMs: number, evidence: Fact[]) => {
    const episode = episodes.get(slot, key);
    forget(slot, key);
    toClear.cancel(slot, key);
    episodes.delete(slot, key);
    if (!episode) return;
    const values = { openMs: atMs - episode.openedAtMs };
    deps.emitter.clear({ slot, atMs, key, alertId: episode.alertId, evidence, values });
  };

  const forget = (slot: number, key: string) => {
    kept.delete(slot, key);
    toForget.cancel(slot, key);
  };

  const fireBefore = (slot: number, key: string, atMs: number) => {
    toForget.fireBefore(slot, key, { atMs, fire: forget });
    toClear.fireBefore(slot, key, { atMs, fire: clear });
  };

  const endWithOrder = (slot: number, atMs: number) => {
    for (const [key, { openedAtMs }] of episodes.of(slot)) {
      toClear.fireBefore(slot, key, { atMs, fire: clear });
      clear(slot, key, Math.max(atMs, openedAtMs));
    }
    for (const [key] of kept.of(slot)) forget(slot, key);
  };

  return {
    fact(fact, slot) {
      if (isFrameKind(fact.kind)) return;
      const context = contextOf(deps, fact);
      if (!context) return;
      const clearKey = meant(conditions.clearWhen, context);
      if (clearKey !== undefined) {
        fireBefore(slot, clearKey, fact.atMs);
        const episode = episodes.get(slot, clearKey);
        if (episode && fact.atMs >= episode.openedAtMs) {
          end({ slot, key: clearKey }, fact.atMs, [fact]);
          return;
        }
      }
      const met = stepsMet(context);
      if (met) {
        takeStep({ slot, key: met.key }, fact, met.bits);
        return;
      }
      const without = meant(conditions.without, context);
      if (without !== undefined && kept.get(slot, without)) keep({ slot, key: without }, fact, 0);
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) endWithOrder(slot, atMs);
    },
    orderRanOut: endWithOrder,
    time(watermarkMs) {
      toForget.advance(watermarkMs, forget);
      toClear.advance(watermarkMs, clear);
    },
    abandon(atMs) {
      for (const [slot, , episode] of episodes.all()) deps.emitter.abandon(slot, episode, atMs);
    },
    snapshot: () => ({
      kept: kept.snapshot(),
      episodes: episodes.snapshot(),
      toForget: toForget.snapshot(),
      toClear: toClear.snapshot(),
    }),
    restore(state) {
      const saved = state as Record<'kept' | 'episodes' | 'toForget' | 'toClear', unknown>;
      kept.restore(saved.kept);
      episodes.restore(saved.episodes);
      toForget.restore(saved.toForget);
      toClear.restore(saved.toClear);
    },
  };
}

/** A state with its open alerts and no sequence begun. */
export const partialForgotten = (state: unknown): unknown => ({
  ...(state as Record<string, unknown>),
  kept: new Map(),
  toForget: [],
});
