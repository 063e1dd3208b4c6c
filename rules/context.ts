// What a fact-driven rule needs to judge a fact: the fact and the legal frame at its instant.

import type { Fact } from '../core/observation.ts';
import { classOf } from '../core/order.ts';
import { classCode } from './compile.ts';
import type { ConditionContext } from './condition.ts';
import type { KindDeps } from './kind.ts';

/** Undefined when no order was in force or the rule does not look at this class of person. */
export function contextOf(deps: KindDeps, fact: Fact): ConditionContext | undefined {
  const order = deps.orders.orderAt(fact.subject, fact.atMs);
  if (!order || deps.compiled.looksAt[classCode(classOf(order))] === 0) return undefined;
  return { fact, order, covers: (region) => deps.frame.covers(order.area, region) };
}
