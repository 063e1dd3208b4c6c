// The efficacy coefficient (功效系数): how far a value has come from the not-allowed value (60 points) to the
// satisfactory one (100 points). "Improved" in Chinese textbooks is the linear form with a geometric mean;
// papers use the other forms, so that a definition names the one it means.

/** How the share `r` of the way becomes points. All give 60 at r = 0 and 100 at r = 1 but `graded`. */
export type EfficacyFunction =
  | { readonly kind: 'linear' }
  | { readonly kind: 'exponential' }
  | { readonly kind: 'logarithmic' }
  /** The way is measured between logarithms of the values: for counts with a long tail. */
  | { readonly kind: 'log-value' }
  | { readonly kind: 'power'; readonly exponent: number }
  /** Standard values of the grades, from worst to best, and the points at each; straight in between. */
  | { readonly kind: 'graded'; readonly grades: readonly Grade[] };

export type Grade = { readonly standard: number; readonly points: number };

/** Where an indicator is satisfactory and where it is no longer allowed. */
export type Goal =
  /** Falling when `satisfactory` < `notAllowed`: the same formula serves both directions. */
  | { readonly kind: 'between'; readonly satisfactory: number; readonly notAllowed: number }
  /** Best within [from, to]; not allowed at or below `low` and at or above `high`. */
  | {
      readonly kind: 'interval';
      readonly from: number;
      readonly to: number;
      readonly low: number;
      readonly high: number;
    };

/** Points are held within these; null leaves an end open. */
export type Clamp = { readonly min: number | null; readonly max: number | null };

const BASE = 60;
const SPAN = 40;
/** ln(100/60): the exponential form is 60·e^(r·ln(5/3)). */
const GROWTH = Math.log((BASE + SPAN) / BASE);

/**
 * The share of the way from not allowed (0) to satisfactory (1); outside of 0…1 beyond the ends, but never
 * above 1 for an interval. NaN where the two ends are one.
 */
export function shareOfWay(goal: Goal, value: number): number {
  if (goal.kind === 'between') {
    const { satisfactory, notAllowed } = goal;
    return satisfactory === notAllowed
      ? Number.NaN
      : (value - notAllowed) / (satisfactory - notAllowed);
  }
  const { from, to, low, high } = goal;
  if (value < from) return (value - low) / (from - low);
  if (value > to) return (high - value) / (high - to);
  return Number.isNaN(value) ? value : 1;
}

/**
 * Points of a value, as a function made once per indicator and period. NaN stays NaN: what is not known is
 * not zero.
 */
export function efficacyOf(form: EfficacyFunction, goal: Goal): (value: number) => number {
  switch (form.kind) {
    case 'linear':
      return linear(goal);
    case 'exponential':
      return (value) => BASE * Math.exp(shareOfWay(goal, value) * GROWTH);
    case 'logarithmic':
      // Below −1/(e−1) of the way the logarithm has no value; there the score is as low as scores go.
      return (value) => {
        const inside = 1 + (Math.E - 1) * shareOfWay(goal, value);
        return inside <= 0 ? Number.NEGATIVE_INFINITY : BASE + SPAN * Math.log(inside);
      };
    case 'log-value':
      return linear(logarithmsOf(goal), Math.log);
    case 'power':
      // The sign is kept, so that worse than not allowed stays worse for exponents that are no whole numbers.
      return (value) => {
        const share = shareOfWay(goal, value);
        return BASE + SPAN * Math.sign(share) * Math.abs(share) ** form.exponent;
      };
    case 'graded':
      return (value) => gradedPoints(form.grades, value);
    default:
      return form satisfies never;
  }
}

/** Two multiplications instead of a division per value: this is the form most indices use. */
function linear(goal: Goal, map: (value: number) => number = (value) => value) {
  if (goal.kind === 'interval') {
    return (value: number) => BASE + SPAN * shareOfWay(goal, map(value));
  }
  const { satisfactory, notAllowed } = goal;
  const scale = satisfactory === notAllowed ? Number.NaN : SPAN / (satisfactory - notAllowed);
  return (value: number) => BASE + (map(value) - notAllowed) * scale;
}

