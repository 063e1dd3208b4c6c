import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WEEKDAYS, weekdayOf } from '../core/calendar.ts';
import { localClock, localDateTime, parseInstant } from '../core/local-time.ts';
import type { EpochMs } from '../core/time.ts';
import type { ScheduleParams } from './kinds/zone-params.ts';
import { calendarOf, createSchedule, dailySchedule } from './schedule.ts';

const at = (text: string) => parseInstant(text) as EpochMs;
const pack = {
  calendar: [],
  keyPeriods: [
    {
      id: 'spring',
      title: { zh: '春节', en: 'spring' },
      from: at('2026-02-15'),
      until: at('2026-02-24'),
    },
    {
      id: 'half',
      title: { zh: '半日', en: 'half' },
      from: at('2026-03-03 12:00'),
      until: at('2026-03-03 23:00'),
    },
    {
      id: 'next',
      title: { zh: '接续', en: 'next' },
      from: at('2026-03-03 23:00'),
      until: at('2026-03-05'),
    },
  ],
};

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);

const scheduleArbitrary: fc.Arbitrary<ScheduleParams> = fc
  .record(
    {
      daily: fc.record({ from: clock, until: clock }),
      days: fc.oneof(
        fc.constantFrom('workdays' as const, 'rest-days' as const, 'holidays' as const),
        fc.subarray([...WEEKDAYS], { minLength: 1 }),
      ),
      keyPeriods: fc.oneof(
        fc.constant('all' as const),
        fc.subarray(['spring', 'half', 'next'], { minLength: 1 }),
      ),
    },
    { requiredKeys: [] },
  )
  .filter((schedule) => Object.keys(schedule).length > 0);

/** The oracle: looks at one instant alone. */
function isActive({ daily, days, keyPeriods }: ScheduleParams, atMs: number): boolean {
  const inPeriod = (keyPeriods === 'all' ? pack.keyPeriods.map(({ id }) => id) : keyPeriods)?.some(
    (wanted) =>
      pack.keyPeriods.some(({ id, from, until }) => id === wanted && from <= atMs && atMs < until),
  );
  if (inPeriod === false) return false;
  const calendar = calendarOf(pack);
  const isDay = (dayMs: number) =>
    days === undefined ||
    (days === 'workdays'
      ? calendar.isWorkday(dayMs)
      : days === 'rest-days'
        ? !calendar.isWorkday(dayMs)
        : days === 'holidays'
          ? calendar.isHoliday(dayMs)
          : days.includes(weekdayOf(dayMs)));
  const { from, until } = daily ?? { from: '00:00', until: '24:00' };
  const now = localClock(atMs);
  if (from < until) return isDay(atMs) && from <= now && now < until;
  return (isDay(atMs) && now >= from) || (isDay(atMs - 86_400_000) && now < until);
}

const instants = fc.array(
  fc
    .integer({ min: at('2026-02-10') / 1_000, max: at('2026-03-10') / 1_000 })
    .map((s) => s * 1_000),
  { minLength: 1, maxLength: 12 },
);

describe('a schedule', () => {
  test('is active where looking at the instant alone says so, asked in any order', () => {
    fc.assert(
      fc.property(scheduleArbitrary, instants, (params, asked) => {
        const schedule = createSchedule(params, pack);
        for (const atMs of asked) {
          const span = schedule.spanAt(atMs);
          expect(span.active, localDateTime(atMs)).toBe(isActive(params, atMs));
          expect(span.fromMs <= atMs && atMs < span.untilMs).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('says when the answer changes: right before the end as now, at the end otherwise', () => {
    fc.assert(
      fc.property(scheduleArbitrary, instants, (params, [atMs = at('2026-03-01')]) => {
        const { active, untilMs } = createSchedule(params, pack).spanAt(atMs);
        if (untilMs === Infinity) return;
        expect(isActive(params, untilMs - 1)).toBe(active);
        expect(isActive(params, untilMs)).toBe(!active);
        // The end does not depend on where in the span one asks.
        const between = createSchedule(params, pack).spanAt(untilMs - 1);
        expect(between).toMatchObject({ active, untilMs });
      }),
      { numRuns: 500 },
    );
  });

  test('a curfew from ten to six spans midnight', () => {
    const curfew = dailySchedule({ from: '22:00', until: '06:00' });
    expect(curfew.spanAt(at('2026-03-03 03:00'))).toEqual({
      active: true,
      fromMs: at('2026-03-02 22:00'),
      untilMs: at('2026-03-03 06:00'),
    });
    expect(curfew.spanAt(at('2026-03-03 06:00')).active).toBe(false);
    expect(curfew.spanAt(at('2026-03-03 22:00')).active).toBe(true);
  });

  test('the same time twice is the whole day, without an end', () => {
    const always = dailySchedule({ from: '06:00', until: '06:00' });
    expect(always.spanAt(at('2026-03-03'))).toMatchObject({ active: true, untilMs: Infinity });
  });
});
