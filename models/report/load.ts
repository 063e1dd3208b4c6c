// How much one officer had to answer in one shift, against the alert budget, and what the coming week will
// bring if it goes on alike. No officer is named: the numbers are of bureaus.

import { dateOfDay, dayOf, startOfDay } from '../../core/calendar.ts';
import type { RegionCode } from '../../core/region.ts';
import { isWithin } from '../../core/region.ts';
import type { Period } from './period.ts';
import type { Forecast, Report } from './report.ts';
import { meanOf, percentileOf, predictNext } from './statistics.ts';

/** One officer on duty from ≤ t < until. */
export type ReportShift = {
  readonly bureau: RegionCode;
  readonly officer: string;
  readonly fromMs: number;
  readonly untilMs: number;
};

/** That an officer was told of an alert; several notices of one alert are one thing to do. */
export type ReportNotice = {
  readonly alertId: string;
  readonly officer: string;
  readonly atMs: number;
};

/** Same weekdays a forecast looks back on, and days it looks ahead. */
export const FORECAST_WEEKS = 8;
export const FORECAST_DAYS = 7;

/** Alerts per officer and shift that a person can still take seriously (the field's usual bound). */
export const BUDGET_DEFAULT = 30;

type LoadInput = {
  readonly period: Period;
  readonly region: RegionCode;
  readonly untilMs: number;
  readonly asOfMs: number;
  readonly knownSinceMs: number | null;
  readonly budget: number;
  readonly shiftsBy: 'roster' | 'day';
  readonly shifts: readonly ReportShift[];
  readonly notices: readonly ReportNotice[];
};

type Load = NonNullable<Report['load']>;

type CountedShift = ReportShift & { readonly alerts: number };

/** A shift counts to the day and the period it begins in, once it has ended. */
export function buildLoad(input: LoadInput): Load {
  const { period, untilMs, budget, shiftsBy } = input;
  const counted = countShifts(input);
  const bureaus = [...new Set(counted.map(({ bureau }) => bureau))].toSorted();
  return {
    budget,
    shiftsBy,
    bureaus: bureaus.map((bureau) => {
      const loads = counted
        .filter((shift) => shift.bureau === bureau && shift.fromMs >= period.fromMs)
        .map(({ alerts }) => alerts);
      return {
        bureau,
        shifts: loads.length,
        mean: meanOf(loads),
        median: percentileOf(loads, 0.5),
        most: loads.length === 0 ? null : Math.max(...loads),
        over: loads.filter((alerts) => alerts >= budget).length,
      };
    }),
    forecast: bureaus.flatMap((bureau) =>
      forecastOf(bureau, {
        days: busiestByDay(counted.filter((shift) => shift.bureau === bureau)),
        firstDay: dayOf(untilMs - 1) + 1,
        budget,
      }),
    ),
  };
}

function countShifts(input: LoadInput): CountedShift[] {
  const { region, untilMs, asOfMs, knownSinceMs, shifts, notices } = input;
  // What was before the first alert is unknown, not quiet.
  const sinceMs = knownSinceMs === null ? Infinity : startOfDay(dayOf(knownSinceMs - 1) + 1);
  const told = Map.groupBy(notices, ({ officer }) => officer);
  const counts = ({ bureau, ...shift }: ReportShift) =>
    isWithin(bureau, region) &&
    sinceMs <= shift.fromMs &&
    shift.fromMs < untilMs &&
    shift.untilMs <= asOfMs;
  return shifts.filter(counts).map((shift) => {
    const within = (told.get(shift.officer) ?? []).filter(
      ({ atMs }) => shift.fromMs <= atMs && atMs < shift.untilMs,
    );
    return { ...shift, alerts: new Set(within.map(({ alertId }) => alertId)).size };
  });
}

/** The most alerts one officer had in a shift that began on a day. */
function busiestByDay(shifts: readonly CountedShift[]): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  for (const { fromMs, alerts } of shifts) {
    const day = dayOf(fromMs);
    days.set(day, Math.max(days.get(day) ?? 0, alerts));
  }
  return days;
}

function forecastOf(
  bureau: RegionCode,
  given: { days: ReadonlyMap<number, number>; firstDay: number; budget: number },
): Forecast[] {
  return Array.from({ length: FORECAST_DAYS }, (_, ahead) => {
    const day = given.firstDay + ahead;
    const alike = Array.from({ length: FORECAST_WEEKS }, (_week, index) =>
      given.days.get(day - 7 * (index + 1)),
    ).filter((alerts) => alerts !== undefined);
    const next = predictNext(alike);
    return {
      bureau,
      date: dateOfDay(day),
      days: alike.length,
      expected: next && next.expected,
      low: next && next.low,
      high: next && next.high,
      verdict:
        next === null
          ? 'unknown'
          : next.expected >= given.budget
            ? 'exceeds'
            : next.high >= given.budget
              ? 'may-exceed'
              : 'within',
    };
  });
}
