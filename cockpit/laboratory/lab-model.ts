// The index laboratory's arithmetic: a variant of a definition over values that are already there. Nothing is
// asked of the server while a slider moves; the same functions score here and in the warehouse.

import { contributionsOf, type Aggregation } from '../../models/composite/aggregate.ts';
import type { Definition, IndicatorDefinition } from '../../models/composite/definition.ts';
import type { Goal } from '../../models/composite/efficacy.ts';
import {
  evaluatePeriod,
  ranksOf,
  type PeriodResult,
} from '../../models/composite/evaluate-period.ts';
import { gradeOf } from '../../models/composite/grade.ts';
import type { IndexPlan } from '../../models/composite/index-plan.ts';
import type { Text } from '../../core/text.ts';

/** What the server gives once: values of indicators after everything that is done to them. */
export type LabInput = {
  readonly definition: Definition;
  readonly version: string;
  readonly regions: readonly { readonly code: string; readonly name: Text }[];
  /** Oldest first, as `2026-01`. */
  readonly periods: readonly string[];
  /** By indicator and period: a value per region, NaN where there is none. */
  readonly values: Readonly<Record<string, readonly Float64Array[]>>;
  /** What values are held against where the definition leaves it to the peers. */
  readonly goals: Readonly<Record<string, Goal>>;
  /** Weights in force by node, in the order of its parts. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
};

/** What somebody tries out. */
export type Variant = {
  readonly aggregation: Aggregation;
  /** By node, in the order of its parts; need not sum to one. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly goals: Readonly<Record<string, Goal>>;
  /** Lowest index of each grade but the last, best first. */
  readonly bounds: readonly number[];
};

export type LabStep = {
  readonly result: PeriodResult;
  /** The index per region, NaN where there is none. */
  readonly figures: Float64Array;
  /** 1 for the best; 0 without a figure. */
  readonly ranks: Uint32Array;
  /** Place of the grade in the definition's bands; -1 without a figure. */
  readonly grades: Int8Array;
};

/** The definition as it stands. */
export const variantOf = ({ definition, goals, weights }: LabInput): Variant => ({
  aggregation: definition.aggregation,
  weights,
  goals,
  bounds: definition.grading.bands.flatMap(({ from }) => (from === null ? [] : [from])),
});

/** The variant made ready to run over values instead of counts. */
export function planOf({ definition: given, version }: LabInput, variant: Variant): IndexPlan {
  const definition = overValues(given);
  return {
    version,
    definition,
    reference: undefined,
    lookback: 0,
    indicators: Object.entries(definition.indicators).map(([name, indicator]) => ({
      name,
      definition: indicator,
      points: indicator.points ?? definition.points,
      goal: variant.goals[name],
    })),
    nodes: namesBottomUp(definition).map((name) => {
      const node = definition.nodes[name] as Definition['nodes'][string];
      const shares = sharesOf(variant.weights[name] ?? []);
      return {
        name,
        aggregation: node.aggregation ?? variant.aggregation,
        parts: node.parts.map(({ of }, i) => ({ of, weight: shares[i] ?? 0 })),
      };
    }),
  };
}

/** One step of the laboratory: everything that hangs on the variant, for one period. */
export function stepOf(input: LabInput, variant: Variant, period: number): LabStep {
  const plan = planOf(input, variant);
  const result = evaluatePeriod(plan, [columnsOf(input, period)]);
  const figures = result.nodes.get(input.definition.top) as Float64Array;
  const bands = input.definition.grading.bands.map((band, i) => ({
    ...band,
    from: band.from === null ? null : (variant.bounds[i] ?? band.from),
  }));
  const grading = { bands, hysteresis: 0 };
  const placeOf = new Map(bands.map(({ id }, i) => [id, i]));
  return {
    result,
    figures,
    ranks: ranksOf(figures),
    grades: Int8Array.from(figures, (figure) => {
      const grade = gradeOf(grading, figure, undefined);
      return grade === undefined ? -1 : (placeOf.get(grade) ?? -1);
    }),
  };
}

export const columnsOf = ({ values, regions }: LabInput, period: number) => ({
  regions: regions.length,
  columns: Object.fromEntries(
    Object.entries(values).map(([name, columns]) => [
      columnOf(name),
      columns[period] as Float64Array,
    ]),
  ),
});

/** Weights as shares of their sum; all alike when nothing weighs. */
export function sharesOf(weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}

export type Contribution = { readonly indicator: string; readonly points: number };

/** What each indicator gives to the index of a region: points that sum to it. Empty without a figure. */
export function contributionsTo(plan: IndexPlan, step: LabStep, region: number): Contribution[] {
  if (Number.isNaN(step.figures[region] as number)) return [];
  const figureOf = (name: string): number =>
    (step.result.nodes.get(name)?.[region] ??
      step.result.indicators.get(name)?.scores[region] ??
      Number.NaN) as number;
  const below = (name: string, points: number): Contribution[] => {
    const node = plan.nodes.find((one) => one.name === name);
    if (!node) return [{ indicator: name, points }];
    const parts = contributionsOf(node.aggregation, {
      scores: node.parts.map(({ of }) => figureOf(of)),
      weights: node.parts.map(({ weight }) => weight),
    });
    const figure = figureOf(name);
    const scale = figure === 0 ? 0 : points / figure;
    return node.parts.flatMap(({ of }, i) =>
      Number.isNaN(figureOf(of)) ? [] : below(of, (parts[i] as number) * scale),
    );
  };
  const { top } = plan.definition;
  return below(top, figureOf(top));
}

export type Change = Contribution & { readonly before: number; readonly after: number };

/** What drives a change of the index from one period to another, the largest first; sums to the change. */
export function changesBetween(
  input: LabInput,
  variant: Variant,
  { region, from, to }: { region: number; from: number; to: number },
): { readonly before: number; readonly after: number; readonly changes: readonly Change[] } {
  const plan = planOf(input, variant);
  const [earlier, later] = [stepOf(input, variant, from), stepOf(input, variant, to)];
  const was = new Map(
    contributionsTo(plan, earlier, region).map(({ indicator, points }) => [indicator, points]),
  );
  const is = new Map(
    contributionsTo(plan, later, region).map(({ indicator, points }) => [indicator, points]),
  );
  const changes = [...new Set([...was.keys(), ...is.keys()])].map((indicator) => {
    const [before, after] = [was.get(indicator) ?? 0, is.get(indicator) ?? 0];
    return { indicator, before, after, points: after - before };
  });
  return {
    before: earlier.figures[region] as number,
    after: later.figures[region] as number,
    changes: changes.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)),
  };
}

/** Children before parents, the top last. */
function namesBottomUp({ nodes, top }: Definition): string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    const node = nodes[name];
    if (!node || ordered.has(name)) return;
    for (const { of } of node.parts) visit(of);
    ordered.add(name);
  };
  visit(top);
  return [...ordered];
}

/** The definition with each indicator read from a column of its own: nothing is done twice to a value. */
const overValues = (definition: Definition): Definition => ({
  ...definition,
  indicators: Object.fromEntries(
    Object.entries(definition.indicators).map(([name, indicator]) => [
      name,
      {
        ...indicator,
        value: { of: columnOf(name), per: 1 },
        treatment: { kind: 'none' },
        smoothing: { kind: 'none' },
        missing: indicator.missing.rule === 'required' ? indicator.missing : { rule: 'leave-out' },
      } satisfies IndicatorDefinition,
    ]),
  ),
});

/** A name no indicator has. */
const columnOf = (indicator: string): string => `value of ${indicator}`;
