// Which alerts of the two sides are the same story told again. A change of a parameter moves the moment of
// an alert, and an approver must not read that as one alert lost and another one gained.

import { MERGE_DEFAULTS } from '../../alerts/merge.ts';
import type { ReplayedAlert } from '../replay/to-alerts.ts';
import { levelOf } from './standing.ts';

export type AlertPair = { readonly before: ReplayedAlert; readonly after: ReplayedAlert };

export type Comparison = {
  readonly added: readonly ReplayedAlert[];
  readonly removed: readonly ReplayedAlert[];
  /** The same story at the same level; it may have been told at another moment. */
  readonly kept: readonly AlertPair[];
  readonly regraded: readonly AlertPair[];
};

/**
 * Pairs alerts of the same rule, none of them withdrawn. First by id, which means the same moment; then those of one person whose
 * stretches meet, in order of time.
 */
export function compareAlerts(
  before: readonly ReplayedAlert[],
  after: readonly ReplayedAlert[],
): Comparison {
  const pairs: AlertPair[] = [];
  const afterById = new Map(after.map((alert) => [alert.id, alert]));
  for (const alert of before) {
    const same = afterById.get(alert.id);
    if (same) pairs.push({ before: alert, after: same });
  }
  const paired = new Set(pairs.map((pair) => pair.before.id));
  const removed = new Set(before.filter(({ id }) => !paired.has(id)));
  const added = new Set(after.filter(({ id }) => !paired.has(id)));
  const removedBySubject = Map.groupBy(removed, ({ subject }) => subject);
  for (const alert of [...added].sort(byOpening)) {
    const twin = (removedBySubject.get(alert.subject) ?? [])
      .filter((other) => removed.has(other) && meet(other, alert))
      .sort(byOpening)[0];
    if (!twin) continue;
    pairs.push({ before: twin, after: alert });
    removed.delete(twin);
    added.delete(alert);
  }
  return {
    added: [...added],
    removed: [...removed],
    kept: pairs.filter((pair) => levelOf(pair.before) === levelOf(pair.after)),
    regraded: pairs.filter((pair) => levelOf(pair.before) !== levelOf(pair.after)),
  };
}

const byOpening = (a: ReplayedAlert, b: ReplayedAlert): number =>
  a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Their stretches overlap, or lie no further apart than what merging takes as one stretch. */
function meet(a: ReplayedAlert, b: ReplayedAlert): boolean {
  const [first, second] = a.openedAtMs <= b.openedAtMs ? [a, b] : [b, a];
  return second.openedAtMs < (first.closedAtMs ?? Infinity) + MERGE_DEFAULTS.mergeWithinMs;
}
