// Where weights come from: people comparing in pairs (AHP), the spread of the data (entropy, CRITIC), or both.

import { deviationOf } from './normalise.ts';

export type PairwiseWeights = {
  readonly weights: readonly number[];
  /** Largest eigenvalue of the matrix, estimated from the weights. */
  readonly lambdaMax: number;
  /** (λmax − n)/(n − 1). */
  readonly consistencyIndex: number;
  /** Consistency index by that of random matrices; 0 for up to two, which cannot contradict themselves. */
  readonly consistencyRatio: number;
};

/** Saaty's index of random matrices for n = 1 to 10. */
const RANDOM_INDEX = [0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];

/** Sizes a matrix of comparisons may have. */
export const PAIRWISE_MAX = RANDOM_INDEX.length;

/** Comparisons are consistent enough below this ratio (Saaty 1980). */
export const CONSISTENCY_RATIO_MAX = 0.1;

/**
 * Weights by the analytic hierarchy process: geometric means of the rows of a reciprocal matrix, in which
 * `matrix[i][j]` says how many times as important i is as j. Takes 1 to 10 rows.
 */
export function pairwiseWeights(matrix: readonly (readonly number[])[]): PairwiseWeights {
  const n = matrix.length;
  const means = matrix.map((row) => Math.exp(row.reduce((sum, a) => sum + Math.log(a), 0) / n));
  const weights = shares(means);
  const ratios = matrix.map(
    (row, i) =>
      row.reduce((sum, a, j) => sum + a * (weights[j] as number), 0) / (weights[i] as number),
  );
  const lambdaMax = ratios.reduce((sum, ratio) => sum + ratio, 0) / n;
  const consistencyIndex = n > 2 ? (lambdaMax - n) / (n - 1) : 0;
  const random = RANDOM_INDEX[n - 1] as number;
  return {
    weights,
    lambdaMax,
    consistencyIndex,
    consistencyRatio: random === 0 ? 0 : consistencyIndex / random,
  };
}

/** Rows are objects (regions), columns indicators, values 0 to 1 with 1 the best. */
export type Matrix = readonly (readonly number[])[];

/**
 * Entropy weights: an indicator that tells objects apart weighs more. A column in which all are equal weighs
 * nothing; when all columns are so, all weigh the same. Takes at least two rows.
 */
export function entropyWeights(matrix: Matrix): { weights: number[]; entropies: number[] } {
  const entropies = columnsOf(matrix).map((column) => {
    const sum = column.reduce((total, value) => total + value, 0);
    if (sum === 0) return 1;
    const entropy = column.reduce((total, value) => {
      const p = value / sum;
      return p === 0 ? total : total - p * Math.log(p);
    }, 0);
    return entropy / Math.log(matrix.length);
  });
  return { weights: shares(entropies.map((entropy) => Math.max(0, 1 - entropy))), entropies };
}

/**
 * CRITIC (Diakoulaki, Mavrotas, Papayannakis 1995): spread (sample deviation) times how little an indicator
 * says what the others say: σ_j · Σ_k (1 − r_jk). A column without spread weighs nothing.
 */
export function criticWeights(matrix: Matrix): number[] {
  const columns = columnsOf(matrix);
  const deviations = columns.map(deviationOf);
  const amounts = columns.map((column, j) =>
    columns.reduce((sum, other, k) => {
      if (deviations[j] === 0) return 0;
      const r = deviations[k] === 0 ? 0 : correlationOf(column, other);
      return sum + (k === j ? 0 : (deviations[j] as number) * (1 - r));
    }, 0),
  );
  return shares(amounts);
}

/** α of the first and 1 − α of the second. */
export const linearCombination = (a: readonly number[], b: readonly number[], alpha: number) =>
  a.map((weight, i) => alpha * weight + (1 - alpha) * (b[i] as number));

/** In proportion to the products. */
export const productCombination = (a: readonly number[], b: readonly number[]) =>
  shares(a.map((weight, i) => weight * (b[i] as number)));

/** Amounts as shares of their sum; all the same when it is nothing. */
export function shares(amounts: readonly number[]): number[] {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return amounts.map((amount) => (sum > 0 ? amount / sum : 1 / amounts.length));
}

const columnsOf = (matrix: Matrix): number[][] =>
  (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j] as number));

/** Pearson's r of two columns that both have spread. */
function correlationOf(a: readonly number[], b: readonly number[]): number {
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
