// How much of a result's variance comes from which assumption (Sobol 1993): first-order indices say what one
// assumption does by itself, total indices what it does with all others. Saltelli's scheme of N·(d + 2) runs,
// with the estimators of Jansen (1999). Estimates scatter, also below zero, so each comes with the interval into which
// nine of ten would fall (bootstrap over the draws, Archer 1997).

import type { Random } from '../../core/random.ts';

export type Interval = readonly [low: number, high: number];

export type SobolIndices = {
  /** Share of the variance by each factor alone. */
  readonly first: readonly number[];
  /** Share of the variance that would be left if all other factors were known. */
  readonly total: readonly number[];
  /** The 5th and 95th percentile of each, from the draws there are. */
  readonly firstWithin: readonly Interval[];
  readonly totalWithin: readonly Interval[];
  readonly mean: number;
  readonly variance: number;
  readonly runs: number;
};

/**
 * Indices of `model`, whose factors are drawn from [0, 1). All are 0 when the result never changes. Estimates
 * scatter with 1/√samples and may lie a little outside of 0…1.
 */
export function sobolIndices(
  model: (factors: Float64Array) => number,
  { factors, samples, random }: { factors: number; samples: number; random: Random },
): SobolIndices {
  const draw = () =>
    Array.from({ length: samples }, () => Float64Array.from({ length: factors }, random.next));
  const [a, b] = [draw(), draw()];
  const yA = a.map(model);
  const yB = b.map(model);
  const all = [...yA, ...yB];
  const mean = all.reduce((sum, y) => sum + y, 0) / all.length;
  const variance = all.reduce((sum, y) => sum + (y - mean) ** 2, 0) / (all.length - 1);
  const first: number[] = [];
  const total: number[] = [];
  const squares: Squares[] = [];
  for (let j = 0; j < factors; j++) {
    const own = { fromB: new Float64Array(samples), fromA: new Float64Array(samples) };
    for (let i = 0; i < samples; i++) {
      const mixed = Float64Array.from(a[i] as Float64Array);
      mixed[j] = (b[i] as Float64Array)[j] as number;
      const y = model(mixed);
      own.fromB[i] = ((yB[i] as number) - y) ** 2;
      own.fromA[i] = ((yA[i] as number) - y) ** 2;
    }
    squares.push(own);
    first.push(variance === 0 ? 0 : 1 - sumOf(own.fromB) / (2 * samples) / variance);
    total.push(variance === 0 ? 0 : sumOf(own.fromA) / (2 * samples) / variance);
  }
  return {
    first,
    total,
    ...withinBy({ yA, yB, squares, random }),
    mean,
    variance,
    runs: samples * (factors + 2),
  };
}

/** Squared differences of a factor's runs from those of either draw. */
type Squares = { readonly fromB: Float64Array; readonly fromA: Float64Array };

const REPLICATES = 200;

/** Both indices of each factor again and again, from draws taken anew out of those there are. */
function withinBy({
  yA,
  yB,
  squares,
  random,
}: {
  yA: readonly number[];
  yB: readonly number[];
  squares: readonly Squares[];
  random: Random;
}): Pick<SobolIndices, 'firstWithin' | 'totalWithin'> {
  const samples = yA.length;
  const first = squares.map(() => new Float64Array(REPLICATES));
  const total = squares.map(() => new Float64Array(REPLICATES));
  const times = new Uint32Array(samples);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    times.fill(0);
    for (let n = 0; n < samples; n++) times[random.int(samples)]!++;
    let [sum, sumOfSquares] = [0, 0];
    for (let i = 0; i < samples; i++) {
      const [a, b, weight] = [yA[i] as number, yB[i] as number, times[i] as number];
      sum += weight * (a + b);
      sumOfSquares += weight * (a * a + b * b);
    }
    const variance = (sumOfSquares - sum ** 2 / (2 * samples)) / (2 * samples - 1);
    // Draws that happen to be all alike say nothing about either.
    if (!(variance > 0)) continue;
    for (const [j, { fromB, fromA }] of squares.entries()) {
      let [b, a] = [0, 0];
      for (let i = 0; i < samples; i++) {
        b += (times[i] as number) * (fromB[i] as number);
        a += (times[i] as number) * (fromA[i] as number);
      }
      first[j]![replicate] = 1 - b / (2 * samples) / variance;
      total[j]![replicate] = a / (2 * samples) / variance;
    }
  }
  const within = (drawn: Float64Array): Interval => {
    drawn.sort();
    return [
      drawn[Math.round(0.05 * (REPLICATES - 1))] as number,
      drawn[Math.round(0.95 * (REPLICATES - 1))] as number,
    ];
  };
  return { firstWithin: first.map(within), totalWithin: total.map(within) };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
