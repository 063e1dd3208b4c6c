// Derives an alert again from its own evidence: a fresh engine, the one rule, nothing but the listed
// observations. If the same alert does not come out, the alert is not proven.

import type { RaisedFinding } from '../core/finding.ts';
import { canonicalJson } from '../core/ids.ts';
import { localDateTime } from '../core/local-time.ts';
import { EVIDENCE_ORDERS, inputsOf } from './claim-inputs.ts';
import { createEngine } from './engine.ts';
import type { Surroundings } from './kind.ts';
import type { Rulebook } from './rulebook.ts';

export type Verification =
  | { readonly proven: true; readonly finding: RaisedFinding }
  | {
      readonly proven: false;
      readonly because:
        | 'rule-unknown'
        | 'version-differs'
        | 'not-raised'
        | 'level-differs'
        | 'time-differs'
        | 'values-differ';
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
  const derived = derive(claim, deps).filter(({ alertId }) => alertId === claim.alertId);
  const ofLevel = derived.filter(({ level }) => level === claim.level);
  const raised =
    ofLevel.find((one) => differences(claim, one).length === 0) ?? ofLevel[0] ?? derived[0];
  if (!raised) {
    const detail = `${claim.evidence.length} observations do not make the rule speak`;
    return { proven: false, because: 'not-raised', detail };
  }
  if (raised.level !== claim.level) {
    const detail = `the evidence gives level ${raised.level}, the alert says ${claim.level}`;
    return { proven: false, because: 'level-differs', detail };
  }
  if (raised.atMs !== claim.atMs) {
    const detail = `the evidence gives ${localDateTime(raised.atMs)}, the alert says ${localDateTime(claim.atMs)}`;
    return { proven: false, because: 'time-differs', detail };
  }
  const differing = differences(claim, raised);
  if (differing.length > 0) {
    return { proven: false, because: 'values-differ', detail: differing.join('; ') };
  }
  return { proven: true, finding: raised };
}

/**
 * Values the claim shows that are not those derived, as `name: the evidence gives 3, the alert says 4`. What it
 * does not show is not asked about: a file of alerts may leave values out.
 */
function differences(claim: Claim, raised: RaisedFinding): string[] {
  return Object.keys(claim.values)
    .sort()
    .flatMap((name) => {
      const [says, gives] = [claim.values, raised.values].map((values) =>
        canonicalJson((values as Readonly<Record<string, unknown>>)[name] ?? null),
      );
      return says === gives ? [] : [`${name}: the evidence gives ${gives}, the alert says ${says}`];
    });
}

/** What the claim's rule raises on the claim's evidence, in either order, up to the claim's instant. */
export function derive(
  claim: Pick<Claim, 'ruleId' | 'atMs' | 'evidence' | 'values'>,
  deps: { rulebook: Rulebook } & Surroundings,
): RaisedFinding[] {
  const rules = deps.rulebook.rules
    .filter(({ rule }) => rule.id === claim.ruleId)
    .map((compiled) => ({ ...compiled, rule: { ...compiled.rule, status: 'active' as const } }));
  return EVIDENCE_ORDERS.flatMap((by) => {
    const engine = createEngine({
      ...deps,
      rulebook: { ...deps.rulebook, rules },
      corrects: false,
    });
    return [...inputsOf(claim, by), { watermarkMs: claim.atMs }]
      .flatMap((input) => engine.step(input))
      .filter((finding) => finding.kind === 'raised');
  });
}
