// Why a rule about the term of a leave or a basis did not raise: there is no such paper, it was ended in
// time, or time is left.

import { text } from '../../core/text.ts';
import type { OrderFact } from '../../core/observation.ts';
import type { TermParams } from '../kinds/deadline-params.ts';
import { basisSegments, leaveSegments, type Segment } from '../kinds/deadline-term-clock.ts';
import type { Gate } from './gate.ts';
import type { Person } from './person.ts';
import { waitingUntil, type Question } from './question.ts';
import { instantText, spanText } from './say.ts';

export function termGate(question: Question, person: Person, params: TermParams): Gate | undefined {
  const endMs = Math.min(question.untilMs, person.reachedMs);
  const papers = segmentsOf(question.subject, person, params).map((segments) =>
    segments.findLast(({ fromMs }) => fromMs <= endMs),
  );
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
  const ended = papers.findLast((segment) => segment?.by !== undefined && !segment.term);
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
  if (papers.some((segment) => segment?.term)) return undefined;
  return {
    code: 'not-started',
    says:
      params.term === 'leave'
        ? text('没有批准的外出', 'there is no approved leave')
        : text('没有打开该来源的依据', 'no basis opens the source'),
    values: { papers: 0 },
  };
}

function segmentsOf(
  subject: string,
  { orders }: Person,
  { term, termMax }: TermParams,
): Segment[][] {
  if (term !== 'leave') {
    const counts = (_order: OrderFact) => true;
    return [basisSegments(orders, subject, { source: term.source, termMax, counts })];
  }
  const leaves = orders.factsOf(subject).filter((fact) => fact.kind === 'leave');
  return [...new Set(leaves.map(({ leaveId }) => leaveId))].map((id) =>
    leaveSegments(
      leaves.filter(({ leaveId }) => leaveId === id),
      () => true,
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
