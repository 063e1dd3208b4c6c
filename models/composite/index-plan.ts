// A definition made ready to run: what is computed in which order, by which goals and weights.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { Aggregation } from './aggregate.ts';
import type { Definition, IndicatorDefinition } from './definition.ts';
import type { EfficacyFunction, Goal } from './efficacy.ts';
import type { VersionedDefinition } from './load-definition.ts';
import { linearCombination, pairwiseWeights, productCombination } from './weights.ts';

/** What is taken from the peers of a reference year once, and holds until it is frozen anew. */
export type Reference = {
  /** Hash of what it was made from; results carry it. */
  readonly id: string;
  /** The periods it was made from, first and last, as `2026-01`. */
  readonly from: string;
  readonly until: string;
  readonly goals: Readonly<Record<string, Goal>>;
  /** Weights of the data by node, in the order of its parts. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
};

export type PlannedIndicator = {
  readonly name: string;
  readonly definition: IndicatorDefinition;
  readonly points: EfficacyFunction;
  /** Undefined when the peers of each period set it. */
  readonly goal: Goal | undefined;
};

export type PlannedNode = {
  readonly name: string;
  readonly aggregation: Aggregation;
  /** Indicators and nodes, with weights that sum to one. */
  readonly parts: readonly { readonly of: string; readonly weight: number }[];
};

export type IndexPlan = {
  readonly version: string;
  readonly definition: Definition;
  readonly reference: Reference | undefined;
  /** Each after those its value is made of. */
  readonly indicators: readonly PlannedIndicator[];
  /** Each after its parts; the last one is the index. */
  readonly nodes: readonly PlannedNode[];
  /** Periods before the one asked for that can enter it. */
  readonly lookback: number;
};

/** True when something of the definition is taken from a frozen reference. */
export const needsReference = (definition: Definition): boolean =>
  Object.values(definition.indicators).some(isFrozen) ||
  Object.values(definition.nodes).some(
    ({ weighting }) => weighting !== undefined && weighting.kind !== 'pairwise',
  );

export const isFrozen = ({ goal }: IndicatorDefinition): boolean =>
  'peers' in goal && goal.peers.reference === 'frozen';

/** Throws UserError `bad-configuration` when a reference is needed and none is given, or it lacks a part. */
export function planIndex(
  { definition, version }: VersionedDefinition,
  reference?: Reference,
): IndexPlan {
  if (needsReference(definition) && !reference) throw noReference('reference');
  const indicators = inOrder(Object.keys(definition.indicators), (name) => {
    const { value } = definition.indicators[name] as IndicatorDefinition;
    return [value.of, value.over].filter((one): one is string => !!one);
  }).map((name) => plannedIndicator(definition, name, reference));
  const nodes = inOrder(Object.keys(definition.nodes), (name) =>
    (definition.nodes[name]?.parts ?? []).map(({ of }) => of),
  ).map((name) => plannedNode(definition, name, reference));
  return {
    version,
    definition,
    reference,
    indicators,
    nodes: [
      ...nodes.filter(({ name }) => name !== definition.top),
      ...nodes.filter(({ name }) => name === definition.top),
    ],
    lookback: lookbackOf(definition),
  };
}

function plannedIndicator(
  { indicators, points }: Definition,
  name: string,
  reference: Reference | undefined,
): PlannedIndicator {
  const definition = indicators[name] as IndicatorDefinition;
  const frozen = isFrozen(definition) ? reference?.goals[name] : undefined;
  if (isFrozen(definition) && !frozen) throw noReference(name);
  return {
    name,
    definition,
    points: definition.points ?? points,
    goal: frozen ?? goalOf(definition),
  };
}

/** The goal as the definition gives it; undefined for peers. */
export function goalOf({ goal }: IndicatorDefinition): Goal | undefined {
  if ('peers' in goal) return undefined;
  if ('best' in goal) {
    const [from, to] = goal.best;
    return { kind: 'interval', from, to, low: goal.low, high: goal.high };
  }
  return { kind: 'between', ...goal };
}

function plannedNode(
  definition: Definition,
  name: string,
  reference: Reference | undefined,
): PlannedNode {
  const { parts, aggregation = definition.aggregation } = definition.nodes[
    name
  ] as Definition['nodes'][string];
  const weights = weightsOf(definition, name, reference);
  return {
    name,
    aggregation,
    parts: parts.map(({ of }, i) => ({ of, weight: weights[i] as number })),
  };
}

function weightsOf(
  { nodes }: Definition,
  name: string,
  reference: Reference | undefined,
): readonly number[] {
  const { parts, weighting } = nodes[name] as Definition['nodes'][string];
  const own = () => parts.map(({ weight = 0 }) => weight);
  if (!weighting) return own();
  if (weighting.kind === 'pairwise') return pairwiseWeights(weighting.matrix).weights;
  const data = reference?.weights[name];
  if (data?.length !== parts.length) throw noReference(name);
  if (weighting.kind !== 'combined') return data;
  const given = weighting.matrix ? pairwiseWeights(weighting.matrix).weights : own();
  return weighting.how === 'product'
    ? productCombination(given, data)
    : linearCombination(given, data, weighting.alpha);
}

/** Periods before one that can enter it. */
export const lookbackOf = ({ indicators }: Definition): number =>
  Math.max(0, ...Object.values(indicators).map(ownLookback));

function ownLookback({ missing, smoothing }: IndicatorDefinition): number {
  const carried = missing.rule === 'carry' ? missing.periodsMax : 0;
  return carried + (smoothing.kind === 'rolling' ? smoothing.periods - 1 : 0);
}

/** Names after what they need; the definition was checked to have no circles. */
function inOrder(names: readonly string[], needs: (name: string) => readonly string[]): string[] {
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name)) return;
    for (const need of needs(name)) if (names.includes(need)) visit(need);
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}

const noReference = (what: string) =>
  new UserError(
    'bad-configuration',
    text('该定义需要冻结的参照组', 'the definition needs a frozen reference'),
    {
      detail: what,
      hint: text(
        '先用 index freeze 由一个参照年度冻结满意值、不允许值和数据权重',
        'Freeze ends and weights from a reference year first, with index freeze.',
      ),
    },
  );
