// ⑥ From finding to notice, as a table of contents: grade → merge → route → notify, or correct. A pure step over what
// the records hold of one person; run.ts loads, steps, and writes what comes out in one transaction.

import { assert } from '../core/errors.ts';
import type { ClearedFinding, Finding, RaisedFinding } from '../core/finding.ts';
import type { EpochMs } from '../core/time.ts';
import { flag, type AlertRaiseTable, type AlertTable } from '../warehouse/records-schema.ts';
import type { Roster } from './duty-officers.ts';
import { alertEvent, PIPELINE_ACTOR } from './events.ts';
import { ladderOf } from './escalation.ts';
import { encodeEvidence } from './evidence.ts';
import { correct } from './correct.ts';
import { grade, type Graded } from './grade.ts';
import { merge, MERGE_DEFAULTS, type MergeOptions } from './merge.ts';
import { notify, NOTIFY_DEFAULTS, type NotifyOptions } from './notify.ts';
import { policyDetails } from './policy.ts';
import { route, type Route } from './route.ts';
import {
  chooseRow,
  inhibitedBy,
  outOfQuiet,
  type ChosenRow,
  type Routing,
} from './routing/choose-row.ts';
import {
  applyEffects,
  type NewNotice,
  type Effect,
  type KnownAlert,
  type SubjectState,
} from './subject-state.ts';
import type { RuleTexts } from './texts.ts';

export type PipelineOptions = MergeOptions & NotifyOptions;

export const PIPELINE_DEFAULTS: PipelineOptions = { ...MERGE_DEFAULTS, ...NOTIFY_DEFAULTS };

/** What a step needs besides state and finding; the same context gives the same outputs. */
export type StepContext = {
  readonly nowAtMs: EpochMs;
  readonly roster: Roster;
  readonly ruleTexts: RuleTexts;
  readonly routing: Routing;
  readonly options: PipelineOptions;
};

/** Takes one finding about the person of `state`. A finding delivered before has no effect. */
export function step(
  state: SubjectState,
  finding: Finding,
  context: StepContext,
): [SubjectState, readonly Effect[]] {
  const effects = effectsOf(state, finding, context);
  return [applyEffects(state, effects), effects];
}

function effectsOf(state: SubjectState, finding: Finding, context: StepContext): readonly Effect[] {
  // A rule on trial tells nobody, and what it says leaves no trace among the alerts.
  if (finding.shadow) return [];
  switch (finding.kind) {
    case 'suppressed':
      return [{ kind: 'suppressed', finding }];
    case 'cleared':
      return clear(state, finding, context);
    case 'corrected':
      return correct(state, finding, context);
    case 'raised': {
      const graded = grade(finding);
      const merged = merge(finding, graded, state, context.options);
      if (merged.kind === 'known') return [];
      if (merged.kind === 'repeat') return repeat(merged.alert, finding, context);
      const alert = newAlert(finding, graded, merged.episodeId, context);
      const chosen = chooseRow(context.routing, { ...alert, atMs: context.nowAtMs });
      const routed = route(graded, finding.region, context.roster, chosen.row);
      const muted = mutedBy(alert, state, context);
      return muted
        ? openMuted(alert, routed, muted, context)
        : open(alert, { routed, chosen }, state, context);
    }
  }
}

/** A wider alert about the person is open: this one is shown, and tells nobody. */
function mutedBy(alert: AlertTable, state: SubjectState, { nowAtMs, routing }: StepContext) {
  const others = state.alerts
    .filter(({ status, withdrawnAtMs }) => status !== 'closed' && withdrawnAtMs === null)
    // Over is over: what ended by itself mutes nothing that begins.
    .filter(({ clearedAtMs }) => clearedAtMs === null || clearedAtMs > alert.openedAtMs)
    .map((other) => ({ ...other, atMs: other.openedAtMs }));
  return inhibitedBy(routing, { ...alert, atMs: nowAtMs }, others);
}

function openMuted(
  alert: AlertTable,
  routed: Route,
  { inhibition, source }: NonNullable<ReturnType<typeof mutedBy>>,
  { nowAtMs }: StepContext,
): readonly Effect[] {
  const opened = alertEvent(alert, {
    kind: 'opened',
    key: [],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: {
      late: alert.late === 1,
      episodeId: alert.episodeId,
      ...policyDetails({ ...routed, told: [], pushedOnly: [] }, new Set()),
      mutedBy: inhibition.name,
      mutedByAlert: source.id,
    },
  });
  const { id, openedAtMs, level } = alert;
  return [
    { kind: 'open', alert },
    { kind: 'raise', raise: newRaise({ id, alertId: id, openedAtMs, level }) },
    { kind: 'event', event: opened },
  ];
}

function open(
  alert: AlertTable,
  { routed, chosen }: { routed: Route; chosen: ChosenRow },
  state: SubjectState,
  { nowAtMs, options, roster }: StepContext,
): readonly Effect[] {
  const { notices, quieted } = notify(alert, routed, state.told, {
    ...options,
    step: 0,
    atMs: nowAtMs,
  });
  const opened = alertEvent(alert, {
    kind: 'opened',
    key: [],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: {
      late: alert.late === 1,
      episodeId: alert.episodeId,
      ...policyDetails(routed, quieted),
      ...(chosen.by.length === 0 ? {} : { routedBy: chosen.by.join(' / ') }),
      ...(chosen.quietUntilMs === undefined ? {} : { quietUntilMs: chosen.quietUntilMs }),
    },
  });
  const standIns = routed.standIns.map(({ of, by }) =>
    alertEvent(alert, {
      kind: 'escalated',
      key: [of],
      atMs: nowAtMs,
      actor: PIPELINE_ACTOR,
      details: { because: 'nobody-to-reach', from: of, to: by ?? 'operators' },
    }),
  );
  const { id, openedAtMs } = alert;
  return [
    { kind: 'open', alert },
    { kind: 'raise', raise: newRaise({ id, alertId: id, openedAtMs, level: alert.level }) },
    ...[opened, ...standIns].map((event) => ({ kind: 'event' as const, event })),
    ...notices.map((notice) => ({ kind: 'notice' as const, notice: deferred(notice, chosen) })),
    // Nobody is late with an alert that waits for the morning, and what falls due at night waits as well.
    ...ladderOf(alert, {
      route: routed,
      roster,
      from: { step: 0, atMs: chosen.quietUntilMs ?? nowAtMs },
    }).map((rung) => ({
      kind: 'rung' as const,
      rung: { ...rung, dueAtMs: outOfQuiet(chosen, rung.dueAtMs) },
    })),
    ...(routed.standIns.some(({ by }) => by === null)
      ? [{ kind: 'unreached' as const, alertId: id, channel: routed.channel }]
      : []),
  ];
}

