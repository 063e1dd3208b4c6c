// Runs the stories in a routing file through the real pipeline: at this time, these alerts, these people,
// these channels, with inhibition, quiet hours and the ladder. Every bureau of the story has an officer on
// duty and a leader, called `511722-duty` and `511722-leader`.

import type { RaisedFinding } from '../../core/finding.ts';
import { contentId } from '../../core/ids.ts';
import { formatDuration } from '../../core/duration.ts';
import { parseInstant } from '../../core/local-time.ts';
import { observationSchema, type Observation } from '../../core/observation.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import type { Calendar } from '../../core/calendar.ts';
import type { Roster } from '../duty-officers.ts';
import { PIPELINE_DEFAULTS, step } from '../pipeline.ts';
import { EMPTY_STATE, type Effect, type SubjectState } from '../subject-state.ts';
import type { RouteTest, RoutingPlan } from './routing-plan.ts';

export type RouteTestResult = {
  readonly name: string;
  readonly passed: boolean;
  readonly wanted: readonly string[];
  /** `2m phone 511722-leader`: how long after the story began, by what, whom. In order. */
  readonly got: readonly string[];
};

export const testRoutes = (plan: RoutingPlan, calendar: Calendar | undefined): RouteTestResult[] =>
  plan.tests.map((test) => {
    const got = play(test, plan, calendar);
    const wanted = test.expect.map((line) => line.trim());
    const passed =
      wanted.length === got.length && wanted.toSorted().join('\n') === got.toSorted().join('\n');
    return { name: test.name, passed, wanted, got };
  });

const ROSTER: Roster = {
  linesOf: (bureau) => [
    [{ id: `${bureau}-duty`, bureau, hasPhone: true }],
    [{ id: `${bureau}-leader`, bureau, hasPhone: true }],
  ],
  leadersOf: (bureau) => [{ id: `${bureau}-leader`, bureau, hasPhone: true }],
};

function play(test: RouteTest, plan: RoutingPlan, calendar: Calendar | undefined): string[] {
  const startMs = parseInstant(test.at);
  if (startMs === undefined) return [`"${test.at}" is not a time such as 2026-11-26 22:30`];
  const states = new Map<string, SubjectState>();
  const said: { atMs: number; line: string }[] = [];
  for (const [index, alert] of test.alerts.entries()) {
    const nowAtMs = epochMs(startMs + alert.after);
    const finding = findingOf(alert, { index, atMs: nowAtMs });
    const [next, effects] = step(states.get(alert.person) ?? EMPTY_STATE, finding, {
      nowAtMs,
      roster: ROSTER,
      routing: { plan, calendar },
      ruleTexts: (ruleId) => {
        const name = { zh: ruleId, en: ruleId };
        return { title: name, duty: name };
      },
      options: PIPELINE_DEFAULTS,
    });
    states.set(alert.person, next);
    said.push(...effects.flatMap((effect) => linesOf(effect)));
  }
  const untilMs = startMs + test.watch;
  return said
    .filter(({ atMs, line }) => atMs <= untilMs || !line.startsWith('then '))
    .toSorted((a, b) => a.atMs - b.atMs || (a.line < b.line ? -1 : 1))
    .map(({ atMs, line }) => `${formatDuration(atMs - startMs)} ${line.replace(/^then /, '')}`);
}

function linesOf(effect: Effect): { atMs: number; line: string }[] {
  if (effect.kind === 'notice') {
    const { channel, recipient, createdAtMs, nextAttemptAtMs } = effect.notice;
    return [{ atMs: nextAttemptAtMs ?? createdAtMs, line: `${channel} ${recipient}` }];
  }
  if (effect.kind === 'rung') {
    const { dueAtMs, channel, recipients } = effect.rung;
    return recipients.map((recipient) => ({ atMs: dueAtMs, line: `then ${channel} ${recipient}` }));
  }
  if (effect.kind === 'event' && effect.event.details['mutedBy'] !== undefined) {
    return [{ atMs: effect.event.atMs, line: `muted by ${effect.event.details['mutedBy']}` }];
  }
  return [];
}

function findingOf(
  alert: RouteTest['alerts'][number],
  { index, atMs }: { index: number; atMs: ReturnType<typeof epochMs> },
): RaisedFinding {
  const subject = subjectKey(`story-${alert.person.toLowerCase()}`);
  const alertId = contentId('al', [alert.rule, subject, index]);
  const county = alert.county;
  return {
    kind: 'raised',
    id: contentId('fi', [alertId]),
    alertId,
    ruleId: alert.rule,
    ruleVersion: '1@000000000000',
    subject,
    subjectClass: alert.class,
    region: county,
    atMs,
    level: alert.level,
    article: '',
    evidence: [evidenceOf(subject, atMs)],
    values: {},
    checkedLeaves: [],
    late: alert.late,
  };
}

/** What the alert of a story rests on does not matter; that it rests on something does. */
const evidenceOf = (subject: string, atMs: number): Observation =>
  observationSchema.parse({
    kind: 'device',
    id: contentId('ob', [subject, atMs]),
    subject,
    source: 'bracelet/story',
    sequence: 0,
    atMs,
    receivedAtMs: atMs,
    event: 'tamper',
  });
