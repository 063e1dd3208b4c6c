// The conditions of each kind of rule, compiled once and checked against the facts they look at.

import type { ObservationKind } from '../core/observation.ts';
import { compileCondition, type CelType, type Condition } from './condition.ts';
import type { FactPattern } from './fact-pattern.ts';
import type { Rule, RuleOf } from './rule.ts';

export type MatchConditions = {
  readonly when: Condition<boolean>;
  readonly clearWhen: Condition<boolean> | undefined;
  readonly key: Condition<string> | undefined;
  readonly place: Condition<string> | undefined;
  readonly placeAtMs: Condition<number> | undefined;
};

/** Which facts are meant, and the key each falls under. */
export type Pattern = {
  readonly fact: ObservationKind;
  readonly when: Condition<boolean>;
  readonly key: Condition<string> | undefined;
};

export type CountConditions = {
  /** Undefined for the form that counts visits. */
  readonly counted: Pattern | undefined;
};

export type SequenceConditions = {
  readonly steps: readonly Pattern[];
  readonly without: Pattern | undefined;
  readonly clearWhen: Pattern | undefined;
};

export type UnansweredConditions = { readonly after: Pattern; readonly until: Pattern };

export type DeadlineConditions = {
  readonly startWhen?: Condition<boolean> | undefined;
  readonly when?: Condition<boolean> | undefined;
};

export type ConditionsByKind = {
  zone: undefined;
  match: MatchConditions;
  /** Undefined for the form that measures silence. */
  absence: UnansweredConditions | undefined;
  count: CountConditions;
  sequence: SequenceConditions;
  keyword: undefined;
  deadline: DeadlineConditions;
  threshold: undefined;
  proximity: undefined;
};

/** Throws RuleMistake when a condition does not fit the fact it looks at. */
export function compileConditions(rule: Rule): ConditionsByKind[Rule['kind']] {
  switch (rule.kind) {
    case 'match':
      return matchConditions(rule);
    case 'count':
      return 'visits' in rule.params
        ? { counted: undefined }
        : { counted: pattern(rule.params, ['params'], 'distinct', rule.params.distinct) };
    case 'sequence':
      return sequenceConditions(rule);
    case 'absence': {
      const { params } = rule;
      if (!('after' in params)) return undefined;
      return {
        after: pattern(params.after, ['params', 'after'], 'key', params.key),
        until: pattern(params.until, ['params', 'until'], 'key', params.key),
      };
    }
    case 'deadline': {
      const { params } = rule;
      const compile = (name: string, expression: string | undefined, kind: ObservationKind) =>
        expression === undefined
          ? undefined
          : compileCondition<boolean>(expression, { path: ['params', name], kind, result: 'bool' });
      if ('term' in params) {
        const paper = typeof params.term === 'string' ? params.term : 'order';
        return { when: compile('when', params.when, paper) };
      }
      return { startWhen: compile('startWhen', params.startWhen, 'case-milestone') };
    }
    default:
      return undefined;
  }
}

function matchConditions({ params }: RuleOf<'match'>): MatchConditions {
  const compile = <Value>(
    name: 'when' | 'clearWhen' | 'key' | 'place' | 'placeAtMs',
    result: CelType,
  ) => {
    const expression = params[name];
    if (expression === undefined) return undefined;
    return compileCondition<Value>(expression, {
      path: ['params', name],
      kind: params.fact,
      result,
    });
  };
  return {
    when: compile<boolean>('when', 'bool') as Condition<boolean>,
    clearWhen: compile<boolean>('clearWhen', 'bool'),
    key: compile<string>('key', 'string'),
    place: compile<string>('place', 'string'),
    placeAtMs: compile<number>('placeAtMs', 'double'),
  };
}

function sequenceConditions({ params }: RuleOf<'sequence'>): SequenceConditions {
  const optional = (name: 'without' | 'clearWhen') => {
    const facts = params[name];
    return facts && pattern(facts, ['params', name], 'key', params.key);
  };
  return {
    steps: params.steps.map((step, index) =>
      pattern(step, ['params', 'steps', index], 'key', params.key),
    ),
    without: optional('without'),
    clearWhen: optional('clearWhen'),
  };
}

/** `keyName` is the parameter that holds the key, at the root of the parameters. */
function pattern(
  { fact, when }: FactPattern,
  path: readonly (string | number)[],
  keyName: string,
  key: string | undefined,
): Pattern {
  return {
    fact,
    when: compileCondition<boolean>(when, { path: [...path, 'when'], kind: fact, result: 'bool' }),
    key:
      key === undefined
        ? undefined
        : compileCondition<string>(key, {
            path: ['params', keyName],
            kind: fact,
            result: 'string',
          }),
  };
}

/** The key of a fact the pattern means; undefined when it does not mean it. */
export function keyIfMeant(
  { fact, when, key }: Pattern,
  context: Parameters<Condition<boolean>>[0],
): string | undefined {
  if (context.fact.kind !== fact || !when(context)) return undefined;
  return key ? key(context) : '';
}
