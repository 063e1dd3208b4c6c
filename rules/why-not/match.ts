// Why a match rule did not raise: no fact met the condition, or the one that did ended an episode instead.

import { text } from '../../core/text.ts';
import type { RuleOf } from '../rule.ts';
import { conditionGate, holds } from './condition-gate.ts';
import type { Gate } from './gate.ts';
import { contextOf, factsOf, withinWindow, type Person } from './person.ts';
import { withParams, type Question } from './question.ts';
import { instantText } from './say.ts';

export function matchGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'match'>,
): Gate | undefined {
  const facts = withinWindow(question, factsOf(person, params.fact));
  const asked = {
    fact: params.fact,
    when: params.when,
    relaxed: (other: Question, when: string) => withParams(other, { when }),
  };
  const gate = conditionGate(question, person, { facts, asked: [asked] });
  if (gate) return gate;
  const { clearWhen } = params;
  if (clearWhen === undefined) return undefined;
  const clears = facts.find((heard) => {
    const context = contextOf(person, heard);
    return context && holds(asked, context) && holds({ ...asked, when: clearWhen }, context);
  });
  if (!clears) return undefined;
  const at = instantText(clears.atMs);
  return {
    code: 'ends-episode',
    says: text(
      `${at} 的数据同时满足解除条件 ${clearWhen}，按解除处理`,
      `the fact of ${at} also meets ${clearWhen} and ended the open episode`,
    ),
    atMs: clears.atMs,
    relax: {
      says: text('规则没有解除条件', 'the rule no condition that ends it'),
      apply: (other) => withParams(other, { clearWhen: undefined }),
    },
  };
}
