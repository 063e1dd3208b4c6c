// Which provider of a list gets a notice next, from what happened to the notice so far. Pure: the same trail
// gives the same provider, after a crash as before it.

import type { AttemptStage } from '../../warehouse/records-schema.ts';

export type Tried = { readonly provider: string; readonly what: AttemptStage };

/** After these a provider does not get this notice again: it refused it, or it may still carry it out. */
const SPENT: readonly AttemptStage[] = ['refused', 'undelivered', 'no-receipt', 'unreconciled'];

/** After these it may get it again, when the others had their turn. */
const PUT_OFF: readonly AttemptStage[] = ['rejected', 'unknown'];

export const isSpent = (provider: string, tried: readonly Tried[]): boolean =>
  tried.some((one) => one.provider === provider && SPENT.includes(one.what));

const timesPutOff = (provider: string, tried: readonly Tried[]): number =>
  tried.filter((one) => one.provider === provider && PUT_OFF.includes(one.what)).length;

/**
 * The provider to try next: of those that may still get the notice the one that put it off least often, and
 * among equals the first of `inOrder`. Undefined when nobody is left.
 */
export function chooseProvider(
  inOrder: readonly string[],
  tried: readonly Tried[],
): string | undefined {
  const left = inOrder.filter((provider) => !isSpent(provider, tried));
  const least = Math.min(...left.map((provider) => timesPutOff(provider, tried)));
  return left.find((provider) => timesPutOff(provider, tried) === least);
}

/** Whether there is somebody else to turn to, and whether without a pause. */
export type Turn = 'none' | 'at-once' | 'after-a-pause';

/** What follows when the step `last` has just happened as well. */
export function turnAfter(inOrder: readonly string[], tried: readonly Tried[], last: Tried): Turn {
  const all = [...tried, last];
  const next = chooseProvider(inOrder, all);
  if (next === undefined) return 'none';
  if (next === last.provider) return inOrder.length === 1 ? 'none' : 'after-a-pause';
  // A round is over when everybody has put it off equally often.
  return timesPutOff(next, all) < timesPutOff(last.provider, all) || isSpent(last.provider, all)
    ? 'at-once'
    : 'after-a-pause';
}
