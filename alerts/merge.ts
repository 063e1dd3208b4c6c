// ⑥ Second step: is this a new alert, or one we know, met again? Merging keeps one story one alert, so that
// nobody is called twice for it; it never lets a graver or louder thing disappear in a lesser one.

import type { RaisedFinding } from '../core/finding.ts';
import { contentId } from '../core/ids.ts';
import { MINUTE_MS } from '../core/local-time.ts';
import { levelByRule } from './events.ts';
import type { Graded } from './grade.ts';
import type { KnownAlert, SubjectState } from './subject-state.ts';

export type MergeOptions = {
  /** A condition met again so soon after it ended is the same one: a walk along a border, a weak signal. */
  readonly mergeWithinMs: number;
  /** Alerts of one person that begin within this time are looked at together by the officer. */
  readonly episodeMs: number;
};

export const MERGE_DEFAULTS: MergeOptions = {
  mergeWithinMs: 30 * MINUTE_MS,
  episodeMs: 120 * MINUTE_MS,
};

export type Merged =
  /** The finding was delivered before. */
  | { readonly kind: 'known' }
  | { readonly kind: 'repeat'; readonly alert: KnownAlert }
  | { readonly kind: 'new'; readonly episodeId: string };

/** Decides from event time only, so that a replay merges alike. */
export function merge(
  finding: RaisedFinding,
  graded: Graded,
  state: SubjectState,
  options: MergeOptions,
): Merged {
  if (state.raises.some(({ id }) => id === finding.alertId)) return { kind: 'known' };
  const open = state.alerts.filter(({ status }) => status !== 'closed');
  const covering = open
    // What was withdrawn covers nothing that happens.
    .filter(({ withdrawnAtMs }) => withdrawnAtMs === null)
    .filter((alert) => alert.ruleId === finding.ruleId && isAtLeastAsLoud(alert, graded))
    .filter((alert) => isSameStretch(alert, finding.atMs, options.mergeWithinMs));
  const alert = nearest(covering, finding.atMs);
  if (alert) return { kind: 'repeat', alert };
  const near = open.filter(
    ({ openedAtMs }) => Math.abs(openedAtMs - finding.atMs) <= options.episodeMs,
  );
  const episodeId = nearest(near, finding.atMs)?.episodeId;
  return { kind: 'new', episodeId: episodeId ?? contentId('ep', [finding.alertId]) };
}

/**
 * Whoever had to be fetched for the finding was fetched for the alert. Its level by the rule counts: what
 * repeats made of it hides nothing graver.
 */
const isAtLeastAsLoud = (alert: KnownAlert, { level, intrusive }: Graded): boolean =>
  levelByRule(alert) <= level && (alert.late === 0 || !intrusive);

/** The condition still lasts, or ended less than `withinMs` before `atMs`; what lies further back is its own. */
const isSameStretch = (alert: KnownAlert, atMs: number, withinMs: number): boolean =>
  atMs > alert.openedAtMs - withinMs &&
  (alert.clearedAtMs === null || atMs < alert.clearedAtMs + withinMs);

function nearest(alerts: readonly KnownAlert[], atMs: number): KnownAlert | undefined {
  const distance = (alert: KnownAlert) => Math.abs(alert.openedAtMs - atMs);
  return [...alerts].sort(
    (a, b) => distance(a) - distance(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )[0];
}
