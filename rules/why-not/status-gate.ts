// The first rung of the ladder: is the rule in force?

import { text } from '../../core/text.ts';
import type { Rule } from '../rule.ts';
import type { Gate, GateCode } from './gate.ts';
import { withRule, type Question } from './question.ts';

const STATUS_GATES: Readonly<Partial<Record<Rule['status'], GateCode>>> = {
  retired: 'rule-retired',
  draft: 'rule-draft',
  shadow: 'rule-on-trial',
};

const ACTIVE = { status: 'active' };

const STATUS_SAYS = {
  active: text('', ''),
  retired: text('规则已停用，不再评估', 'the rule is retired and evaluated no more'),
  draft: text('规则还是草稿，没有启用', 'the rule is a draft and not in force'),
  shadow: text(
    '规则在试运行，只计数，不产生预警',
    'the rule is on trial: it is counted and raises no alert',
  ),
} as const;

/** Whether the rule is in force. */
export function statusGate({ compiled, wasNotInForce }: Question): Gate | undefined {
  const { status } = compiled.rule;
  if (wasNotInForce) {
    return {
      code: 'rule-not-in-force',
      says: text(
        '当时启用的规则中没有这一条',
        'it was not among the rules that were evaluated then',
      ),
      relax: {
        says: text('规则当时已启用', 'the rule been in force then'),
        apply: (question) => withRule({ ...question, wasNotInForce: undefined }, ACTIVE),
      },
    };
  }
  const code = STATUS_GATES[status];
  if (!code) return undefined;
  return {
    code,
    says: STATUS_SAYS[status],
    values: { status },
    relax: {
      says: text('规则已启用', 'the rule been in force'),
      apply: (question) => withRule(question, ACTIVE),
    },
  };
}
