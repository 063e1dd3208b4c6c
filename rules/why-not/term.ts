// Why a rule about the term of a leave or a basis did not raise: there is no such paper, it was ended in
// time, or time is left.

import { text } from '../../core/text.ts';
import type { FrameFact } from '../../core/observation.ts';
import type { DeadlineConditions } from '../compile-conditions.ts';
import type { TermParams } from '../kinds/deadline-params.ts';
import {
  basisSegments,
  recordedSegments,
  leaveSegments,
  type Segment,
} from '../kinds/deadline-term-clock.ts';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { waitingUntil, withParams, type Question } from './question.ts';
import { instantText, spanText } from './say.ts';

export function termGate(question: Question, person: Person, params: TermParams): Gate | undefined {
  const endMs = Math.min(question.untilMs, person.reachedMs);
  const all = papersAt(question, person, { params, endMs, heedsWhen: false });
  const papers = papersAt(question, person, { params, endMs, heedsWhen: true });
  const running = papers.flatMap((segment) => {
    const dueMs = segment?.term && nextMomentMs(segment.term.dueMs, params, endMs);
    return segment?.term && dueMs !== undefined ? [{ term: segment.term, momentMs: dueMs }] : [];
  });
  const [next] = running.toSorted((a, b) => a.momentMs - b.momentMs);
  if (next) {
    const left = spanText(next.momentMs - endMs);
    return {
      code: 'not-due',
      says: text(
        `下一个提醒时点是 ${instantText(next.momentMs)}，当时还差${left.zh}`,
        `the next moment spoken of is ${instantText(next.momentMs)}; ${left.en} were left`,
      ),
      nearest: text(
        `期限至 ${instantText(next.term.dueMs)}`,
        `the term runs until ${instantText(next.term.dueMs)}`,
      ),
      atMs: next.momentMs,
      values: { dueMs: next.term.dueMs, leftMs: next.momentMs - endMs },
      relax: {
        says: text('此后没有任何变化', 'nothing happened until then'),
        apply: (other) => waitingUntil(other, next.momentMs),
      },
    };
  }
  // A leave may end with its order, which leaves no paper behind.
  const ended = papers.findLast(
    (segment) => segment && !segment.term && (segment.by !== undefined || params.term === 'leave'),
  );
  if (ended) {
    return {
      code: 'ended-in-time',
      says: text(
        `已于 ${instantText(ended.fromMs)} 销假、解除或终止`,
        `it was ended at ${instantText(ended.fromMs)}`,
      ),
      atMs: ended.fromMs,
      values: { endedAtMs: ended.fromMs },
    };
  }
  const past = papers.find((segment) => segment?.term);
  if (past?.term) {
    const due = instantText(past.term.dueMs);
    return {
      code: 'not-due',
      says: text(
        `期限至 ${due}，此后没有别的提醒时点`,
        `the term ran until ${due}; nothing is spoken of after that`,
      ),
      atMs: past.term.dueMs,
      values: { dueMs: past.term.dueMs },
    };
  }
  if (params.when !== undefined && all.some((segment) => segment?.term)) {
    return {
      code: 'condition-false',
      says: text(
        `没有一份批准符合规则的条件：${params.when}`,
        `no paper meets the condition of the rule: ${params.when}`,
      ),
      values: { when: params.when },
      relax: {
        says: text('没有这个条件', 'there been no such condition'),
        apply: (other) => withParams(other, { when: undefined }),
      },
    };
  }
  return {
    code: 'not-started',
    says:
      params.term === 'leave'
        ? text('没有批准的外出', 'there is no approved leave')
        : params.term === 'basis'
          ? text('没有登记的依据', 'there is no recorded basis')
          : text('没有打开该来源的依据', 'no basis opens the source'),
    values: { papers: 0 },
  };
}

/** What each paper says at `endMs`; those the rule's own condition leaves out only when not heeded. */
function papersAt(
  { subject, compiled }: Question,
  { orders, frame }: Person,
  { params, endMs, heedsWhen }: { params: TermParams; endMs: number; heedsWhen: boolean },
): (Segment | undefined)[] {
  const { when } = compiled.conditions as DeadlineConditions;
  const counts = (fact: FrameFact): boolean => {
    const order = fact.kind === 'order' ? fact : orders.orderAt(subject, fact.atMs);
    if (!order) return false;
    if (!heedsWhen || !when) return true;
    return when({ fact, order, covers: (region) => frame.covers(order.area, region) });
  };
  const at = (segments: readonly Segment[]) => segments.findLast(({ fromMs }) => fromMs <= endMs);
  const { term, termMax } = params;
  if (term === 'basis') {
    const versions = orders.recordedOf(subject);
    return [...new Set(versions.map(({ basisId }) => basisId))].map((id) =>
      at(
        recordedSegments(
          versions.filter(({ basisId }) => basisId === id),
          counts,
        ),
      ),
    );
  }
  if (term !== 'leave') {
    return [at(basisSegments(orders, subject, { source: term.source, termMax, counts }))];
  }
  const leaves = orders.factsOf(subject).filter((fact) => fact.kind === 'leave');
  return [...new Set(leaves.map(({ leaveId }) => leaveId))].map((id) =>
    at(
      leaveSegments(
        orders,
        leaves.filter(({ leaveId }) => leaveId === id),
        counts,
      ),
    ),
  );
}

/** The next moment after `endMs` at which the rule would speak of a term that ends at `dueMs`. */
function nextMomentMs(dueMs: number, params: TermParams, endMs: number): number | undefined {
  const overdueMs = dueMs + params.grace;
  const moments = [
    ...params.warnings.map(({ left }) => dueMs - left),
    ...(params.atEnd === 'overdue' ? [overdueMs] : []),
    ...params.escalations.map(({ after }) => overdueMs + after),
  ];
  const coming = moments.filter((atMs) => atMs > endMs);
  return coming.length === 0 ? undefined : Math.min(...coming);
}
