// From the answers of the server to columns one can compute with.

import type { CellsAnswer, DefinitionsAnswer } from '../../app/api/indices.ts';
import { planIndex } from '../../models/composite/index-plan.ts';
import type { LabInput } from './lab-model.ts';

export type IndexEntry = DefinitionsAnswer['definitions'][number];

/** Throws UserError `bad-configuration` when the definition needs a reference that is not frozen yet. */
export function inputOf(
  { definition, version, reference }: IndexEntry,
  cells: CellsAnswer,
): LabInput {
  const plan = planIndex({ definition, version }, reference ?? undefined);
  const { periods, regions, columns } = cells;
  const slices = (column: readonly (number | null)[]) =>
    periods.map((_, period) =>
      Float64Array.from(regions, (_region, i) => column[period * regions.length + i] ?? Number.NaN),
    );
  return {
    definition,
    version,
    reference: reference ?? undefined,
    periods,
    regions,
    values: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, slices(column)]),
    ),
    goals: Object.fromEntries(
      plan.indicators.flatMap(({ name, goal }) => (goal ? [[name, goal] as const] : [])),
    ),
    weights: Object.fromEntries(
      plan.nodes.map(({ name, parts }) => [
        name,
        (definition.nodes[name]?.parts ?? []).map(
          ({ of }) => parts.find((part) => part.of === of)?.weight ?? 0,
        ),
      ]),
    ),
  };
}
