// So many within a window (count-window.ts). Two forms: of facts, and of visits to places (count-visits.ts).

import { keyIfMeant } from '../compile-conditions.ts';
import { contextOf } from '../context.ts';
import type { Fact } from '../../core/observation.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import type { FactsParams } from './count-params.ts';
import { createVisitsMachine } from './count-visits.ts';
import { createWindowCounter, type Counted } from './count-window.ts';

export function createCountMachine(deps: KindDeps<RuleOf<'count'>>): RuleMachine {
  const { params } = deps.compiled.rule;
  return 'visits' in params ? createVisitsMachine(deps, params) : createFactsMachine(deps, params);
}

/** As it lies in snapshots. */
type SavedFact = { readonly value: string; readonly fact: Fact };

function createFactsMachine(
  deps: KindDeps<RuleOf<'count'>>,
  { factsMin, within }: FactsParams,
): RuleMachine {
  const meant = deps.compiled.conditions.counted;
  const counter = createWindowCounter<Counted & SavedFact>(deps, {
    min: factsMin,
    within,
    valuesOf: () => ({ facts: factsMin }),
  });
  return {
    fact(fact, slot) {
      if (!meant || fact.kind !== meant.fact) return;
      const context = contextOf(deps, fact);
      if (!context) return;
      const value = keyIfMeant(meant, context);
      if (value === undefined) return;
      counter.take(slot, countedOf({ value: meant.key ? value : fact.id, fact }));
    },
    orderChanged(slot, atMs) {
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) counter.forget(slot, atMs);
    },
    orderRanOut: counter.forget,
    time: counter.time,
    abandon: counter.abandon,
    snapshot() {
      const state = counter.snapshot();
      return { ...state, counted: mapItems(state.counted, ({ value, fact }) => ({ value, fact })) };
    },
    restore(state) {
      const saved = state as { counted: Map<number, readonly SavedFact[]> };
      counter.restore({ ...saved, counted: mapItems(saved.counted, countedOf) });
    },
  };
}

const mapItems = <From, To>(
  bySlot: ReadonlyMap<number, readonly From[]>,
  change: (item: From) => To,
): Map<number, To[]> => new Map([...bySlot].map(([slot, items]) => [slot, items.map(change)]));

const countedOf = ({ value, fact }: SavedFact): Counted & SavedFact => ({
  id: fact.id,
  atMs: fact.atMs,
  value,
  evidence: [fact],
  fact,
});
