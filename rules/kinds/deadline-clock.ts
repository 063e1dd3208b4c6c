// The statutory clock of one case: from its milestones to the instant it runs out. Pure arithmetic over
// local days (Criminal Procedure Law art. 105; SPC interpretation 2021 art. 202), so a milestone that
// comes late only means reckoning again.

import {
  addMonths,
  addWorkdays,
  dayOf,
  rollToWorkday,
  startOfDay,
  type Calendar,
} from '../../core/calendar.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Level } from '../../core/finding.ts';
import { HOUR_MS } from '../../core/local-time.ts';
import type { ObservationOf } from '../../core/observation.ts';
import type { CaseParams, Span } from './deadline-params.ts';

export type Milestone = ObservationOf<'case-milestone'>;

export type Stage = {
  readonly id: string;
  readonly atMs: number;
  /** Undefined for the end of the period, which has the rule's level for the class. */
  readonly level: Level | undefined;
};

export type Clock = {
  readonly startedBy: Milestone;
  readonly status: 'running' | 'suspended' | 'ended';
  /** The end of the last day; the last instant in time is just before. */
  readonly dueAtMs: number;
  /** The last day of the period; undefined for a period of hours. */
  readonly lastDay: number | undefined;
  readonly extensions: number;
  readonly suspendedDays: number;
  /** Moments to speak, by time. */
  readonly stages: readonly Stage[];
  /** The milestones it was reckoned from, by time. */
  readonly used: readonly Milestone[];
};

type Run = {
  startedBy: Milestone;
  added: Span[];
  addedBy: Map<string, number>;
  suspended: { fromMs: number; untilMs: number }[];
  /** Open pairs, and the milestones that made the standstill under way. */
  standing: Set<number>;
  standstill: Milestone[];
  runningSinceMs: number;
  ended: boolean;
  used: Milestone[];
};

type Deps = {
  readonly params: CaseParams;
  readonly calendar: Calendar;
  /** Whether a milestone that would start the clock counts. */
  readonly startCounts: (milestone: Milestone) => boolean;
};

/** `milestones` by event time; undefined when none of them started the clock. */
export function reckonClock(milestones: readonly Milestone[], deps: Deps): Clock | undefined {
  let run: Run | undefined;
  for (const milestone of milestones) run = advance(run, milestone, deps);
  if (!run) return undefined;
  const { dueAtMs, lastDay } = dueOf(run, deps);
  return {
    startedBy: run.startedBy,
    status: run.ended ? 'ended' : run.standing.size > 0 ? 'suspended' : 'running',
    dueAtMs,
    lastDay,
    extensions: run.added.length,
    suspendedDays: run.suspended.reduce((sum, stretch) => sum + daysOf(stretch).length, 0),
    stages: stagesOf(dueAtMs, run.runningSinceMs, deps.params),
    used: run.used.toSorted((a, b) => a.atMs - b.atMs),
  };
}

function advance(run: Run | undefined, milestone: Milestone, deps: Deps): Run | undefined {
  const { params } = deps;
  const name = milestone.milestone;
  const restarts = params.restarts.includes(name);
  if (restarts || (params.start.includes(name) && (!run || run.ended))) {
    const isDated = params.from === 'milestone' || milestone.targetAtMs !== undefined;
    return isDated && deps.startCounts(milestone) ? begin(milestone) : run;
  }
  if (!run || run.ended) return run;
  if (params.end.includes(name)) return { ...run, ended: true };
  // Once it has run out nothing adds to it any more.
  if (run.standing.size === 0 && milestone.atMs >= dueOf(run, deps).dueAtMs) return run;
  const extension = params.extensions.find((one) => one.milestone === name);
  if (extension) return extend(run, milestone, extension);
  return standOrGoOn(run, milestone, params);
}

const begin = (startedBy: Milestone): Run => ({
  startedBy,
  added: [],
  addedBy: new Map(),
  suspended: [],
  standing: new Set(),
  standstill: [],
  runningSinceMs: startedBy.atMs,
  ended: false,
  used: [startedBy],
});

function extend(
  run: Run,
  milestone: Milestone,
  { add, max }: CaseParams['extensions'][number],
): Run {
  const times = (run.addedBy.get(milestone.milestone) ?? 0) + 1;
  if (times > max) return run;
  return {
    ...run,
    added: [...run.added, add],
    addedBy: new Map(run.addedBy).set(milestone.milestone, times),
    used: [...run.used, milestone],
  };
}

