// Which days are worked and which are holidays: a table over the plain week. Lunar dates and make-up
// workdays are announced, not computed, so the table is data and a pack may correct it.

import { z } from 'zod';
import { DAY_MS, localDate, startOfLocalDay } from './local-time.ts';

export const calendarDaySchema = z.strictObject({
  date: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'a date reads 2026-10-01'),
  /** False for a day off, true for a make-up workday. */
  works: z.boolean(),
  name: z.string().min(1).max(100),
});

export type CalendarDay = z.infer<typeof calendarDaySchema>;

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

export type Calendar = {
  /** Worked: a weekday that is no holiday, or a make-up workday. */
  isWorkday(atMs: number): boolean;
  /** Off by the table, not only by the week. */
  isHoliday(atMs: number): boolean;
};

/** The calendar of a table. Where a date occurs more than once the last line counts. */
export function createCalendar(days: readonly CalendarDay[]): Calendar {
  const table = new Map(days.map((day) => [day.date, day]));
  return {
    isWorkday(atMs) {
      const listed = table.get(localDate(atMs));
      if (listed) return listed.works;
      const weekday = weekdayOf(atMs);
      return weekday !== 'saturday' && weekday !== 'sunday';
    },
    isHoliday: (atMs) => table.get(localDate(atMs))?.works === false,
  };
}

/** The day of the week in China. 1970-01-01 was a Thursday. */
export function weekdayOf(atMs: number): Weekday {
  const day = Math.round((startOfLocalDay(atMs) - startOfLocalDay(0)) / DAY_MS);
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] as Weekday;
}
