// A rule made ready to run: its version fixed, its tables by class laid out for the hot path.

import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { compileConditions, type ConditionsByKind } from './compile-conditions.ts';
import { checkZones } from './kinds/zone-target.ts';
import type { Pack, Rule } from './rule.ts';
import { versionsOf, type RuleVersions } from './rule-versions.ts';

/** Class codes as they stand in columns: 0 is nobody's, then SUBJECT_CLASSES from 1. */
export const classCode = (subjectClass: SubjectClass): number =>
  SUBJECT_CLASSES.indexOf(subjectClass) + 1;

export const CLASS_CODES = SUBJECT_CLASSES.length + 1;

export type CompiledRule<Any extends Rule = Rule> = RuleVersions & {
  readonly rule: Any;
  readonly pack: Pack;
  /** 1 at the class codes the rule looks at. */
  readonly looksAt: Uint8Array;
  /** They hold no state and serve any number of engines. */
  readonly conditions: ConditionsByKind[Any['kind']];
};

/** Only these are evaluated. */
export const isRunning = ({ rule }: Pick<CompiledRule, 'rule'>): boolean =>
  rule.status === 'active' || rule.status === 'shadow';

/**
 * Compiles a rule read from the YAML document `written`. Throws RuleMistake when it does not fit the facts
 * or the pack it looks at.
 */
export function compileRule<Any extends Rule>(
  rule: Any,
  pack: Pack,
  written: unknown,
): CompiledRule<Any> {
  checkZones(rule, pack);
  const looksAt = new Uint8Array(CLASS_CODES);
  for (const subjectClass of rule.who) looksAt[classCode(subjectClass)] = 1;
  return {
    rule,
    pack,
    ...versionsOf(rule, pack, written),
    looksAt,
    conditions: compileConditions(rule) as ConditionsByKind[Any['kind']],
  };
}
