// Runs the stories in a routing file through the real pipeline: at this time, these alerts, these people,
// these channels, with inhibition, silences, repeats, quiet hours and the ladder. Every bureau of the story has an officer on
// duty and a leader, called `511722-duty` and `511722-leader`.

import type { RaisedFinding } from '../../core/finding.ts';
import { contentId } from '../../core/ids.ts';
import { formatDuration } from '../../core/duration.ts';
import { parseInstant } from '../../core/local-time.ts';
import { observationSchema, type Observation } from '../../core/observation.ts';
import { subjectKey } from '../../core/subject.ts';
import { regionCode } from '../../core/region.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { Calendar } from '../../core/calendar.ts';
import type { Silence } from '../silences/silence.ts';
import { createStage } from './story-stage.ts';
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

type Moment = { readonly atMs: EpochMs; readonly run: (atMs: EpochMs) => void };

function play(test: RouteTest, plan: RoutingPlan, calendar: Calendar | undefined): string[] {
  const startMs = parseInstant(test.at);
  if (startMs === undefined) return [`"${test.at}" is not a time such as 2026-11-26 22:30`];
  const untilMs = startMs + test.watch;
  const stage = createStage({ plan, calendar }, silencesOf(test, startMs));
  const after = (ms: number) => epochMs(startMs + ms);
  const moments: Moment[] = [
    // What begins at the instant of an alert hides it already; what ends then does not any more.
    ...stage.silences.flatMap((silence): Moment[] => [
      { atMs: silence.untilMs, run: (atMs) => stage.end(silence, atMs) },
      { atMs: silence.fromMs, run: (atMs) => stage.begin(silence, atMs) },
    ]),
    ...test.alerts.map((alert, index) => ({
      atMs: after(alert.after),
      run: (atMs: EpochMs) => stage.find(alert.person, findingOf(alert, { index, atMs })),
    })),
  ];
  const lastMs = Math.max(untilMs, ...test.alerts.map((alert) => after(alert.after)));
  for (const { atMs, run } of moments.toSorted((a, b) => a.atMs - b.atMs)) {
    if (atMs <= lastMs) run(atMs);
  }
  return stage
    .said(untilMs)
    .toSorted((a, b) => a.atMs - b.atMs || (a.line < b.line ? -1 : 1))
    .map(({ atMs, line }) => `${formatDuration(atMs - startMs)} ${line}`);
}

const silencesOf = ({ silences, alerts }: RouteTest, startMs: number): Silence[] =>
  silences.map(({ name, match, from, until, coversOpen }) => ({
    id: name,
    matcher: match,
    // The whole province: stories play within one.
    region: regionCode(`${alerts[0]?.county.slice(0, 2)}0000`),
    coversOpen,
    needsApproval: false,
    author: name,
    authorRole: 'city-officer',
    reason: name,
    fromMs: epochMs(startMs + from),
    untilMs: epochMs(startMs + until),
    createdAtMs: epochMs(startMs),
    acts: {},
  }));

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
