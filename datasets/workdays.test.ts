import { expect, test } from 'vitest';
import { dayOfDate } from '../core/calendar.ts';
import { createChinaCalendar } from './workdays.ts';

const calendar = createChinaCalendar();

/** From the State Council's notices of the days off in 2025 and 2026. */
test.each([
  ['2025-01-26', true, 'Sunday before the Spring Festival'],
  ['2025-01-28', false, 'Spring Festival'],
  ['2025-02-04', false, 'Spring Festival'],
  ['2025-02-08', true, 'Saturday after it'],
  ['2025-04-04', false, 'Qingming'],
  ['2025-04-27', true, 'Sunday before Labour Day'],
  ['2025-05-05', false, 'Labour Day'],
  ['2025-06-02', false, 'Dragon Boat Festival'],
  ['2025-09-28', true, 'Sunday before the National Day'],
  ['2025-10-08', false, 'National Day and Mid-Autumn'],
  ['2025-10-11', true, 'Saturday after it'],
  ['2026-01-04', true, 'Sunday after New Year'],
  ['2026-02-14', true, 'Saturday before the Spring Festival'],
  ['2026-02-23', false, 'Spring Festival'],
  ['2026-05-09', true, 'Saturday after Labour Day'],
  ['2026-10-07', false, 'National Day'],
  ['2026-03-02', true, 'a plain Monday'],
  ['2026-03-01', false, 'a plain Sunday'],
])('%s is a workday: %s (%s)', (date, isWorkday) => {
  expect(calendar.isWorkday(dayOfDate(date))).toBe(isWorkday);
});

test('the table knows the years it was made for and no more', () => {
  expect(calendar.knows(dayOfDate('2026-12-31'))).toBe(true);
  expect(calendar.knows(dayOfDate('2027-01-01'))).toBe(false);
});