function standOrGoOn(run: Run, milestone: Milestone, { suspensions }: CaseParams): Run {
  const standing = new Set(run.standing);
  for (const [index, { from, to }] of suspensions.entries()) {
    if (from === milestone.milestone) standing.add(index);
    if (to === milestone.milestone) standing.delete(index);
  }
  if (standing.size === run.standing.size) return run;
  const standstill = [...run.standstill, milestone];
  if (standing.size > 0) return { ...run, standing, standstill };
  const fromMs = (standstill[0] as Milestone).atMs;
  return {
    ...run,
    standing,
    standstill: [],
    suspended: [...run.suspended, { fromMs, untilMs: milestone.atMs }],
    runningSinceMs: milestone.atMs,
    used: [...run.used, ...standstill],
  };
}

function dueOf(
  run: Run,
  { params, calendar }: Pick<Deps, 'params' | 'calendar'>,
): { dueAtMs: number; lastDay: number | undefined } {
  const { startedBy } = run;
  const anchorMs = params.from === 'target' ? (startedBy.targetAtMs as number) : startedBy.atMs;
  const sign = params.direction === 'after' ? 1 : -1;
  if (params.period.unit === 'hour') {
    const firstMs = params.excludeFirstDay ? Math.ceil(anchorMs / HOUR_MS) * HOUR_MS : anchorMs;
    const hours = [params.period, ...run.added].reduce((sum, { amount }) => sum + amount, 0);
    const stoodMs = run.suspended.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
    return { dueAtMs: firstMs + sign * hours * HOUR_MS + stoodMs, lastDay: undefined };
  }
  const spans = merge([params.period, ...run.added]);
  // Workdays count the first day only if it is one; of days and months it simply takes one off.
  const countsFirst = params.excludeFirstDay ? 0 : sign;
  const countsFirstEarly = spans[0]?.unit === 'workday' ? countsFirst : 0;
  let day = dayOf(anchorMs) - countsFirstEarly;
  for (const span of spans) day = addSpan(day, { ...span, amount: sign * span.amount }, calendar);
  day -= countsFirst - countsFirstEarly;
  const firstDay = dayOf(anchorMs) + (params.excludeFirstDay ? 1 : 0);
  for (const stood of run.suspended.flatMap(daysOf)) {
    // A day beyond the last, to which it only rolled, was none of the period.
    if (params.direction === 'after' && (stood < firstDay || stood > day)) continue;
    if (params.period.unit !== 'workday') day++;
    else if (calendar.isWorkday(stood)) day = addWorkdays(calendar, day, 1);
  }
  const rolls =
    params.rollOver === 'next-workday' ||
    (params.rollOver === 'next-workday-unless-in-custody' && !startedBy.inCustody);
  const lastDay = rolls ? rollToWorkday(calendar, day) : day;
  return { dueAtMs: startOfDay(lastDay + 1), lastDay };
}

/** Neighbouring spans of one unit as one: two months and one month are three, counted from the start. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last?.unit === span.unit) {
      merged[merged.length - 1] = { unit: span.unit, amount: last.amount + span.amount };
    } else merged.push(span);
  }
  return merged;
}

function addSpan(day: number, { amount, unit }: Span, calendar: Calendar): number {
  if (unit === 'month') return addMonths(day, amount);
  if (unit === 'workday') return addWorkdays(calendar, day, amount);
  return day + amount;
}

type Stretch = { readonly fromMs: number; readonly untilMs: number };

/** The day it stopped is taken out, the day it went on counts. */
const daysOf = ({ fromMs, untilMs }: Stretch): number[] =>
  Array.from({ length: dayOf(untilMs) - dayOf(fromMs) }, (_, index) => dayOf(fromMs) + index);

/**
 * Of moments that lie before the clock began to run (a period shorter than the warning, a hearing set at
 * short notice) only the last is spoken of, as soon as it runs.
 */
function stagesOf(
  dueAtMs: number,
  runningSinceMs: number,
  { warnings, escalations }: CaseParams,
): Stage[] {
  const stages: Stage[] = [
    ...warnings.map(({ left, level }) => ({
      id: `left ${formatDuration(left)}`,
      atMs: dueAtMs - left,
      level,
    })),
    { id: 'overdue', atMs: dueAtMs, level: undefined },
    ...escalations.map(({ after, level }) => ({
      id: `overdue by ${formatDuration(after)}`,
      atMs: dueAtMs + after,
      level,
    })),
  ].sort((a, b) => a.atMs - b.atMs);
  const lastPassed = stages.findLastIndex(({ atMs }) => atMs <= runningSinceMs);
  return stages.flatMap((stage, index) =>
    index < lastPassed ? [] : index === lastPassed ? [{ ...stage, atMs: runningSinceMs }] : [stage],
  );
}
