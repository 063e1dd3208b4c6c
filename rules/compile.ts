// A rule made ready to run: its version fixed, its tables by class laid out for the hot path.

import { SUBJECT_CLASSES, type SubjectClass } from '../core/order.ts';
import { compileCondition, type Condition } from './condition.ts';
import type { Pack, Rule, RuleOf } from './rule.ts';
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

/** Only these are evaluated. */
export const isRunning = ({ rule }: Pick<CompiledRule, 'rule'>): boolean =>
  rule.status === 'active' || rule.status === 'shadow';

/**
 * Compiles a rule read from the YAML document `written`. Throws UserError `rule-invalid` when a condition
 * does not fit the fact it looks at.
 */
export function compileRule<Any extends Rule>(
  rule: Any,
  pack: Pack,
  written: unknown,
): CompiledRule<Any> {
  const looksAt = new Uint8Array(CLASS_CODES);
  for (const subjectClass of rule.who) looksAt[classCode(subjectClass)] = 1;
  return {
    rule,
    pack,
    ...versionsOf(rule, pack, written),
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
