// The index laboratory's arithmetic: a variant of a definition over values that are already there. Nothing is
// asked of the server while a slider moves; the same functions score here and in the warehouse.

import { contributionsOf, type Aggregation } from '../../models/composite/aggregate.ts';
import type { Definition, IndicatorDefinition } from '../../models/composite/definition.ts';
import type { EfficacyFunction, Goal } from '../../models/composite/efficacy.ts';
import {
  combineIndicators,
  peerGoal,
  ranksOf,
  scoreIndicators,
  type PeriodResult,
} from '../../models/composite/evaluate-period.ts';
import type { IndexPlan, Reference } from '../../models/composite/index-plan.ts';
import type { Text } from '../../core/text.ts';

/** What the server gives once: values of indicators after everything that is done to them. */
export type LabInput = {
  readonly definition: Definition;
  readonly version: string;
  /** What is frozen of a reference year, where the definition needs it. */
  readonly reference: Reference | undefined;
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
  /** How a value becomes points, of indicators that name no way of their own. */
  readonly points: EfficacyFunction;
  /** By node, in the order of its parts; need not sum to one. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly goals: Readonly<Record<string, Goal>>;
  /** Lowest index of each grade but the last, best first. */
  readonly bounds: readonly number[];
};

export type LabStep = LabRanks & { readonly result: PeriodResult };

/** What two ways of computing an index are compared by. */
export type LabRanks = {
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
  points: definition.points,
  weights,
  goals,
  bounds: definition.grading.bands.flatMap(({ from }) => (from === null ? [] : [from])),
});

/** Weights less than this apart are the same: shares of a file are rounded. */
const SAME = 1e-9;

/** True when both give the same figures and grades. */
export function sameVariant(a: Variant, b: Variant): boolean {
  if (a === b) return true;
  const plain = ({ goals, ...rest }: Variant) =>
    JSON.stringify([rest.aggregation, rest.points, rest.bounds, Object.entries(goals).sort()]);
  const isOne = (['aggregation', 'points', 'bounds', 'goals'] as const).every(
    (part) => a[part] === b[part],
  );
  return (
    (isOne || plain(a) === plain(b)) &&
    Object.keys(a.weights).every((node) => sameShares(a.weights[node], b.weights[node]))
  );
}

export function sameShares(a: readonly number[] = [], b: readonly number[] = []): boolean {
  const [one, other] = [sharesOf(a), sharesOf(b)];
  return one.every((share, i) => Math.abs(share - (other[i] ?? 0)) < SAME);
}

/** The variant made ready to run over values instead of counts. */
export function planOf(
  { definition: given, version }: Pick<LabInput, 'definition' | 'version'>,
  variant: Variant,
): IndexPlan {
  const definition = overValues(given);
  return {
    version,
    definition,
    reference: undefined,
    lookback: 0,
    indicators: Object.entries(definition.indicators).map(([name, indicator]) => ({
      name,
      definition: indicator,
      points: indicator.points ?? variant.points,
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
export const stepOf = (input: LabInput, variant: Variant, period: number): LabStep =>
  stepFrom(scoredBy(input, variant, period), input, variant);

/** Points of every indicator for one period: most of a step, and the same while only weights are moved. */
export const scoredBy = (input: LabInput, variant: Variant, period: number): Scored =>
  scoreIndicators(planOf(input, variant), [columnsOf(input, period)]);

type Scored = PeriodResult['indicators'];

/** The rest of a step, over points by the same functions and goals. */
export function stepFrom(indicators: Scored, input: LabInput, variant: Variant): LabStep {
  const nodes = combineIndicators(planOf(input, variant), indicators, input.regions.length);
  const figures = nodes.get(input.definition.top) as Float64Array;
  return { result: { indicators, nodes }, ...ranked(figures, variant) };
}

/** Ranks and grades of figures; the bounds go from best to worst. */
export function ranked(
  figures: Float64Array,
  { bounds }: { readonly bounds: readonly number[] },
): LabRanks {
  const grades = new Int8Array(figures.length);
  for (let i = 0; i < figures.length; i++) {
    const figure = figures[i] as number;
    let grade = 0;
    while (grade < bounds.length && figure < (bounds[grade] as number)) grade++;
    grades[i] = Number.isNaN(figure) ? -1 : grade;
  }
  return { figures, ranks: ranksOf(figures), grades };
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
  const at = (period: number) => {
    const alone = regionAlone(input, variant, { region, period });
    const step = stepOf(alone.input, alone.variant, 0);
    const points = contributionsTo(plan, step, 0).map(
      (one) => [one.indicator, one.points] as const,
    );
    return { figure: step.figures[0] as number, points: new Map(points) };
  };
  const [{ figure: before, points: was }, { figure: after, points: is }] = [at(from), at(to)];
  const changes = [...new Set([...was.keys(), ...is.keys()])].map((indicator) => {
    const [earlier, later] = [was.get(indicator) ?? 0, is.get(indicator) ?? 0];
    return { indicator, before: earlier, after: later, points: later - earlier };
  });
  return {
    before,
    after,
    changes: changes.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)),
  };
}

/** One region by itself: what the peers set is taken from all of them first. */
function regionAlone(
  input: LabInput,
  variant: Variant,
  { region, period }: { region: number; period: number },
): { readonly input: LabInput; readonly variant: Variant } {
  const goals: Record<string, Goal> = { ...variant.goals };
  for (const [name, indicator] of Object.entries(input.definition.indicators)) {
    const values = input.values[name]?.[period];
    const goal = goals[name] ?? (values && peerGoal(indicator, values));
    if (goal) goals[name] = goal;
  }
  const values = Object.entries(input.values).map(([name, columns]) => [
    name,
    [Float64Array.of(columns[period]?.[region] ?? Number.NaN)],
  ]);
  return {
    input: {
      ...input,
      regions: input.regions.slice(region, region + 1),
      values: Object.fromEntries(values),
    },
    variant: { ...variant, goals },
  };
}

/**
 * Parts in hundredths that add up to `after` less `before` as both are shown: whoever adds what stands on the
 * page gets what stands on the page. Each is less than a hundredth from what it was.
 */
export function shownParts(
  parts: readonly number[],
  { before, after }: { before: number; after: number },
): number[] {
  const whole = Math.round(after * 100) - Math.round(before * 100);
  const floors = parts.map((part) => Math.floor(part * 100));
  const left = whole - floors.reduce((sum, part) => sum + part, 0);
  const byRest = [...parts.keys()].sort(
    (a, b) =>
      (parts[b] as number) * 100 -
      (floors[b] as number) -
      ((parts[a] as number) * 100 - (floors[a] as number)),
  );
  const raised = new Set(byRest.slice(0, Math.max(0, left)));
  return floors.map((part, i) => (part + (raised.has(i) ? 1 : 0)) / 100);
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
