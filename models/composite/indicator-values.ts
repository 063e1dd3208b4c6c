// From columns to the values of indicators: denominators, smoothing, treatment, and what is done about what
// is missing. One period at a time, over all regions, with the periods before it that can enter.

import type { IndicatorDefinition } from './definition.ts';
import type { IndexPlan } from './index-plan.ts';
import { quantileOf } from './normalise.ts';
import { treat, type Touched } from './treat.ts';

/** What is known of one period: a value per region and column, NaN where nothing is. */
export type PeriodColumns = {
  readonly regions: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
};

export type IndicatorValues = {
  /** After everything that is done to them; NaN where there is none. */
  readonly values: Float64Array;
  /** Periods a value was carried; undefined when none was. */
  readonly ages: Uint8Array | undefined;
  /** Regions whose value is the median of the others. */
  readonly imputed: readonly number[];
  readonly touched: readonly Touched[];
};

/**
 * Values of every indicator of the plan in the period `history[0]`; `history[k]` is k periods before. A
 * shorter history than the plan looks back counts as unknown.
 */
export function indicatorValues(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
): Map<string, IndicatorValues> {
  const raw = rawValuesOf(plan, history);
  const found = new Map<string, IndicatorValues>();
  for (const { name, definition } of plan.indicators) {
    const { values, touched } = treat(definition.treatment, raw(name, 0));
    const { missing, treatment } = definition;
    if (missing.rule === 'carry') {
      const before = (k: number) => treat(treatment, raw(name, k)).values;
      found.set(name, { ...carried(values, missing.periodsMax, before), imputed: [], touched });
    } else if (missing.rule === 'peer-median') {
      found.set(name, { ...withMedian(values), ages: undefined, touched });
    } else {
      found.set(name, { values, ages: undefined, imputed: [], touched });
    }
  }
  return found;
}

/** Values before treatment, by indicator and periods back, each worked out once. */
function rawValuesOf(plan: IndexPlan, history: readonly PeriodColumns[]) {
  const regions = history[0]?.regions ?? 0;
  const unknown = new Float64Array(regions).fill(Number.NaN);
  const definitions = plan.definition.indicators;
  const known = new Map<string, Float64Array>();
  const columnAt = (name: string, k: number): Float64Array =>
    name in definitions ? raw(name, k) : (history[k]?.columns[name] ?? unknown);

  function raw(name: string, k: number): Float64Array {
    const key = `${name} ${k}`;
    const before = known.get(key);
    if (before) return before;
    const { value, smoothing } = definitions[name] as IndicatorDefinition;
    const periods = smoothing.kind === 'rolling' ? smoothing.periods : 1;
    const { of, over, per } = value;
    const summed = (column: string) => rolled(periods, (i) => columnAt(column, k + i), regions);
    const top = summed(of);
    const bottom = over === undefined ? undefined : summed(over);
    const values = !bottom
      ? top
      : smoothing.kind === 'empirical-bayes'
        ? shrunkRates(top, bottom, per)
        : quotients(top, bottom, per);
    known.set(key, values);
    return values;
  }
  return raw;
}

/** Rates; one with nothing to divide by is unknown, not endless. */
function quotients(top: Float64Array, bottom: Float64Array, per: number): Float64Array {
  const rates = new Float64Array(top.length);
  for (let i = 0; i < top.length; i++) {
    const by = bottom[i] as number;
    rates[i] = by === 0 ? Number.NaN : ((top[i] as number) / by) * per;
  }
  return rates;
}

/** Sums over periods; a region with a gap in them has what is left, as long as the last one is known. */
function rolled(
  periods: number,
  columnAt: (back: number) => Float64Array,
  regions: number,
): Float64Array {
  if (periods === 1) return columnAt(0);
  const sum = Float64Array.from(columnAt(0));
  for (let back = 1; back < periods; back++) {
    const column = columnAt(back);
    for (let i = 0; i < regions; i++) {
      const value = column[i] as number;
      if (!Number.isNaN(value)) (sum[i] as number) += value;
    }
  }
  return sum;
}

/**
 * Empirical Bayes rates (Marshall 1991, global): each rate is drawn towards the rate of all the more, the
 * smaller its denominator. Regions without a denominator stay unknown.
 */
export function shrunkRates(
  counts: Float64Array,
  exposures: Float64Array,
  per: number,
): Float64Array {
  let [events, exposed, regions] = [0, 0, 0];
  const isKnown = (i: number) => (exposures[i] as number) > 0 && !Number.isNaN(counts[i] as number);
  for (let i = 0; i < counts.length; i++) {
    if (!isKnown(i)) continue;
    events += counts[i] as number;
    exposed += exposures[i] as number;
    regions++;
  }
  const mean = events / exposed;
  let spread = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!isKnown(i)) continue;
    const rate = (counts[i] as number) / (exposures[i] as number);
    spread += (exposures[i] as number) * (rate - mean) ** 2;
  }
  const between = Math.max(0, spread / exposed - mean / (exposed / regions));
  return counts.map((count, i) => {
    if (!isKnown(i)) return Number.NaN;
    const within = mean / (exposures[i] as number);
    const trust = between === 0 ? 0 : between / (between + within);
    return per * (mean + trust * (count / (exposures[i] as number) - mean));
  });
}

function carried(
  values: Float64Array,
  periodsMax: number,
  before: (periodsBack: number) => Float64Array,
): { values: Float64Array; ages: Uint8Array | undefined } {
  let missing = missingOf(values);
  if (missing.length === 0) return { values, ages: undefined };
  const filled = values.slice();
  const ages = new Uint8Array(values.length);
  for (let back = 1; back <= periodsMax && missing.length > 0; back++) {
    const older = before(back);
    for (const i of missing) {
      if (Number.isNaN(older[i] as number)) continue;
      filled[i] = older[i] as number;
      ages[i] = back;
    }
    missing = missingOf(filled);
  }
  return { values: filled, ages: ages.some((age) => age > 0) ? ages : undefined };
}

function withMedian(values: Float64Array): { values: Float64Array; imputed: number[] } {
  const imputed = missingOf(values);
  const median = quantileOf(values.filter((value) => !Number.isNaN(value)).sort(), 0.5);
  if (imputed.length === 0 || Number.isNaN(median)) return { values, imputed: [] };
  return { values: values.map((value) => (Number.isNaN(value) ? median : value)), imputed };
}

function missingOf(values: Float64Array): number[] {
  const missing: number[] = [];
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i] as number)) missing.push(i);
  return missing;
}
