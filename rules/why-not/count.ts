// Why a count rule did not raise: how many of the facts it wants came at most within its span.

import { text } from '../../core/text.ts';
import { keyIfMeant } from '../compile-conditions.ts';
import type { CountConditions } from '../compile-conditions.ts';
import type { RuleOf } from '../rule.ts';
import { conditionGate } from './condition-gate.ts';
import type { Gate } from './gate.ts';
import { contextOf, factsOf, withinWindow, type Person } from './person.ts';
import { findingsOf, isWithin, withParams, type Question } from './question.ts';
import { instantText, spanText } from './say.ts';
import { visitsGate } from './visits.ts';

type Counted = {
  readonly value: string;
  readonly atMs: number;
  /** How many orders had ended before. */
  readonly orders: number;
};

export function countGate(
  question: Question,
  person: Person,
  { params }: RuleOf<'count'>,
): Gate | undefined {
  if ('visits' in params) return visitsGate(question, params);
  const { fact, when, factsMin, within } = params;
  const facts = factsOf(person, fact);
  const asked = {
    fact,
    when,
    relaxed: (other: Question, changed: string) => withParams(other, { when: changed }),
  };
  const gate = conditionGate(question, person, {
    facts: withinWindow(question, facts),
    asked: [asked],
  });
  if (gate) return gate;
  const counted = countedOf(question, person);
  const best = bestWindow(question, counted, within);
  if (!best || best.facts.length >= factsMin) return undefined;
  const { length } = best.facts;
  const [first, last] = [best.facts[0] as Counted, best.facts.at(-1) as Counted];
  const wider = widerWindow(question, counted, factsMin);
  const span = spanText(within);
  return {
    code: 'count-short',
    says: text(
      `${span.zh}内需 ${factsMin} 次，最多时只有 ${length} 次`,
      `${factsMin} within ${span.en} are wanted, there were ${length} at most`,
    ),
    nearest: text(
      `${instantText(first.atMs)} 至 ${instantText(last.atMs)} 共 ${length} 次${wider ? `；要凑足 ${factsMin} 次须放宽到 ${spanText(wider).zh}` : ''}`,
      `${length} from ${instantText(first.atMs)} to ${instantText(last.atMs)}${wider ? `; ${factsMin} would want a window of ${spanText(wider).en}` : ''}`,
    ),
    atMs: last.atMs,
    values: { facts: length, factsMin, ...(wider ? { widerMs: wider } : {}) },
    relax: {
      says: text(`门槛降到 ${length} 次`, `${length} been enough`),
      apply: (other) => lowered(other, length),
    },
  };
}

/** What the rule counts, one by one; a value counts once, by its newest. */
function countedOf({ compiled }: Question, person: Person): Counted[] {
  const { counted } = compiled.conditions as CountConditions;
  if (!counted) return [];
  let orders = 0;
  const all = person.heard.flatMap((heard): Counted[] => {
    // With the order what was counted is forgotten.
    if (heard.kind === 'order' && !heard.order) orders++;
    const context = heard.kind === 'fact' ? contextOf(person, heard) : undefined;
    const value = context && keyIfMeant(counted, context);
    if (!context || value === undefined) return [];
    return [{ value: counted.key ? value : context.fact.id, atMs: heard.atMs, orders }];
  });
  return all.toSorted((a, b) => a.atMs - b.atMs);
}

/** The most that came together, ending in the window asked about. */
function bestWindow(
  question: Question,
  counted: readonly Counted[],
  within: number,
): { facts: Counted[] } | undefined {
  let best: { facts: Counted[] } | undefined;
  for (const last of counted) {
    if (!isWithin(question, last.atMs)) continue;
    const span = counted.filter(
      ({ atMs, orders }) =>
        atMs > last.atMs - within && atMs <= last.atMs && orders === last.orders,
    );
    const facts = newestOfEach(span);
    if (facts.length >= (best?.facts.length ?? 0)) best = { facts };
  }
  return best;
}

/** How wide a window would have to be to hold enough; undefined when nothing is enough. */
function widerWindow(
  question: Question,
  counted: readonly Counted[],
  factsMin: number,
): number | undefined {
  const spans = counted
    .filter(({ atMs }) => isWithin(question, atMs))
    .flatMap((last) => {
      const before = newestOfEach(counted.filter(({ atMs }) => atMs <= last.atMs));
      const first = before.at(-factsMin);
      // One that is exactly as old as the window counts no longer.
      return first ? [last.atMs - first.atMs + 1_000] : [];
    });
  return spans.length === 0 ? undefined : Math.min(...spans);
}

const newestOfEach = (counted: readonly Counted[]): Counted[] =>
  [...new Map(counted.map((one) => [one.value, one])).values()].toSorted((a, b) => a.atMs - b.atMs);

/**
 * Asked with so low a limit that the engine speaks within the window: `length`, or lower where it had
 * forgotten some, as it does when an order ends.
 */
function lowered(question: Question, length: number): Question {
  for (let factsMin = length; factsMin > 1; factsMin--) {
    const other = withParams(question, { factsMin });
    if (findingsOf(other).some(({ atMs }) => isWithin(question, atMs))) return other;
  }
  return withParams(question, { factsMin: 1 });
}
