import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { buildLoad, type ReportNotice } from './load.ts';
import { readPeriod } from './period.ts';
import { percentileOf, predictNext, wilsonInterval } from './statistics.ts';

const BUREAU = regionCode('511722');
const period = readPeriod({ period: '2026-W47' }, Date.UTC(2026, 11, 1));

/** A day shift for every day of nine weeks up to the end of the period; `alertsOn` tells how many came. */
function loadWhere(alertsOn: (daysBeforeEnd: number) => number, knownSinceMs = 0) {
  const days = Array.from({ length: 63 }, (_, index) => index + 1);
  const shifts = days.map((back) => {
    const fromMs = period.untilMs - back * DAY_MS + 8 * HOUR_MS;
    return { bureau: BUREAU, officer: 'o', fromMs, untilMs: fromMs + 12 * HOUR_MS };
  });
  const notices = days.flatMap((back) =>
    Array.from({ length: alertsOn(back) }, (_, index): ReportNotice => ({
      alertId: `${back}/${index}`,
      officer: 'o',
      atMs: period.untilMs - back * DAY_MS + 9 * HOUR_MS,
    })),
  );
  return buildLoad({
    period,
    region: BUREAU,
    untilMs: period.untilMs,
    asOfMs: period.untilMs + 9 * HOUR_MS,
    knownSinceMs,
    budget: 30,
    shiftsBy: 'roster',
    shifts,
    // A second notice of the same alert is not a second thing to do.
    notices: [...notices, ...notices],
  });
}

describe('load of a bureau', () => {
  test('counts different alerts by shift of the period, and the shifts at or over the budget', () => {
    const { bureaus } = loadWhere((back) => [0, 30, 10, 31, 5, 5, 5, 5][back] ?? 99);
    expect(bureaus).toEqual([
      { bureau: BUREAU, shifts: 7, mean: 13, median: 5, most: 31, over: 2 },
    ]);
  });

  test('a shift that has not ended is not counted', () => {
    const fromMs = period.untilMs - 4 * HOUR_MS;
    const given = {
      period,
      region: BUREAU,
      untilMs: period.untilMs,
      knownSinceMs: 0,
      budget: 30,
      shiftsBy: 'roster' as const,
      shifts: [{ bureau: BUREAU, officer: 'o', fromMs, untilMs: fromMs + 12 * HOUR_MS }],
      notices: [{ alertId: 'a', officer: 'o', atMs: period.untilMs + HOUR_MS }],
    };
    expect(buildLoad({ ...given, asOfMs: period.untilMs + HOUR_MS }).bureaus).toEqual([]);
    expect(buildLoad({ ...given, asOfMs: period.untilMs + 9 * HOUR_MS }).bureaus).toMatchObject([
      { shifts: 1, most: 1 },
    ]);
  });

  test('the forecast of a weekday is the mean of its like, with a range that a steady load closes', () => {
    const steady = loadWhere((back) => (back % 7 === 0 ? 40 : 3)).forecast;
    expect(
      steady.map(({ date, expected, low, high, verdict }) => [date, expected, low, high, verdict]),
    ).toEqual([
      ['2026-11-23', 40, 40, 40, 'exceeds'],
      ...['24', '25', '26', '27', '28', '29'].map((day) => [`2026-11-${day}`, 3, 3, 3, 'within']),
    ]);
  });

  test('a load that scatters may exceed the budget although its mean does not', () => {
    const [monday] = loadWhere((back) => (back % 14 === 0 ? 10 : 26)).forecast;
    expect(monday).toMatchObject({ days: 8, verdict: 'may-exceed', expected: 18 });
    expect(monday?.high).toBeGreaterThan(30);
  });

  test('what was before the first alert on record is unknown, not quiet', () => {
    const { forecast, bureaus } = loadWhere(() => 5, period.untilMs - 3 * 7 * DAY_MS);
    expect(bureaus).toMatchObject([{ shifts: 7, median: 5 }]);
    expect(new Set(forecast.map(({ verdict, expected }) => `${verdict} ${expected}`))).toEqual(
      new Set(['unknown null']),
    );
    expect(loadWhere(() => 5, period.untilMs).bureaus).toEqual([]);
  });
});

test('formulas give the textbook numbers, and null without data', () => {
  expect(percentileOf([], 0.5)).toBeNull();
  expect(percentileOf([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentileOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9);
  expect(wilsonInterval(0, 0)).toBeNull();
  // Wilson 1927: 8 of 10 lie between 49.0% and 94.3%.
  expect(wilsonInterval(8, 10)?.map((bound) => bound.toFixed(3))).toEqual(['0.490', '0.943']);
  expect(predictNext([1, 2, 3])).toBeNull();
  const { expected, high } = predictNext([10, 12, 14, 16]) as { expected: number; high: number };
  // s = 2.582, t(3) = 1.638, √1.25 = 1.118: half the range is 4.728.
  expect([expected, high.toFixed(2)]).toEqual([13, '17.73']);
});
