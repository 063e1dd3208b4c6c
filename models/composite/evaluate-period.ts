// The index of one period over all regions: values, scores, nodes. Pure arithmetic on columns, so that the
// same columns give the same figures in whatever order periods are computed.

import { meanOf, termOf } from './aggregate.ts';
import type { IndicatorDefinition, PeerPoint } from './definition.ts';
import { scoreColumn, type Goal } from './efficacy.ts';
import type { IndexPlan, PlannedIndicator, PlannedNode } from './index-plan.ts';
import { indicatorValues, type IndicatorValues, type PeriodColumns } from './indicator-values.ts';
import { quantileOf } from './normalise.ts';

export type IndicatorResult = IndicatorValues & {
  /** What the values were held against; undefined when no region had one. */
  readonly goal: Goal | undefined;
  /** Points per region, NaN where there is no value. */
  readonly scores: Float64Array;
};

export type PeriodResult = {
  readonly indicators: ReadonlyMap<string, IndicatorResult>;
  /** Figures per region by node; NaN where too much is missing. */
  readonly nodes: ReadonlyMap<string, Float64Array>;
};

/** The result for `history[0]`; see indicator-values.ts for the periods before it. */
export function evaluatePeriod(plan: IndexPlan, history: readonly PeriodColumns[]): PeriodResult {
  const regions = history[0]?.regions ?? 0;
  const indicators = new Map<string, IndicatorResult>();
  for (const [name, values] of indicatorValues(plan, history)) {
    const planned = plan.indicators.find((one) => one.name === name) as PlannedIndicator;
    indicators.set(name, { ...values, ...scored(plan, planned, values.values) });
  }
  const scores = (name: string) => indicators.get(name)?.scores as Float64Array;
  const nodes = combineScores(plan.nodes, scores, plan.definition.missingShareMax, regions);
  for (const [name, without] of requiredMissing(plan, indicators, regions)) {
    for (const region of without) {
      const figures = nodes.get(name);
      if (figures) figures[region] = Number.NaN;
    }
  }
  return { indicators, nodes };
}

function scored(
  { definition: { clamp } }: IndexPlan,
  { definition, points, goal: fixed }: PlannedIndicator,
  values: Float64Array,
): { goal: Goal | undefined; scores: Float64Array } {
  const goal = fixed ?? peerGoal(definition, values);
  if (!goal) return { goal, scores: new Float64Array(values.length).fill(Number.NaN) };
  if (goal.kind === 'between' && goal.satisfactory === goal.notAllowed) {
    const isFull = 'peers' in definition.goal && definition.goal.peers.whenEqual === 'full';
    return {
      goal,
      scores: values.map((value) => (isFull && !Number.isNaN(value) ? 100 : Number.NaN)),
    };
  }
  return { goal, scores: scoreColumn({ points, goal, clamp }, values) };
}

/** Satisfactory and not-allowed value by what the peers reach; undefined without peers. */
export function peerGoal(
  { goal, direction }: IndicatorDefinition,
  values: Float64Array,
): Goal | undefined {
  if (!('peers' in goal)) return undefined;
  const { satisfactory, notAllowed } = goal.peers;
  if (satisfactory === 'best' && notAllowed === 'worst') return extremesOf(values, direction);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const at = (point: PeerPoint): number => {
    const share = point === 'best' ? 1 : point === 'worst' ? 0 : Number(point.slice(1)) / 100;
    return quantileOf(sorted, direction === 'negative' ? 1 - share : share);
  };
  return { kind: 'between', satisfactory: at(satisfactory), notAllowed: at(notAllowed) };
}

/** Best and worst without sorting. */
function extremesOf(
  values: Float64Array,
  direction: IndicatorDefinition['direction'],
): Goal | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return undefined;
  return direction === 'negative'
    ? { kind: 'between', satisfactory: least, notAllowed: most }
    : { kind: 'between', satisfactory: most, notAllowed: least };
}

/** Figures of nodes from scores of indicators; nodes come after their parts. */
export function combineScores(
  nodes: readonly PlannedNode[],
  scoresOf: (indicator: string) => Float64Array,
  missingShareMax: number,
  regions: number,
): Map<string, Float64Array> {
  const figures = new Map<string, Float64Array>();
  for (const node of nodes) {
    const columns = node.parts.map(({ of }) => figures.get(of) ?? scoresOf(of));
    figures.set(node.name, combined(node, columns, missingShareMax, regions));
  }
  return figures;
}

/** Column by column: the inner loops touch one array after the other. */
function combined(
  { aggregation, parts }: PlannedNode,
  columns: readonly Float64Array[],
  missingShareMax: number,
  regions: number,
): Float64Array {
  const sums = new Float64Array(regions);
  const present = new Float64Array(regions);
  let all = 0;
  for (const [j, column] of columns.entries()) {
    const weight = (parts[j] as { weight: number }).weight;
    all += weight;
    const isPlain = aggregation === 'arithmetic';
    for (let i = 0; i < regions; i++) {
      const score = column[i] as number;
      // Only what is unknown differs from itself.
      if (score !== score) continue;
      sums[i] = (sums[i] as number) + weight * (isPlain ? score : termOf(aggregation, score));
      present[i] = (present[i] as number) + weight;
    }
  }
  const least = all * (1 - missingShareMax) - 1e-12;
  return sums.map((sum, i) => {
    const known = present[i] as number;
    return known > 0 && known >= least ? meanOf(aggregation, sum / known) : Number.NaN;
  });
}

/** Regions of each node that lack an indicator without which there is no figure, up to the top. */
function requiredMissing(
  plan: IndexPlan,
  indicators: ReadonlyMap<string, IndicatorResult>,
  regions: number,
): Map<string, Set<number>> {
  const missing = new Map<string, Set<number>>();
  for (const { name, definition } of plan.indicators) {
    if (definition.missing.rule !== 'required') continue;
    const scores = indicators.get(name)?.scores as Float64Array;
    const without = new Set<number>();
    for (let i = 0; i < regions; i++) if (Number.isNaN(scores[i] as number)) without.add(i);
    missing.set(name, without);
  }
  for (const { name, parts } of plan.nodes) {
    const below = parts.map(({ of }) => missing.get(of)).filter((one) => one !== undefined);
    if (below.length > 0) missing.set(name, new Set(below.flatMap((one) => [...one])));
  }
  return missing;
}

/** Ranks per region, 1 for the highest figure, equals share one; 0 where there is no figure. */
export function ranksOf(figures: Float64Array): Uint32Array {
  const order = Array.from(figures.keys())
    .filter((i) => !Number.isNaN(figures[i] as number))
    .sort((a, b) => (figures[b] as number) - (figures[a] as number));
  const ranks = new Uint32Array(figures.length);
  for (const [place, i] of order.entries()) {
    const before = order[place - 1];
    const isEqual = before !== undefined && figures[before] === figures[i];
    ranks[i] = isEqual ? (ranks[before] as number) : place + 1;
  }
  return ranks;
}
