// Other ways of bringing indicators to one scale, as published composite indices use them (OECD/JRC Handbook
// on Constructing Composite Indicators 2008, ch. 5): needed to reproduce those, and to ask how much a rank
// depends on the way chosen.

export type Normalisation =
  /** (x − min)/(max − min), from `from` to `to`. */
  | { readonly kind: 'min-max'; readonly from: number; readonly to: number }
  /** (x − mean)/deviation, brought to `mean` and `deviation`; the deviation is the sample's (n − 1). */
  | { readonly kind: 'z-score'; readonly mean: number; readonly deviation: number }
  /** 1 for the worst; equal values share the mean of their ranks. */
  | { readonly kind: 'rank' }
  /** Share of the others that are worse, ties by half, 0 to 100. */
  | { readonly kind: 'percentile' }
  /** (x − low)/(high − low) × 100 with fixed goalposts, held within 0 and 100. */
  | { readonly kind: 'goalposts'; readonly low: number; readonly high: number };

/**
 * Normalised values of one indicator over all regions, higher is better. NaN stays NaN and is no peer. When
 * all are equal min-max, z-score and percentile cannot tell them apart and give the middle of their scale.
 */
export function normalise(
  how: Normalisation,
  values: ArrayLike<number>,
  direction: 'positive' | 'negative',
): Float64Array {
  const sign = direction === 'positive' ? 1 : -1;
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  return Float64Array.from(values, normaliserOf(how, known, sign));
}

function normaliserOf(
  how: Normalisation,
  known: readonly number[],
  sign: 1 | -1,
): (value: number) => number {
  switch (how.kind) {
    case 'min-max': {
      const [min, max] = extremes(known);
      const span = how.to - how.from;
      if (min === max) return (value) => (Number.isNaN(value) ? value : how.from + span / 2);
      const start = sign === 1 ? min : max;
      return (value) => how.from + (span * (value - start)) / (sign * (max - min));
    }
    case 'z-score': {
      const mean = meanOf(known);
      const deviation = deviationOf(known);
      if (deviation === 0) return (value) => (Number.isNaN(value) ? value : how.mean);
      return (value) => how.mean + (how.deviation * sign * (value - mean)) / deviation;
    }
    case 'rank': {
      const sorted = Float64Array.from(known, (value) => sign * value).sort();
      return (value) => {
        if (Number.isNaN(value)) return value;
        const below = lowerBound(sorted, sign * value);
        return (below + 1 + upperBound(sorted, sign * value)) / 2;
      };
    }
    case 'percentile': {
      const sorted = Float64Array.from(known, (value) => sign * value).sort();
      if (sorted.length === 1) return (value) => (Number.isNaN(value) ? value : 50);
      return (value) => {
        if (Number.isNaN(value)) return value;
        const below = lowerBound(sorted, sign * value);
        const equal = upperBound(sorted, sign * value) - below - 1;
        return (100 * (below + equal / 2)) / (sorted.length - 1);
      };
    }
    case 'goalposts': {
      const { low, high } = how;
      return (value) => {
        const share = (value - low) / (high - low);
        const upwards = sign === 1 ? share : 1 - share;
        return 100 * Math.min(1, Math.max(0, upwards));
      };
    }
    default:
      return how satisfies never;
  }
}

function extremes(values: readonly number[]): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of a sample (n − 1); 0 for fewer than two. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * The value below which the share `p` (0 to 1) of sorted values lies, straight between neighbours (Hyndman and
 * Fan 1996, type 7). NaN of nothing.
 */
export function quantileOf(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return sorted.length === 0 ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

/** How many sorted values are smaller. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many sorted values are not greater. */
function upperBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
