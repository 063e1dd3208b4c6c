// Why a rule about a missing answer did not raise: nobody asked, the answer came in time, or time is not up.

import { text } from '../../core/text.ts';
import { keyIfMeant, type UnansweredConditions } from '../compile-conditions.ts';
import type { UnansweredParams } from '../kinds/absence-params.ts';
import { conditionGate, holds } from './condition-gate.ts';
import type { Gate } from './gate.ts';
import { contextOf, factsOf, type HeardFact, type Person } from './person.ts';
import { reachingBackTo, waitingUntil, withFacts, withParams, type Question } from './question.ts';
import { instantText, KIND_NAMES, spanText } from './say.ts';

type Asked = {
  readonly heard: HeardFact;
  readonly dueMs: number;
  /** What answers it, by time; the first may come too late. */
  readonly answers: readonly HeardFact[];
};

export function unansweredGate(
  question: Question,
  person: Person,
  params: UnansweredParams,
): Gate | undefined {
  const { after, until, within } = params;
  const { fromMs, untilMs } = question;
  const near = factsOf(person, after.fact).filter(
    ({ atMs }) => atMs + within >= fromMs && atMs <= untilMs,
  );
  // What answers can be no question: it would have answered itself.
  const questions = near.filter((heard) => {
    const context = contextOf(person, heard);
    return context && !holds(until, context);
  });
  const facts = questions.length > 0 ? questions : near;
  const gate = conditionGate(question, person, {
    facts,
    asked: [
      {
        ...after,
        relaxed: (other, when) =>
          withDue(withParams(other, { after: { ...after, when } }), facts, within),
      },
    ],
  });
  if (gate) return questions.length > 0 ? gate : { ...gate, relax: undefined };
  const asked = askedOf(question, person, params).filter(
    ({ heard, dueMs }) => dueMs >= fromMs && heard.atMs <= untilMs,
  );
  const endMs = Math.min(untilMs, person.reachedMs);
  const open = asked.filter(
    (one) =>
      one.answers.length === 0 && one.dueMs > endMs && orderEndsIn(person, one) === undefined,
  );
  const [next] = open.toSorted((a, b) => a.dueMs - b.dueMs);
  if (next) return notDueGate(next, endMs);
  const answered = asked.flatMap((one) => {
    const [answer] = one.answers;
    return answer && answer.atMs <= one.dueMs ? [{ ...one, answer }] : [];
  });
  const marginMs = ({ answer, dueMs }: Answered) => dueMs - answer.atMs;
  const [closest] = answered.toSorted((a, b) => marginMs(a) - marginMs(b));
  if (closest) return answeredGate(closest, params);
  const forgotten = asked.find((one) => orderEndsIn(person, one) !== undefined);
  return forgotten && orderEndedGate(person, forgotten);
}

const withDue = (question: Question, facts: readonly HeardFact[], within: number): Question =>
  waitingUntil(question, Math.max(question.untilMs, ...facts.map(({ atMs }) => atMs + within)));

function askedOf(question: Question, person: Person, { after, until, within }: UnansweredParams) {
  const conditions = question.compiled.conditions as UnansweredConditions;
  const meant = (heard: HeardFact, pattern: UnansweredConditions['after']) => {
    const context = contextOf(person, heard);
    return context && keyIfMeant(pattern, context);
  };
  const answers = factsOf(person, until.fact).flatMap((heard) => {
    const key = meant(heard, conditions.until);
    return key === undefined ? [] : [{ key, heard }];
  });
  return factsOf(person, after.fact).flatMap((heard): Asked[] => {
    const key = meant(heard, conditions.after);
    if (key === undefined) return [];
    const own = answers.filter((one) => one.key === key && one.heard.atMs >= heard.atMs);
    return [{ heard, dueMs: heard.atMs + within, answers: own.map((one) => one.heard) }];
  });
}

/** When the order ended while an answer was awaited: with it the question is forgotten. */
const orderEndsIn = (person: Person, { heard, dueMs }: Asked): number | undefined =>
  person.heard.find(
    ({ kind, order, atMs }) => kind === 'order' && !order && atMs >= heard.atMs && atMs <= dueMs,
  )?.atMs;

function orderEndedGate(person: Person, asked: Asked): Gate {
  const endedAtMs = orderEndsIn(person, asked) as number;
  return {
    code: 'order-ended',
    says: text(
      `监管令在 ${instantText(endedAtMs)} 终止，时限（${instantText(asked.dueMs)}）尚未届满`,
      `the order ended at ${instantText(endedAtMs)}, before the answer was due at ${instantText(asked.dueMs)}`,
    ),
    atMs: endedAtMs,
    values: { endedAtMs, dueMs: asked.dueMs },
  };
}

function notDueGate({ heard, dueMs }: Asked, endMs: number): Gate {
  const left = spanText(dueMs - endMs);
  return {
    code: 'not-due',
    says: text(
      `等待回应的时限到 ${instantText(dueMs)}，当时还差${left.zh}`,
      `an answer is awaited until ${instantText(dueMs)}; ${left.en} were left`,
    ),
    nearest: text(
      `起算于 ${instantText(heard.atMs)} 的${KIND_NAMES[heard.fact.kind].zh}，至今没有回应`,
      `asked by the ${KIND_NAMES[heard.fact.kind].en} of ${instantText(heard.atMs)}, not answered so far`,
    ),
    atMs: dueMs,
    values: { askedAtMs: heard.atMs, dueMs, leftMs: dueMs - endMs },
    relax: {
      says: text('此后一直没有回应', 'nothing come until then'),
      apply: (question) => waitingUntil(question, dueMs),
    },
  };
}

type Answered = Asked & { readonly answer: HeardFact };

function answeredGate(
  { heard, answer, answers, dueMs }: Answered,
  { within }: UnansweredParams,
): Gate {
  const { atMs, fact } = answer;
  const left = spanText(dueMs - atMs);
  const inTime = new Set(answers.filter((one) => one.atMs <= dueMs).map((one) => one.fact.id));
  return {
    code: 'answered',
    says: text(
      `${instantText(atMs)} 已有回应（${KIND_NAMES[fact.kind].zh}），在${spanText(within).zh}的时限内`,
      `the answer (${KIND_NAMES[fact.kind].en}) came at ${instantText(atMs)}, within ${spanText(within).en}`,
    ),
    nearest: text(
      `起算于 ${instantText(heard.atMs)}，比时限早${left.zh}`,
      `asked at ${instantText(heard.atMs)}; it was ${left.en} in time`,
    ),
    atMs,
    values: { askedAtMs: heard.atMs, answeredAtMs: atMs, dueMs, leftMs: dueMs - atMs },
    relax: {
      says: text('没有这次回应', 'there been no such answer'),
      apply: (question) => {
        const without = withFacts(question, (one) => (inTime.has(one.id) ? undefined : one));
        return waitingUntil(reachingBackTo(without, heard.atMs), dueMs);
      },
    },
  };
}
