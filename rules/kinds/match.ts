// A condition on one fact. While an episode with the same key is open, further facts that match are
// recorded as part of it and raise nothing; a fact that meets `clearWhen` ends it. A leave that covers
// the place and time the fact speaks of excuses it.

import type { Fact } from '../../core/observation.ts';
import type { ConditionContext } from '../condition.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import { checkLeaves, type LeaveAnswer } from '../leave.ts';
import type { RuleOf } from '../rule.ts';
import { classOf } from '../../core/order.ts';
import { classCode } from '../compile.ts';

type Episode = { alertId: string; openedAtMs: number };

export function createMatchMachine(deps: KindDeps<RuleOf<'match'>>): RuleMachine {
  const { rule, looksAt, conditions } = deps.compiled;
  const { params } = rule;
  /** By subject number and key. */
  let episodes = new Map<string, Episode>();
  /** Their names by subject number, the one open longest first. */
  let openOf = new Map<number, string[]>();

  const leavesFor = (context: ConditionContext): LeaveAnswer => {
    if (!rule.exceptions.includes('leave')) return { covering: undefined, checked: [] };
    const { fact } = context;
    const where = {
      atMs: conditions.placeAtMs?.(context) ?? fact.atMs,
      region: conditions.place?.(context),
    };
    return checkLeaves(deps.orders, fact.subject, where, 0);
  };

  const take = (context: ConditionContext, slot: number) => {
    const { fact } = context;
    const key = conditions.key?.(context) ?? '';
    const name = `${slot} ${key}`;
    const episode = episodes.get(name);
    const noticed = { slot, atMs: fact.atMs, key, evidence: [fact], values: valuesOf(fact) };
    // What ended before the episode began, and was told of late, does not end it.
    if (episode && fact.atMs >= episode.openedAtMs && conditions.clearWhen?.(context)) {
      end(slot, name);
      const openMs = fact.atMs - episode.openedAtMs;
      deps.emitter.clear({ ...noticed, alertId: episode.alertId, values: { openMs } });
      return;
    }
    if (!conditions.when(context)) return;
    if (episode) {
      deps.emitter.suppress(noticed, 'episode-open', episode.alertId);
      return;
    }
    const leaves = leavesFor(context);
    if (leaves.covering) {
      deps.emitter.suppress(noticed, 'leave', leaves.covering.leaveId);
      return;
    }
    const alertId = deps.emitter.raise({ ...noticed, checkedLeaves: leaves.checked });
    if (alertId && conditions.clearWhen) begin(slot, name, { alertId, openedAtMs: fact.atMs });
  };

  /** What is given up while it is open stays open for an officer to close. */
  const begin = (slot: number, name: string, episode: Episode) => {
    episodes.set(name, episode);
    const open = [...(openOf.get(slot) ?? []), name];
    if (open.length > params.keysMax) episodes.delete(open.shift() as string);
    openOf.set(slot, open);
  };

  const end = (slot: number, name: string) => {
    episodes.delete(name);
    const open = (openOf.get(slot) ?? []).filter((one) => one !== name);
    if (open.length > 0) openOf.set(slot, open);
    else openOf.delete(slot);
  };

  return {
    fact(fact, slot) {
      if (fact.kind !== params.fact) return;
      const order = deps.orders.orderAt(fact.subject, fact.atMs);
      if (!order || looksAt[classCode(classOf(order))] === 0) return;
      const covers = (region: string) => deps.frame.covers(order.area, region);
      take({ fact, order, covers }, slot);
    },
    abandon(atMs) {
      for (const [name, episode] of episodes) {
        deps.emitter.abandon(Number.parseInt(name, 10), episode, atMs);
      }
      episodes = new Map();
      openOf = new Map();
    },
    snapshot: () => episodes,
    restore(state) {
      episodes = state as Map<string, Episode>;
      openOf = new Map();
      for (const name of episodes.keys()) {
        const slot = Number.parseInt(name, 10);
        openOf.set(slot, [...(openOf.get(slot) ?? []), name]);
      }
    },
  };
}

/** The short values of the fact, for the officer's first look. */
function valuesOf(fact: Fact): Record<string, string | number | boolean> {
  const hidden = new Set(['id', 'kind', 'subject', 'source', 'sequence', 'receivedAtMs', 'atMs']);
  return Object.fromEntries(
    Object.entries(fact).filter(
      ([name, value]) =>
        !hidden.has(name) && ['string', 'number', 'boolean'].includes(typeof value),
    ),
  );
}
