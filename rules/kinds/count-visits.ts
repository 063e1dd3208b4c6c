// `count` over visits to places. A zone rule of its own finds the stays; what it would raise is counted here
// instead of told.
//
// A visit is proven by fixes surely inside and ended by the first fix surely outside; who is back within
// `apart` of that was not away. Each is kept with the fixes that prove it and the one that ended it, so an
// alert proves itself. Fixes that come late make no visit.

import type { Observation } from '../../core/observation.ts';
import type { Emits, ToRaise } from '../emitter.ts';
import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import type { VisitsParams } from './count-params.ts';
import { createWindowCounter, type Counted } from './count-window.ts';
import { visitRule } from './zone-target.ts';
import { createZoneMachine } from './zone.ts';

type Visit = Counted & {
  readonly zone: string;
  readonly proof: readonly Observation[];
  /** The fix that ended it; undefined while the person is there. */
  readonly left: Observation | undefined;
};

export function createVisitsMachine(
  deps: KindDeps<RuleOf<'count'>>,
  params: VisitsParams,
): RuleMachine {
  const counter = createWindowCounter<Visit>(deps, {
    min: params.visitsMin,
    within: params.within,
    valuesOf: (visits) => ({
      visits: visits.length,
      zone: visits.at(-1)?.zone ?? '',
      zones: new Set(visits.map(({ zone }) => zone)).size,
    }),
  });

  /** Gives the id of the stay, which the zone rule takes for that of an alert. */
  const begin = (stay: ToRaise): string | undefined => {
    const { slot, atMs, evidence: proof } = stay;
    if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) return undefined;
    const id = `${stay.late ? 'late ' : ''}${atMs}`;
    if (stay.late) return id;
    const before = counter.of(slot).at(-1);
    const firstMs = proof[0]?.atMs ?? atMs;
    if (before?.left && firstMs - before.left.atMs < params.apart) {
      counter.amendNewest(slot, { ...before, evidence: before.proof, left: undefined });
      return id;
    }
    const zone = String(stay.values['zone'] ?? '');
    counter.take(slot, { id, atMs, value: id, evidence: proof, zone, proof, left: undefined });
    return id;
  };

  const end: Emits['clear'] = ({ slot, atMs, alertId, evidence }) => {
    if (alertId.startsWith('late ')) return;
    const [left] = evidence;
    const visit = counter.of(slot).at(-1);
    if (!left) {
      // Not the person went away but the order changed: what proves a visit must do so under one order.
      counter.forget(slot, atMs);
    } else if (visit && !visit.left) {
      counter.amendNewest(slot, { ...visit, evidence: [...visit.proof, left], left });
    }
  };

  const stays = createZoneMachine({
    ...deps,
    compiled: {
      ...deps.compiled,
      rule: visitRule(deps.compiled.rule, params),
      conditions: undefined,
    },
    emitter: { raise: begin, clear: end, abandon: () => {}, suppress: () => {} },
  });

  return {
    positions: (run) => stays.positions?.(run),
    beforeFrame: (slot, atMs) => stays.beforeFrame?.(slot, atMs),
    orderChanged(slot, atMs, knownAtMs) {
      stays.orderChanged?.(slot, atMs, knownAtMs);
      if (!deps.orders.orderAt(deps.subjects.keyOf(slot), atMs)) counter.forget(slot, atMs);
    },
    orderRanOut: counter.forget,
    time(watermarkMs) {
      stays.time?.(watermarkMs);
      counter.time(watermarkMs);
    },
    abandon: counter.abandon,
    snapshot: () => ({ stays: stays.snapshot(), visits: counter.snapshot() }),
    restore(state) {
      const saved = state as Record<'stays' | 'visits', unknown>;
      stays.restore(saved.stays);
      counter.restore(saved.visits);
    },
  };
}
