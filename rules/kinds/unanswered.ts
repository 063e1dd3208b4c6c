// A fact asks, another ought to answer within a time, and does not.
//
// Raised by timer at exactly `within` after the earliest fact that is unanswered; an answer at that very
// instant is in time. An answer answers everything with its key asked before it or with it. Clears when an
// answer comes later. A question that comes late and is older than the newest answer is taken as answered.

import type { Fact } from '../../core/observation.ts';
import { keyIfMeant, type UnansweredConditions } from '../compile-conditions.ts';
import { contextOf } from '../context.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { KeyedTimers } from '../keyed-timers.ts';
import type { RuleOf } from '../rule.ts';
import { SlotKeys } from '../slot-keys.ts';
import type { UnansweredParams } from './absence-params.ts';

type Matter = {
  /** Questions without an answer, by event time. */
  readonly asked: readonly Fact[];
  /** The newest answer; -Infinity before the first. */
  readonly answeredAtMs: number;
  readonly episode: { readonly alertId: string; readonly openedAtMs: number } | undefined;
};

/** The earliest decides; the others matter only should a late answer lie between. */
const ASKED_MAX = 32;

const NOTHING: Matter = { asked: [], answeredAtMs: -Infinity, episode: undefined };

export function createUnansweredMachine(
  deps: KindDeps<RuleOf<'absence'>>,
  { within, keysMax }: UnansweredParams,
): RuleMachine {
  const { after, until } = deps.compiled.conditions as UnansweredConditions;
  const matters = new SlotKeys<Matter>();
  const timers = new KeyedTimers();

  const put = (slot: number, key: string, matter: Matter) => {
    matters.set(slot, key, matter);
    const [first] = matter.asked;
    if (first && !matter.episode) timers.set(slot, key, first.atMs + within);
    else timers.cancel(slot, key);
    if (matters.count(slot) <= keysMax) return;
    // What is forgotten while it is open stays open for an officer to close.
    const all = matters.of(slot);
    const [forgotten] = (all.find(([, one]) => !one.episode && one.asked.length === 0) ??
      all.find(([, one]) => one.episode) ??
      all[0]) as (typeof all)[number];
    matters.delete(slot, forgotten);
    timers.cancel(slot, forgotten);
  };

  const ask = (slot: number, key: string, fact: Fact) => {
    timers.fireBefore(slot, key, { atMs: fact.atMs, fire });
    const matter = matters.get(slot, key) ?? NOTHING;
    if (fact.atMs <= matter.answeredAtMs) return;
    if (matter.asked.some(({ id }) => id === fact.id)) return;
    if (matter.episode) {
      const noticed = { slot, atMs: fact.atMs, key, evidence: [fact], values: {} };
      deps.emitter.suppress(noticed, 'episode-open', matter.episode.alertId);
    }
    const at = matter.asked.findLastIndex(({ atMs }) => atMs <= fact.atMs) + 1;
    put(slot, key, { ...matter, asked: matter.asked.toSpliced(at, 0, fact).slice(0, ASKED_MAX) });
  };

  const answer = (slot: number, key: string, fact: Fact) => {
    timers.fireBefore(slot, key, { atMs: fact.atMs, fire });
    const matter = matters.get(slot, key) ?? NOTHING;
    const asked = matter.asked.filter(({ atMs }) => atMs > fact.atMs);
    const answers = asked.length < matter.asked.length;
    const answeredAtMs = Math.max(matter.answeredAtMs, fact.atMs);
    if (answers && matter.episode) {
      const { alertId, openedAtMs } = matter.episode;
      const atMs = Math.max(fact.atMs, openedAtMs);
      const values = { openMs: atMs - openedAtMs };
      deps.emitter.clear({ slot, atMs, key, alertId, evidence: [fact], values });
    }
    put(slot, key, { asked, answeredAtMs, episode: answers ? undefined : matter.episode });
  };

  const fire = (slot: number, key: string, atMs: number) => {
    const matter = matters.get(slot, key);
    const question = matter?.asked[0];
    if (!matter || !question) return;
    const alertId = deps.emitter.raise({
      slot,
      atMs,
      key,
      evidence: [question],
      values: { waitedMs: within, askedAtMs: question.atMs },
      late: question.receivedAtMs > atMs,
    });
    if (alertId) put(slot, key, { ...matter, episode: { alertId, openedAtMs: atMs } });
    else put(slot, key, { ...matter, asked: matter.asked.slice(1) });
  };

  const endWithOrder = (slot: number, atMs: number) => {
    for (const [key] of matters.of(slot)) {
      timers.fireBefore(slot, key, { atMs, fire });
      timers.cancel(slot, key);
      const episode = matters.get(slot, key)?.episode;
      matters.delete(slot, key);
      if (!episode) continue;
      const { alertId, openedAtMs } = episode;
      const endedAtMs = Math.max(atMs, openedAtMs);
      const values = { openMs: endedAtMs - openedAtMs };
      deps.emitter.clear({ slot, atMs: endedAtMs, key, alertId, evidence: [], values });
    }
  };

  return {
    fact(fact, slot) {
      if (fact.kind !== after.fact && fact.kind !== until.fact) return;
      const context = contextOf(deps, fact);
      if (!context) return;
      const answers = keyIfMeant(until, context);
      if (answers !== undefined) answer(slot, answers, fact);
      const asks = keyIfMeant(after, context);
      if (asks !== undefined) ask(slot, asks, fact);
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) endWithOrder(slot, atMs);
    },
    orderRanOut: endWithOrder,
    time: (watermarkMs) => timers.advance(watermarkMs, fire),
    abandon(atMs) {
      for (const [slot, , { episode }] of matters.all()) {
        if (episode) deps.emitter.abandon(slot, episode, atMs);
      }
    },
    snapshot: () => ({ matters: matters.snapshot(), timers: timers.snapshot() }),
    restore(state) {
      const saved = state as Record<'matters' | 'timers', unknown>;
      matters.restore(saved.matters);
      timers.restore(saved.timers);
    },
  };
}
