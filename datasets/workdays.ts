// The calendar of mainland China: weekly rest days, statutory holidays and make-up workdays as the State
// Council publishes them each November. Where the table comes from: README.md here.

import { readFileSync } from 'node:fs';
import { calendarTableSchema, createCalendar, type Calendar } from '../core/calendar.ts';

/** Reads the table that ships with the product. */
export function createChinaCalendar(): Calendar {
  const file = new URL('workdays/china.json', import.meta.url);
  return createCalendar(calendarTableSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}
