// ⑥ When it turns out that a finding was none, or of another level. An alert stands for the findings merged
// into it: it is withdrawn when none of them stands, and as grave as the gravest that does. What is less
// grave than it was is told to those who were told; what is graver, or stands again, is routed anew.

import type { AlertEvent } from '../core/alert-event.ts';
import { assert } from '../core/errors.ts';
import type { CorrectedFinding, Level } from '../core/finding.ts';
import type { AlertRaiseTable } from '../warehouse/records-schema.ts';
import { carryOut, decideRoute, type RouteContext } from './decide-route.ts';
import { alertEvent, levelByRule, PIPELINE_ACTOR } from './events.ts';
import { STEPS_OF_CORRECTION } from './notify.ts';
import { graver, isStillRaised, type RepeatOptions } from './repeats.ts';
import {
  applyEffects,
  type AlertChange,
  type Effect,
  type KnownAlert,
  type NewNotice,
  type SubjectState,
} from './subject-state.ts';
import { composeCorrection } from './texts.ts';

type CorrectContext = RouteContext & { readonly options: RepeatOptions };

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
  const merged = state.raises.filter(
    (other) => other.alertId === alert.id && other.id !== raise.id,
  );
  const standing = [corrected, ...merged].filter(({ withdrawnAtMs }) => withdrawnAtMs === null);
  const effects: Effect[] = [
    { kind: 'raise', raise: corrected },
    { kind: 'correction', alertId: alert.id, finding },
  ];
  // What people decided after an objection, facts that come later do not undo.
  if (alert.withdrawnAtMs !== null && alert.correctedBecause === 'objection') return effects;
  const known = applyEffects(state, effects);
  const others = loweredOthers(alert, known, { finding, ...context });
  const isRaised = isStillRaised(alert, known.recent, context.options);
  const change = changeOf(alert, finding, standing, isRaised);
  if (!change) return [...effects, ...others];
  const after: KnownAlert = { ...alert, ...change };
  const of = { finding, change, standing, state: known, ...context };
  return [...effects, ...becomes(alert, after, of), ...others];
}

/** Other alerts that repeats made graver, of which one that counted turns out to be none. */
function loweredOthers(
  { id, ruleId }: KnownAlert,
  state: SubjectState,
  of: CorrectContext & { finding: CorrectedFinding },
): readonly Effect[] {
  return state.alerts
    .filter((other) => other.id !== id && other.ruleId === ruleId && !isClosed(other))
    .filter(({ repeatsRaisedAtMs, withdrawnAtMs }) => repeatsRaisedAtMs !== null && !withdrawnAtMs)
    .filter((other) => !isStillRaised(other, state.recent, of.options))
    .flatMap((before) => lower(before, { ...of, state }));
}

function lower(
  before: KnownAlert,
  of: CorrectContext & { finding: CorrectedFinding; state: SubjectState },
): readonly Effect[] {
  const { finding, nowAtMs } = of;
  const change: AlertChange = {
    level: levelByRule(before),
    repeatsRaisedAtMs: null,
    corrections: before.corrections + 1,
    reroutedBecause: 'corrected',
  };
  const after: KnownAlert = { ...before, ...change };
  const step = after.corrections * STEPS_OF_CORRECTION;
  const event = alertEvent(after, {
    kind: 'regraded',
    key: [finding.id],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: {
      because: 'repeats-withdrawn',
      fromLevel: before.level,
      toLevel: after.level,
      findingId: finding.id,
    },
  });
  return [
    { kind: 'change', alertId: after.id, change },
    { kind: 'event', event },
    { kind: 'take-back', alertId: after.id, step },
    ...tellOf(before, after, step, of).effects,
    ...ladderAnew(after, step, of),
  ];
}

/** What changes about the alert; undefined when it stays what it is, for the other raises it stands for. */
function changeOf(
  alert: KnownAlert,
  finding: CorrectedFinding,
  standing: readonly AlertRaiseTable[],
  isRaised: boolean,
): AlertChange | undefined {
  const levels = standing.map(({ level }) => level ?? levelByRule(alert));
  const byRule = levels.length === 0 ? levelByRule(alert) : (Math.min(...levels) as Level);
  // What repeats made graver stays so while they stand; a withdrawn alert keeps what it was.
  const isGraver = alert.repeatsRaisedAtMs !== null && (isRaised || levels.length === 0);
  const level = isGraver ? graver(byRule) : byRule;
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
    ...(isOther ? { reroutedBecause: 'corrected' as const } : {}),
    repeatsRaisedAtMs: level < byRule ? alert.repeatsRaisedAtMs : null,
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
    state: SubjectState;
  } & CorrectContext,
): readonly Effect[] {
  const { finding, nowAtMs } = of;
  const step = after.corrections * STEPS_OF_CORRECTION;
  const isOther = after.corrections !== before.corrections;
  const countsAnew =
    after.withdrawnAtMs === null &&
    !isClosed(after) &&
    (before.withdrawnAtMs !== null || after.level < before.level);
  const told = countsAnew ? routeAnew(after, of.state, step, of) : tellOf(before, after, step, of);
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
    { kind: 'change', alertId: after.id, change: { ...of.change, ...told.change } },
    { kind: 'event', event },
    ...(isClosed(before) && !isClosed(after) ? [{ kind: 'event' as const, event: reopened }] : []),
    ...clearedBy(after, of),
    ...(isOther
      ? [
          { kind: 'take-back' as const, alertId: after.id, step },
          ...told.effects,
          ...(countsAnew ? [] : ladderAnew(after, step, of)),
        ]
      : []),
  ];
}

type Told = {
  readonly effects: readonly Effect[];
  readonly details: AlertEvent['details'];
  readonly change?: AlertChange;
};

/** Like a new alert of its level: who was told before was told something else. */
function routeAnew(
  after: KnownAlert,
  state: SubjectState,
  step: number,
  context: RouteContext,
): Told {
  const decision = decideRoute(after, state, context);
  return carryOut(after, decision, { ...context, step, told: [] });
}

/**
 * What would go out if it were a new alert of its level: notices and rungs. Nothing of what somebody has, or
 * what tells nobody; silences of now hide what is new or graver, and it is neither.
 */
function anew(
  after: KnownAlert,
  step: number,
  { state, ...context }: CorrectContext & { state: SubjectState },
): readonly Effect[] {
  if (after.withdrawnAtMs !== null || after.status !== 'new' || after.silencedBy !== null)
    return [];
  const decision = decideRoute(after, state, { ...context, silences: [] });
  return carryOut(after, decision, { ...context, step, told: [] }).effects;
}

/** What stands and is not taken is followed by the ladder of its new level, from now. */
const ladderAnew = (...of: Parameters<typeof anew>): readonly Effect[] =>
  anew(...of).filter(({ kind }) => kind === 'rung');

const noticesAnew = (...of: Parameters<typeof anew>): readonly NewNotice[] =>
  anew(...of).flatMap((effect) => (effect.kind === 'notice' ? [effect.notice] : []));

function tellOf(
  before: KnownAlert,
  after: KnownAlert,
  step: number,
  context: CorrectContext & { finding: CorrectedFinding; state: SubjectState },
): Told {
  const { finding, nowAtMs, options } = context;
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
    sms: composeCorrection('sms', facts, options.templates),
    push: composeCorrection('push', facts, options.templates),
    createdAtMs: nowAtMs,
    ifUntold: noticesAnew(after, step, context),
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
  }: RouteContext & {
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
