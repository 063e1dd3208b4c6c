// Roster and checker against the simplest thing that could be right: asking minute by minute, with everything
// people changed, were agreed upon and took back meanwhile.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createCalendar,
  dateOfDay,
  dayOf,
  dayOfDate,
  startOfDay,
  withChanges,
} from '../../core/calendar.ts';
import { DAY_MS, localDateTime, MINUTE_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { addedGaps, findGaps, type Gap, type KnownOfficer } from './coverage.ts';
import { dutySpans, onDutyAt, type DutyPlan } from './duty-spans.ts';
import { planChangesOf, stateOf, type ChangeBody, type RosterChange } from './plan-changes.ts';
import { rosterPlanSchema, type RosterPlan } from './roster-plan.ts';

const BUREAU = regionCode('511722');
const FIRST_DAY = dayOfDate('2026-09-24');
const DAYS = 9;
const MINUTES = DAYS * 1_440;

/** With National Day off, a Saturday before it worked, and a local day each way. */
const calendar = withChanges(
  createCalendar({
    version: 'test',
    holidays: ['2026-10-01', '2026-10-02'],
    makeUpWorkdays: ['2026-09-26'],
    until: '2026-12-31',
  }),
  [
    { date: '2026-09-27', works: true, name: '本地集中办公' },
    { date: '2026-09-29', works: false, name: '本地放假' },
  ],
);

const OFFICERS = ['a', 'b', 'c', 'd'];

const fromMs = startOfDay(FIRST_DAY);
const untilMs = fromMs + DAYS * DAY_MS;

const pad = (value: number) => String(value).padStart(2, '0');

const clock = fc
  .integer({ min: 0, max: 1_439 })
  .map((minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`);

const span = fc
  .tuple(fc.integer({ min: 0, max: MINUTES }), fc.integer({ min: 1, max: 2_880 }))
  .map(([begin, length]) => ({
    fromMs: fromMs + begin * MINUTE_MS,
    untilMs: fromMs + (begin + length) * MINUTE_MS,
  }));

const written = span.map(({ fromMs: begins, untilMs: ends }) => ({
  from: localDateTime(begins).slice(0, 16),
  until: localDateTime(ends).slice(0, 16),
}));

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

const files: fc.Arbitrary<RosterPlan> = fc
  .record({
    rotations: fc.array(rotation, { minLength: 1, maxLength: 3 }),
    overrides: fc.array(
      fc.record({ written, officer, insteadOf: fc.option(officer, { nil: undefined }) }),
      { maxLength: 2 },
    ),
    absences: fc.array(fc.record({ written, officer }), { maxLength: 2 }),
  })
  .map(({ rotations, overrides, absences }) =>
    rosterPlanSchema.parse({
      id: 'test',
      bureaus: [{ bureau: BUREAU, lines: [{ name: 'duty', rotations }] }],
      overrides: overrides.map(({ written: { from, until }, insteadOf, ...rest }) => ({
        bureau: BUREAU,
        from,
        until,
        ...rest,
        ...(insteadOf === undefined ? {} : { insteadOf }),
      })),
      absences: absences.map(({ written: { from, until }, ...rest }) => ({ from, until, ...rest })),
    }),
  );

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const body: fc.Arbitrary<ChangeBody> = fc.oneof(
  fc
    .record({ span, officer, insteadOf: optional(officer) })
    .map(({ span: when, officer: who, insteadOf }) => ({
      kind: 'override' as const,
      bureau: BUREAU,
      line: 'duty' as const,
      ...when,
      officer: who,
      ...(insteadOf === undefined ? {} : { insteadOf }),
    })),
  fc
    .record({
      given: span,
      taken: span,
      pair: fc.uniqueArray(officer, { minLength: 2, maxLength: 2 }),
    })
    .chain(({ given, taken, pair: [asker = '', other = ''] }) =>
      fc.boolean().map((needsLeader) => ({
        kind: 'swap' as const,
        bureau: BUREAU,
        line: 'duty' as const,
        given: { officer: asker, ...given },
        taken: { officer: other, ...taken },
        needsLeader,
      })),
    ),
  fc
    .record({ span, officer, standIn: optional(officer) })
    .map(({ span: when, officer: who, standIn }) => ({
      kind: 'leave' as const,
      bureau: BUREAU,
      officer: who,
      ...when,
      ...(standIn === undefined ? {} : { standIn }),
    })),
);

const ACTS = [
  ['made'],
  ['made', 'agreed'],
  ['made', 'agreed', 'confirmed'],
  ['made', 'declined'],
  ['made', 'withdrawn'],
  ['made', 'agreed', 'withdrawn'],
  ['made', 'agreed', 'confirmed', 'withdrawn'],
] as const;

/** Changes whose acts stand between each other, some before the period and some within. */
const histories: fc.Arbitrary<RosterChange[]> = fc
  .array(
    fc.record({
      body,
      acts: fc.constantFrom(...ACTS),
      minutes: fc.array(fc.integer({ min: -1_440, max: MINUTES }), { minLength: 4, maxLength: 4 }),
    }),
    { maxLength: 4 },
  )
  .map((drawn) => {
    const all = drawn.flatMap(({ acts, minutes }, change) => {
      const atMs = minutes.toSorted((a, b) => a - b).map((minute) => fromMs + minute * MINUTE_MS);
      return acts.map((act, index) => ({ change, act, atMs: atMs[index] ?? 0 }));
    });
    const inOrder = all.toSorted((a, b) => a.atMs - b.atMs);
    return drawn.map((one, index) => ({
      id: `change-${index}`,
      body: one.body,
      acts: inOrder.flatMap(({ change, act, atMs }, place) =>
        change === index ? [{ seq: place, act, atMs, actedBy: 'ac_x', reason: '' }] : [],
      ),
    }));
  });

type Drawn = { readonly file: RosterPlan; readonly history: readonly RosterChange[] };

const drawn: fc.Arbitrary<Drawn> = fc.record({ file: files, history: histories });

const planOf = ({ file, history }: Drawn): DutyPlan => ({
  ...file,
  changes: planChangesOf(history),
});

type Naive = (atMs: number) => string[];

/** Who is on duty at an instant, found without unrolling or cutting anything. */
function naive({ file, history }: Drawn): Naive {
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const rotations = (file.bureaus[0]?.lines[0]?.rotations ?? []).map((one) => {
    const covers = (day: number) =>
      one.days === 'all' || calendar.isWorkday(day) === (one.days === 'workdays');
    const teamOn = new Map<number, string[]>();
    let covered = 0;
    for (let day = one.startsOn; day <= FIRST_DAY + DAYS; day++) {
      if (!covers(day)) continue;
      const turn = Math.floor(covered++ / one.turnDays);
      teamOn.set(day, one.teams[turn % one.teams.length] ?? []);
    }
    const from = minuteOf(one.hours.from);
    const until = minuteOf(one.hours.until);
    return { teamOn, from, end: until > from ? until : until + 1_440 };
  });
  return (atMs) => {
    const found = new Set<string>();
    for (const { teamOn, from, end } of rotations) {
      for (const day of [dayOf(atMs) - 1, dayOf(atMs)]) {
        const minute = (atMs - startOfDay(day)) / MINUTE_MS;
        if (minute >= from && minute < end) for (const id of teamOn.get(day) ?? []) found.add(id);
      }
    }
    for (const { officer: gone, from, until } of file.absences) {
      if (from <= atMs && atMs < until) found.delete(gone);
    }
    for (const { officer: taker, insteadOf, from, until } of file.overrides) {
      if (atMs < from || until <= atMs) continue;
      if (insteadOf === undefined) found.clear();
      else found.delete(insteadOf);
      found.add(taker);
    }
    const ruling = history
      .flatMap((change) => {
        const needed =
          change.body.kind !== 'swap' ? 'made' : change.body.needsLeader ? 'confirmed' : 'agreed';
        const since = change.acts.find(({ act }) => act === needed);
        const ended = change.acts.find(({ act }) => act === 'withdrawn');
        const counts = since && since.atMs <= atMs && (!ended || atMs < ended.atMs);
        return counts ? [{ order: since.seq, rule: change.body }] : [];
      })
      .toSorted((a, b) => a.order - b.order);
    for (const { rule } of ruling) {
      const covers = (when: { fromMs: number; untilMs: number }) =>
        when.fromMs <= atMs && atMs < when.untilMs;
      if (rule.kind === 'override' && covers(rule)) {
        if (rule.insteadOf === undefined) found.clear();
        else found.delete(rule.insteadOf);
        found.add(rule.officer);
      }
      if (rule.kind === 'leave' && covers(rule) && found.delete(rule.officer)) {
        if (rule.standIn !== undefined) found.add(rule.standIn);
      }
      if (rule.kind === 'swap') {
        for (const [gives, takes] of [
          [rule.given, rule.taken],
          [rule.taken, rule.given],
        ] as const) {
          if (!covers(gives)) continue;
          found.delete(gives.officer);
          found.add(takes.officer);
        }
      }
    }
    return [...found].toSorted();
  };
}

const everyMinute = Array.from({ length: MINUTES }, (_, index) => fromMs + index * MINUTE_MS);

test('at every minute the officers are those a simple count gives', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(drawn, (one) => {
      const plan = planOf(one);
      const expected = naive(one);
      const spans = dutySpans(plan, calendar, { bureau: BUREAU, line: 'duty', fromMs, untilMs });
      for (const atMs of everyMinute) {
        const covering = spans.filter((found) => found.fromMs <= atMs && atMs < found.untilMs);
        const named = [...new Set(covering.map((found) => found.officer))].toSorted();
        const wanted = expected(atMs);
        if (named.join() !== wanted.join()) expect(named, localDateTime(atMs)).toEqual(wanted);
      }
      const atMs = everyMinute[3_017] as number;
      const now = onDutyAt(plan, calendar, { bureau: BUREAU, line: 'duty', atMs });
      expect(now.toSorted()).toEqual(expected(atMs));
      for (const change of one.history) seen.add(`${change.body.kind} ${stateOf(change)}`);
    }),
    { numRuns: 60 },
  );
  // Overrides and leaves that count or were taken back, swaps in every state.
  expect(seen.size).toBeGreaterThanOrEqual(7);
}, 60_000);

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

const isIn = (gaps: readonly Gap[], level: number, atMs: number) =>
  gaps.some((gap) => gap.level === level && gap.fromMs <= atMs && atMs < gap.untilMs);

test('a gap is every minute without a reachable officer, and no other', () => {
  let gapsSeen = 0;
  fc.assert(
    fc.property(drawn, known, (one, officers: KnownOfficer[]) => {
      const gaps = findGaps({ plan: planOf(one), calendar, officers, fromMs, untilMs });
      const expected = naive(one);
      gapsSeen += gaps.length;
      for (const atMs of everyMinute) {
        const onDuty = expected(atMs);
        for (const level of [1, 2, 3] as const) {
          const isReached = officers.some(
            (who) =>
              onDuty.includes(who.id) &&
              who.isActive &&
              (level === 3 || (who.hasPhone && who.isVerified)),
          );
          if (isIn(gaps, level, atMs) === isReached) {
            expect.fail(`level ${level}, ${localDateTime(atMs)}: ${isReached ? 'no ' : ''}gap`);
          }
        }
      }
    }),
    { numRuns: 40 },
  );
  expect(gapsSeen).toBeGreaterThan(40);
}, 60_000);

test('what a change leaves open is what was covered before it and is not after it', () => {
  let added = 0;
  fc.assert(
    fc.property(drawn, known, (one, officers: KnownOfficer[]) => {
      const asked = { calendar, officers, fromMs, untilMs };
      const before = findGaps({ plan: planOf({ ...one, history: [] }), ...asked });
      const after = findGaps({ plan: planOf(one), ...asked });
      const opened = addedGaps(before, after);
      added += opened.length;
      for (const atMs of everyMinute) {
        for (const level of [1, 2, 3] as const) {
          const isOpened = isIn(after, level, atMs) && !isIn(before, level, atMs);
          if (isIn(opened, level, atMs) !== isOpened) {
            expect.fail(`level ${level}, ${localDateTime(atMs)}`);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(added).toBeGreaterThan(5);
}, 60_000);
