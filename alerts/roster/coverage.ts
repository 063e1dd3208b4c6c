// Proves that somebody can be reached at every minute: for each bureau and level a sweep over the duty line.
// What it finds is named with bureau, level and time; a roster with a gap is refused.

import type { Calendar } from '../../core/calendar.ts';
import type { Level } from '../../core/finding.ts';
import type { RegionCode } from '../../core/region.ts';
import { LEVEL_TABLE } from '../level-table.ts';
import { dutySpans, type DutyPlan, type DutySpan } from './duty-spans.ts';
import { LINES } from './roster-plan.ts';

/** What the records say of an officer. */
export type KnownOfficer = {
  readonly id: string;
  readonly bureau: RegionCode;
  readonly hasPhone: boolean;
  /** The number was tried, and the officer answered it. */
  readonly isVerified: boolean;
  /** When it was tried last; null while nobody has. */
  readonly verifiedAtMs?: number | null;
  readonly isActive: boolean;
};

export type Gap = {
  readonly bureau: RegionCode;
  readonly level: Level;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Who is on duty then and cannot be reached, with the reason; empty when nobody is on duty. */
  readonly unreachable: readonly { readonly officer: string; readonly because: Unreachable }[];
};

export type Unreachable = 'unknown' | 'inactive' | 'no-phone' | 'not-verified' | 'other-bureau';

export type CoverageQuestion = {
  readonly plan: DutyPlan;
  readonly calendar: Calendar;
  readonly officers: readonly KnownOfficer[];
  readonly fromMs: number;
  readonly untilMs: number;
};

const LEVELS = [1, 2, 3] as const;

/** Every stretch of the period in which nobody of a bureau's duty line can be reached for a level. */
export function findGaps(asked: CoverageQuestion): Gap[] {
  const known = new Map(asked.officers.map((officer) => [officer.id, officer]));
  return asked.plan.bureaus.flatMap(({ bureau }) => {
    const { fromMs, untilMs } = asked;
    const spans = dutySpans(asked.plan, asked.calendar, { bureau, line: 'duty', fromMs, untilMs });
    return LEVELS.flatMap((level) => {
      const why = ({ officer }: DutySpan) => whyUnreachable(known.get(officer), { bureau, level });
      const reached = spans.filter((span) => why(span) === undefined);
      return uncovered(reached, asked).map((gap): Gap => ({
        bureau,
        level,
        ...gap,
        unreachable: spans
          .filter((span) => span.fromMs < gap.untilMs && gap.fromMs < span.untilMs)
          .flatMap((span) => {
            const because = why(span);
            return because ? [{ officer: span.officer, because }] : [];
          })
          .filter(isFirst),
      }));
    });
  });
}

/** Officers in the plan whom the records do not know; a misspelt id is the usual reason. */
export function findStrangers({
  plan,
  officers,
}: Pick<CoverageQuestion, 'plan' | 'officers'>): string[] {
  const known = new Set(officers.map(({ id }) => id));
  const named = [
    ...plan.bureaus.flatMap(({ lines }) =>
      lines.flatMap(({ rotations }) => rotations.flatMap(({ teams }) => teams.flat())),
    ),
    ...plan.overrides.flatMap(({ officer, insteadOf }) => [
      officer,
      ...(insteadOf === undefined ? [] : [insteadOf]),
    ]),
    ...plan.absences.map(({ officer }) => officer),
    ...(plan.changes ?? []).map(({ officer }) => officer),
  ];
  return [...new Set(named)].filter((id) => !known.has(id)).toSorted();
}

/** What of the gaps in `after` was covered in `before`. */
export function addedGaps(before: readonly Gap[], after: readonly Gap[]): Gap[] {
  return after.flatMap((gap) => {
    const known = before
      .filter(({ bureau, level }) => bureau === gap.bureau && level === gap.level)
      .toSorted((a, b) => a.fromMs - b.fromMs);
    return uncovered(known, gap).map((period) => ({ ...gap, ...period }));
  });
}

/** An officer on duty within the period whose number was tried so long ago that it may not hold any more. */
export type StaleNumber = { readonly officer: string; readonly verifiedAtMs: number };

/** `validMs`: how long a trial of a number is trusted. */
export function findStaleNumbers(asked: CoverageQuestion, validMs: number): StaleNumber[] {
  const { plan, calendar, officers, fromMs, untilMs } = asked;
  const needed = new Set(
    plan.bureaus.flatMap(({ bureau }) =>
      LINES.flatMap((line) =>
        dutySpans(plan, calendar, { bureau, line, fromMs, untilMs }).map(({ officer }) => officer),
      ),
    ),
  );
  return officers.flatMap(({ id, isActive, verifiedAtMs = null }) =>
    isActive && needed.has(id) && verifiedAtMs !== null && fromMs - verifiedAtMs > validMs
      ? [{ officer: id, verifiedAtMs }]
      : [],
  );
}

/** One person in two places: on duty in two bureaus or lines at once. */
export type DoubleDuty = {
  readonly officer: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly places: readonly [string, string];
};

export function findDoubleDuty({
  plan,
  calendar,
  fromMs,
  untilMs,
}: Omit<CoverageQuestion, 'officers'>): DoubleDuty[] {
  const all = plan.bureaus.flatMap(({ bureau }) =>
    LINES.flatMap((line) =>
      dutySpans(plan, calendar, { bureau, line, fromMs, untilMs }).map((span) => ({
        ...span,
        place: `${bureau} ${line}`,
      })),
    ),
  );
  const byOfficer = Map.groupBy(all, ({ officer }) => officer);
  return [...byOfficer].flatMap(([officer, spans]) =>
    spans
      .toSorted((a, b) => a.fromMs - b.fromMs)
      .flatMap((span, index, sorted) => {
        const other = sorted
          .slice(index + 1)
          .find(({ fromMs: begins, place }) => begins < span.untilMs && place !== span.place);
        if (!other) return [];
        return [
          {
            officer,
            fromMs: other.fromMs,
            untilMs: Math.min(span.untilMs, other.untilMs),
            places: [span.place, other.place] as const,
          },
        ];
      }),
  );
}

function whyUnreachable(
  officer: KnownOfficer | undefined,
  { bureau, level }: { bureau: RegionCode; level: Level },
): Unreachable | undefined {
  if (!officer) return 'unknown';
  if (!officer.isActive) return 'inactive';
  if (officer.bureau !== bureau) return 'other-bureau';
  if (LEVEL_TABLE[level].channel === 'push') return undefined;
  if (!officer.hasPhone) return 'no-phone';
  return officer.isVerified ? undefined : 'not-verified';
}

/** What the spans, sorted by begin, leave open of the period. */
function uncovered(
  spans: readonly { readonly fromMs: number; readonly untilMs: number }[],
  period: { fromMs: number; untilMs: number },
): { fromMs: number; untilMs: number }[] {
  const gaps: { fromMs: number; untilMs: number }[] = [];
  let coveredUntilMs = period.fromMs;
  for (const { fromMs, untilMs } of spans) {
    if (untilMs <= coveredUntilMs || fromMs >= period.untilMs) continue;
    if (fromMs > coveredUntilMs) gaps.push({ fromMs: coveredUntilMs, untilMs: fromMs });
    coveredUntilMs = Math.max(coveredUntilMs, untilMs);
  }
  if (coveredUntilMs < period.untilMs) {
    gaps.push({ fromMs: coveredUntilMs, untilMs: period.untilMs });
  }
  return gaps;
}

const isFirst = (
  one: { officer: string },
  index: number,
  all: readonly { officer: string }[],
): boolean => all.findIndex(({ officer }) => officer === one.officer) === index;
