// Derives an alert again from its own evidence: a fresh engine, the one rule, nothing but the listed
// observations. If the same alert does not come out, the alert is not proven.

import type { RaisedFinding } from '../core/finding.ts';
import type { Fact, Position } from '../core/observation.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import type { PositionBatch } from '../core/position-batch.ts';
import { LABEL, type Label } from '../core/position-codes.ts';
import { createEngine, type EngineInput } from './engine.ts';
import type { Surroundings } from './kind.ts';
import type { Rulebook } from './rulebook.ts';

export type Verification =
  | { readonly proven: true; readonly finding: RaisedFinding }
  | {
      readonly proven: false;
      readonly because: 'rule-unknown' | 'version-differs' | 'not-raised' | 'level-differs';
      readonly detail: string;
    };

export type Claim = Pick<
  RaisedFinding,
  'alertId' | 'ruleId' | 'ruleVersion' | 'level' | 'atMs' | 'evidence' | 'values'
>;

/** Checks a claim against the rulebook. Wants the very version of the rule that raised it. */
export function verifyAlert(
  claim: Claim,
  deps: { rulebook: Rulebook } & Surroundings,
): Verification {
  const compiled = deps.rulebook.rules.find(({ rule }) => rule.id === claim.ruleId);
  if (!compiled) return { proven: false, because: 'rule-unknown', detail: claim.ruleId };
  if (compiled.version !== claim.ruleVersion) {
    const detail = `raised by ${claim.ruleVersion}, the rulebook has ${compiled.version}`;
    return { proven: false, because: 'version-differs', detail };
  }
  const raised = derive(claim, deps).find(({ alertId }) => alertId === claim.alertId);
  if (!raised) {
    const detail = `${claim.evidence.length} observations do not make the rule speak`;
    return { proven: false, because: 'not-raised', detail };
  }
  if (raised.level !== claim.level) {
    const detail = `the evidence gives level ${raised.level}, the alert says ${claim.level}`;
    return { proven: false, because: 'level-differs', detail };
  }
  return { proven: true, finding: raised };
}

/** What the claim's rule raises on the claim's evidence, up to the claim's instant. */
export function derive(
  claim: Pick<Claim, 'ruleId' | 'atMs' | 'evidence' | 'values'>,
  deps: { rulebook: Rulebook } & Surroundings,
): RaisedFinding[] {
  const rules = deps.rulebook.rules
    .filter(({ rule }) => rule.id === claim.ruleId)
    .map((compiled) => ({ ...compiled, rule: { ...compiled.rule, status: 'active' as const } }));
  const engine = createEngine({ ...deps, rulebook: { ...deps.rulebook, rules } });
  return inputsOf(claim)
    .flatMap((input) => engine.step(input))
    .filter((finding) => finding.kind === 'raised');
}

function inputsOf({
  evidence,
  values,
  atMs,
}: Pick<Claim, 'evidence' | 'values' | 'atMs'>): EngineInput[] {
  // Orders as they came, so that a change does not stand before what it changed.
  const orders = evidence.filter(({ kind }) => kind === 'order').sort((a, b) => a.atMs - b.atMs);
  const seen = evidence.filter(({ kind }) => kind !== 'order');
  const inputs: EngineInput[] = [...orders, ...seen].map((observation) =>
    observation.kind === 'position'
      ? { watermarkMs: 0, positions: batchOf([observation]) }
      : { watermarkMs: 0, facts: [observation as Fact] },
  );
  // Silence is measured in time during which the platform listened; the alert states what to leave out.
  // It follows on what was heard last, which comes first after the orders.
  const gapMs = typeof values['gapMs'] === 'number' ? values['gapMs'] : 0;
  if (gapMs > 0) {
    const gap = { fromMs: atMs - gapMs, untilMs: atMs };
    inputs.splice(orders.length + 1, 0, { watermarkMs: 0, gap });
  }
  return [...inputs, { watermarkMs: atMs }];
}

/** Positions as columns, every admitted field as it was. */
export function batchOf(positions: readonly Position[]): PositionBatch {
  const builder = createPositionBuilder(positions.length);
  for (const position of positions) {
    const labels = position.labels.reduce((bits, label) => bits | LABEL[label as Label], 0);
    builder.add({ ...position, labels });
  }
  const batch = builder.drain();
  for (const [row, position] of positions.entries()) {
    batch.receivedAtMs[row] = position.receivedAtMs;
    batch.region[row] = Number(position.region ?? 0);
  }
  return batch;
}
