// How sure a rank is: the index computed again and again with weights, scoring and mean as others might have
// chosen them (OECD/JRC Handbook 2008, ch. 7). A rank on a wall carries the interval it falls into.

import type { Random } from '../../core/random.ts';
import type { Aggregation } from './aggregate.ts';
import { clampPoints, efficacyOf, type EfficacyFunction } from './efficacy.ts';
import { combineScores, evaluatePeriod, ranksOf } from './evaluate-period.ts';
import type { IndexPlan, PlannedNode } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { sobolIndices, type Interval } from './sobol.ts';

/** What is taken as open. */
export type Doubts = {
  /** Each weight may be so much larger or smaller, as a share of itself (0 to 1). */
  readonly weightSpread: number;
  /** Ways of scoring that could have been chosen; those that need grades are left as they are. */
  readonly points: readonly EfficacyFunction[];
  readonly aggregations: readonly Aggregation[];
};

export const DEFAULT_DOUBTS: Doubts = {
  weightSpread: 0.25,
  points: [{ kind: 'linear' }, { kind: 'exponential' }, { kind: 'logarithmic' }],
  aggregations: ['arithmetic', 'geometric'],
};

export type RankIntervals = {
  /** The rank by the definition itself; 0 without a figure. */
  readonly rank: Uint32Array;
  /** The 5th, 50th and 95th percentile of the ranks drawn. */
  readonly low: Uint32Array;
  readonly median: Uint32Array;
  readonly high: Uint32Array;
  readonly samples: number;
};

/** Ranks of all regions in the period `history[0]` under the doubts. Regions without a figure have rank 0. */
export function rankIntervals(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  { doubts, samples, random }: { doubts: Doubts; samples: number; random: Random },
): RankIntervals {
  const model = doubtModel(plan, history, doubts);
  const rank = ranksOf(model.nominal);
  const regions = rank.length;
  const drawn = Array.from({ length: regions }, () => new Uint32Array(samples));
  for (let sample = 0; sample < samples; sample++) {
    const ranks = ranksOf(
      model.figures(Float64Array.from({ length: model.factors.length }, random.next)),
    );
    for (let region = 0; region < regions; region++) {
      (drawn[region] as Uint32Array)[sample] = ranks[region] as number;
    }
  }
  for (const ranks of drawn) ranks.sort();
  const at = (share: number) =>
    Uint32Array.from(drawn, (ranks) => ranks[Math.round(share * (samples - 1))] as number);
  return { rank, low: at(0.05), median: at(0.5), high: at(0.95), samples };
}

export type Sensitivity = {
  readonly factors: readonly {
    /** `points`, `aggregation`, or the indicator or node whose weight it is. */
    readonly name: string;
    readonly first: number;
    readonly total: number;
    readonly firstWithin: Interval;
    readonly totalWithin: Interval;
  }[];
  /** Places by which a region moves on average, over all draws. */
  readonly meanShift: number;
  readonly runs: number;
};

/** Which assumption moves the ranks: Sobol indices of the mean absolute shift in rank. Largest first. */
export function rankSensitivity(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  { doubts, samples, random }: { doubts: Doubts; samples: number; random: Random },
): Sensitivity {
  const model = doubtModel(plan, history, doubts);
  const nominal = ranksOf(model.nominal);
  const ranked = nominal.filter((rank) => rank > 0).length;
  const shiftOf = (factors: Float64Array): number => {
    const ranks = ranksOf(model.figures(factors));
    let shift = 0;
    for (let i = 0; i < ranks.length; i++) {
      shift += Math.abs((ranks[i] as number) - (nominal[i] as number));
    }
    return ranked === 0 ? 0 : shift / ranked;
  };
  const { first, total, firstWithin, totalWithin, mean, runs } = sobolIndices(shiftOf, {
    factors: model.factors.length,
    samples,
    random,
  });
  const factors = model.factors.map((name, i) => ({
    name,
    first: first[i] as number,
    total: total[i] as number,
    firstWithin: firstWithin[i] as Interval,
    totalWithin: totalWithin[i] as Interval,
  }));
  return { factors: factors.toSorted((a, b) => b.total - a.total), meanShift: mean, runs };
}

/** The index as a function of the doubts, each factor from [0, 1). */
function doubtModel(plan: IndexPlan, history: readonly PeriodColumns[], doubts: Doubts) {
  const result = evaluatePeriod(plan, history);
  const regions = history[0]?.regions ?? 0;
  const nominal = result.nodes.get(plan.definition.top) as Float64Array;
  const alternatives = doubts.points.map((points) => scoresBy(plan, result.indicators, points));
  const weighed = plan.nodes.flatMap(({ parts }) =>
    parts.length > 1 ? parts.map(({ of }) => of) : [],
  );
  const factors = ['points', 'aggregation', ...weighed];
  const figures = (drawn: Float64Array): Float64Array => {
    const pick = <Item>(list: readonly Item[], share: number): Item | undefined =>
      list[Math.min(list.length - 1, Math.floor(share * list.length))];
    const scores = pick(alternatives, drawn[0] as number);
    const aggregation = pick(doubts.aggregations, drawn[1] as number);
    const factorOf = new Map(weighed.map((name, i) => [name, drawn[i + 2] as number]));
    const nodes = plan.nodes.map((node) => doubted(node, factorOf, doubts, aggregation));
    const scoreOf = (name: string) =>
      (scores?.get(name) ?? result.indicators.get(name)?.scores) as Float64Array;
    const found = combineScores(nodes, scoreOf, plan.definition.missingShareMax, regions);
    const top = found.get(plan.definition.top) as Float64Array;
    // Whoever has no figure by the definition gets none by another choice.
    return top.map((figure, i) => (Number.isNaN(nominal[i] as number) ? Number.NaN : figure));
  };
  return { nominal, factors, figures };
}

function doubted(
  { name, aggregation, parts }: PlannedNode,
  factorOf: ReadonlyMap<string, number>,
  { weightSpread }: Doubts,
  other: Aggregation | undefined,
): PlannedNode {
  const weights = parts.map(
    ({ of, weight }) => weight * (1 + weightSpread * (2 * (factorOf.get(of) ?? 0.5) - 1)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    name,
    aggregation: other ?? aggregation,
    parts: parts.map(({ of }, i) => ({ of, weight: (weights[i] as number) / sum })),
  };
}

function scoresBy(
  plan: IndexPlan,
  indicators: ReturnType<typeof evaluatePeriod>['indicators'],
  points: EfficacyFunction,
): Map<string, Float64Array> {
  const scores = new Map<string, Float64Array>();
  for (const { name, points: own } of plan.indicators) {
    const result = indicators.get(name);
    const goal = result?.goal;
    const isFixed = own.kind === 'graded' || own.kind === 'log-value';
    if (!result || !goal || isFixed) continue;
    if (goal.kind === 'between' && goal.satisfactory === goal.notAllowed) continue;
    const score = efficacyOf(points, goal);
    scores.set(
      name,
      result.values.map((value) => clampPoints(plan.definition.clamp, score(value))),
    );
  }
  return scores;
}
