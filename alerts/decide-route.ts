// Who is told of an alert that is new or counts anew, or why nobody is: a wider alert about the person is
// open, or a silence hides it. The one place where that is decided.

import type { AlertEvent } from '../core/alert-event.ts';
import type { EpochMs } from '../core/time.ts';
import type { Roster } from './duty-officers.ts';
import { ladderOf } from './escalation.ts';
import { alertEvent, PIPELINE_ACTOR } from './events.ts';
import { grade } from './grade.ts';
import { termsFor } from './grouping/group-terms.ts';
import { notify, type NotifyOptions } from './notify.ts';
import { policyDetails } from './policy.ts';
import { route, type Route } from './route.ts';
import {
  chooseRow,
  inhibitedBy,
  outOfQuiet,
  type ChosenRow,
  type Routing,
} from './routing/choose-row.ts';
import { silencing, type Silence } from './silences/silence.ts';
import type {
  AlertChange,
  Effect,
  KnownAlert,
  NewNotice,
  SubjectState,
  Told,
} from './subject-state.ts';

export type RouteContext = {
  readonly nowAtMs: EpochMs;
  readonly roster: Roster;
  readonly routing: Routing;
  /** Those that could hide something; none when left out. */
  readonly silences?: readonly Silence[];
  readonly options: NotifyOptions;
};

export type Decision = {
  readonly routed: Route;
  readonly chosen: ChosenRow;
  readonly quiet:
    | undefined
    | { readonly kind: 'muted'; readonly by: string; readonly byAlert: string }
    | { readonly kind: 'silenced'; readonly silence: Silence };
};

/** Decides for an alert as it is now; `state` is what is known of its person. */
export function decideRoute(
  alert: KnownAlert,
  state: SubjectState,
  { nowAtMs, roster, routing, silences = [] }: RouteContext,
): Decision {
  const chosen = chooseRow(routing, { ...alert, atMs: nowAtMs });
  const graded = grade({ level: alert.level, late: alert.late === 1 });
  const routed = route(graded, alert.region, roster, chosen.row);
  const muted = mutedBy(alert, state, { nowAtMs, routing });
  if (muted) {
    const { inhibition, source } = muted;
    return { routed, chosen, quiet: { kind: 'muted', by: inhibition.name, byAlert: source.id } };
  }
  // What is practised is practised to the end.
  const silence = alert.exercise === null ? silencing(silences, alert, nowAtMs) : undefined;
  return { routed, chosen, quiet: silence && { kind: 'silenced', silence } };
}

/** A wider alert about the person is open: this one is shown, and tells nobody. */
function mutedBy(
  alert: KnownAlert,
  state: SubjectState,
  { nowAtMs, routing }: Pick<RouteContext, 'nowAtMs' | 'routing'>,
) {
  const others = state.alerts
    .filter(({ id }) => id !== alert.id)
    .filter(({ status, withdrawnAtMs }) => status !== 'closed' && withdrawnAtMs === null)
    // Over is over: what ended by itself mutes nothing that begins.
    .filter(({ clearedAtMs }) => clearedAtMs === null || clearedAtMs > alert.openedAtMs)
    .map((other) => ({ ...other, atMs: other.openedAtMs }));
  return inhibitedBy(routing, { ...alert, atMs: nowAtMs }, others);
}

export type Carried = {
  readonly effects: readonly Effect[];
  /** For the event that says how the alert was routed. */
  readonly details: AlertEvent['details'];
  /** The silence that hides it from now on, and how its notices may be grouped. */
  readonly change: Required<Pick<AlertChange, 'silencedBy' | 'groupTerms'>>;
};

/**
 * Carries a decision out: notices and ladder from `step` on, or the reason why there are none. `told` are
 * calls of the episode just before, which spare an officer a second one.
 */
export function carryOut(
  alert: KnownAlert,
  { routed, chosen, quiet }: Decision,
  context: RouteContext & { readonly step: number; readonly told: readonly Told[] },
): Carried {
  const { nowAtMs: atMs, options, roster, step, told } = context;
  if (quiet) {
    const nobody = policyDetails({ ...routed, told: [], pushedOnly: [] }, new Set());
    if (quiet.kind === 'muted') {
      const details = { ...nobody, mutedBy: quiet.by, mutedByAlert: quiet.byAlert };
      return { effects: [], details, change: { silencedBy: null, groupTerms: null } };
    }
    const { silence } = quiet;
    return {
      effects: hide(alert, silence, { atMs, step }),
      details: { ...nobody, silencedBy: silence.id },
      change: { silencedBy: silence.id, groupTerms: null },
    };
  }
  const groupTerms = termsFor(alert, chosen.group);
  const { notices, quieted } = notify({ ...alert, groupTerms }, routed, told, {
    ...options,
    step,
    atMs,
  });
  // Nobody is late with an alert that waits for the morning, and what falls due at night waits as well.
  const from = { step, atMs: chosen.quietUntilMs ?? atMs };
  return {
    effects: [
      ...notices.map((notice) => ({ kind: 'notice' as const, notice: deferred(notice, chosen) })),
      ...(alert.status === 'new'
        ? ladderOf(alert, { route: routed, roster, from, levels: context.routing.levels }).map(
            (rung) => ({
              kind: 'rung' as const,
              rung: { ...rung, dueAtMs: outOfQuiet(chosen, rung.dueAtMs) },
            }),
          )
        : []),
      ...(routed.standIns.some(({ by }) => by === null)
        ? [{ kind: 'unreached' as const, alertId: alert.id, channel: routed.channel }]
        : []),
    ],
    details: {
      ...policyDetails(routed, quieted),
      ...(chosen.by.length === 0 ? {} : { routedBy: chosen.by.join(' / ') }),
      ...(chosen.quietUntilMs === undefined ? {} : { quietUntilMs: chosen.quietUntilMs }),
      ...(chosen.group && alert.exercise === null ? { groupWaitMs: chosen.group.wait } : {}),
    },
    change: { silencedBy: null, groupTerms },
  };
}

/** What a silence does to an alert besides telling nobody: a row, and a line of its timeline. */
export const hide = (
  alert: KnownAlert,
  silence: Silence,
  { atMs, step, isUnderWay = false }: { atMs: EpochMs; step: number; isUnderWay?: boolean },
): readonly Effect[] => [
  { kind: 'silenced', silenced: { silenceId: silence.id, alertId: alert.id, atMs } },
  {
    kind: 'event',
    event: alertEvent(alert, {
      kind: 'silenced',
      key: [silence.id, step],
      atMs,
      actor: PIPELINE_ACTOR,
      details: {
        silenceId: silence.id,
        author: silence.author,
        untilMs: silence.untilMs,
        ...(isUnderWay ? { isUnderWay } : {}),
        note: silence.reason,
      },
    }),
  },
];

/** What comes in quiet hours waits for their end. */
const deferred = (notice: NewNotice, { quietUntilMs }: ChosenRow): NewNotice =>
  quietUntilMs === undefined ? notice : { ...notice, nextAttemptAtMs: quietUntilMs };
