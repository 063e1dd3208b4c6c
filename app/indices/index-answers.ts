// Computed indices as the API gives them.

import * as arrow from 'apache-arrow';
import { regionName, regionCode } from '../../core/region.ts';
import { contributionsOf } from '../../models/composite/aggregate.ts';
import { ranksOf } from '../../models/composite/evaluate-period.ts';
import { goalOf, type Reference } from '../../models/composite/index-plan.ts';
import { indicatorsBelow } from '../../models/composite/receipt.ts';
import { referenceSchema } from '../../models/composite/reference.ts';
import type { VersionedDefinition } from '../../models/composite/load-definition.ts';
import type { CellsAnswer, DefinitionsAnswer, ResultsAnswer } from '../api/indices.ts';
import { stepOf, type ComputedIndex } from './index-service.ts';
import { monthName, type MonthNumber } from './months.ts';
import type { FrozenFigures } from './publications.ts';

export function definitionAnswer(
  { definition, version }: VersionedDefinition,
  index: ComputedIndex | undefined,
): DefinitionsAnswer['definitions'][number] {
  const planned = index?.plan.nodes ?? [];
  const partsOf = (node: string) =>
    planned.find(({ name }) => name === node)?.parts ??
    (definition.nodes[node]?.parts ?? []).map(({ of, weight = 0 }) => ({ of, weight }));
  const reference: Reference | undefined = index?.plan.reference;
  const nodes = Object.keys(definition.nodes);
  const weightIn = new Map(
    nodes.flatMap((node) => partsOf(node).map(({ of, weight }) => [of, weight])),
  );
  return {
    id: definition.id,
    version,
    title: definition.title,
    meaning: definition.meaning,
    families: nodes
      .filter((node) => node !== definition.top)
      .map((node) => ({
        id: node,
        title: definition.nodes[node]?.title ?? { zh: node, en: node },
        weight: weightIn.get(node) ?? 0,
        aggregation: definition.nodes[node]?.aggregation ?? definition.aggregation,
      })),
    indicators: nodes.flatMap((family) =>
      partsOf(family).flatMap(({ of: code, weight }) => {
        const indicator = definition.indicators[code];
        if (!indicator) return [];
        const { title, unit, direction, points = definition.points } = indicator;
        const goal = reference?.goals[code] ?? goalOf(indicator) ?? null;
        return [{ code, title, unit, family, direction, weight, goal, efficacy: points.kind }];
      }),
    ),
    aggregation: definition.aggregation,
    efficacy: definition.points.kind,
    definition,
    reference: reference ? referenceSchema.parse(reference) : null,
    periods: index
      ? { first: monthName(index.input.first), last: monthName(index.input.last) }
      : null,
    isSynthetic: index?.isSynthetic ?? false,
  };
}

type CellsAsked = { from: MonthNumber; to: MonthNumber; of: 'values' | 'columns' };

/** Columns over all months and regions, month after month. */
function cellColumns(index: ComputedIndex, { from, to, of }: CellsAsked) {
  const regions = index.input.regions.length;
  const months = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  const { definition } = index.versioned;
  const names = Object.keys(of === 'values' ? definition.indicators : definition.columns);
  const columns = new Map(names.map((name) => [name, new Float64Array(months.length * regions)]));
  for (const [at, month] of months.entries()) {
    for (const [name, column] of columns) {
      const values =
        of === 'values'
          ? index.resultOf(month).indicators.get(name)?.values
          : index.input.columnsOf(month).columns[name];
      if (values) column.set(values, at * regions);
      else column.fill(Number.NaN, at * regions, (at + 1) * regions);
    }
  }
  return { months, columns };
}

export function cellsAnswer(index: ComputedIndex, asked: CellsAsked): CellsAnswer {
  const { months, columns } = cellColumns(index, asked);
  return {
    id: index.versioned.definition.id,
    version: index.plan.version,
    of: asked.of,
    periods: months.map(monthName),
    regions: index.input.regions.map((code) => ({
      code: regionCode(String(code)),
      name: regionName(String(code)),
    })),
    columns: Object.fromEntries(
      [...columns].map(([name, values]) => [name, Array.from(values, orNull)]),
    ),
  };
}

