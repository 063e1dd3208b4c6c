// What the roster page shows: the next days of a bureau line by line, where somebody cannot be reached, what
// was changed and what was handed over.

import {
  dateOfDay,
  dayOf,
  startOfDay,
  weekdayOf,
  type Calendar,
  type CalendarDay,
} from '../../core/calendar.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import type { Clock } from '../../core/time.ts';
import type { Records } from '../../warehouse/records.ts';
import { loadChanges } from './change-store.ts';
import { findGaps, type Gap } from './coverage.ts';
import { dutySpans, type DutyPlan } from './duty-spans.ts';
import { loadKnownOfficers } from './known-officers.ts';
import {
  pageChanges,
  pageNotes,
  pageOfficers,
  type PageChange,
  type PageNote,
  type PageOfficer,
} from './page-parts.ts';
import { planChangesOf } from './plan-changes.ts';
import type { LineName } from './roster-plan.ts';
import type { RosterSettings } from './roster-desk.ts';
import { mayHandle, mustHandle, type RosterOfficer } from './roster-scope.ts';

export type DayKind = 'workday' | 'rest-day' | 'holiday' | 'make-up';

export type PageDay = {
  readonly date: string;
  readonly startMs: number;
  readonly kind: DayKind;
  /** What the local table calls it. */
  readonly name: string | null;
  /** The calendar does not reach so far: only weekends are known. */
  readonly isGuessed: boolean;
};

export type PageTurn = {
  readonly officer: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly changeId: string | null;
};

export type RosterPage = {
  readonly nowMs: number;
  readonly bureau: RegionCode;
  /** Those the account may choose from. */
  readonly bureaus: readonly RegionCode[];
  /** False where no roster is configured or it does not have the bureau. */
  readonly isConfigured: boolean;
  readonly me: string | null;
  readonly days: readonly PageDay[];
  readonly lines: readonly { readonly name: LineName; readonly turns: readonly PageTurn[] }[];
  readonly officers: readonly PageOfficer[];
  readonly coverage: { readonly untilMs: number; readonly gaps: readonly Gap[] };
  readonly changes: readonly PageChange[];
  readonly notes: readonly PageNote[];
  readonly leaderConfirmsSwaps: boolean;
  readonly remindAt: string;
};

export type RosterPageDeps = RosterSettings & {
  readonly records: Records;
  readonly clock: Clock;
  readonly localDays: readonly CalendarDay[];
  /** How long a trial of a number is trusted. */
  readonly numberTrustedForMs: number;
  /** `17:00` */
  readonly remindAt: string;
};

export const DAYS_SHOWN = 14;
/** Changes stay in the list so long after their end. */
export const CHANGES_BACK_MS = 2 * DAY_MS;
export const NOTES_BACK_MS = 7 * DAY_MS;

/** The page of one bureau, the account's own when left out. Throws UserError `forbidden`. */
export async function readRosterPage(
  deps: RosterPageDeps,
  asked: RegionCode | undefined,
  by: RosterOfficer,
): Promise<RosterPage> {
  const bureau = asked ?? by.region;
  mustHandle(by, bureau);
  const { file, calendar, clock } = deps;
  const nowMs = clock.now();
  return deps.records.transaction(async (trx) => {
    const all = await loadChanges(trx, { sinceMs: nowMs - CHANGES_BACK_MS });
    const officers = await loadKnownOfficers(trx);
    const found = file?.bureaus.find((one) => one.bureau === bureau);
    const today = dayOf(nowMs);
    const page = {
      nowMs,
      bureau,
      bureaus: (file?.bureaus ?? []).map((one) => one.bureau).filter((one) => mayHandle(by, one)),
      me: by.officerId,
      days: Array.from({ length: DAYS_SHOWN }, (_, index) => dayAt(deps, today + index)),
      officers: await pageOfficers(trx, { bureau, nowMs, trustedForMs: deps.numberTrustedForMs }),
      changes: await pageChanges(trx, all, { bureau, by, nowMs }),
      notes: await pageNotes(trx, [bureau], nowMs - NOTES_BACK_MS),
      leaderConfirmsSwaps: deps.leaderConfirmsSwaps,
      remindAt: deps.remindAt,
    };
    const untilMs = nowMs + deps.coverageMs;
    if (!file || !found) {
      return { ...page, isConfigured: false, lines: [], coverage: { untilMs, gaps: [] } };
    }
    const plan: DutyPlan = { ...file, bureaus: [found], changes: planChangesOf(all) };
    return {
      ...page,
      isConfigured: true,
      lines: found.lines.map(({ name }) => ({
        name,
        turns: turnsShown(plan, calendar, { bureau, line: name, nowMs }),
      })),
      coverage: { untilMs, gaps: findGaps({ plan, calendar, officers, fromMs: nowMs, untilMs }) },
    };
  });
}

function dayAt({ calendar, localDays }: RosterPageDeps, day: number): PageDay {
  const date = dateOfDay(day);
  const isWeekend = ['saturday', 'sunday'].includes(weekdayOf(day));
  const works = calendar.isWorkday(day);
  const kind: DayKind = works
    ? isWeekend
      ? 'make-up'
      : 'workday'
    : calendar.isHoliday(day)
      ? 'holiday'
      : 'rest-day';
  return {
    date,
    startMs: startOfDay(day),
    kind,
    name: localDays.findLast((one) => one.date === date)?.name ?? null,
    isGuessed: !calendar.knows(day),
  };
}

/** The turns from today on with their true begin and end, also of those that lasted over midnight. */
function turnsShown(
  plan: DutyPlan,
  calendar: Calendar,
  { bureau, line, nowMs }: { bureau: RegionCode; line: LineName; nowMs: number },
): PageTurn[] {
  const startMs = startOfDay(dayOf(nowMs));
  const endMs = startMs + DAYS_SHOWN * DAY_MS;
  const around = { fromMs: startMs - 2 * DAY_MS, untilMs: endMs + 2 * DAY_MS };
  return dutySpans(plan, calendar, { bureau, line, ...around })
    .filter((span) => span.untilMs > startMs && span.fromMs < endMs)
    .map(({ officer, fromMs, untilMs, changeId }) => ({
      officer,
      fromMs,
      untilMs,
      changeId: changeId ?? null,
    }));
}
