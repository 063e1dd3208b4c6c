// A rule made ready to run: its version fixed, its tables by class laid out for the hot path.

import { canonicalJson, contentHash } from '../core/ids.ts';
import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { compileCondition, type Condition } from './condition.ts';
import { checkZoneRule, packPartOf } from './kinds/zone-target.ts';
import type { Pack, Rule, RuleOf } from './rule.ts';

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
  /** The conditions of a match rule; they hold no state and serve any number of engines. */
  readonly conditions: Any extends RuleOf<'match'> ? MatchConditions : undefined;
};

export type MatchConditions = {
  readonly when: Condition<boolean>;
  readonly clearWhen: Condition<boolean> | undefined;
  readonly key: Condition<string> | undefined;
  readonly place: Condition<string> | undefined;
  readonly placeAtMs: Condition<number> | undefined;
};

/** Throws UserError `rule-invalid` when the rule does not fit the facts or the pack it looks at. */
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
    conditions: (rule.kind === 'match'
      ? compileConditions(rule)
      : undefined) as CompiledRule<Any>['conditions'],
  };
}

function compileConditions({ params }: RuleOf<'match'>): MatchConditions {
  const compile = <Value>(name: keyof typeof params, type: 'bool' | 'string' | 'double') => {
    const expression = params[name];
    if (expression === undefined) return undefined;
    return compileCondition<Value>(expression, { name, kind: params.fact, result: type });
  };
  return {
    when: compile<boolean>('when', 'bool') as Condition<boolean>,
    clearWhen: compile<boolean>('clearWhen', 'bool'),
    key: compile<string>('key', 'string'),
    place: compile<string>('place', 'string'),
    placeAtMs: compile<number>('placeAtMs', 'double'),
  };
}
