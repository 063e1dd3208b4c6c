// ⑥ When it turns out that a finding was none, or of another level. An alert stands for the findings merged
// into it: it is withdrawn when none of them stands, and as grave as the gravest that does. What is less
// grave than it was is told to those who were told; what is graver, or stands again, is routed anew.

import { assert } from '../core/errors.ts';
import type { CorrectedFinding, Level } from '../core/finding.ts';
import type { EpochMs } from '../core/time.ts';
import type { AlertRaiseTable } from '../warehouse/records-schema.ts';
import type { Roster } from './duty-officers.ts';
import { ladderOf } from './escalation.ts';
import { alertEvent, PIPELINE_ACTOR } from './events.ts';
import { grade } from './grade.ts';
import { notify, STEPS_OF_CORRECTION, type NotifyOptions } from './notify.ts';
import { policyDetails } from './policy.ts';
import { route } from './route.ts';
import { chooseRow, outOfQuiet, type Routing } from './routing/choose-row.ts';
import type { AlertChange, Effect, KnownAlert, NewNotice, SubjectState } from './subject-state.ts';
import { composeCorrection } from './texts.ts';

type CorrectContext = {
  readonly nowAtMs: EpochMs;
  readonly roster: Roster;
  readonly routing: Routing;
  readonly options: NotifyOptions;
};

/** What a correction does. One that was taken before, or is older than the last, has no effect. */
export function correct(
  state: SubjectState,
  finding: CorrectedFinding,
  context: CorrectContext,
): readonly Effect[] {
  const raise = state.raises.find(({ id }) => id === finding.alertId);
  if (!raise || raise.correctionId === finding.id) return [];
  if (raise.correctedAtMs !== null && finding.atMs < raise.correctedAtMs) return [];
  const alert = state.alerts.find(({ id }) => id === raise.alertId);
  assert(alert, 'the alert of a raise is loaded with it');
  const corrected: AlertRaiseTable = {
    ...raise,
    level: finding.level,
    withdrawnAtMs: finding.outcome === 'withdrawn' ? finding.atMs : null,
    correctedAtMs: finding.atMs,
    correctionId: finding.id,
  };
  const others = state.raises.filter(
    (other) => other.alertId === alert.id && other.id !== raise.id,
  );
  const standing = [corrected, ...others].filter(({ withdrawnAtMs }) => withdrawnAtMs === null);
  const effects: Effect[] = [
    { kind: 'raise', raise: corrected },
    { kind: 'correction', alertId: alert.id, finding },
  ];
  const change = changeOf(alert, finding, standing);
  if (!change) return effects;
  const after: KnownAlert = { ...alert, ...change };
  return [...effects, ...becomes(alert, after, { finding, change, standing, ...context })];
}

/** What changes about the alert; undefined when it stays what it is, for the other raises it stands for. */
function changeOf(
  alert: KnownAlert,
  finding: CorrectedFinding,
  standing: readonly AlertRaiseTable[],
): AlertChange | undefined {
  const levels = standing.map(({ level }) => level ?? alert.level);
  const level = levels.length === 0 ? alert.level : (Math.min(...levels) as Level);
  const withdrawnAtMs = standing.length === 0 ? finding.atMs : null;
  const isOwn = finding.alertId === alert.id && finding.outcome === 'regraded';
  const isSame =
    (withdrawnAtMs === null) === (alert.withdrawnAtMs === null) &&
    level === alert.level &&
    (!isOwn || (finding.article === alert.article && finding.subjectClass === alert.subjectClass));
  if (isSame) return undefined;
  const { subjectClass } = finding;
  // The same level under another article changes nothing about who has to be told, and by when.
  const isOther =
    level !== alert.level || (withdrawnAtMs === null) !== (alert.withdrawnAtMs === null);
  const isReopened = withdrawnAtMs === null && alert.withdrawnAtMs !== null && isClosed(alert);
  return {
    level,
    withdrawnAtMs,
    correctedBecause: finding.because.reason,
    corrections: alert.corrections + (isOther ? 1 : 0),
    ...(isOwn ? { subjectClass } : {}),
    ...(isReopened
      ? {
          status: alert.acknowledgedAtMs === null ? ('new' as const) : ('acknowledged' as const),
          closedAtMs: null,
          closedBy: null,
        }
      : {}),
  };
}

const isClosed = ({ status }: KnownAlert): boolean => status === 'closed';

