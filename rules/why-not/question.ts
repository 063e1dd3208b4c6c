// The question "why did this rule not raise about this person then?", and the engine's own answer to it. A
// question can be asked otherwise (another parameter, another record), which shows what a condition is
// worth: the same engine is run again.

import type { Finding, RaisedFinding } from '../../core/finding.ts';
import { isFrameFact, type Fact, type FrameFact, type OrderFact } from '../../core/observation.ts';
import { selectPositions, type PositionBatch } from '../../core/position-batch.ts';
import { compileRule, type CompiledRule } from '../compile.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import type { Surroundings } from '../kind.ts';
import type { Rule } from '../rule.ts';
import { rulebookOf } from '../rulebook.ts';

export type Question = {
  readonly compiled: CompiledRule;
  readonly subject: string;
  readonly atMs: number;
  /** An alert counts whose instant is fromMs ≤ t ≤ untilMs. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** What the log holds of the person, in its order. */
  readonly inputs: readonly EngineInput[];
  readonly surroundings: Surroundings;
  /** The records say that what was evaluated then did not have the rule. */
  readonly wasNotInForce?: true | undefined;
};

/** What had happened by an instant, however late it came to be known. */
export const happenedBy = (inputs: readonly EngineInput[], untilMs: number): EngineInput[] =>
  inputs.map(({ facts, positions, watermarkMs, ...rest }) => ({
    ...rest,
    watermarkMs: Math.min(watermarkMs, untilMs),
    ...(facts ? { facts: facts.filter(({ atMs }) => atMs <= untilMs) } : {}),
    ...(positions ? { positions: rowsBy(positions, untilMs) } : {}),
  }));

function rowsBy(batch: PositionBatch, untilMs: number): PositionBatch {
  const rows = Array.from({ length: batch.length }, (_, row) => row);
  const kept = rows.filter((row) => (batch.atMs[row] as number) <= untilMs);
  return kept.length === rows.length ? batch : selectPositions(batch, Int32Array.from(kept));
}

/** Everything the one rule says about the person. */
export function findingsOf({ compiled, surroundings, inputs }: Question): Finding[] {
  const rulebook = rulebookOf(compiled.pack, [{ compiled, source: '' }]);
  const engine = createEngine({ ...surroundings, rulebook });
  return inputs.flatMap((input) => engine.step(input));
}

export const isWithin = ({ fromMs, untilMs }: Question, atMs: number): boolean =>
  atMs >= fromMs && atMs <= untilMs;

/** The alert within the window that is nearest to the instant asked about. */
export const raisedWithin = (
  question: Question,
  findings: readonly Finding[],
): RaisedFinding | undefined =>
  nearest(
    question,
    findings.filter(
      (finding): finding is RaisedFinding =>
        finding.kind === 'raised' && isWithin(question, finding.atMs),
    ),
  );

/** Of things with an instant the nearest to the one asked about, the earlier of two. */
export const nearest = <Item extends { readonly atMs: number }>(
  { atMs }: Pick<Question, 'atMs'>,
  items: readonly Item[],
): Item | undefined =>
  items.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs) || a.atMs - b.atMs)[0];

/** Asked of the rule with something else in it. */
export function withRule(question: Question, change: Record<string, unknown>): Question {
  const { rule, pack } = question.compiled;
  const changed = { ...rule, ...change } as Rule;
  return { ...question, compiled: compileRule(changed, pack, changed) };
}

export const withParams = (question: Question, change: Record<string, unknown>): Question =>
  withRule(question, { params: { ...question.compiled.rule.params, ...change } });

/** Asked with every fact replaced by what `change` makes of it; undefined leaves it out. */
export const withFacts = (
  question: Question,
  change: (fact: Fact) => Fact | undefined,
): Question => ({
  ...question,
  inputs: question.inputs.map((input) =>
    input.facts ? { ...input, facts: input.facts.flatMap((fact) => change(fact) ?? []) } : input,
  ),
});

/** Asked with orders and leaves known from the start. */
export function withFrameFirst(question: Question, more: readonly OrderFact[] = []): Question {
  const frame: Fact[] = [...more];
  const rest = withFacts(question, (fact) => {
    if (!isFrame(fact)) return fact;
    frame.push(fact);
    return undefined;
  });
  return { ...rest, inputs: [{ watermarkMs: 0, facts: frame }, ...rest.inputs] };
}

export const isFrame = (fact: Fact): fact is FrameFact => isFrameFact(fact);

/** Asked with rows of positions changed; `change` gets columns of its own. */
export const withFixes = (
  question: Question,
  change: (batch: PositionBatch, row: number) => void,
): Question => ({
  ...question,
  inputs: question.inputs.map((input) => {
    if (!input.positions) return input;
    const { accuracyM, labels } = input.positions;
    const batch = { ...input.positions, accuracyM: accuracyM.slice(), labels: labels.slice() };
    for (let row = 0; row < batch.length; row++) change(batch, row);
    return { ...input, positions: batch };
  }),
});

/** Asked about a later end of time: nothing more is heard until then. */
export const waitingUntil = (question: Question, atMs: number): Question => ({
  ...question,
  untilMs: Math.max(question.untilMs, atMs),
  inputs: [...question.inputs, { watermarkMs: atMs }],
});

/** Asked about a window that reaches back as well. */
export const reachingBackTo = (question: Question, atMs: number): Question => ({
  ...question,
  fromMs: Math.min(question.fromMs, atMs),
});
