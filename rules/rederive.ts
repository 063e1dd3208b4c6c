// Derives a kept alert again from its own evidence, with what became known since and under the legal frame
// as it is known now. The engine it is done with can go on watching.

import type { RaisedFinding } from '../core/finding.ts';
import { takesBack, type Observation, type RetractionFact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import { EVIDENCE_ORDERS, inputsOf, type EvidenceOrder } from './claim-inputs.ts';
import type { CompiledRule } from './compile.ts';
import type { Engine } from './engine.ts';
import { afterOf, isSilence, lastMsOf, oldestMsOf, type KeptAlert } from './kept-alert.ts';

export type Rederived = {
  /** What the rule says now of what the alert says; undefined when it says nothing. */
  readonly raised: RaisedFinding | undefined;
  readonly engine: Engine;
};

/** Starts an engine with one rule that corrects nothing and knows these orders and leaves. */
export type StartEngine = (
  compiled: CompiledRule,
  known: ReturnType<OrderBook['factsOf']>,
) => Engine;

/** Derives anew. Gives undefined when not even the alert's own evidence makes the rule speak. */
export function rederive(
  alert: KeptAlert,
  with_: {
    compiled: CompiledRule;
    orders: OrderBook;
    subject: string;
    retractions: readonly RetractionFact[];
    start: StartEngine;
  },
): Rederived | undefined {
  const { compiled, orders, subject, retractions, start } = with_;
  const { claim } = alert;
  alert.provenBy ??=
    EVIDENCE_ORDERS.find((by) => {
      const own = { compiled, by, evidence: claim.evidence, added: [] };
      const raised = raisedBy(start(compiled, []), alert, own);
      // Asked before anything was corrected, so the level is still the one it was raised with.
      return raised?.alertId === claim.alertId && raised.level === alert.level;
    }) ?? 'none';
  const by = alert.provenBy;
  if (by === 'none') return undefined;
  // Who says that a terminal was not even heard then says nothing against its silence.
  const counts = (observation: Observation) =>
    isSilence(compiled.rule) || !retractions.some((one) => takesBack(one, observation));
  const inEvidence = new Set(claim.evidence.map(({ id }) => id));
  const engine = start(
    compiled,
    orders.factsOf(subject).filter(({ id }) => !inEvidence.has(id)),
  );
  const raised = raisedBy(engine, alert, {
    compiled,
    by,
    evidence: claim.evidence.filter(counts),
    added: [...alert.added, ...afterOf(alert)].filter(counts),
  });
  return { raised, engine };
}

function raisedBy(
  engine: Engine,
  alert: KeptAlert,
  on: {
    compiled: CompiledRule;
    by: EvidenceOrder;
    evidence: readonly Observation[];
    added: readonly Observation[];
  },
): RaisedFinding | undefined {
  const { claim } = alert;
  const { added, evidence } = on;
  const { kind } = on.compiled.rule;
  const oldestMs = oldestMsOf(alert);
  // A wait that ends at another instant is another wait; anything else may be shown a little later too.
  const isExact = kind === 'absence' || kind === 'deadline';
  const untilMs = added.length > 0 ? lastMsOf(alert) : claim.atMs;
  const inputs = inputsOf({ ...claim, evidence: [...evidence] }, on.by, added);
  const raised = [...inputs, { watermarkMs: untilMs }]
    .flatMap((input) => engine.step(input))
    .filter((finding) => finding.kind === 'raised');
  return (
    raised.find(({ alertId }) => alertId === claim.alertId) ??
    (isExact ? undefined : raised.find(({ atMs }) => atMs >= oldestMs))
  );
}
