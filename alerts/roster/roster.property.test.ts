// Roster and checker against the simplest thing that could be right: asking minute by minute.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCalendar, dateOfDay, dayOf, dayOfDate, startOfDay } from '../../core/calendar.ts';
import { DAY_MS, localDateTime, MINUTE_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { findGaps, type KnownOfficer } from './coverage.ts';
import { dutySpans, onDutyAt } from './duty-spans.ts';
import { rosterPlanSchema, type RosterPlan } from './roster-plan.ts';

const BUREAU = regionCode('511722');
const FIRST_DAY = dayOfDate('2026-09-21');
const DAYS = 14;
const STEP_MS = 30 * MINUTE_MS;

/** With National Day off, and Saturdays before and after it worked. */
const calendar = createCalendar({
  version: 'test',
  holidays: ['2026-10-01', '2026-10-02'],
  makeUpWorkdays: ['2026-09-26'],
  until: '2026-12-31',
});

const OFFICERS = ['a', 'b', 'c', 'd'];

const clock = fc
  .integer({ min: 0, max: 47 })
  .map((half) => `${String(half >> 1).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`);

const period = fc
  .tuple(fc.integer({ min: 0, max: DAYS * 48 }), fc.integer({ min: 1, max: 96 }))
  .map(([begin, length]) => {
    const fromMs = startOfDay(FIRST_DAY) + begin * STEP_MS;
    const at = (ms: number) => localDateTime(ms).slice(0, 16);
    return { from: at(fromMs), until: at(fromMs + length * STEP_MS) };
  });

const officer = fc.constantFrom(...OFFICERS);

const rotation = fc.record({
  id: fc.constantFrom('one', 'two', 'three'),
  teams: fc.array(fc.oneof(officer, fc.uniqueArray(officer, { minLength: 1, maxLength: 2 })), {
    minLength: 1,
    maxLength: 4,
  }),
  startsOn: fc.integer({ min: -40, max: 6 }).map((days) => dateOfDay(FIRST_DAY + days)),
  hours: fc.record({ from: clock, until: clock }),
  days: fc.constantFrom('all', 'workdays', 'rest-days'),
  turnDays: fc.integer({ min: 1, max: 3 }),
});

const plans: fc.Arbitrary<RosterPlan> = fc
  .record({
    rotations: fc.array(rotation, { minLength: 1, maxLength: 3 }),
    overrides: fc.array(
      fc.record({ period, officer, insteadOf: fc.option(officer, { nil: undefined }) }),
      { maxLength: 2 },
    ),
    absences: fc.array(fc.record({ period, officer }), { maxLength: 2 }),
  })
  .map(({ rotations, overrides, absences }) =>
    rosterPlanSchema.parse({
      id: 'test',
      bureaus: [{ bureau: BUREAU, lines: [{ name: 'duty', rotations }] }],
      overrides: overrides.map(({ period: { from, until }, insteadOf, ...rest }) => ({
        bureau: BUREAU,
        from,
        until,
        ...rest,
        ...(insteadOf === undefined ? {} : { insteadOf }),
      })),
      absences: absences.map(({ period: { from, until }, ...rest }) => ({ from, until, ...rest })),
    }),
  );

/** Who is on duty at an instant, found without unrolling anything. */
function naiveOnDuty(plan: RosterPlan, atMs: number): string[] {
  const found = new Set<string>();
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const rotations = plan.bureaus[0]?.lines[0]?.rotations ?? [];
  for (const { teams, startsOn, hours, days, turnDays } of rotations) {
    for (const day of [dayOf(atMs) - 1, dayOf(atMs)]) {
      const covers = (one: number) =>
        days === 'all' || calendar.isWorkday(one) === (days === 'workdays');
      if (day < startsOn || !covers(day)) continue;
      const before = Array.from({ length: day - startsOn }, (_, index) => startsOn + index);
      const turn = Math.floor(before.filter(covers).length / turnDays);
      const minute = (atMs - startOfDay(day)) / MINUTE_MS;
      const [from, until] = [minuteOf(hours.from), minuteOf(hours.until)];
      const end = until > from ? until : until + 1_440;
      if (minute < from || minute >= end) continue;
      for (const one of teams[turn % teams.length] ?? []) found.add(one);
    }
  }
  for (const { officer: gone, from, until } of plan.absences) {
    if (from <= atMs && atMs < until) found.delete(gone);
  }
  for (const { officer: taker, insteadOf, from, until } of plan.overrides) {
    if (atMs < from || until <= atMs) continue;
    if (insteadOf === undefined) found.clear();
    else found.delete(insteadOf);
    found.add(taker);
  }
  return [...found].toSorted();
}

const fromMs = startOfDay(FIRST_DAY);
const untilMs = fromMs + DAYS * DAY_MS;
const instants = Array.from({ length: DAYS * 48 }, (_, index) => fromMs + index * STEP_MS);

test('at every half hour the officers are those a simple count gives', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const spans = dutySpans(plan, calendar, { bureau: BUREAU, line: 'duty', fromMs, untilMs });
      for (const atMs of instants) {
        const expected = naiveOnDuty(plan, atMs);
        const covering = spans.filter((span) => span.fromMs <= atMs && atMs < span.untilMs);
        const named = [...new Set(covering.map((span) => span.officer))].toSorted();
        expect(named, localDateTime(atMs)).toEqual(expected);
      }
      const atMs = instants[101] as number;
      const now = onDutyAt(plan, calendar, { bureau: BUREAU, line: 'duty', atMs });
      expect(now.toSorted()).toEqual(naiveOnDuty(plan, atMs));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('a gap is every half hour without a reachable officer, and no other', () => {
  const known = fc.tuple(
    ...OFFICERS.map((id) =>
      fc.record({
        id: fc.constant(id),
        bureau: fc.constant(BUREAU),
        hasPhone: fc.boolean(),
        isVerified: fc.boolean(),
        isActive: fc.boolean(),
      }),
    ),
  );
  let gapsSeen = 0;
  fc.assert(
    fc.property(plans, known, (plan, officers: KnownOfficer[]) => {
      const gaps = findGaps({ plan, calendar, officers, fromMs, untilMs });
      gapsSeen += gaps.length;
      for (const level of [1, 2, 3] as const) {
        const canBe = new Set(
          officers
            .filter((one) => one.isActive && (level === 3 || (one.hasPhone && one.isVerified)))
            .map(({ id }) => id),
        );
        for (const atMs of instants) {
          const inGap = gaps.some(
            (gap) => gap.level === level && gap.fromMs <= atMs && atMs < gap.untilMs,
          );
          const isReached = naiveOnDuty(plan, atMs).some((id) => canBe.has(id));
          expect(inGap, `level ${level}, ${localDateTime(atMs)}`).toBe(!isReached);
        }
      }
    }),
    { numRuns: 40 },
  );
  expect(gapsSeen).toBeGreaterThan(40);
}, 60_000);
