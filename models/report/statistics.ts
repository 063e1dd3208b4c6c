// The little statistics a report needs, each with its formula's name. All give null without data.

/** Nearest rank: the smallest value that at least this share of the values does not exceed. */
export function percentileOf(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const Z_95 = 1.959964;

/** Wilson's interval of a share at 95%: honest also for few cases, where "100%" of three says little. */
export function wilsonInterval(hits: number, cases: number): readonly [number, number] | null {
  if (cases === 0) return null;
  const share = hits / cases;
  const z2 = Z_95 * Z_95;
  const middle = (share + z2 / (2 * cases)) / (1 + z2 / cases);
  const half =
    (Z_95 / (1 + z2 / cases)) * Math.sqrt((share * (1 - share)) / cases + z2 / (4 * cases * cases));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Student's t at 90% one-sided, by degrees of freedom from 1; from the usual tables. */
const T_90 = [3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372];

export type Prediction = {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
};

/**
 * The next value after some alike: their mean, and the range that one value in ten undershoots and one in
 * ten overshoots if they scatter alike: mean ± t·s·√(1 + 1/n). Null below `VALUES_MIN` values.
 */
export function predictNext(values: readonly number[]): Prediction | null {
  const expected = meanOf(values);
  if (expected === null || values.length < VALUES_MIN) return null;
  const freedom = values.length - 1;
  const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0);
  const t = T_90[Math.min(freedom, T_90.length) - 1] as number;
  const half = t * Math.sqrt(squares / freedom) * Math.sqrt(1 + 1 / values.length);
  return { expected, low: Math.max(0, expected - half), high: expected + half };
}

/** Fewer same weekdays say nothing about the next. */
export const VALUES_MIN = 4;
