// Does an alert follow from its own evidence? Runs the rule that raised it, in the version that raised it,
// on nothing but the observations the alert lists.

import type { AlertClaim } from './alert-claims.ts';
import type { Surroundings } from '../rules/kind.ts';
import { parseRule, type Rulebook } from '../rules/rulebook.ts';
import { verifyAlert, type Verification } from '../rules/verify.ts';

/** Checks a claim with the rule text kept beside it, or with the rule pack where none was kept. */
export function proveClaim(
  claim: AlertClaim,
  deps: Surroundings & { rulebook: Rulebook },
): Verification {
  const { id, openedAtMs, ...rest } = claim;
  const rulebook = withRuleAsItWas(claim, deps.rulebook);
  return verifyAlert({ ...rest, alertId: id, atMs: openedAtMs }, { ...deps, rulebook });
}

/** The pack with the rule of the claim in the version that raised it. */
function withRuleAsItWas({ ruleId, ruleText }: AlertClaim, rulebook: Rulebook): Rulebook {
  if (ruleText === undefined) return rulebook;
  const asItWas = parseRule(`${ruleId}.yaml`, ruleText, rulebook.pack);
  const others = rulebook.rules.filter(({ rule }) => rule.id !== ruleId);
  return { ...rulebook, rules: [...others, asItWas] };
}
