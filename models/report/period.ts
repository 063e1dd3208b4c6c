// The stretch of time a report is about: a week from Monday, a month, or some days. Counted in China; the
// host's time zone never matters.

import { z } from 'zod';
import {
  addMonths,
  dateOfDay,
  dayOf,
  dayOfDate,
  startOfDay,
  weekdayOf,
} from '../../core/calendar.ts';
import { UserError } from '../../core/errors.ts';
import { text, type Text } from '../../core/text.ts';

export const PERIOD_KINDS = ['week', 'month', 'days'] as const;

export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** Half-open: from ≤ t < until. Both are midnights in China. */
export const periodSchema = z.strictObject({
  kind: z.enum(PERIOD_KINDS),
  fromMs: z.int(),
  untilMs: z.int(),
});

export type Period = z.infer<typeof periodSchema>;

/** How a period is asked for: `2026-W47`, `2026-10`, or a first and a last day. */
export type PeriodQuestion = {
  readonly period?: string | undefined;
  /** `2026-11-16`, and the last day, which is part of it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** A report over more days than this is a question for an analyst, not a report. */
export const PERIOD_DAYS_MAX = 400;

const between = (kind: PeriodKind, fromDay: number, untilDay: number): Period => ({
  kind,
  fromMs: startOfDay(fromDay),
  untilMs: startOfDay(untilDay),
});

/** The week an instant lies in. */
export function weekOf(atMs: number): Period {
  const monday = mondayOf(dayOf(atMs));
  return between('week', monday, monday + 7);
}

/** The month an instant lies in. */
export function monthOf(atMs: number): Period {
  const first = dayOfDate(`${dateOfDay(dayOf(atMs)).slice(0, 7)}-01`);
  return between('month', first, addMonths(first, 1));
}

/** The period of the same kind that ends where this one begins. */
export function periodBefore({ kind, fromMs, untilMs }: Period): Period {
  switch (kind) {
    case 'week':
      return weekOf(fromMs - 1);
    case 'month':
      return monthOf(fromMs - 1);
    case 'days':
      return { kind, fromMs: fromMs - (untilMs - fromMs), untilMs: fromMs };
  }
}

/** The last whole week or month before an instant. */
export const lastWhole = (kind: 'week' | 'month', nowMs: number): Period =>
  periodBefore(kind === 'week' ? weekOf(nowMs) : monthOf(nowMs));

/**
 * The period somebody asks for; without any word the last whole week. Throws UserError `bad-input` for one
 * that cannot be read, ends before it begins, is too long, or has not begun.
 */
export function readPeriod(asked: PeriodQuestion, nowMs: number): Period {
  const period = wordedPeriod(asked, nowMs);
  if (period.untilMs <= period.fromMs) {
    throw wrong(
      text('起始日期晚于截止日期', 'the period ends before it begins'),
      `${asked.from} … ${asked.to}`,
      text('请调换或修改起止日期。', 'Change the first or the last day.'),
    );
  }
  if (dayOf(period.untilMs) - dayOf(period.fromMs) > PERIOD_DAYS_MAX) {
    throw wrong(
      text(
        `报告时段超过 ${PERIOD_DAYS_MAX} 天`,
        `the period has more than ${PERIOD_DAYS_MAX} days`,
      ),
      `${asked.from} … ${asked.to}`,
      text('请缩短时段，或按月分别生成。', 'Choose fewer days, or a report for each month.'),
    );
  }
  if (period.fromMs > nowMs) {
    throw wrong(
      text('报告时段尚未开始', 'the period has not begun yet'),
      periodName(period).en,
      text(
        `今天是 ${dateOfDay(dayOf(nowMs))}，请选择已经开始的时段。`,
        `Today is ${dateOfDay(dayOf(nowMs))}: choose a period that has begun.`,
      ),
    );
  }
  return period;
}

function wordedPeriod({ period, from, to }: PeriodQuestion, nowMs: number): Period {
  if (period !== undefined && (from !== undefined || to !== undefined)) {
    throw wrong(
      text('周期与起止日期只能填一种', 'a period and single days are named at once'),
      `${period}, ${from ?? ''} … ${to ?? ''}`,
      FORMS,
    );
  }
  if (period !== undefined) return namedPeriod(period);
  if (from === undefined && to === undefined) return lastWhole('week', nowMs);
  if (from === undefined || to === undefined) {
    throw wrong(
      text('起止日期缺一项', 'the first or the last day is missing'),
      `${from ?? '?'} … ${to ?? '?'}`,
      FORMS,
    );
  }
  return between('days', readDay(from), readDay(to) + 1);
}

function namedPeriod(name: string): Period {
  const week = /^(\d{4})-W(\d\d)$/.exec(name);
  if (week) {
    // The first week of a year is the one with 4 January (ISO 8601, GB/T 7408).
    const first = mondayOf(dayOfDate(`${week[1]}-01-04`));
    const found = weekOf(startOfDay(first + (Number(week[2]) - 1) * 7));
    if (weekName(found) === name) return found;
  } else if (/^\d{4}-(0[1-9]|1[0-2])$/.test(name)) {
    return monthOf(startOfDay(dayOfDate(`${name}-01`)));
  }
  throw wrong(text('周期写法不对', 'the period cannot be read'), `"${name}"`, FORMS);
}

function readDay(written: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(written) && dateOfDay(dayOfDate(written)) === written) {
    return dayOfDate(written);
  }
  throw wrong(text('日期写法不对', 'the day cannot be read'), `"${written}"`, FORMS);
}

/** `2026-W47` of a week, `2026-10` of a month, the first and last day of anything else. */
export function periodCode(period: Period): string {
  if (period.kind === 'week') return weekName(period);
  if (period.kind === 'month') return dateOfDay(dayOf(period.fromMs)).slice(0, 7);
  return `${firstDay(period)}_${lastDay(period)}`;
}

const firstDay = ({ fromMs }: Period) => dateOfDay(dayOf(fromMs));
const lastDay = ({ untilMs }: Period) => dateOfDay(dayOf(untilMs) - 1);

/** What a reader calls it. */
export function periodName(period: Period): Text {
  const [first, last] = [firstDay(period), lastDay(period)];
  if (period.kind === 'week') {
    const [year, week] = weekName(period).split('-W');
    return text(
      `${year}年第${Number(week)}周（${first} 至 ${last}）`,
      `week ${Number(week)} of ${year} (${first} to ${last})`,
    );
  }
  if (period.kind === 'month') {
    const [year, month] = first.split('-');
    return text(`${year}年${Number(month)}月`, first.slice(0, 7));
  }
  return first === last ? text(first, first) : text(`${first} 至 ${last}`, `${first} to ${last}`);
}

function weekName({ fromMs }: Period): string {
  const monday = dayOf(fromMs);
  // A week belongs to the year its Thursday lies in.
  const year = dateOfDay(monday + 3).slice(0, 4);
  const week = (monday - mondayOf(dayOfDate(`${year}-01-04`))) / 7 + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

const DAYS_SINCE_MONDAY = {
  monday: 0,
  tuesday: 1,
  wednesday: 2,
  thursday: 3,
  friday: 4,
  saturday: 5,
  sunday: 6,
} as const;

const mondayOf = (day: number): number => day - DAYS_SINCE_MONDAY[weekdayOf(day)];

const FORMS = text(
  '周写作 2026-W47，月写作 2026-10，或同时给出起止日期（2026-11-16）。',
  'A week reads 2026-W47, a month 2026-10; or give a first and a last day (2026-11-16).',
);

const wrong = (says: Text, detail: string, hint: Text): UserError =>
  new UserError('bad-input', says, { detail, hint });
