import { describe, expect, test } from 'vitest';
import {
  addMonths,
  addWorkdays,
  calendarTableSchema,
  createCalendar,
  dateOfDay,
  dayOf,
  dayOfDate,
  rollToWorkday,
  startOfDay,
  weekdayOf,
  withChanges,
} from './calendar.ts';

const calendar = createCalendar({
  version: 'test',
  holidays: ['2025-10-01', '2025-10-02', '2025-10-03', '2025-10-06', '2025-10-07', '2025-10-08'],
  makeUpWorkdays: ['2025-09-28', '2025-10-11'],
  until: '2025-12-31',
});

test.each([
  ['2025-01-30', 1, '2025-02-28'],
  ['2025-02-28', 1, '2025-03-31'],
  ['2024-12-31', 2, '2025-02-28'],
  ['2025-01-15', 2, '2025-03-15'],
  ['2025-05-31', 1, '2025-06-30'],
  ['2025-11-30', 3, '2026-02-28'],
  ['2024-01-29', 1, '2024-02-29'],
  ['2025-03-31', -1, '2025-02-28'],
])('%s and %i months is %s', (from, months, until) => {
  expect(dateOfDay(addMonths(dayOfDate(from), months))).toBe(until);
});

test.each([
  ['2025-09-27', true, 'a Saturday', false],
  ['2025-09-28', true, 'a Sunday on which people work', true],
  ['2025-10-01', true, 'a holiday', false],
  ['2025-10-09', true, 'a Thursday', true],
  ['2026-01-01', false, 'beyond the table only weekends are known', true],
])('%s (known %s): %s', (date, known, _why, isWorkday) => {
  const day = dayOfDate(date);
  expect([calendar.isWorkday(day), calendar.knows(day)]).toEqual([isWorkday, known]);
});

test('workdays are counted forward and backward over holidays and make-up days', () => {
  const from = dayOfDate('2025-09-22');
  expect(dateOfDay(addWorkdays(calendar, from, 15))).toBe('2025-10-17');
  expect(addWorkdays(calendar, addWorkdays(calendar, from, 15), -15)).toBe(from);
  expect(addWorkdays(calendar, from, 0)).toBe(from);
});

test('a last day that is a holiday moves to the next workday, a make-up Saturday stays', () => {
  expect(dateOfDay(rollToWorkday(calendar, dayOfDate('2025-10-03')))).toBe('2025-10-09');
  expect(dateOfDay(rollToWorkday(calendar, dayOfDate('2025-10-11')))).toBe('2025-10-11');
});

test('days begin at midnight in China', () => {
  const day = dayOf(Date.UTC(2025, 8, 30, 16));
  expect(dateOfDay(day)).toBe('2025-10-01');
  expect(startOfDay(day)).toBe(Date.UTC(2025, 8, 30, 16));
  expect(dayOf(Date.UTC(2025, 8, 30, 16) - 1)).toBe(day - 1);
});

test('days of a pack change the table, the last line counts', () => {
  const mended = withChanges(calendar, [
    { date: '2025-10-09', works: true, name: '改' },
    { date: '2025-10-09', works: false, name: '改期' },
  ]);
  expect(mended.isWorkday(dayOfDate('2025-10-09'))).toBe(false);
  expect(mended.isHoliday(dayOfDate('2025-10-09'))).toBe(true);
  expect(mended.isHoliday(dayOfDate('2025-10-01'))).toBe(true);
  expect(mended.isHoliday(dayOfDate('2025-10-04'))).toBe(false);
});

test.each([
  ['1969-12-31', 'wednesday'],
  ['1970-01-01', 'thursday'],
  ['2026-11-22', 'sunday'],
])('%s is a %s', (date, weekday) => {
  expect(weekdayOf(dayOfDate(date))).toBe(weekday);
});

describe('a table is refused', () => {
  test.each([['2025-02-30'], ['2025-1-1'], ['soon']])('with the date %s', (date) => {
    const table = { version: 'x', holidays: [date], makeUpWorkdays: [], until: '2025-12-31' };
    expect(calendarTableSchema.safeParse(table).success).toBe(false);
  });
});
