// A variant as a definition file, which the warehouse computes like any other, and what is read back from one.
// A file may come from anywhere: what is wrong with it is said with its place, and nothing of it is taken over.

import { stringify } from 'yaml';
import { UserError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';
import { parseYaml } from '../../core/yaml-file.ts';
import { mistakesIn } from '../../models/composite/check-definition.ts';
import { definitionSchema, type Definition } from '../../models/composite/definition.ts';
import type { Goal } from '../../models/composite/efficacy.ts';
import { planIndex, type IndexPlan } from '../../models/composite/index-plan.ts';
import { sharesOf, type LabInput, type Variant } from './lab-model.ts';

/**
 * The definition with the variant in the place of its own parameters. Ends and weights that were taken from the
 * peers of a reference year stand in it as figures, so that it needs no reference.
 */
export function definitionOf(
  { definition, version }: Pick<LabInput, 'definition' | 'version'>,
  variant: Variant,
): Definition {
  return {
    ...definition,
    number: definition.number + 1,
    source: `试算方案，依据 ${definition.id} ${version}，未经核定。${definition.source}`,
    aggregation: variant.aggregation,
    points: variant.points as Definition['points'],
    indicators: mapped(definition.indicators, (indicator, name) => {
      const goal = variant.goals[name];
      return goal ? { ...indicator, goal: writtenGoal(goal) } : indicator;
    }),
    nodes: mapped(definition.nodes, ({ title, aggregation, parts }, name) => {
      const shares = sharesOf(variant.weights[name] ?? []);
      return {
        title,
        ...(aggregation && { aggregation }),
        parts: parts.map(({ of }, i) => ({ of, weight: shares[i] ?? 0 })),
      };
    }),
    grading: {
      ...definition.grading,
      bands: definition.grading.bands.map((band, i) => ({
        ...band,
        from: band.from === null ? null : (variant.bounds[i] ?? band.from),
      })),
    },
  };
}

export const writeDefinition = (input: LabInput, variant: Variant): string =>
  `# 指数实验室导出的试算方案，依据 ${input.definition.id} ${input.version}。未经核定，不得作为正式定义使用。
# A variant tried in the index laboratory. Nobody has approved it.
# npm run plumbline -- index recompute --definition <this file> --input incidents.parquet --measures measures.csv
${stringify(definitionOf(input, variant), { lineWidth: 110 })}`;

export type DefinitionRead =
  | {
      readonly kind: 'read';
      readonly plan: IndexPlan;
      /** Set when only parameters differ, which can be moved on from here. */
      readonly variant: Variant | undefined;
    }
  | { readonly kind: 'refused'; readonly says: Text; readonly mistakes: readonly string[] };

/** Reads a definition file; `name` is the file's, which mistakes are told with. */
export function readDefinition(input: LabInput, name: string, content: string): DefinitionRead {
  const mistakes: string[] = [];
  const file = parseYaml(name, content, definitionSchema, mistakes);
  if (file) mistakes.push(...mistakesIn(file));
  if (!file || mistakes.length > 0) {
    return {
      kind: 'refused',
      says: text('指数定义文件有误', 'The definition has mistakes'),
      mistakes,
    };
  }
  const definition = file.value;
  const unknown = Object.keys(definition.columns).filter(
    (column) => !(column in input.definition.columns),
  );
  if (unknown.length > 0) {
    return {
      kind: 'refused',
      says: text(
        '该定义用到这里没有的数据，无法对比',
        'The definition counts what is not counted here; it cannot be compared',
      ),
      mistakes: unknown,
    };
  }
  try {
    const plan = planIndex({ definition, version: `${definition.number}` }, input.reference);
    return { kind: 'read', plan, variant: fits(input, plan) ? variantIn(plan) : undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'refused', says: error.says, mistakes: error.detail ? [error.detail] : [] };
  }
}

const variantIn = ({ definition, indicators, nodes }: IndexPlan): Variant => ({
  aggregation: definition.aggregation,
  points: definition.points,
  weights: Object.fromEntries(
    nodes.map(({ name, parts }) => [name, parts.map(({ weight }) => weight)]),
  ),
  goals: Object.fromEntries(
    indicators.flatMap(({ name, goal }) => (goal ? [[name, goal] as const] : [])),
  ),
  bounds: definition.grading.bands.flatMap(({ from }) => (from === null ? [] : [from])),
});

/** True when nothing but parameters of a variant differs. */
function fits(input: LabInput, plan: IndexPlan): boolean {
  const shape = ({ definition }: Pick<LabInput, 'definition'>, goals: readonly string[]) =>
    JSON.stringify([
      definition.id,
      definition.clamp,
      definition.missingShareMax,
      definition.top,
      [...goals].sort(),
      inOrder(definition.indicators).map(([name, one]) => [
        name,
        one.direction,
        one.value,
        one.points,
        one.treatment,
        one.missing,
        one.smoothing,
      ]),
      inOrder(definition.nodes).map(([name, { aggregation, parts }]) => [
        name,
        aggregation,
        parts.map(({ of }) => of),
      ]),
      definition.grading.bands.map(({ id }) => id),
    ]);
  const goals = plan.indicators.flatMap(({ name, goal }) => (goal ? [name] : []));
  return shape(input, Object.keys(input.goals)) === shape(plan, goals);
}

const writtenGoal = (goal: Goal): Definition['indicators'][string]['goal'] =>
  goal.kind === 'between'
    ? { satisfactory: goal.satisfactory, notAllowed: goal.notAllowed }
    : { best: [goal.from, goal.to], low: goal.low, high: goal.high };

const inOrder = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

const mapped = <Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
