// What follows when repeats make an alert graver: it is routed like a new alert of the new level, and its
// timeline says why. When what was counted turns out to be none, it goes back, and who was told hears of it.

import type { RaisedFinding } from '../core/finding.ts';
import { assert } from '../core/errors.ts';
import { carryOut, decideRoute, type RouteContext } from './decide-route.ts';
import { alertEvent, PIPELINE_ACTOR } from './events.ts';
import { STEPS_OF_CORRECTION } from './notify.ts';
import {
  crossedAtMs,
  graver,
  limitOf,
  repeatsAt,
  type RecentRaise,
  type RepeatLimit,
  type RepeatOptions,
} from './repeats.ts';
import type { AlertChange, Effect, KnownAlert, SubjectState } from './subject-state.ts';
import type { EpochMs } from '../core/time.ts';

export type Raised = {
  readonly atMs: EpochMs;
  readonly repeats: number;
  readonly limit: RepeatLimit;
};

/** Whether a finding, which is among `recent`, makes its alert graver; an alert is raised so once. */
export function raisedBy(
  finding: Pick<RaisedFinding, 'ruleId' | 'atMs'>,
  alert: Pick<KnownAlert, 'level' | 'repeatsRaisedAtMs'>,
  recent: readonly RecentRaise[],
  options: RepeatOptions,
): Raised | undefined {
  const { ruleId } = finding;
  const limit = limitOf(options, ruleId);
  if (!limit || alert.level === 1 || alert.repeatsRaisedAtMs !== null) return undefined;
  const atMs = crossedAtMs(recent, finding, limit);
  if (atMs === undefined) return undefined;
  return { atMs, repeats: repeatsAt(recent, { ruleId, endMs: atMs }, limit), limit };
}

/** The line of the timeline; `more` says how the alert was routed by it. */
export const regradedEvent = (
  after: KnownAlert,
  { atMs, repeats, limit }: Raised,
  { nowAtMs, more = {} }: { nowAtMs: EpochMs; more?: Record<string, string | number | boolean> },
): Effect => ({
  kind: 'event',
  event: alertEvent(after, {
    kind: 'regraded',
    key: [atMs, after.corrections],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: {
      because: 'repeats',
      fromLevel: after.level + 1,
      toLevel: after.level,
      repeats,
      withinMs: limit.withinMs,
      raisedAtMs: atMs,
      ...more,
    },
  }),
});

/** An open alert becomes graver: like a new one of that level. `state` knows the repeat already. */
export function raiseLevel(
  alertId: string,
  raised: Raised,
  state: SubjectState,
  context: RouteContext,
): readonly Effect[] {
  const alert = state.alerts.find(({ id }) => id === alertId);
  assert(alert, 'an alert that is met again is known');
  const change: AlertChange = {
    level: graver(alert.level),
    repeatsRaisedAtMs: raised.atMs,
    corrections: alert.corrections + 1,
    reroutedBecause: 'repeats',
  };
  const after: KnownAlert = { ...alert, ...change };
  const step = after.corrections * STEPS_OF_CORRECTION;
  const { nowAtMs } = context;
  const carried = carryOut(after, decideRoute(after, state, context), {
    ...context,
    step,
    told: [],
  });
  const { effects, details } = carried;
  return [
    { kind: 'change', alertId, change: { ...change, ...carried.change } },
    regradedEvent(after, raised, { nowAtMs, more: details }),
    { kind: 'take-back', alertId, step },
    ...effects,
  ];
}
