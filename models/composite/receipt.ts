// The receipt of a figure: everything it was made of, so that whoever holds it can compute the figure again
// with nothing else at hand, and see that neither method nor input was exchanged.

import { z } from 'zod';
import { canonicalJson, contentHash } from '../../core/ids.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { definitionSchema, type Definition, type IndicatorDefinition } from './definition.ts';
import { evaluatePeriod } from './evaluate-period.ts';
import { planIndex, type IndexPlan } from './index-plan.ts';
import type { PeriodColumns } from './indicator-values.ts';
import { versionOf } from './load-definition.ts';
import { referenceSchema } from './reference.ts';

export const RECEIPT_FORMAT = 'plumbline-index-receipt-1';

/** How far a figure computed again may be from the one of the receipt, in points or units of the indicator. */
export const RECEIPT_TOLERANCE = 1e-9;

const known = z.number().nullable();

const inputSchema = z.strictObject({
  regions: z.array(regionCodeSchema),
  /** By column: the period itself and those before it, each with a value per region. */
  columns: z.record(z.string(), z.array(z.array(known))),
});

export const receiptSchema = z.strictObject({
  format: z.literal(RECEIPT_FORMAT),
  /** `index/period/region/node`. */
  figure: z.string(),
  index: z.string(),
  version: z.string(),
  period: z.string(),
  region: regionCodeSchema,
  node: z.string(),
  /** A node's figure, or an indicator's points. */
  value: known,
  /** The indicator before scoring; null for a node. */
  indicatorValue: known,
  /** How it comes about, step by step, with its numbers. */
  formula: z.array(z.string()),
  /** Of the parts of the node; empty for an indicator. */
  weights: z.array(z.strictObject({ of: z.string(), weight: z.number() })),
  inputHash: z.string(),
  sql: z.array(z.string()),
  definition: definitionSchema,
  reference: referenceSchema.nullable(),
  input: inputSchema,
});

export type Receipt = z.infer<typeof receiptSchema>;

export type FigureName = {
  readonly index: string;
  readonly period: string;
  readonly region: string;
  readonly node: string;
};

export const figureId = ({ index, period, region, node }: FigureName): string =>
  [index, period, region, node].join('/');

/** Undefined for what is no id of a figure. */
export function readFigureId(id: string): FigureName | undefined {
  const [index, period, region, node, ...more] = id.split('/');
  return index && period && region && node && more.length === 0
    ? { index, period, region, node }
    : undefined;
}

/** The receipt of one figure of the period `history[0]`; undefined for an unknown region or node. */
export function makeReceipt(
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  { name, regions, sql }: { name: FigureName; regions: readonly string[]; sql: readonly string[] },
): Receipt | undefined {
  const at = regions.indexOf(name.region);
  const indicators = indicatorsBelow(plan, name.node);
  if (at === -1 || indicators.length === 0) return undefined;
  const input = snapshotOf(plan, history, { indicators, regions });
  const result = evaluatePeriod(plan, history);
  const own = result.indicators.get(name.node);
  const figures = result.nodes.get(name.node) ?? own?.scores;
  const node = plan.nodes.find((one) => one.name === name.node);
  return receiptSchema.parse({
    format: RECEIPT_FORMAT,
    figure: figureId(name),
    ...name,
    version: plan.version,
    value: orNull(figures?.[at]),
    indicatorValue: orNull(own?.values[at]),
    formula: formulaOf(plan, result, { node: name.node, at }),
    weights: node?.parts ?? [],
    inputHash: inputHashOf(input),
    sql,
    definition: plan.definition,
    reference: plan.reference ?? null,
    input,
  });
}

export type ReceiptMistake =
  | { readonly code: 'figure-id' | 'input-hash' | 'version' | 'weights' | 'unknown-figure' }
  | { readonly code: 'value'; readonly is: number | null; readonly says: number | null };

/** Computes the figure again from the receipt alone; empty when everything follows. */
export function verifyReceipt(receipt: Receipt): ReceiptMistake[] {
  const { definition, reference, input, node, region } = receipt;
  const mistakes: ReceiptMistake[] = [];
  if (figureId(receipt) !== receipt.figure || definition.id !== receipt.index)
    mistakes.push({ code: 'figure-id' });
  if (inputHashOf(input) !== receipt.inputHash) mistakes.push({ code: 'input-hash' });
  if (versionOf(definition) !== receipt.version) mistakes.push({ code: 'version' });
  const plan = planIndex({ definition, version: receipt.version }, reference ?? undefined);
  const at = input.regions.indexOf(region);
  const result = evaluatePeriod(plan, historyOf(input));
  const own = result.indicators.get(node);
  const figures = result.nodes.get(node) ?? own?.scores;
  if (at === -1 || !figures) return [...mistakes, { code: 'unknown-figure' }];
  const parts = plan.nodes.find((one) => one.name === node)?.parts ?? [];
  if (canonicalJson(parts) !== canonicalJson(receipt.weights)) mistakes.push({ code: 'weights' });
  for (const [is, says] of [
    [orNull(figures[at]), receipt.value],
    [orNull(own?.values[at]), receipt.indicatorValue],
  ] as const) {
    const isSame =
      is === null || says === null ? is === says : Math.abs(is - says) <= RECEIPT_TOLERANCE;
    if (!isSame) mistakes.push({ code: 'value', is, says });
  }
  return mistakes;
}

