// When an officer's turn on duty ends and who is on duty then: what is still open is handed over to them.

import type { Calendar } from '../../core/calendar.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { RegionCode } from '../../core/region.ts';
import { dutySpans, onDutyAt } from './duty-spans.ts';
import type { RosterPlan } from './roster-plan.ts';

export type ShiftEnd = {
  /** Of the turn that runs, or of the last one. */
  readonly endsAtMs: number;
  /** Ids of those on duty after it; of those on duty now when it is over. */
  readonly next: readonly string[];
};

/** Undefined for somebody who had no turn of the duty line in the past week. */
export type FindShiftEnd = (asked: {
  readonly bureau: RegionCode;
  readonly officer: string;
  readonly atMs: number;
}) => ShiftEnd | undefined;

const PAST_MS = 7 * DAY_MS;
const AHEAD_MS = 2 * DAY_MS;

export const shiftEndsBy =
  (plan: RosterPlan, calendar: Calendar): FindShiftEnd =>
  ({ bureau, officer, atMs }) => {
    const line = 'duty' as const;
    const period = { fromMs: atMs - PAST_MS, untilMs: atMs + AHEAD_MS };
    const own = dutySpans(plan, calendar, { bureau, line, ...period }).filter(
      (span) => span.officer === officer && span.fromMs <= atMs,
    );
    const last = own.at(-1);
    if (!last) return undefined;
    const endsAtMs = Math.max(...own.map(({ untilMs }) => untilMs));
    const after = onDutyAt(plan, calendar, { bureau, line, atMs: Math.max(endsAtMs, atMs) });
    return { endsAtMs, next: after.filter((id) => id !== officer) };
  };
