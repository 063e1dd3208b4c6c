// Why a sequence rule did not raise: which steps are missing, or stand in another order, too far apart, or
// with something between that must not be there.

import type { Finding } from '../../core/finding.ts';
import { text } from '../../core/text.ts';
import { keyIfMeant, type SequenceConditions } from '../compile-conditions.ts';
import { findSequence, planOf, type Kept } from '../kinds/sequence-match.ts';
import type { RuleOf } from '../rule.ts';
import { conditionGate } from './condition-gate.ts';
import type { Gate } from './gate.ts';
import { contextOf, withinWindow, type HeardFact, type Person } from './person.ts';
import { isWithin, reachingBackTo, withParams, type Question } from './question.ts';
import { instantText, spanText } from './say.ts';

type Params = RuleOf<'sequence'>['params'];

export function sequenceGate(
  question: Question,
  person: Person,
  { rule, findings }: { rule: RuleOf<'sequence'>; findings: readonly Finding[] },
): Gate | undefined {
  const { params } = rule;
  const endedAtMs = findings.filter(({ kind }) => kind === 'cleared').map(({ atMs }) => atMs);
  const kept = bestOf(question, keptByKey(question, person, { params, endedAtMs }), params);
  if (!kept) return stepGate(question, person, params);
  const missing = params.steps.filter((_, index) => !kept.some(({ steps }) => has(steps, index)));
  if (missing.length > 0) return missingGate(question, kept, params);
  return orderGate(question, kept, params);
}

const has = (steps: number, index: number): boolean => (steps & (1 << index)) !== 0;

/** The facts that are steps or must not come between, near the window, by key and event time. */
function keptByKey(
  question: Question,
  person: Person,
  { params: { within }, endedAtMs }: { params: Params; endedAtMs: readonly number[] },
): Kept[][] {
  const { steps, without } = question.compiled.conditions as SequenceConditions;
  const byKey = new Map<string, Kept[]>();
  const put = (key: string, kept: Kept) => byKey.set(key, [...(byKey.get(key) ?? []), kept]);
  const isNear = ({ atMs }: HeardFact) =>
    atMs >= question.fromMs - within && atMs <= question.untilMs;
  let orders = 0;
  for (const one of person.heard) {
    // What was kept is forgotten with the order, and when an episode ends.
    if (one.kind === 'order' && !one.order) orders++;
    if (one.kind !== 'fact' || !isNear(one)) continue;
    const context = contextOf(person, one);
    if (!context) continue;
    const since = `${orders} ${endedAtMs.filter((atMs) => atMs <= one.atMs).length}`;
    let [key, bits] = ['', 0];
    for (const [index, step] of steps.entries()) {
      const meant = keyIfMeant(step, context);
      if (meant !== undefined) [key, bits] = [meant, bits | (1 << index)];
    }
    const between = without && keyIfMeant(without, context);
    if (bits !== 0) put(`${since} ${key}`, { fact: one.fact, steps: bits });
    else if (between !== undefined) put(`${since} ${between}`, { fact: one.fact, steps: 0 });
  }
  return [...byKey.values()].map((kept) => kept.toSorted((a, b) => a.fact.atMs - b.fact.atMs));
}

/** Of the keys with a step in the window the one with the most steps, later ones of the ladder first. */
function bestOf(question: Question, all: readonly Kept[][], params: Params): Kept[] | undefined {
  const count = (kept: Kept[]) =>
    params.steps.filter((_, index) => kept.some(({ steps }) => has(steps, index))).length;
  return all
    .filter((kept) => kept.some(({ fact, steps }) => steps !== 0 && isWithin(question, fact.atMs)))
    .toSorted((a, b) => count(b) - count(a))[0];
}

/** Not one fact in the window is a step. */
function stepGate(question: Question, person: Person, { steps }: Params): Gate | undefined {
  const heard = person.heard.filter((one): one is HeardFact => one.kind === 'fact');
  const facts = withinWindow(question, heard);
  const asked = steps.map(({ fact, when, name }, index) => ({
    fact,
    when,
    name: text(`步骤 ${name} `, `step ${name}: `),
    relaxed: (other: Question, changed: string) =>
      withParams(other, { steps: steps.with(index, { ...steps[index]!, when: changed }) }),
  }));
  const gate = conditionGate(question, person, { facts, asked });
  if (gate) return gate;
  const says = text('该时段没有任何一步的数据', 'no fact of any of the steps came in that time');
  return { code: 'no-facts', says };
}

