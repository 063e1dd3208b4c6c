// The alerts that are not what they were, as points for a map. A report has the figures and some samples with
// their evidence; these are more of them, with no person named.

import { CHANGE_KINDS, CHANGES_MAX, type Change } from '../api/backtests.ts';
import type { ReplayedAlert } from '../replay/to-alerts.ts';
import { createSmallest } from './smallest.ts';
import { levelOf } from './standing.ts';

export type { Change };

export function changeOf({
  before,
  after,
}: {
  before?: ReplayedAlert;
  after?: ReplayedAlert;
}): Change {
  const shown = (after ?? before) as ReplayedAlert;
  return {
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'regraded',
    id: shown.id,
    before: before ? levelOf(before) : null,
    after: after ? levelOf(after) : null,
    region: shown.region,
    openedAtMs: shown.openedAtMs,
    place: placeOf(shown),
  };
}

function placeOf({ evidence }: ReplayedAlert): [number, number] | null {
  const last = evidence.findLast(
    (seen) => seen.kind === 'position' && !seen.labels.includes('noFix'),
  );
  return last?.kind === 'position' ? [rounded(last.lng), rounded(last.lat)] : null;
}

const rounded = (degrees: number): number => Math.round(degrees * 1_000) / 1_000;

/** Keeps a bounded number of each kind, whatever order they come in. */
export function collectChanges() {
  const byKind = new Map(
    CHANGE_KINDS.map((kind) => [kind, createSmallest<Change>(CHANGES_MAX, ({ id }) => id)]),
  );
  return {
    take: (change: Change) => byKind.get(change.kind)?.offer(change),
    /** By kind, then by id. */
    all: (): Change[] => [...byKind.values()].flatMap((some) => some.chosen()),
  };
}
