// From a figure to a colour and to what is to be done: grades with hysteresis, so that a region does not
// change colour back and forth around a bound, and steps taken when red comes again and again.

import type { Text } from '../../core/text.ts';

export type GradeBand = {
  readonly id: string;
  readonly name: Text;
  /** Name of the colour as the screens know it. */
  readonly colour: string;
  /** The lowest index of the grade; the last grade has none. */
  readonly from: number | null;
};

/** Best first. */
export type Grading = {
  readonly bands: readonly GradeBand[];
  /** Points an index must pass a bound by before the grade changes. */
  readonly hysteresis: number;
};

/**
 * The grade of an index, given the grade before (undefined for none). A bound counts only when it is passed
 * by the hysteresis; without a grade before the bounds themselves count. Undefined for an unknown index.
 */
export function gradeOf(
  { bands, hysteresis }: Grading,
  index: number,
  before: string | undefined,
): string | undefined {
  if (Number.isNaN(index)) return undefined;
  const at = (value: number) => bands.findIndex(({ from }) => from === null || value >= from);
  const was = bands.findIndex(({ id }) => id === before);
  if (was === -1) return bands[at(index)]?.id;
  // Better only when still better after giving the points away, worse only when worse after being given them.
  const better = at(index - hysteresis);
  const worse = at(index + hysteresis);
  const is = better < was ? better : worse > was ? worse : was;
  return bands[is]?.id;
}

/** What happens when a region has the worst grade so many periods in a row. */
export type EscalationStep = { readonly periods: number; readonly id: string; readonly name: Text };

/** The furthest step reached after `periods` worst grades in a row; undefined before the first. */
export function escalationOf(
  steps: readonly EscalationStep[],
  periods: number,
): EscalationStep | undefined {
  return steps.findLast((step) => periods >= step.periods);
}

/** Grades of consecutive periods, oldest first, each with how long the worst grade has lasted. */
export function gradesOver(
  grading: Grading,
  indices: ArrayLike<number>,
): { readonly grade: string | undefined; readonly worstPeriods: number }[] {
  const worst = grading.bands.at(-1)?.id;
  let before: string | undefined;
  let worstPeriods = 0;
  return Array.from(indices, (index) => {
    const grade = gradeOf(grading, index, before);
    // A period without a figure ends a row: nobody is called to account for what is not known.
    worstPeriods = grade !== undefined && grade === worst ? worstPeriods + 1 : 0;
    before = grade ?? before;
    return { grade, worstPeriods };
  });
}