/** The same as an Arrow stream: `period` as 202601, `region`, and a column of doubles for each name. */
export function cellsAsArrow(index: ComputedIndex, asked: CellsAsked): Uint8Array {
  const { months, columns } = cellColumns(index, asked);
  const { regions } = index.input;
  const period = new Uint32Array(months.length * regions.length);
  const region = new Uint32Array(period.length);
  for (const [at, month] of months.entries()) {
    const written = Math.floor(month / 12) * 100 + (month % 12) + 1;
    period.fill(written, at * regions.length, (at + 1) * regions.length);
    region.set(regions, at * regions.length);
  }
  const vectors: Record<string, arrow.Vector> = {
    period: arrow.makeVector(period),
    region: arrow.makeVector(region),
  };
  for (const [name, values] of columns) vectors[name] = arrow.makeVector(values);
  return arrow.tableToIPC(new arrow.Table(vectors), 'stream');
}

/** The regions of a month, with published figures where there are some. */
export function regionResults(
  index: ComputedIndex,
  month: MonthNumber,
  published: FrozenFigures | undefined,
): ResultsAnswer['regions'] {
  const { plan, input, versioned } = index;
  const { top, grading } = versioned.definition;
  const result = index.resultOf(month);
  const { ranks } = index.uncertaintyOf(month);
  const ranksBy = new Map([...result.nodes].map(([node, figures]) => [node, ranksOf(figures)]));
  const touched = new Map(
    [...result.indicators].map(([code, one]) => [
      code,
      new Map(one.touched.map(({ index: at, was }) => [at, was])),
    ]),
  );
  return input.regions.map((code, place) => {
    const region = regionCode(String(code));
    const frozen = published?.figures[region];
    const figureOf = (name: string) =>
      result.nodes.get(name)?.[place] ?? result.indicators.get(name)?.scores[place] ?? Number.NaN;
    const shares = new Map<string, number>();
    for (const { aggregation, parts } of plan.nodes) {
      const found = contributionsOf(aggregation, {
        scores: parts.map(({ of }) => figureOf(of)),
        weights: parts.map(({ weight }) => weight),
      });
      for (const [i, { of }] of parts.entries()) shares.set(of, found[i] as number);
    }
    const so = index.gradesOf(place)[month - input.first];
    const band = grading.bands.find(({ id }) => id === so?.grade);
    const step = stepOf(index, so?.worstPeriods ?? 0);
    return {
      region,
      name: regionName(region),
      index: frozen ? (frozen[top] ?? null) : orNull(figureOf(top)),
      computed: orNull(figureOf(top)),
      published: frozen?.[top] ?? null,
      grade: band ? { id: band.id, name: band.name, colour: band.colour } : null,
      worstPeriods: so?.worstPeriods ?? 0,
      escalation: step ?? null,
      rank: {
        rank: ranks.rank[place] ?? 0,
        low: ranks.low[place] ?? 0,
        median: ranks.median[place] ?? 0,
        high: ranks.high[place] ?? 0,
      },
      nodes: Object.fromEntries(
        plan.nodes.map(({ name }) => [
          name,
          {
            figure: frozen ? (frozen[name] ?? null) : orNull(figureOf(name)),
            rank: ranksBy.get(name)?.[place] ?? 0,
            contribution: orNull(shares.get(name)),
          },
        ]),
      ),
      indicators: Object.fromEntries(
        [...result.indicators].map(([name, { values, scores, ages, imputed }]) => [
          name,
          {
            value: orNull(values[place]),
            score: orNull(scores[place]),
            contribution: Number.isNaN(scores[place]) ? null : orNull(shares.get(name)),
            age: ages?.[place] ?? 0,
            imputed: imputed.includes(place),
            treatedFrom: touched.get(name)?.get(place) ?? null,
          },
        ]),
      ),
    };
  });
}

export const columnsBelow = ({ plan, versioned }: ComputedIndex, node: string): string[] => {
  const { indicators } = versioned.definition;
  const walk = (name: string): string[] => {
    const value = indicators[name]?.value;
    return value ? [value.of, ...(value.over ? [value.over] : [])].flatMap(walk) : [name];
  };
  return [...new Set(indicatorsBelow(plan, node).flatMap(walk))];
};

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