function logarithmsOf(goal: Goal): Goal {
  return goal.kind === 'between'
    ? {
        kind: 'between',
        satisfactory: Math.log(goal.satisfactory),
        notAllowed: Math.log(goal.notAllowed),
      }
    : {
        kind: 'interval',
        from: Math.log(goal.from),
        to: Math.log(goal.to),
        low: Math.log(goal.low),
        high: Math.log(goal.high),
      };
}

/**
 * 分档: the points of the grade reached, plus the share of the way to the next grade of the points between
 * the two. Standards may rise or fall; points rise. Beyond the ends the first and last points hold.
 */
function gradedPoints(grades: readonly Grade[], value: number): number {
  if (Number.isNaN(value)) return value;
  const [worst, best] = [grades[0], grades.at(-1)] as [Grade, Grade];
  const sign = best.standard >= worst.standard ? 1 : -1;
  if (sign * value <= sign * worst.standard) return worst.points;
  const above = grades.findIndex(({ standard }) => sign * value < sign * standard);
  if (above === -1) return best.points;
  const [lower, upper] = [grades[above - 1], grades[above]] as [Grade, Grade];
  const share = (value - lower.standard) / (upper.standard - lower.standard);
  return lower.points + share * (upper.points - lower.points);
}

/**
 * Points of a whole column, held within the bounds and written into `scores` where it is given. The linear
 * form, which is most of all work, is one multiplication a value; the bounds are looked at only where the
 * ends of the column, if they are known, reach beyond them.
 */
export function scoreColumn(
  {
    points,
    goal,
    clamp,
    ends,
  }: {
    readonly points: EfficacyFunction;
    readonly goal: Goal;
    readonly clamp: Clamp;
    /** The least and the greatest of the values. */
    readonly ends?: readonly [number, number];
  },
  values: Float64Array,
  scores: Float64Array = new Float64Array(values.length),
): Float64Array {
  if (points.kind === 'linear' && goal.kind === 'between') {
    scoreLinear({ ...goal, clamp, ends }, values, scores);
    return scores;
  }
  const score = efficacyOf(points, goal);
  for (let i = 0; i < values.length; i++)
    scores[i] = clampPoints(clamp, score(values[i] as number));
  return scores;
}

function scoreLinear(
  {
    satisfactory,
    notAllowed,
    clamp,
    ends,
  }: {
    readonly satisfactory: number;
    readonly notAllowed: number;
    readonly clamp: Clamp;
    readonly ends: readonly [number, number] | undefined;
  },
  values: Float64Array,
  scores: Float64Array,
): void {
  const scale = satisfactory === notAllowed ? Number.NaN : SPAN / (satisfactory - notAllowed);
  const min = clamp.min ?? Number.NEGATIVE_INFINITY;
  const max = clamp.max ?? Number.POSITIVE_INFINITY;
  // Rounding keeps order: what lies between two values gets points between theirs.
  const isWithin = (value: number) => {
    const score = BASE + (value - notAllowed) * scale;
    return score >= min && score <= max;
  };
  if (ends && isWithin(ends[0]) && isWithin(ends[1])) {
    for (let i = 0; i < values.length; i++)
      scores[i] = BASE + ((values[i] as number) - notAllowed) * scale;
    return;
  }
  for (let i = 0; i < values.length; i++) {
    const score = BASE + ((values[i] as number) - notAllowed) * scale;
    scores[i] = score < min ? min : score > max ? max : score;
  }
}

/** The points within the bounds; NaN stays NaN. */
export function clampPoints({ min, max }: Clamp, points: number): number {
  if (min !== null && points < min) return min;
  return max !== null && points > max ? max : points;
}