/** What comes in quiet hours waits for their end. */
const deferred = (notice: NewNotice, { quietUntilMs }: ChosenRow): NewNotice =>
  quietUntilMs === undefined ? notice : { ...notice, nextAttemptAtMs: quietUntilMs };

function newAlert(
  finding: RaisedFinding,
  graded: Graded,
  episodeId: string,
  { nowAtMs, ruleTexts }: StepContext,
): AlertTable {
  const { title } = ruleTexts(finding.ruleId);
  return {
    id: finding.alertId,
    ruleId: finding.ruleId,
    ruleVersion: finding.ruleVersion,
    level: graded.level,
    raisedLevel: graded.level,
    subject: finding.subject,
    subjectClass: finding.subjectClass,
    region: finding.region,
    titleZh: title.zh,
    titleEn: title.en,
    article: finding.article,
    openedAtMs: finding.atMs,
    receivedAtMs: newestReceipt(finding),
    recordedAtMs: nowAtMs,
    clearedAtMs: null,
    late: flag(finding.late),
    status: 'new',
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    closedAtMs: null,
    closedBy: null,
    episodeId,
    repeats: 0,
    lastRepeatAtMs: null,
    ...encodeEvidence(finding),
    feedbackResult: null,
    feedbackNote: null,
    feedbackAtMs: null,
    feedbackBy: null,
    withdrawnAtMs: null,
    correctedBecause: null,
    corrections: 0,
  };
}

/** Met again while the alert is open: counted and shown, nobody is told a second time. */
function repeat(
  alert: KnownAlert,
  finding: RaisedFinding,
  { nowAtMs }: StepContext,
): readonly Effect[] {
  const repeats = alert.repeats + 1;
  const last = alert.lastRepeatAtMs;
  const lastRepeatAtMs = last !== null && last > finding.atMs ? last : finding.atMs;
  const event = alertEvent(alert, {
    kind: 'repeated',
    key: [finding.alertId],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: { metAtMs: finding.atMs, repeats, findingId: finding.id },
  });
  const { alertId: id, atMs: openedAtMs } = finding;
  return [
    { kind: 'change', alertId: alert.id, change: { repeats, lastRepeatAtMs, clearedAtMs: null } },
    { kind: 'raise', raise: newRaise({ id, alertId: alert.id, openedAtMs, level: finding.level }) },
    { kind: 'event', event },
  ];
}

const newRaise = (
  raise: Pick<AlertRaiseTable, 'id' | 'alertId' | 'openedAtMs' | 'level'>,
): AlertRaiseTable => ({
  ...raise,
  clearedAtMs: null,
  withdrawnAtMs: null,
  correctedAtMs: null,
  correctionId: null,
});

/** An alert is over when every condition it stands for is. It stays open until an officer closes it. */
function clear(
  state: SubjectState,
  finding: ClearedFinding,
  { nowAtMs }: StepContext,
): readonly Effect[] {
  const raise = state.raises.find(({ id }) => id === finding.alertId);
  if (!raise || raise.clearedAtMs !== null) return [];
  const alert = state.alerts.find(({ id }) => id === raise.alertId);
  assert(alert, 'the alert of a raise is loaded with it');
  const cleared: Effect = { kind: 'raise', raise: { ...raise, clearedAtMs: finding.atMs } };
  if (alert.withdrawnAtMs !== null) {
    // Nothing ended that was. Should the alert stand again, the row knows.
    return [cleared, { kind: 'change', alertId: alert.id, change: { clearedAtMs: finding.atMs } }];
  }
  if (raise.withdrawnAtMs !== null) return [cleared];
  const others = state.raises.filter(
    (other) => other.alertId === alert.id && other.id !== raise.id && other.withdrawnAtMs === null,
  );
  if (others.some(({ clearedAtMs }) => clearedAtMs === null)) return [cleared];
  const clearedAtMs = others.reduce<EpochMs>(
    (latest, other) =>
      other.clearedAtMs !== null && other.clearedAtMs > latest ? other.clearedAtMs : latest,
    finding.atMs,
  );
  const event = alertEvent(alert, {
    kind: 'cleared',
    key: [finding.id],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: { clearedAtMs, ...(finding.because ? { because: finding.because } : {}) },
  });
  return [
    cleared,
    { kind: 'change', alertId: alert.id, change: { clearedAtMs } },
    { kind: 'event', event },
  ];
}

/** When the newest observation the alert rests on reached us. */
const newestReceipt = ({ evidence }: RaisedFinding): EpochMs =>
  evidence.reduce(
    (newest, { receivedAtMs }) => (receivedAtMs > newest ? receivedAtMs : newest),
    (evidence[0] as RaisedFinding['evidence'][number]).receivedAtMs,
  );
