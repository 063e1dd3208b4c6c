// The index of one period over all regions: values, scores, nodes. Pure arithmetic on columns, so that the
// same columns give the same figures in whatever order periods are computed.

import { meanOf, termOf, type Aggregation } from './aggregate.ts';
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

/** Room for the scores of a period that is used for one period after the other. */
export type Workspace = { scores: Float64Array };

export const createWorkspace = (): Workspace => ({ scores: new Float64Array(0) });

/**
 * The result for `history[0]`; see indicator-values.ts for the periods before it. Scores in a workspace are
 * overwritten by the next period that is given it.
 */
export function evaluatePeriod(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  workspace: Workspace = createWorkspace(),
): PeriodResult {
  const indicators = scoreIndicators(plan, history, workspace);
  return { indicators, nodes: combineIndicators(plan, indicators, history[0]?.regions ?? 0) };
}

/** Values and points of every indicator; they do not hang on weights or aggregation. */
export function scoreIndicators(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  workspace: Workspace = createWorkspace(),
): PeriodResult['indicators'] {
  const regions = history[0]?.regions ?? 0;
  const wanted = regions * plan.indicators.length;
  if (workspace.scores.length < wanted) workspace.scores = new Float64Array(wanted);
  const found = indicatorValues(plan, history);
  const indicators = new Map<string, IndicatorResult>();
  for (const [i, planned] of plan.indicators.entries()) {
    const values = found.get(planned.name) as IndicatorValues;
    const scores = workspace.scores.subarray(i * regions, (i + 1) * regions);
    const goal = scoreInto(scores, plan, planned, values.values);
    const { ages, imputed, touched } = values;
    indicators.set(planned.name, { values: values.values, ages, imputed, touched, goal, scores });
  }
  return indicators;
}

/** Figures of the nodes from the points of indicators. */
export function combineIndicators(
  plan: IndexPlan,
  indicators: PeriodResult['indicators'],
  regions: number,
): PeriodResult['nodes'] {
  const scores = (name: string) => indicators.get(name)?.scores as Float64Array;
  const nodes = combineScores(plan.nodes, scores, plan.definition.missingShareMax, regions);
  for (const [name, without] of requiredMissing(plan, indicators, regions)) {
    for (const region of without) {
      const figures = nodes.get(name);
      if (figures) figures[region] = Number.NaN;
    }
  }
  return nodes;
}

/** Writes the points of an indicator and gives what its values were held against. */
function scoreInto(
  scores: Float64Array,
  { definition: { clamp } }: IndexPlan,
  { definition, points, goal: fixed }: PlannedIndicator,
  values: Float64Array,
): Goal | undefined {
  const goal = fixed ?? peerGoal(definition, values);
  if (!goal) {
    scores.fill(Number.NaN);
  } else if (goal.kind === 'between' && goal.satisfactory === goal.notAllowed) {
    const isFull = 'peers' in definition.goal && definition.goal.peers.whenEqual === 'full';
    for (let i = 0; i < values.length; i++)
      scores[i] = isFull && !Number.isNaN(values[i] as number) ? 100 : Number.NaN;
  } else {
    const { satisfactory = 0, notAllowed = 0 } = goal.kind === 'between' ? goal : {};
    const isWhole = !fixed && goal.kind === 'between' && isExtremes(definition.goal);
    scoreColumn(
      { points, goal, clamp, ...(isWhole && { ends: [satisfactory, notAllowed] }) },
      values,
      scores,
    );
  }
  return goal;
}

/** Satisfactory and not-allowed value by what the peers reach; undefined without peers. */
export function peerGoal(
  { goal, direction }: IndicatorDefinition,
  values: Float64Array,
): Goal | undefined {
  if (!('peers' in goal)) return undefined;
  const { satisfactory, notAllowed } = goal.peers;
  if (isExtremes(goal)) return extremesOf(values, direction);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return undefined;
  const at = (point: PeerPoint): number => {
    const share = point === 'best' ? 1 : point === 'worst' ? 0 : Number(point.slice(1)) / 100;
    return quantileOf(sorted, direction === 'negative' ? 1 - share : share);
  };
  return { kind: 'between', satisfactory: at(satisfactory), notAllowed: at(notAllowed) };
}

