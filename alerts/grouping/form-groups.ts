// Which waiting notices of one kind to one person go out together now, or until when they all wait. Pure: the
// sender and the stories of a routing file decide alike.

import { epochMs, type EpochMs } from '../../core/time.ts';
import type { GroupTerms } from './group-terms.ts';

/** A notice nobody has been given yet. */
export type Joinable = {
  readonly nextAttemptAtMs: EpochMs;
  /** Until then it waits for others, and for nothing else where that is when it is due. */
  readonly groupUntilMs: EpochMs | null;
};

export type Formed<Row> =
  | { readonly kind: 'wait'; readonly untilMs: EpochMs; readonly rows: readonly Row[] }
  | { readonly kind: 'send'; readonly groups: readonly (readonly Row[])[] };

/**
 * `rows` are of one kind, person and channel, the oldest first; `lastAtMs` is when the last notice of the kind
 * went to the person. When one is due the others that only wait for company go with it.
 */
export function formGroups<Row extends Joinable>(
  rows: readonly Row[],
  { terms, lastAtMs, nowAtMs }: { terms: GroupTerms; lastAtMs: number | null; nowAtMs: EpochMs },
): Formed<Row> {
  const joinable = rows.filter(
    ({ nextAttemptAtMs, groupUntilMs }) =>
      nextAttemptAtMs <= nowAtMs || nextAttemptAtMs === groupUntilMs,
  );
  const opensAtMs = lastAtMs === null ? nowAtMs : lastAtMs + terms.intervalMs;
  if (opensAtMs > nowAtMs) return { kind: 'wait', untilMs: epochMs(opensAtMs), rows: joinable };
  const groups: Row[][] = [];
  for (let at = 0; at < joinable.length; at += terms.max) {
    groups.push(joinable.slice(at, at + terms.max));
  }
  return { kind: 'send', groups };
}
