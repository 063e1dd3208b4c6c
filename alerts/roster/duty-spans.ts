// Who is on duty when: a roster unrolled into stretches of time. Pure; the calendar of workdays comes in by
// argument, and the host's time zone never matters.

import { dayOf, startOfDay, type Calendar } from '../../core/calendar.ts';
import { DAY_MS, MINUTE_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import type { PlanChange } from './plan-changes.ts';
import type { LineName, RosterPlan, Rotation } from './roster-plan.ts';

/** A plan with what people changed since it was written, in the order in which it came into force. */
export type DutyPlan = RosterPlan & { readonly changes?: readonly PlanChange[] };

/** Half-open: from ≤ t < until. */
export type DutySpan = {
  readonly officer: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** The rotation it comes from, `override` of the file, or `change` made since. */
  readonly by: string;
  /** The change it comes from. */
  readonly changeId?: string;
};

type Period = { readonly fromMs: number; readonly untilMs: number };

export type DutyQuestion = Period & { readonly bureau: RegionCode; readonly line: LineName };

/**
 * The stretches of a line within a period, by begin and then officer. Absences come off the rotations; an
 * override replaces whom it names, or everyone, and stands above an absence: who takes over, is there. What
 * was changed since stands above the file, each change above those before it.
 */
export function dutySpans(plan: DutyPlan, calendar: Calendar, asked: DutyQuestion): DutySpan[] {
  const line = plan.bureaus
    .find(({ bureau }) => bureau === asked.bureau)
    ?.lines.find(({ name }) => name === asked.line);
  const overrides = plan.overrides.filter(
    (override) => override.bureau === asked.bureau && override.line === asked.line,
  );
  let spans = (line?.rotations ?? []).flatMap((rotation) => turnsOf(rotation, calendar, asked));
  for (const { officer, from, until } of plan.absences) {
    spans = without(spans, { fromMs: from, untilMs: until }, officer);
  }
  for (const { officer, insteadOf, from, until } of overrides) {
    const period = { fromMs: from, untilMs: until };
    spans = [...without(spans, period, insteadOf), { officer, ...period, by: 'override' }];
  }
  for (const change of plan.changes ?? []) spans = changed(spans, change, asked);
  return spans
    .flatMap((span) => within(span, asked))
    .toSorted(
      (a, b) => a.fromMs - b.fromMs || (a.officer < b.officer ? -1 : a.officer > b.officer ? 1 : 0),
    );
}

/** The officers of a line at an instant, each once, in the order of the roster. */
export function onDutyAt(
  plan: DutyPlan,
  calendar: Calendar,
  { atMs, ...line }: { bureau: RegionCode; line: LineName; atMs: number },
): string[] {
  const spans = dutySpans(plan, calendar, { ...line, fromMs: atMs, untilMs: atMs + 1 });
  return [...new Set(spans.map(({ officer }) => officer))];
}

function changed(
  spans: readonly DutySpan[],
  change: PlanChange,
  { bureau, line }: DutyQuestion,
): DutySpan[] {
  const { id, fromMs, untilMs } = change;
  const period = { fromMs, untilMs };
  const by = { by: 'change', changeId: id };
  if (change.kind === 'override') {
    if (change.bureau !== bureau || change.line !== line) return [...spans];
    return [
      ...without(spans, period, change.insteadOf),
      { officer: change.officer, ...period, ...by },
    ];
  }
  const { officer, standIn } = change;
  const left = without(spans, period, officer);
  if (standIn === undefined) return left;
  const freed = spans.filter((span) => span.officer === officer);
  const taken = freed.flatMap((span) => within({ ...span, officer: standIn, ...by }, period));
  return [...left, ...taken];
}

/** The turns of one rotation that touch the period. A turn is counted in covered days since the start. */
function turnsOf(rotation: Rotation, calendar: Calendar, { fromMs, untilMs }: Period): DutySpan[] {
  const { startsOn, endsOn = Infinity, teams, turnDays, hours } = rotation;
  const isCovered = coversDay(rotation, calendar);
  const fromOffsetMs = clockMs(hours.from);
  const lastsMs = (clockMs(hours.until) - fromOffsetMs + DAY_MS - 1) % DAY_MS;
  // A shift that begins the day before may reach into the period.
  const firstDay = Math.max(startsOn, dayOf(fromMs) - 1);
  const lastDay = Math.min(endsOn, dayOf(untilMs - 1));
  let covered = 0;
  for (let day = startsOn; day < firstDay; day++) if (isCovered(day)) covered++;
  const spans: DutySpan[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    if (!isCovered(day)) continue;
    const team = teams[Math.floor(covered++ / turnDays) % teams.length] as string[];
    const beginsMs = startOfDay(day) + fromOffsetMs;
    // `08:30` to `08:30` lasts a whole day.
    const period = { fromMs: beginsMs, untilMs: beginsMs + lastsMs + 1 };
    spans.push(...team.map((officer) => ({ officer, ...period, by: rotation.id })));
  }
  return spans;
}

function coversDay({ days }: Rotation, calendar: Calendar): (day: number) => boolean {
  if (days === 'all') return () => true;
  return days === 'workdays' ? (day) => calendar.isWorkday(day) : (day) => !calendar.isWorkday(day);
}

const clockMs = (clock: string): number =>
  (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * MINUTE_MS;

/** The spans with a period cut out, of one officer or of all. */
const without = (spans: readonly DutySpan[], period: Period, officer?: string): DutySpan[] =>
  spans.flatMap((span) => {
    if (officer !== undefined && span.officer !== officer) return [span];
    if (span.untilMs <= period.fromMs || period.untilMs <= span.fromMs) return [span];
    return [
      { ...span, untilMs: period.fromMs },
      { ...span, fromMs: period.untilMs },
    ].filter(({ fromMs, untilMs }) => fromMs < untilMs);
  });

const within = (span: DutySpan, { fromMs, untilMs }: Period): DutySpan[] => {
  const clipped = {
    ...span,
    fromMs: Math.max(span.fromMs, fromMs),
    untilMs: Math.min(span.untilMs, untilMs),
  };
  return clipped.fromMs < clipped.untilMs ? [clipped] : [];
};
