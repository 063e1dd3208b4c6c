// A figure against the same figure of an earlier period (同比, 环比), with the bases for which a share would
// say nothing. Never infinite, never NaN, never a made-up 100 per cent.

export type ChangeNote = 'flat' | 'zero-base' | 'negative-base' | 'low-base' | 'no-base';

export type Change = {
  readonly before: number | null;
  readonly difference: number | null;
  /** As a share of `before`; null where a share would say nothing. */
  readonly change: number | null;
  readonly notes: readonly ChangeNote[];
  /** Of counts: the difference over its standard deviation, for two Poisson counts; else null. */
  readonly z: number | null;
};

export type ComparisonOptions = {
  readonly isCount: boolean;
  /** Below this a base is low: the share is given, and nobody should be alarmed by it. */
  readonly lowBase: number;
};

/** What is compared; null is a figure that is not known. */
export function compareFigures(
  now: number | null,
  before: number | null,
  { isCount, lowBase }: ComparisonOptions,
): Change {
  if (now === null || before === null) {
    return { before, difference: null, change: null, notes: ['no-base'], z: null };
  }
  const difference = now - before;
  const z = isCount && now + before > 0 ? difference / Math.sqrt(now + before) : null;
  if (before === 0) {
    if (now === 0) return { before, difference, change: 0, notes: ['flat'], z };
    return { before, difference, change: null, notes: ['zero-base'], z };
  }
  const notes: ChangeNote[] = [];
  if (difference === 0) notes.push('flat');
  if (before < 0) notes.push('negative-base');
  else if (isCount && before < lowBase) notes.push('low-base');
  return { before, difference, change: difference / Math.abs(before), notes, z };
}