const isExtremes = (goal: IndicatorDefinition['goal']): boolean =>
  'peers' in goal && goal.peers.satisfactory === 'best' && goal.peers.notAllowed === 'worst';

/** Best and worst without sorting. */
function extremesOf(
  values: Float64Array,
  direction: IndicatorDefinition['direction'],
): Goal | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  // Four at a time takes half as long.
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const [a, b] = [values[i] as number, values[i + 1] as number];
    const [c, d] = [values[i + 2] as number, values[i + 3] as number];
    if (a < least) least = a;
    if (a > most) most = a;
    if (b < least) least = b;
    if (b > most) most = b;
    if (c < least) least = c;
    if (c > most) most = c;
    if (d < least) least = d;
    if (d > most) most = d;
  }
  for (let i = whole; i < values.length; i++) {
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

function combined(
  { aggregation, parts }: PlannedNode,
  columns: readonly Float64Array[],
  missingShareMax: number,
  regions: number,
): Float64Array {
  const weights = parts.map(({ weight }) => weight);
  if (aggregation === 'arithmetic') {
    const figures = weightedMeans(columns, weights, regions);
    if (figures) return figures;
  }
  return knownMeans(aggregation, { columns, weights, missingShareMax }, regions);
}

/**
 * Arithmetic means where everything is known, which is most of all work: four columns at a time, added in
 * the order knownMeans adds them in. Undefined as soon as something is not known.
 */
function weightedMeans(
  columns: readonly Float64Array[],
  weights: readonly number[],
  regions: number,
): Float64Array | undefined {
  const sums = new Float64Array(regions);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (all <= 0) return undefined;
  let j = 0;
  for (; j + 3 < columns.length; j += 4) {
    const [a, b, c, d] = columns.slice(j, j + 4) as Four<Float64Array>;
    const [wa, wb, wc, wd] = weights.slice(j, j + 4) as Four<number>;
    for (let i = 0; i < regions; i++) {
      const before = (sums[i] as number) + wa * (a[i] as number) + wb * (b[i] as number);
      sums[i] = before + wc * (c[i] as number) + wd * (d[i] as number);
    }
  }
  for (; j < columns.length; j++) {
    const [column, weight] = [columns[j] as Float64Array, weights[j] as number];
    for (let i = 0; i < regions; i++)
      sums[i] = (sums[i] as number) + weight * (column[i] as number);
  }
  for (let i = 0; i < regions; i++) {
    const sum = sums[i] as number;
    // Only what is unknown differs from itself.
    if (sum !== sum) return undefined;
    sums[i] = sum / all;
  }
  return sums;
}

type Four<Value> = [Value, Value, Value, Value];

/** Means of what is known; NaN where too much is missing. */
function knownMeans(
  aggregation: Aggregation,
  {
    columns,
    weights,
    missingShareMax,
  }: {
    readonly columns: readonly Float64Array[];
    readonly weights: readonly number[];
    readonly missingShareMax: number;
  },
  regions: number,
): Float64Array {
  const sums = new Float64Array(regions);
  const present = new Float64Array(regions);
  let all = 0;
  for (const [j, column] of columns.entries()) {
    const weight = weights[j] as number;
    all += weight;
    for (let i = 0; i < regions; i++) {
      const score = column[i] as number;
      if (score !== score) continue;
      sums[i] = (sums[i] as number) + weight * termOf(aggregation, score);
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
  // Without a comparator, sorting takes a tenth; what is unknown comes last.
  const sorted = figures.toSorted();
  let known = sorted.length;
  while (known > 0 && Number.isNaN(sorted[known - 1] as number)) known--;
  const ranks = new Uint32Array(figures.length);
  for (let i = 0; i < figures.length; i++) {
    const figure = figures[i] as number;
    if (Number.isNaN(figure)) continue;
    let [low, high] = [0, known];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) <= figure) low = middle + 1;
      else high = middle;
    }
    ranks[i] = known - low + 1;
  }
  return ranks;
}