/** Everything a period's figures are made of, as a receipt of the top holds it. */
export const periodInput = (
  plan: IndexPlan,
  history: readonly PeriodColumns[],
  regions: readonly string[],
): Receipt['input'] =>
  snapshotOf(plan, history, { indicators: plan.indicators.map(({ name }) => name), regions });

export const inputHashOf = (input: Receipt['input']): string => contentHash(canonicalJson(input));

/** The periods of a snapshot as evaluatePeriod takes them. */
export function historyOf({ regions, columns }: Receipt['input']): PeriodColumns[] {
  const periods = Math.max(1, ...Object.values(columns).map((list) => list.length));
  return Array.from({ length: periods }, (_, back) => ({
    regions: regions.length,
    columns: Object.fromEntries(
      Object.entries(columns).flatMap(([name, list]) => {
        const values = list[back];
        return values ? [[name, Float64Array.from(values, (value) => value ?? Number.NaN)]] : [];
      }),
    ),
  }));
}

function snapshotOf(
  { definition }: IndexPlan,
  history: readonly PeriodColumns[],
  { indicators, regions }: { indicators: readonly string[]; regions: readonly string[] },
): Receipt['input'] {
  const needed = new Map<string, number>();
  const need = (name: string, periods: number): void => {
    const indicator = definition.indicators[name];
    if (!indicator) {
      needed.set(name, Math.max(needed.get(name) ?? 0, periods));
      return;
    }
    const reach = periods + lookbackOf(indicator);
    for (const below of [indicator.value.of, indicator.value.over]) if (below) need(below, reach);
  };
  for (const name of indicators) need(name, 1);
  const columns = [...needed].sort().map(([name, periods]) => [
    name,
    history.slice(0, periods).map((period) =>
      // A period before the data is unknown in whole.
      Array.from({ length: regions.length }, (_, i) => orNull(period.columns[name]?.[i])),
    ),
  ]);
  return inputSchema.parse({ regions: [...regions], columns: Object.fromEntries(columns) });
}

function lookbackOf({ missing, smoothing }: IndicatorDefinition): number {
  const carried = missing.rule === 'carry' ? missing.periodsMax : 0;
  return carried + (smoothing.kind === 'rolling' ? smoothing.periods - 1 : 0);
}

/** Codes of the indicators a node rests on; those an indicator is made of are found through it. */
export function indicatorsBelow(plan: IndexPlan, name: string): string[] {
  if (plan.indicators.some((one) => one.name === name)) return [name];
  const node = plan.nodes.find((one) => one.name === name);
  return node ? [...new Set(node.parts.flatMap(({ of }) => indicatorsBelow(plan, of)))] : [];
}

const SIGNS = {
  arithmetic: 'Σ w·x / Σ w',
  geometric: 'exp(Σ w·ln x / Σ w)',
  harmonic: 'Σ w / Σ(w/x)',
};

function formulaOf(
  plan: IndexPlan,
  result: ReturnType<typeof evaluatePeriod>,
  { node, at }: { node: string; at: number },
): string[] {
  const shown = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? '–' : String(value);
  const planned = plan.nodes.find(({ name }) => name === node);
  if (planned) {
    const own = `${node} = ${SIGNS[planned.aggregation]} = ${shown(result.nodes.get(node)?.[at])}`;
    const parts = planned.parts.map(({ of, weight }) => {
      const figure = result.nodes.get(of)?.[at] ?? result.indicators.get(of)?.scores[at];
      return `  ${of}: w = ${weight}, x = ${shown(figure)}`;
    });
    return [
      own,
      ...parts,
      ...planned.parts.flatMap(({ of }) => formulaOf(plan, result, { node: of, at })),
    ];
  }
  const found = result.indicators.get(node);
  const indicator = plan.definition.indicators[node] as Definition['indicators'][string];
  const { of, over, per } = indicator.value;
  const quotient = over === undefined ? of : `${of} / ${over} × ${per}`;
  const goal = found?.goal ? JSON.stringify(found.goal) : '–';
  const points = indicator.points ?? plan.definition.points;
  return [
    `${node}: ${quotient} = ${shown(found?.values[at])}; ${points.kind}, ${goal}; d = ${shown(found?.scores[at])}`,
  ];
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