function becomes(
  before: KnownAlert,
  after: KnownAlert,
  of: {
    finding: CorrectedFinding;
    change: AlertChange;
    standing: readonly AlertRaiseTable[];
  } & CorrectContext,
): readonly Effect[] {
  const { finding, nowAtMs } = of;
  const step = after.corrections * STEPS_OF_CORRECTION;
  const isOther = after.corrections !== before.corrections;
  const countsAnew =
    after.withdrawnAtMs === null &&
    !isClosed(after) &&
    (before.withdrawnAtMs !== null || after.level < before.level);
  const told = countsAnew ? routeAnew(after, step, of) : tellOf(before, after, step, of);
  const event = alertEvent(after, {
    kind: 'corrected',
    key: [finding.id],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: {
      outcome: after.withdrawnAtMs === null ? 'regraded' : 'withdrawn',
      was: before.withdrawnAtMs === null ? 'standing' : 'withdrawn',
      fromLevel: before.level,
      toLevel: after.level,
      because: finding.because.reason,
      observationId: finding.because.observationId,
      observationKind: finding.because.observationKind,
      findingId: finding.id,
      correctedAtMs: finding.atMs,
      ...told.details,
    },
  });
  const reopened = alertEvent(after, {
    kind: 'reopened',
    key: [finding.id],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: { because: 'corrected' },
  });
  return [
    { kind: 'change', alertId: after.id, change: of.change },
    { kind: 'event', event },
    ...(isClosed(before) && !isClosed(after) ? [{ kind: 'event' as const, event: reopened }] : []),
    ...clearedBy(after, of),
    ...(isOther
      ? [
          { kind: 'take-back' as const, alertId: after.id, step },
          ...told.effects,
          ...ladderAnew(after, step, of),
        ]
      : []),
  ];
}

type Told = {
  readonly effects: readonly Effect[];
  readonly details: ReturnType<typeof policyDetails>;
};

/** Like a new alert of its level: who was told before was told something else. */
function routeAnew(after: KnownAlert, step: number, context: CorrectContext): Told {
  const routed = routeOf(after, context);
  const { id: alertId } = after;
  return {
    details: policyDetails(routed, new Set()),
    effects: [
      ...noticesOf(after, step, context).map((notice) => ({ kind: 'notice' as const, notice })),
      ...(routed.standIns.some(({ by }) => by === null)
        ? [{ kind: 'unreached' as const, alertId, channel: routed.channel }]
        : []),
    ],
  };
}

/** Everybody its level names; what comes in quiet hours waits for their end. */
function noticesOf(after: KnownAlert, step: number, context: CorrectContext): readonly NewNotice[] {
  const { nowAtMs, options } = context;
  const nextAttemptAtMs = outOfQuiet(chosenOf(after, context), nowAtMs);
  const routed = routeOf(after, context);
  return notify(after, routed, [], { ...options, step, atMs: nowAtMs }).notices.map((notice) => ({
    ...notice,
    nextAttemptAtMs,
  }));
}

/** What stands and is not taken is followed by the ladder of its new level, from now. */
function ladderAnew(after: KnownAlert, step: number, context: CorrectContext): readonly Effect[] {
  const { nowAtMs, roster } = context;
  if (after.withdrawnAtMs !== null || after.status !== 'new') return [];
  const routed = routeOf(after, context);
  const chosen = chosenOf(after, context);
  const from = { step, atMs: outOfQuiet(chosen, nowAtMs) };
  return ladderOf(after, { route: routed, roster, from }).map((rung) => ({
    kind: 'rung' as const,
    rung: { ...rung, dueAtMs: outOfQuiet(chosen, rung.dueAtMs) },
  }));
}

const chosenOf = (after: KnownAlert, { nowAtMs, routing }: CorrectContext) =>
  chooseRow(routing, { ...after, atMs: nowAtMs });

const routeOf = (after: KnownAlert, context: CorrectContext) =>
  route(
    grade({ level: after.level, late: after.late === 1 }),
    after.region,
    context.roster,
    chosenOf(after, context).row,
  );

function tellOf(
  before: KnownAlert,
  after: KnownAlert,
  step: number,
  context: CorrectContext & { finding: CorrectedFinding },
): Told {
  const { finding, nowAtMs } = context;
  const isWithdrawn = after.withdrawnAtMs !== null;
  // The same level under another article: to be read on the alert, nobody need hear of it.
  if (!isWithdrawn && before.level === after.level) return { details: {}, effects: [] };
  const facts = {
    alertId: after.id,
    region: after.region,
    title: { zh: after.titleZh, en: after.titleEn },
    level: after.level,
    because: finding.because.reason,
    wasLevel: isWithdrawn ? undefined : before.level,
  };
  const telling = {
    alertId: after.id,
    step,
    sms: composeCorrection('sms', facts),
    push: composeCorrection('push', facts),
    createdAtMs: nowAtMs,
    ifUntold: isWithdrawn || after.status !== 'new' ? [] : noticesOf(after, step, context),
  };
  return { details: {}, effects: [{ kind: 'tell', telling }] };
}

/** When all that still stands is over, so is the alert. */
function clearedBy(
  after: KnownAlert,
  {
    finding,
    standing,
    nowAtMs,
  }: CorrectContext & {
    finding: CorrectedFinding;
    standing: readonly AlertRaiseTable[];
  },
): readonly Effect[] {
  if (after.clearedAtMs !== null || after.withdrawnAtMs !== null) return [];
  const ends = standing.map(({ clearedAtMs }) => clearedAtMs);
  const clearedAtMs = ends.reduce((latest, end) =>
    latest === null || end === null ? null : end > latest ? end : latest,
  );
  if (clearedAtMs === null) return [];
  const event = alertEvent(after, {
    kind: 'cleared',
    key: [finding.id],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: { clearedAtMs },
  });
  return [
    { kind: 'change', alertId: after.id, change: { clearedAtMs } },
    { kind: 'event', event },
  ];
}
