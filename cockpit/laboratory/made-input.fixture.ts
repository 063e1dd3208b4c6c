// Values for the laboratory's tests and screenshots: the product's own definition over made-up regions.

import { createRandom } from '../../core/random.ts';
import { text } from '../../core/text.ts';
import type { Goal } from '../../models/composite/efficacy.ts';
import { goalOf } from '../../models/composite/index-plan.ts';
import { loadDefinition } from '../../models/composite/load-definition.ts';
import type { LabInput } from './lab-model.ts';

const FILE = new URL('../../models/social-order/definition.yaml', import.meta.url).pathname;

/** As many regions and months as asked for; the same seed gives the same values. */
export function madeInput(
  regions: LabInput['regions'] | number,
  months = 3,
  seed = 'laboratory',
): LabInput {
  const { definition, version } = loadDefinition(FILE);
  const named =
    typeof regions === 'number'
      ? Array.from({ length: regions }, (_, i) => ({
          code: String(100_000 + i),
          name: text(`第 ${i + 1} 县`, `County ${i + 1}`),
        }))
      : regions;
  const goals: Record<string, Goal> = {};
  const values: Record<string, Float64Array[]> = {};
  for (const [name, indicator] of Object.entries(definition.indicators)) {
    const random = createRandom(`${seed} ${name}`);
    const goal =
      goalOf(indicator) ??
      (indicator.direction === 'positive'
        ? ({ kind: 'between', satisfactory: 40, notAllowed: 10 } as const)
        : ({ kind: 'between', satisfactory: 4, notAllowed: 24 } as const));
    goals[name] = goal;
    const [bad, good] =
      goal.kind === 'between'
        ? [goal.notAllowed, goal.satisfactory]
        : [goal.low, (goal.from + goal.to) / 2];
    const level = named.map(() => 0.2 + 0.75 * random.next());
    values[name] = Array.from({ length: months }, () =>
      Float64Array.from(level, (share) => {
        const drawn = share + 0.12 * random.normal();
        // One in a hundred was not reported.
        return random.chance(0.01) ? Number.NaN : Math.max(0, bad + drawn * (good - bad));
      }),
    );
  }
  const weights = Object.fromEntries(
    Object.entries(definition.nodes).map(([name, { parts }]) => [
      name,
      parts.map(({ weight = 0 }) => weight),
    ]),
  );
  const periods = Array.from(
    { length: months },
    (_, i) => `2026-${String(11 - months + i).padStart(2, '0')}`,
  );
  const reference = { id: 'made', from: '2025-01', until: '2025-12', goals, weights };
  return { definition, version, reference, regions: named, periods, values, goals, weights };
}
