// A reference year frozen: the ends of goals that go by peers, and weights that come from the data. Frozen,
// figures of different months can be compared; taken anew, every figure says which reference it went by.

import { canonicalJson, contentHash } from '../../core/ids.ts';
import type { Definition } from './definition.ts';
import { clampPoints, efficacyOf, type Goal } from './efficacy.ts';
import { peerGoal } from './evaluate-period.ts';
import { goalOf, isFrozen, planIndex, type Reference } from './index-plan.ts';
import { indicatorValues, type PeriodColumns } from './indicator-values.ts';
import type { VersionedDefinition } from './load-definition.ts';
import { normalise } from './normalise.ts';
import { criticWeights, entropyWeights } from './weights.ts';

/**
 * The reference of the periods given, oldest first, of which the first `lead` only serve to look back. Values
 * of all regions and periods are peers alike.
 */
export function freezeReference(
  versioned: VersionedDefinition,
  periods: readonly { readonly name: string; readonly columns: PeriodColumns }[],
  lead = 0,
): Reference {
  const { definition } = versioned;
  const pooled = pooledValues(versioned, periods, lead);
  const goals: Record<string, Goal> = {};
  for (const [name, indicator] of Object.entries(definition.indicators)) {
    const goal = isFrozen(indicator)
      ? peerGoal(indicator, pooled.get(name) as Float64Array)
      : undefined;
    if (goal) goals[name] = goal;
  }
  const weights = dataWeights(definition, pooled, goals);
  const [from, until] = [periods[lead]?.name ?? '', periods.at(-1)?.name ?? ''];
  const body = { definition: versioned.version, from, until, goals, weights };
  return { id: contentHash(canonicalJson(body)).slice(0, 12), from, until, goals, weights };
}

/** Values of each indicator over all regions and periods of the reference, end to end. */
function pooledValues(
  versioned: VersionedDefinition,
  periods: readonly { readonly columns: PeriodColumns }[],
  lead: number,
): Map<string, Float64Array> {
  // Values do not depend on goals: a reference without any is enough to work them out.
  const plan = planIndex(valuesOnly(versioned));
  const pooled = new Map<string, number[]>();
  for (let at = lead; at < periods.length; at++) {
    const history = periods
      .slice(0, at + 1)
      .map(({ columns }) => columns)
      .toReversed();
    for (const [name, { values }] of indicatorValues(plan, history)) {
      const all = pooled.get(name) ?? [];
      for (const value of values) all.push(value);
      pooled.set(name, all);
    }
  }
  return new Map([...pooled].map(([name, values]) => [name, Float64Array.from(values)]));
}

/** The definition with every goal and weight that would need a reference taken out. */
function valuesOnly({ definition, version }: VersionedDefinition): VersionedDefinition {
  const goal = { satisfactory: 1, notAllowed: 0 };
  const indicators = Object.fromEntries(
    Object.entries(definition.indicators).map(([name, one]) => [name, { ...one, goal }]),
  );
  const nodes = Object.fromEntries(
    Object.entries(definition.nodes).map(([name, node]) => [
      name,
      { ...node, weighting: undefined },
    ]),
  );
  return { version, definition: { ...definition, indicators, nodes } };
}

/** Entropy or CRITIC weights of nodes that ask for them, from the scores of the reference. */
function dataWeights(
  definition: Definition,
  pooled: ReadonlyMap<string, Float64Array>,
  goals: Readonly<Record<string, Goal>>,
): Record<string, number[]> {
  const weights: Record<string, number[]> = {};
  for (const [name, { parts, weighting }] of Object.entries(definition.nodes)) {
    if (!weighting || weighting.kind === 'pairwise') continue;
    const method = weighting.kind === 'combined' ? weighting.data : weighting.kind;
    const columns = parts.map(({ of }) =>
      normalise(
        { kind: 'min-max', from: 0, to: 1 },
        scoresOf(definition, of, pooled, goals),
        'positive',
      ),
    );
    const rows = Array.from(columns[0]?.keys() ?? [], (i) =>
      columns.map((column) => column[i] as number),
    ).filter((row) => !row.some(Number.isNaN));
    weights[name] = method === 'entropy' ? entropyWeights(rows).weights : criticWeights(rows);
  }
  return weights;
}

function scoresOf(
  definition: Definition,
  name: string,
  pooled: ReadonlyMap<string, Float64Array>,
  goals: Readonly<Record<string, Goal>>,
): Float64Array {
  const indicator = definition.indicators[name] as Definition['indicators'][string];
  const values = pooled.get(name) as Float64Array;
  const goal = goals[name] ?? goalOf(indicator) ?? peerGoal(indicator, values);
  if (!goal) return values;
  const points = efficacyOf(indicator.points ?? definition.points, goal);
  return values.map((value) => clampPoints(definition.clamp, points(value)));
}
