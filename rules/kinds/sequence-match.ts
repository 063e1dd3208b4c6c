// Does a sequence end with this fact? Pure search over the facts kept of one person.

import type { Fact } from '../../core/observation.ts';

export type Kept = {
  readonly fact: Fact;
  /** Bit i is set when the fact meets step i. Zero for a fact that must not come between. */
  readonly steps: number;
};

/** Groups of steps as bit masks: groups one after the other, the steps of a group in any order. */
export type Plan = readonly number[];

/** Makes the plan of a rule's `order`; names are those of the steps. */
export function planOf(
  names: readonly string[],
  order: 'strict' | 'any' | readonly (readonly string[])[],
): Plan {
  const groups =
    order === 'strict' ? names.map((name) => [name]) : order === 'any' ? [names] : order;
  return groups.map((group) => group.reduce((mask, name) => mask | (1 << names.indexOf(name)), 0));
}

/**
 * The shortest sequence that ends with the fact at `end`, as indices in ascending order. Every step takes
 * the latest fact it can, so if this one is too long or interrupted, every one is.
 */
export function findSequence(
  kept: readonly Kept[],
  end: number,
  { plan, withinMs }: { plan: Plan; withinMs: number },
): number[] | undefined {
  const chosen = new Set<number>();
  let before = end + 1;
  for (const [index, group] of [...plan].reverse().entries()) {
    const isLast = index === 0;
    // The last fact has to be one of the last group.
    if (isLast && ((kept[end] as Kept).steps & group) === 0) return undefined;
    let earliest = before;
    for (let bits = group; bits !== 0; bits &= bits - 1) {
      const at = latestOf(kept, bits & -bits, before);
      if (at < 0) return undefined;
      chosen.add(at);
      earliest = Math.min(earliest, at);
    }
    before = earliest;
  }
  const first = before;
  if ((kept[end] as Kept).fact.atMs - (kept[first] as Kept).fact.atMs > withinMs) return undefined;
  for (let at = first + 1; at < end; at++) if ((kept[at] as Kept).steps === 0) return undefined;
  return [...chosen].sort((a, b) => a - b);
}

function latestOf(kept: readonly Kept[], step: number, before: number): number {
  let at = before - 1;
  while (at >= 0 && ((kept[at] as Kept).steps & step) === 0) at--;
  return at;
}
