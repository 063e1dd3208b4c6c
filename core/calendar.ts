// Days as the law counts them: holidays, make-up workdays, months that end early. A calendar is a declared
// table; nothing here computes a lunar feast. Days are whole numbers, counted in China since 1970-01-01.

import { z } from 'zod';
import { CHINA_OFFSET_MS, DAY_MS } from './local-time.ts';

const dateSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, '日期写作 2026-11-22 a date reads 2026-11-22')
  .refine((date) => dateOfDay(dayOfDate(date)) === date, '没有这一天 no such day');

export const calendarTableSchema = z.strictObject({
  /** Names the table; stands in every alert that counted by it. */
  version: z.string().min(1).max(64),
  /** Days off beside Saturdays and Sundays. */
  holidays: z.array(dateSchema),
  /** Saturdays and Sundays on which people work (调休). */
  makeUpWorkdays: z.array(dateSchema),
  /** The last day the table speaks of; beyond it only weekends are known. */
  until: dateSchema,
});

export type CalendarTable = z.infer<typeof calendarTableSchema>;

/** One day that differs from a table. */
export const calendarDaySchema = z.strictObject({
  date: dateSchema,
  /** False for a day off, true for a make-up workday. */
  works: z.boolean(),
  name: z.string().min(1).max(100),
});

export type CalendarDay = z.infer<typeof calendarDaySchema>;

export type Calendar = {
  readonly version: string;
  /** Worked: a weekday that is no holiday, or a make-up workday. */
  isWorkday(day: number): boolean;
  /** Off by the table, not only by the week. */
  isHoliday(day: number): boolean;
  /** False beyond the end of the table. */
  knows(day: number): boolean;
};

export function createCalendar(table: CalendarTable): Calendar {
  const holidays = new Set(table.holidays.map(dayOfDate));
  const makeUpWorkdays = new Set(table.makeUpWorkdays.map(dayOfDate));
  const untilDay = dayOfDate(table.until);
  return {
    version: table.version,
    isWorkday: (day) => makeUpWorkdays.has(day) || (!holidays.has(day) && !isWeekend(day)),
    isHoliday: (day) => holidays.has(day),
    knows: (day) => day <= untilDay,
  };
}

/** The calendar with some days changed; where a date occurs more than once the last line counts. */
export function withChanges(calendar: Calendar, days: readonly CalendarDay[]): Calendar {
  if (days.length === 0) return calendar;
  const changed = new Map(days.map(({ date, works }) => [dayOfDate(date), works]));
  return {
    ...calendar,
    isWorkday: (day) => changed.get(day) ?? calendar.isWorkday(day),
    isHoliday: (day) => (changed.has(day) ? !changed.get(day) : calendar.isHoliday(day)),
  };
}

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

/** The day of the week. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): Weekday => WEEKDAYS[(((day + 3) % 7) + 7) % 7] as Weekday;

/** The local day an instant falls in. */
export const dayOf = (atMs: number): number => Math.floor((atMs + CHINA_OFFSET_MS) / DAY_MS);

/** The instant a local day begins. */
export const startOfDay = (day: number): number => day * DAY_MS - CHINA_OFFSET_MS;

/** `2026-11-22`. */
export const dateOfDay = (day: number): string => {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
};

export const dayOfDate = (date: string): number =>
  Math.floor(Date.parse(`${date}T00:00Z`) / DAY_MS);

/** 1970-01-01 was a Thursday. */
const isWeekend = (day: number): boolean => (day + 4) % 7 === 6 || (day + 4) % 7 === 0;

/**
 * The same day some months on. From the last day of a month one comes to the last day of a month, and
 * where the month is too short, to its end (SPC interpretation of the CPL 2021, art. 202).
 */
export function addMonths(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const fromEnd = lastDayOfMonth(year, month);
  const targetEnd = lastDayOfMonth(year, month + months);
  if (day === fromEnd) return targetEnd;
  return Math.min(targetEnd, Date.UTC(year, month + months, 1) / DAY_MS + date.getUTCDate() - 1);
}

const lastDayOfMonth = (year: number, month: number): number =>
  Date.UTC(year, month + 1, 0) / DAY_MS;

/** The n-th workday after `day`, or before it when `workdays` is negative. */
export function addWorkdays(calendar: Calendar, day: number, workdays: number): number {
  const step = Math.sign(workdays);
  let at = day;
  for (let left = Math.abs(workdays); left > 0;) {
    at += step;
    if (calendar.isWorkday(at)) left--;
  }
  return at;
}

/** `day` itself when it is a workday, else the next one. */
export function rollToWorkday(calendar: Calendar, day: number): number {
  let at = day;
  while (!calendar.isWorkday(at)) at++;
  return at;
}
