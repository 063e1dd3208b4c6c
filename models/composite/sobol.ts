// How much of a result's variance comes from which assumption (Sobol 1993): first-order indices say what one
// assumption does by itself, total indices what it does with all others. Saltelli's scheme of N·(d + 2) runs,
// with the estimators of Jansen (1999).

import type { Random } from '../../core/random.ts';

export type SobolIndices = {
  /** Share of the variance by each factor alone. */
  readonly first: readonly number[];
  /** Share of the variance that would be left if all other factors were known. */
  readonly total: readonly number[];
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
  for (let j = 0; j < factors; j++) {
    let [fromB, fromA] = [0, 0];
    for (let i = 0; i < samples; i++) {
      const mixed = Float64Array.from(a[i] as Float64Array);
      mixed[j] = (b[i] as Float64Array)[j] as number;
      const y = model(mixed);
      fromB += ((yB[i] as number) - y) ** 2;
      fromA += ((yA[i] as number) - y) ** 2;
    }
    first.push(variance === 0 ? 0 : 1 - fromB / (2 * samples) / variance);
    total.push(variance === 0 ? 0 : fromA / (2 * samples) / variance);
  }
  return { first, total, mean, variance, runs: samples * (factors + 2) };
}
