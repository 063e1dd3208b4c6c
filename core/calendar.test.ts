import { expect, test } from 'vitest';
import { createCalendar, weekdayOf } from './calendar.ts';
import { CHINA_HOLIDAYS } from './china-holidays.ts';
import { parseInstant } from './local-time.ts';

const at = (text: string) => parseInstant(text) as number;
const calendar = createCalendar(CHINA_HOLIDAYS);

test.each([
  ['2026-03-02', 'a plain Monday', true, false],
  ['2026-03-07', 'a plain Saturday', false, false],
  ['2026-02-14', 'a Saturday worked before Spring Festival', true, false],
  ['2026-02-16', 'the eve of Spring Festival', false, true],
  ['2026-10-01', 'National Day', false, true],
  ['2026-10-10', 'a Saturday worked after National Day', true, false],
])('%s: %s', (date, _what, works, holiday) => {
  for (const clock of ['00:00', '12:00', '23:59']) {
    expect(calendar.isWorkday(at(`${date} ${clock}`))).toBe(works);
    expect(calendar.isHoliday(at(`${date} ${clock}`))).toBe(holiday);
  }
});

test('a later line corrects an earlier one', () => {
  const mended = createCalendar([
    ...CHINA_HOLIDAYS,
    { date: '2026-10-10', works: false, name: '改期' },
  ]);
  expect(mended.isWorkday(at('2026-10-10'))).toBe(false);
});

test('make-up workdays fall on weekends only', () => {
  for (const { date, works } of CHINA_HOLIDAYS) {
    if (works) expect(['saturday', 'sunday'], date).toContain(weekdayOf(at(date)));
  }
});

test.each([
  ['1969-12-31', 'wednesday'],
  ['1970-01-01', 'thursday'],
  ['2026-11-22', 'sunday'],
])('%s is a %s', (date, weekday) => {
  expect(weekdayOf(at(`${date} 00:00`))).toBe(weekday);
  expect(weekdayOf(at(`${date} 23:59:59`))).toBe(weekday);
});
