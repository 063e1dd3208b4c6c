// An alert whose silence is over is routed like a new one, so that nothing a silence hid is ever lost. What
// somebody has taken meanwhile, or what turned out to be none, is told to nobody.

import type { AlertEvent } from '../../core/alert-event.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import { carryOut, decideRoute, type RouteContext } from '../decide-route.ts';
import { alertEvent, PIPELINE_ACTOR } from '../events.ts';
import type { Side } from '../level-table.ts';
import { STEPS_OF_CORRECTION } from '../notify.ts';
import { sideOf, type Route } from '../route.ts';
import type { AlertChange, Effect, KnownAlert, SubjectState } from '../subject-state.ts';
import { coversUnderWay, type Silence } from './silence.ts';

type Released = RouteContext & {
  readonly silence: Silence;
  /** Sides that have the alert already, for it was shown all the time. */
  readonly acknowledged: readonly Side[];
  /** What is known of the person. */
  readonly state: SubjectState;
};

/** What the end of the silence that hides `alert` does to it. */
export function release(alert: AlertTable, context: Released): readonly Effect[] {
  const { silence, nowAtMs, state } = context;
  const because = silence.acts.ended ? 'ended' : 'expired';
  if (alert.status !== 'new' || alert.withdrawnAtMs !== null) {
    return [
      { kind: 'change', alertId: alert.id, change: { silencedBy: null } },
      over(alert, silence, { atMs: nowAtMs, details: { because, told: false } }),
    ];
  }
  const corrections = alert.corrections + 1;
  const change: AlertChange = { corrections, reroutedBecause: 'silence-over' };
  const after: KnownAlert = { ...alert, ...change, silencedBy: null };
  const step = corrections * STEPS_OF_CORRECTION;
  // Another silence goes on hiding it only where it began before the alert did, or hides what is open.
  const silences = (context.silences ?? []).filter(
    (other) => other.id !== silence.id && coversUnderWay(other, alert.recordedAtMs),
  );
  const decision = decideRoute(after, state, { ...context, silences });
  const carried = carryOut(
    after,
    { ...decision, routed: withoutSides(decision.routed, after.region, context.acknowledged) },
    { ...context, step, told: [] },
  );
  const { effects, details } = carried;
  return [
    { kind: 'change', alertId: alert.id, change: { ...change, ...carried.change } },
    over(after, silence, {
      atMs: nowAtMs,
      details: { because, ...details },
    }),
    ...effects,
  ];
}

const over = (
  alert: KnownAlert,
  silence: Silence,
  { atMs, details }: { atMs: RouteContext['nowAtMs']; details: AlertEvent['details'] },
): Effect => ({
  kind: 'event',
  event: alertEvent(alert, {
    kind: 'unsilenced',
    key: [silence.id],
    atMs,
    actor: PIPELINE_ACTOR,
    details: { silenceId: silence.id, ...details },
  }),
});

/** Who has it need not be told again. */
function withoutSides(route: Route, region: string, sides: readonly Side[]): Route {
  const isLeft = ({ bureau }: { bureau: string }) => !sides.includes(sideOf(bureau, region));
  return {
    ...route,
    told: route.told.filter(isLeft),
    pushedOnly: route.pushedOnly.filter(isLeft),
  };
}
