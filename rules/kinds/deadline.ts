// What runs out. Two forms: a statutory clock over the milestones of a case (deadline-case.ts), and the
// term of a leave or of a basis (deadline-term.ts).

import type { KindDeps, RuleMachine } from '../kind.ts';
import type { RuleOf } from '../rule.ts';
import { createCaseMachine } from './deadline-case.ts';
import { createTermMachine } from './deadline-term.ts';

export function createDeadlineMachine(deps: KindDeps<RuleOf<'deadline'>>): RuleMachine {
  const { params } = deps.compiled.rule;
  return 'term' in params ? createTermMachine(deps, params) : createCaseMachine(deps, params);
}
