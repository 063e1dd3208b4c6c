// A rule made ready to run: its version fixed, its tables by class laid out for the hot path.

import { canonicalJson, contentHash } from '../core/ids.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { compileConditions, type ConditionsByKind } from './compile-conditions.ts';
import type { Pack, Rule } from './rule.ts';
import { checkZoneRule, packPartOf } from './kinds/zone-target.ts';

/** Class codes as they stand in columns: 0 is nobody's, then SUBJECT_CLASSES from 1. */
export const classCode = (subjectClass: SubjectClass): number =>
  SUBJECT_CLASSES.indexOf(subjectClass) + 1;

export const CLASS_CODES = SUBJECT_CLASSES.length + 1;

export type CompiledRule<Any extends Rule = Rule> = {
  readonly rule: Any;
  readonly pack: Pack;
  /** `number@hash` over everything that can change an answer; tests do not count. */
  readonly version: string;
  /** 1 at the class codes the rule looks at. */
  readonly looksAt: Uint8Array;
  /** They hold no state and serve any number of engines. */
  readonly conditions: ConditionsByKind[Any['kind']];
};

/** Throws RuleMistake when the rule does not fit the facts or the pack it looks at. */
export function compileRule<Any extends Rule>(rule: Any, pack: Pack): CompiledRule<Any> {
  const { tests: _tests, status: _status, ...meaning } = rule;
  const { sameCityDistricts } = pack;
  if (rule.kind === 'zone') checkZoneRule(rule, pack);
  const ofPack = rule.kind === 'zone' ? packPartOf(rule, pack) : {};
  const hash = contentHash(canonicalJson({ meaning, sameCityDistricts, ...ofPack }));
  const looksAt = new Uint8Array(CLASS_CODES);
  for (const subjectClass of rule.who) looksAt[classCode(subjectClass)] = 1;
  return {
    rule,
    pack,
    version: `${rule.number}@${hash.slice(0, 12)}`,
    looksAt,
    conditions: compileConditions(rule) as ConditionsByKind[Any['kind']],
  };
}
