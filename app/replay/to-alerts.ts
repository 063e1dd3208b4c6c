// From findings to alerts without the records: the same grading and merging as the running product, on the
// findings of a whole history in order of event time. Nobody is told.

import { EMPTY_STATE, type Effect, type SubjectState } from '../../alerts/subject-state.ts';
import type { Roster } from '../../alerts/duty-officers.ts';
import { PIPELINE_DEFAULTS, step, type StepContext } from '../../alerts/pipeline.ts';
import { PLAIN_ROUTING } from '../../alerts/routing/routing-plan.ts';
import { decodeEvidence } from '../../alerts/evidence.ts';
import { assert } from '../../core/errors.ts';
import type { ClearedFinding, CorrectedFinding, RaisedFinding } from '../../core/finding.ts';
import type { AlertRaiseTable, AlertTable } from '../../warehouse/records-schema.ts';

/** One alert as `replay` writes it; docs/replay.md describes the fields. */
export type ReplayedAlert = Pick<
  RaisedFinding,
  'ruleId' | 'ruleVersion' | 'level' | 'subject' | 'region' | 'evidence' | 'article'
> & {
  readonly id: string;
  readonly openedAtMs: number;
  /** When the condition ended by itself; null while it lasts. */
  readonly closedAtMs: number | null;
  /** What turned out later, the oldest first; left out where nothing did. */
  readonly corrections?: readonly Pick<
    CorrectedFinding,
    'atMs' | 'outcome' | 'level' | 'article' | 'because'
  >[];
};

export type ActingFinding = RaisedFinding | ClearedFinding | CorrectedFinding;

const NOBODY: Roster = { linesOf: () => [], leadersOf: () => [] };

/**
 * The alerts of a history, by the time they opened, then by id. Sorts `findings`: their order depends on
 * nothing but their content, so it does not matter how they were spread over batches and partitions.
 */
export function alertsOf(findings: ActingFinding[]): ReplayedAlert[] {
  findings.sort(byTime);
  const states = new Map<string, SubjectState>();
  const all: Replayed = {
    alerts: new Map(),
    raises: new Map(),
    alertOf: new Map(),
    corrections: new Map(),
  };
  for (const finding of findings) {
    const known = recent(states.get(finding.subject) ?? EMPTY_STATE, finding.atMs);
    const state = finding.kind === 'corrected' ? withCorrected(known, finding, all) : known;
    const [next, effects] = step(state, finding, contextAt(finding));
    states.set(finding.subject, next);
    for (const effect of effects) apply(all, effect);
  }
  return [...all.alerts.values()]
    .sort((a, b) => a.openedAtMs - b.openedAtMs || compare(a.id, b.id))
    .map((alert) => replayedAlert(alert, all.corrections.get(alert.id)));
}

/** Everything that was ever written, as the records would hold it. */
type Replayed = {
  readonly alerts: Map<string, AlertTable>;
  /** By alert, then by their own id. */
  readonly raises: Map<string, Map<string, AlertRaiseTable>>;
  readonly alertOf: Map<string, string>;
  readonly corrections: Map<string, CorrectedFinding[]>;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const RANK = { raised: 0, cleared: 1, corrected: 2 } as const;

/** Corrections of one person at one instant stay as they came: each goes on from the one before. */
const byTime = (a: ActingFinding, b: ActingFinding): number =>
  a.atMs - b.atMs ||
  RANK[a.kind] - RANK[b.kind] ||
  (a.kind === 'corrected' ? compare(a.subject, b.subject) : compare(a.id, b.id));

/** A correction may be of an alert that lies far back. */
function withCorrected(
  state: SubjectState,
  { alertId }: CorrectedFinding,
  { alerts, raises, alertOf }: Replayed,
): SubjectState {
  const alert = alerts.get(alertOf.get(alertId) ?? '');
  if (!alert || state.alerts.some(({ id }) => id === alert.id)) return state;
  const own = raises.get(alert.id)?.values() ?? [];
  return { ...state, alerts: [...state.alerts, alert], raises: [...state.raises, ...own] };
}

const contextAt = ({ atMs }: ActingFinding): StepContext => ({
  nowAtMs: atMs,
  roster: NOBODY,
  routing: { plan: PLAIN_ROUTING, calendar: undefined },
  ruleTexts: (ruleId) => {
    const name = { zh: ruleId, en: ruleId };
    return { title: name, duty: name };
  },
  // What a replay writes are alerts as the rules raise them; repeats change nothing about that.
  options: { ...PIPELINE_DEFAULTS, repeats: undefined },
});

const { mergeWithinMs, episodeMs } = PIPELINE_DEFAULTS;

/** What later findings can still touch: alerts that last, and those that ended a short while ago. */
function recent(given: SubjectState, atMs: number): SubjectState {
  const state = given.recent.length === 0 ? given : { ...given, recent: [] };
  const ended = atMs - mergeWithinMs - episodeMs;
  const isPast = ({ openedAtMs, clearedAtMs }: SubjectState['alerts'][number]) =>
    openedAtMs < ended && clearedAtMs !== null && clearedAtMs < ended;
  if (!state.alerts.some(isPast)) return state;
  const alerts = state.alerts.filter((alert) => !isPast(alert));
  const kept = new Set(alerts.map(({ id }) => id));
  return { ...state, alerts, raises: state.raises.filter(({ alertId }) => kept.has(alertId)) };
}

function apply({ alerts, raises, alertOf, corrections }: Replayed, effect: Effect): void {
  if (effect.kind === 'open') alerts.set(effect.alert.id, effect.alert);
  if (effect.kind === 'raise') {
    const { id, alertId } = effect.raise;
    alertOf.set(id, alertId);
    raises.set(alertId, (raises.get(alertId) ?? new Map()).set(id, effect.raise));
  }
  if (effect.kind === 'correction') {
    const { alertId, finding } = effect;
    corrections.set(alertId, [...(corrections.get(alertId) ?? []), finding]);
  }
  if (effect.kind !== 'change') return;
  const alert = alerts.get(effect.alertId);
  assert(alert, 'an alert is opened before it changes');
  alerts.set(alert.id, { ...alert, ...effect.change });
}

const replayedAlert = (
  alert: AlertTable,
  corrections: readonly CorrectedFinding[] = [],
): ReplayedAlert => ({
  id: alert.id,
  ruleId: alert.ruleId,
  ruleVersion: alert.ruleVersion,
  level: alert.raisedLevel,
  subject: alert.subject,
  region: alert.region,
  openedAtMs: alert.openedAtMs,
  closedAtMs: alert.clearedAtMs,
  evidence: decodeEvidence(alert).evidence,
  article: alert.article,
  ...(corrections.length === 0
    ? {}
    : {
        corrections: corrections.map(({ atMs, outcome, level, article, because }) => ({
          atMs,
          outcome,
          level,
          article,
          because,
        })),
      }),
});
