// Scores brought together by weight. What is missing is left out and the weights of the rest stand for the
// whole; a definition says how much may be missing before there is no figure at all.

export const AGGREGATIONS = ['arithmetic', 'geometric', 'harmonic'] as const;

export type Aggregation = (typeof AGGREGATIONS)[number];

/** Below this a score counts as this much in a geometric or harmonic mean, which have no value at 0. */
export const SCORE_FLOOR = 1;

/**
 * The weighted mean of scores; weights need not sum to 1. Missing (NaN) scores are left out. NaN when all
 * are missing, or when more than `missingShareMax` of the weight is.
 */
export function aggregate(
  how: Aggregation,
  {
    scores,
    weights,
    missingShareMax = 1,
  }: {
    readonly scores: ArrayLike<number>;
    readonly weights: ArrayLike<number>;
    /** Share of the weight, 0 to 1. */
    readonly missingShareMax?: number;
  },
): number {
  let sum = 0;
  let present = 0;
  let all = 0;
  for (let i = 0; i < scores.length; i++) {
    const weight = weights[i] as number;
    const score = scores[i] as number;
    all += weight;
    if (Number.isNaN(score)) continue;
    present += weight;
    sum += weight * termOf(how, score);
  }
  if (present <= 0 || all - present > missingShareMax * all + 1e-12) return Number.NaN;
  return meanOf(how, sum / present);
}

/** What is summed for one score. */
export function termOf(how: Aggregation, score: number): number {
  if (how === 'arithmetic') return score;
  const floored = Math.max(score, SCORE_FLOOR);
  return how === 'geometric' ? Math.log(floored) : 1 / floored;
}

/** The mean of scores from the mean of their terms. */
export function meanOf(how: Aggregation, meanTerm: number): number {
  if (how === 'arithmetic') return meanTerm;
  return how === 'geometric' ? Math.exp(meanTerm) : 1 / meanTerm;
}

/**
 * What each score contributes: points that sum to the index exactly. For an arithmetic mean they are weight ×
 * score; for the others the index is shared out by each score's part of the sum of terms relative to the
 * best reachable, 100 (logarithmic shares for the geometric mean).
 */
export function contributionsOf(
  how: Aggregation,
  { scores, weights }: { readonly scores: readonly number[]; readonly weights: readonly number[] },
): number[] {
  const present = scores.map((score, i) => (Number.isNaN(score) ? 0 : (weights[i] as number)));
  const all = present.reduce((sum, weight) => sum + weight, 0);
  if (all <= 0) return scores.map(() => Number.NaN);
  if (how === 'arithmetic') {
    return scores.map((score, i) =>
      present[i] === 0 ? 0 : ((present[i] as number) / all) * score,
    );
  }
  // Points lost against 100 are what can be shared out: the index is 100 minus what each lost.
  const best = termOf(how, 100);
  const lost = scores.map((score, i) =>
    present[i] === 0 ? 0 : ((present[i] as number) / all) * (termOf(how, score) - best),
  );
  const lostInAll = lost.reduce((sum, part) => sum + part, 0);
  const index = meanOf(how, best + lostInAll);
  return lost.map((part, i) => {
    const share = (present[i] as number) / all;
    return lostInAll === 0 ? share * index : share * 100 + (part / lostInAll) * (index - 100);
  });
}
