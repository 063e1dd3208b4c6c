// ⑥ From finding to notice, as a table of contents: grade → merge → route → notify, or correct. A pure step over what
// the records hold of one person; run.ts loads, steps, and writes what comes out in one transaction.

import { assert } from '../core/errors.ts';
import type { ClearedFinding, Finding, RaisedFinding } from '../core/finding.ts';
import { contentId } from '../core/ids.ts';
import type { EpochMs } from '../core/time.ts';
import { flag, type AlertRaiseTable, type AlertTable } from '../warehouse/records-schema.ts';
import { alertEvent, PIPELINE_ACTOR } from './events.ts';
import { encodeEvidence } from './evidence.ts';
import { correct } from './correct.ts';
import { carryOut, decideRoute, type RouteContext } from './decide-route.ts';
import { marked } from './drills/drill-mark.ts';
import { openCanary } from './canary/open-canary.ts';
import { grade, type Graded } from './grade.ts';
import { merge, MERGE_DEFAULTS, type MergeOptions } from './merge.ts';
import { NOTIFY_DEFAULTS, type NotifyOptions } from './notify.ts';
import { raisedBy, raiseLevel, regradedEvent } from './raise-level.ts';
import { graver, REPEAT_DEFAULTS, type RepeatOptions } from './repeats.ts';
import { applyEffects, type Effect, type KnownAlert, type SubjectState } from './subject-state.ts';
import type { RuleTexts } from './texts.ts';

export type PipelineOptions = MergeOptions & NotifyOptions & RepeatOptions;

export const PIPELINE_DEFAULTS: PipelineOptions = {
  ...MERGE_DEFAULTS,
  ...NOTIFY_DEFAULTS,
  ...REPEAT_DEFAULTS,
};

/** What a step needs besides state and finding; the same context gives the same outputs. */
export type StepContext = RouteContext & {
  readonly ruleTexts: RuleTexts;
  readonly options: PipelineOptions;
};

/** Takes one finding about the person of `state`. A finding delivered before has no effect. */
export function step(
  state: SubjectState,
  finding: Finding,
  context: StepContext,
): [SubjectState, readonly Effect[]] {
  const effects = effectsOf(ofOneKind(state, finding), finding, context);
  return [applyEffects(state, effects), effects];
}

/** What is real never meets a drill or canary: neither merges with, mutes or spares the other. */
function ofOneKind(state: SubjectState, { exercise: given }: Finding): SubjectState {
  const exercise = given ?? null;
  const alerts = state.alerts.filter((alert) => alert.exercise === exercise);
  if (alerts.length === state.alerts.length) return state;
  const ids = new Set(alerts.map(({ id }) => id));
  const episodes = new Set(alerts.map(({ episodeId }) => episodeId));
  return {
    ...state,
    alerts,
    raises: state.raises.filter(({ alertId }) => ids.has(alertId)),
    told: state.told.filter(({ episodeId }) => episodes.has(episodeId)),
  };
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
      if (finding.exercise === 'canary') return newCanary(state, finding, context);
      const graded = grade(finding);
      const merged = merge(finding, graded, state, context.options);
      if (merged.kind === 'known') return [];
      if (merged.kind === 'repeat') {
        const met = repeat(merged.alert, finding, context);
        const after = applyEffects(state, met);
        const raised = raisedBy(finding, merged.alert, after.recent, context.options);
        return raised ? [...met, ...raiseLevel(merged.alert.id, raised, after, context)] : met;
      }
      return open(newAlert(finding, graded, merged.episodeId, context), state, context);
    }
  }
}

/** A canary is one of its own each time; nobody has to close it. */
function newCanary(
  state: SubjectState,
  finding: RaisedFinding,
  context: StepContext,
): readonly Effect[] {
  if (state.raises.some(({ id }) => id === finding.alertId)) return [];
  const episodeId = contentId('ep', [finding.alertId]);
  const alert = newAlert(finding, grade(finding), episodeId, context);
  return openCanary({ ...alert, status: 'closed', closedAtMs: context.nowAtMs });
}

function open(byRule: AlertTable, state: SubjectState, context: StepContext): readonly Effect[] {
  const { nowAtMs } = context;
  const { id, openedAtMs, ruleId } = byRule;
  const recent = [...state.recent, { id, openedAtMs, ruleId, withdrawnAtMs: null }];
  const raised = raisedBy({ ruleId, atMs: openedAtMs }, byRule, recent, context.options);
  const alert = raised
    ? { ...byRule, level: graver(byRule.level), repeatsRaisedAtMs: raised.atMs }
    : byRule;
  const decision = decideRoute(alert, state, context);
  const { effects, details, change } = carryOut(alert, decision, {
    ...context,
    step: 0,
    told: state.told,
  });
  const opened = alertEvent(alert, {
    kind: 'opened',
    key: [],
    atMs: nowAtMs,
    actor: PIPELINE_ACTOR,
    details: { late: alert.late === 1, episodeId: alert.episodeId, ...details },
  });
  const standIns = decision.quiet
    ? []
    : decision.routed.standIns.map(({ of, by }) =>
        alertEvent(alert, {
          kind: 'escalated',
          key: [of],
          atMs: nowAtMs,
          actor: PIPELINE_ACTOR,
          details: { because: 'nobody-to-reach', from: of, to: by ?? 'operators' },
        }),
      );
  const { level } = byRule;
  return [
    { kind: 'open', alert: { ...alert, ...change } },
    { kind: 'raise', raise: newRaise({ id, alertId: id, openedAtMs, level }) },
    ...[opened, ...standIns].map((event) => ({ kind: 'event' as const, event })),
    ...(raised ? [regradedEvent(alert, raised, { nowAtMs })] : []),
    ...effects,
  ];
}

function newAlert(
  finding: RaisedFinding,
  graded: Graded,
  episodeId: string,
  { nowAtMs, ruleTexts }: StepContext,
): AlertTable {
  const { title, duty } = ruleTexts(finding.ruleId);
  const exercise = finding.exercise ?? null;
  const shown = exercise === null ? title : marked(title);
  return {
    id: finding.alertId,
    ruleId: finding.ruleId,
    ruleVersion: finding.ruleVersion,
    level: graded.level,
    raisedLevel: graded.level,
    subject: finding.subject,
    subjectClass: finding.subjectClass,
    region: finding.region,
    titleZh: shown.zh,
    titleEn: shown.en,
    article: finding.article,
    dutyZh: duty.zh,
    dutyEn: duty.en,
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
    acts: 0,
    silencedBy: null,
    reroutedBecause: null,
    repeatsRaisedAtMs: null,
    groupTerms: null,
    exercise,
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
