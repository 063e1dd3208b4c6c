// Until when an objection must be decided: so many workdays from the day after it was raised (the first day is
// not counted), to the end of the last one. The number of days is a parameter; the calendar knows make-up days.

import { addWorkdays, dayOf, startOfDay, type Calendar } from '../../core/calendar.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';

/** The instant the period ends; decided before it is decided in time. */
export const objectionDueAtMs = (
  calendar: Calendar,
  { raisedAtMs, workdays }: { raisedAtMs: number; workdays: number },
): EpochMs => epochMs(startOfDay(addWorkdays(calendar, dayOf(raisedAtMs), workdays) + 1));
