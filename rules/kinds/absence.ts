// What ought to come and does not. Two forms: a source that falls silent (silence.ts), and a fact that is
// not followed by another in time (unanswered.ts).

import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { createSilenceMachine } from './silence.ts';
import { createUnansweredMachine } from './unanswered.ts';

export function createAbsenceMachine(deps: KindDeps<RuleOf<'absence'>>): RuleMachine {
  const { params } = deps.compiled.rule;
  return 'after' in params
    ? createUnansweredMachine(deps, params)
    : createSilenceMachine(deps, params);
}