function missingGate(question: Question, kept: readonly Kept[], params: Params): Gate {
  const { steps, order, within } = params;
  const newest = (index: number) => kept.findLast((one) => has(one.steps, index))?.fact.atMs;
  const seen = steps.map(({ name }, index) => ({ name, atMs: newest(index) }));
  const there = seen.filter(({ atMs }) => atMs !== undefined);
  const missing = seen.filter(({ atMs }) => atMs === undefined).map(({ name }) => name);
  const left = there.map(({ name }) => name);
  const times = there.map(({ name, atMs }) => `${name} ${instantText(atMs as number)}`).join('，');
  return {
    code: 'sequence-steps',
    says: text(
      `${steps.length} 个步骤中只有 ${there.length} 个，缺 ${missing.join('、')}`,
      `${there.length} of ${steps.length} steps came; missing: ${missing.join(', ')}`,
    ),
    nearest: text(`已有：${times}`, `there were ${times.replaceAll('，', ', ')}`),
    atMs: Math.max(...there.map(({ atMs }) => atMs as number)),
    values: { present: there.length, steps: steps.length, missing: missing.join(' ') },
    relax: {
      says: text(`规则不要求 ${missing.join('、')}`, `the rule not wanted ${missing.join(', ')}`),
      apply: (asked) =>
        reachingBackTo(
          withParams(asked, {
            steps: steps.filter(({ name }) => left.includes(name)),
            order: Array.isArray(order)
              ? order
                  .map((group) => group.filter((name) => left.includes(name)))
                  .filter((group) => group.length > 0)
              : order,
          }),
          question.fromMs - within,
        ),
    },
  };
}

/** Every step is there, and yet they make no sequence. */
function orderGate(question: Question, kept: readonly Kept[], params: Params): Gate | undefined {
  const { steps, order, within } = params;
  const plan = planOf(
    steps.map(({ name }) => name),
    order,
  );
  const stepsOnly = kept.filter((one) => one.steps !== 0);
  if (sequencesIn(question, kept, { plan, withinMs: within }).length > 0) return undefined;
  const [uninterrupted] = sequencesIn(question, stepsOnly, { plan, withinMs: within });
  if (uninterrupted) return interruptedGate(uninterrupted, kept);
  const [shortest] = sequencesIn(question, stepsOnly, { plan, withinMs: Infinity });
  if (shortest) return slowGate(shortest, within);
  const sequence = Array.isArray(order)
    ? order.map((group) => group.join('/'))
    : steps.map(({ name }) => name);
  const came = stepsOnly.flatMap(({ fact, steps: bits }) =>
    steps
      .filter((_, index) => has(bits, index))
      .map(({ name }) => `${name} ${instantText(fact.atMs)}`),
  );
  return {
    code: 'sequence-order',
    says: text(
      `步骤须按 ${sequence.join(' → ')} 的顺序`,
      `the steps have to follow each other as ${sequence.join(' → ')}`,
    ),
    nearest: text(`实际为：${came.join('，')}`, `they came as ${came.join(', ')}`),
    atMs: stepsOnly.at(-1)?.fact.atMs,
    values: { came: came.length },
    relax: {
      says: text('规则不论先后', 'the order not mattered'),
      apply: (asked) => withParams(asked, { order: 'any' }),
    },
  };
}

type Found = { readonly firstMs: number; readonly lastMs: number };

/** Sequences that end in the window, the shortest first. */
function sequencesIn(
  question: Question,
  kept: readonly Kept[],
  how: Parameters<typeof findSequence>[2],
): Found[] {
  return kept
    .flatMap(({ fact }, end) => {
      const found = isWithin(question, fact.atMs) ? findSequence(kept, end, how) : undefined;
      if (!found) return [];
      return [{ firstMs: (kept[found[0] as number] as Kept).fact.atMs, lastMs: fact.atMs }];
    })
    .toSorted((a, b) => a.lastMs - a.firstMs - (b.lastMs - b.firstMs));
}

function slowGate({ firstMs, lastMs }: Found, within: number): Gate {
  const tookMs = lastMs - firstMs;
  const [took, limit, over] = [tookMs, within, tookMs - within].map(spanText) as [
    ReturnType<typeof spanText>,
    ReturnType<typeof spanText>,
    ReturnType<typeof spanText>,
  ];
  return {
    code: 'sequence-slow',
    says: text(
      `各步须在${limit.zh}内完成，实际用了${took.zh}`,
      `the steps have to come within ${limit.en}, they took ${took.en}`,
    ),
    nearest: text(
      `${instantText(firstMs)} 至 ${instantText(lastMs)}，超出${over.zh}`,
      `from ${instantText(firstMs)} to ${instantText(lastMs)}, ${over.en} too long`,
    ),
    atMs: lastMs,
    values: { tookMs, withinMs: within },
    relax: {
      says: text(`时限放宽到${took.zh}`, `${took.en} been allowed`),
      apply: (asked) => withParams(asked, { within: tookMs }),
    },
  };
}

function interruptedGate({ firstMs, lastMs }: Found, kept: readonly Kept[]): Gate {
  const between = kept.find(
    ({ steps, fact }) => steps === 0 && fact.atMs >= firstMs && fact.atMs <= lastMs,
  );
  const atMs = between?.fact.atMs ?? lastMs;
  return {
    code: 'sequence-interrupted',
    says: text(
      `${instantText(atMs)} 发生了规则排除的情形，此前各步不再算数`,
      `at ${instantText(atMs)} came what must not come between the steps`,
    ),
    nearest: text(
      `各步从 ${instantText(firstMs)} 到 ${instantText(lastMs)} 本已齐全`,
      `the steps were complete from ${instantText(firstMs)} to ${instantText(lastMs)}`,
    ),
    atMs,
    relax: {
      says: text('规则没有排除情形', 'nothing been excluded'),
      apply: (asked) => withParams(asked, { without: undefined }),
    },
  };
}
