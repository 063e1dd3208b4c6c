// What a variant cannot be computed or kept with, said beside the field it is about. The definition's own check
// stands behind it when a file is written; this one speaks both languages and knows the fields of the page.

import { text, type Text } from '../../core/text.ts';
import type { Definition, IndicatorDefinition } from '../../models/composite/definition.ts';
import type { Goal } from '../../models/composite/efficacy.ts';
import type { Variant } from './lab-model.ts';

export type VariantMistake = {
  /** `weights/node`, `goals/CODE` or `bounds`. */
  readonly place: string;
  readonly says: Text;
};

export function variantMistakes(definition: Definition, variant: Variant): VariantMistake[] {
  const mistakes: VariantMistake[] = [];
  for (const [node, weights] of Object.entries(variant.weights)) {
    if (weights.length > 0 && weights.every((weight) => weight === 0)) {
      mistakes.push({
        place: `weights/${node}`,
        says: text('权重不能全部为零', 'Not all weights may be zero'),
      });
    }
  }
  for (const [name, goal] of Object.entries(variant.goals)) {
    const indicator = definition.indicators[name];
    const says = indicator && goalMistake(indicator, goal, variant);
    if (says) mistakes.push({ place: `goals/${name}`, says });
  }
  if (variant.bounds.some((bound, i) => i > 0 && bound >= (variant.bounds[i - 1] as number))) {
    mistakes.push({
      place: 'bounds',
      says: text('分级界限须由高到低', 'Bounds of grades go from high to low'),
    });
  }
  return mistakes;
}

function goalMistake(
  { direction, points: own }: IndicatorDefinition,
  goal: Goal,
  variant: Variant,
): Text | undefined {
  const points = own ?? variant.points;
  const ends =
    goal.kind === 'between' ? [goal.satisfactory, goal.notAllowed] : [goal.low, goal.high];
  if (points.kind === 'log-value' && ends.some((end) => end <= 0)) {
    return text(
      '按指标值取对数计分，阈值须大于零',
      'Points by logarithms of values need ends above zero',
    );
  }
  if (goal.kind === 'interval') {
    const { low, from, to, high } = goal;
    return low < from && from <= to && to < high
      ? undefined
      : text(
          '须满足：过低 < 适度下限 ≤ 适度上限 < 过高',
          'Must rise: too low, best from, best to, too high',
        );
  }
  const { satisfactory, notAllowed } = goal;
  if (satisfactory === notAllowed) {
    return text('满意值与不允许值不能相同', 'The two values must differ');
  }
  if (satisfactory > notAllowed === (direction === 'positive')) return undefined;
  return direction === 'positive'
    ? text(
        '正向指标的满意值须高于不允许值',
        'More is better here: satisfactory must be above not allowed',
      )
    : text(
        '逆向指标的满意值须低于不允许值',
        'Less is better here: satisfactory must be below not allowed',
      );
}
