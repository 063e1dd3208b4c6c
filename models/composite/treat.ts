// What is done about odd values before an indicator is scored. Nothing is changed silently: every touched
// value is reported with what it was.

import { quantileOf } from './normalise.ts';

export type Treatment =
  | { readonly kind: 'none' }
  /** Values beyond what is possible or meant are held at the bounds, such as a clearance rate above 100 %. */
  | { readonly kind: 'bounds'; readonly min: number | null; readonly max: number | null }
  /** The furthest values are set to the next one until the shape is no longer extreme, at most `pointsMax`. */
  | { readonly kind: 'winsorise'; readonly pointsMax: number }
  /** Values beyond these quantiles of the peers (0 to 1) are held at them. */
  | { readonly kind: 'quantiles'; readonly low: number; readonly high: number };

export type Touched = { readonly index: number; readonly was: number; readonly is: number };

/** Beyond these the shape of a distribution calls for treatment (OECD/JRC; COINr uses the same). */
const SKEWNESS_MAX = 2;
const KURTOSIS_MAX = 3.5;

/** The values after treatment, and what it touched, in the order of the values. NaN stays NaN. */
export function treat(
  how: Treatment,
  values: Float64Array,
): { readonly values: Float64Array; readonly touched: readonly Touched[] } {
  switch (how.kind) {
    case 'none':
      return { values, touched: [] };
    case 'bounds':
      return hold(values, how.min ?? Number.NEGATIVE_INFINITY, how.max ?? Number.POSITIVE_INFINITY);
    case 'quantiles': {
      const sorted = values.filter((value) => !Number.isNaN(value)).sort();
      return hold(values, quantileOf(sorted, how.low), quantileOf(sorted, how.high));
    }
    case 'winsorise':
      return winsorise(values, how.pointsMax);
    default:
      return how satisfies never;
  }
}

function hold(values: Float64Array, min: number, max: number) {
  const held = values.map((value) => (value < min ? min : value > max ? max : value));
  return { values: held, touched: touchedOf(values, held) };
}

function winsorise(values: Float64Array, pointsMax: number) {
  const treated = values.slice();
  for (let points = 0; points < pointsMax && isExtreme(treated); points++) {
    const known = treated.filter((value) => !Number.isNaN(value)).sort();
    const isHigh = skewnessOf(known) > 0;
    const furthest = (isHigh ? known.at(-1) : known[0]) as number;
    const next = isHigh
      ? known.findLast((value) => value < furthest)
      : known.find((value) => value > furthest);
    if (next === undefined) break;
    for (const [i, value] of treated.entries()) if (value === furthest) treated[i] = next;
  }
  return { values: treated, touched: touchedOf(values, treated) };
}

function touchedOf(before: Float64Array, after: Float64Array): Touched[] {
  const touched: Touched[] = [];
  for (let index = 0; index < before.length; index++) {
    const [was, is] = [before[index] as number, after[index] as number];
    if (!Object.is(was, is)) touched.push({ index, was, is });
  }
  return touched;
}

/** True when skewness and excess kurtosis are both beyond what an index should carry. */
export function isExtreme(values: Float64Array): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  return Math.abs(skewnessOf(known)) > SKEWNESS_MAX && kurtosisOf(known) > KURTOSIS_MAX;
}

/** Third standardised moment, adjusted for the size of the sample (G1); 0 for fewer than three or no spread. */
export function skewnessOf(values: Float64Array): number {
  const n = values.length;
  const { m2, m3 } = momentsOf(values);
  if (n < 3 || m2 === 0) return 0;
  return ((m3 / m2 ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2);
}

/** Fourth standardised moment less 3, adjusted for the size of the sample (G2); 0 for fewer than four. */
export function kurtosisOf(values: Float64Array): number {
  const n = values.length;
  const { m2, m4 } = momentsOf(values);
  if (n < 4 || m2 === 0) return 0;
  return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (m4 / m2 ** 2 - 3) + 6);
}

function momentsOf(values: Float64Array) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let [m2, m3, m4] = [0, 0, 0];
  for (const value of values) {
    const d = value - mean;
    m2 += d * d;
    m3 += d ** 3;
    m4 += d ** 4;
  }
  return { m2: m2 / n, m3: m3 / n, m4: m4 / n };
}
