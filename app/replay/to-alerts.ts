// From findings to alerts without the records: the same grading and merging as the running product, on the
// findings of a whole history in order of event time. Nobody is told.

import { EMPTY_STATE, type Effect, type SubjectState } from '../../alerts/subject-state.ts';
import type { Roster } from '../../alerts/duty-officers.ts';
import { PIPELINE_DEFAULTS, step, type StepContext } from '../../alerts/pipeline.ts';
import { PLAIN_ROUTING } from '../../alerts/routing/routing-plan.ts';
import { decodeEvidence } from '../../alerts/evidence.ts';
import { assert } from '../../core/errors.ts';
import type { ClearedFinding, CorrectedFinding, RaisedFinding } from '../../core/finding.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';

/** One alert as `replay` writes it; docs/replay.md describes the fields. */
export type ReplayedAlert = Pick<
  RaisedFinding,
  'ruleId' | 'ruleVersion' | 'level' | 'subject' | 'region' | 'evidence' | 'article'
> & {
  readonly id: string;
  readonly openedAtMs: number;
  /** When the condition ended by itself; null while it lasts. */
  readonly closedAtMs: number | null;
};

export type ActingFinding = RaisedFinding | ClearedFinding | CorrectedFinding;

const NOBODY: Roster = { linesOf: () => [], leadersOf: () => [] };

/**
 * The alerts of a history, by the time they opened, then by id. Sorts `findings`: their order depends on
 * nothing but their content, so it does not matter how they were spread over batches and partitions.
 */
export function alertsOf(findings: ActingFinding[]): ReplayedAlert[] {
  findings.sort((a, b) => a.atMs - b.atMs || compare(a.id, b.id));
  const states = new Map<string, SubjectState>();
  const alerts = new Map<string, AlertTable>();
  for (const finding of findings) {
    const state = recent(states.get(finding.subject) ?? EMPTY_STATE, finding.atMs);
    const [next, effects] = step(state, finding, contextAt(finding));
    states.set(finding.subject, next);
    for (const effect of effects) apply(alerts, effect);
  }
  return [...alerts.values()]
    .sort((a, b) => a.openedAtMs - b.openedAtMs || compare(a.id, b.id))
    .map(replayedAlert);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const contextAt = ({ atMs }: ActingFinding): StepContext => ({
  nowAtMs: atMs,
  roster: NOBODY,
  routing: { plan: PLAIN_ROUTING, calendar: undefined },
  ruleTexts: (ruleId) => {
    const name = { zh: ruleId, en: ruleId };
    return { title: name, duty: name };
  },
  options: PIPELINE_DEFAULTS,
});

const { mergeWithinMs, episodeMs } = PIPELINE_DEFAULTS;

/** What later findings can still touch: alerts that last, and those that ended a short while ago. */
function recent(state: SubjectState, atMs: number): SubjectState {
  const ended = atMs - mergeWithinMs - episodeMs;
  const isPast = ({ openedAtMs, clearedAtMs }: SubjectState['alerts'][number]) =>
    openedAtMs < ended && clearedAtMs !== null && clearedAtMs < ended;
  if (!state.alerts.some(isPast)) return state;
  const alerts = state.alerts.filter((alert) => !isPast(alert));
  const kept = new Set(alerts.map(({ id }) => id));
  return { ...state, alerts, raises: state.raises.filter(({ alertId }) => kept.has(alertId)) };
}

function apply(alerts: Map<string, AlertTable>, effect: Effect): void {
  if (effect.kind === 'open') alerts.set(effect.alert.id, effect.alert);
  if (effect.kind !== 'change') return;
  const alert = alerts.get(effect.alertId);
  assert(alert, 'an alert is opened before it changes');
  alerts.set(alert.id, { ...alert, ...effect.change });
}

const replayedAlert = (alert: AlertTable): ReplayedAlert => ({
  id: alert.id,
  ruleId: alert.ruleId,
  ruleVersion: alert.ruleVersion,
  level: alert.level,
  subject: alert.subject,
  region: alert.region,
  openedAtMs: alert.openedAtMs,
  closedAtMs: alert.clearedAtMs,
  evidence: decodeEvidence(alert).evidence,
  article: alert.article,
});
