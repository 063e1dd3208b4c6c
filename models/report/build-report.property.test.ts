// The report against a recount as a clerk would do it: by looking at every alert for every number.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEEDBACK_RESULTS } from '../../core/alert-event.ts';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { buildReport, type ReportAlert, type ReportInput } from './build-report.ts';
import { periodBefore, readPeriod } from './period.ts';
import { judgedOf, precisionOf, reportSchema, type Tally } from './report.ts';

const COUNTIES = ['511702', '511703', '511722'].map(regionCode);
const CITY = regionCode('511700');
const RULES = ['a', 'b', 'c'];

const period = readPeriod({ period: '2026-W47' }, Date.UTC(2026, 11, 1));
const before = periodBefore(period);
/** Instants where mistakes live: bounds and their neighbours, and anything between. */
const edges = [before.fromMs, before.untilMs, period.untilMs].flatMap((at) => [at - 1, at, at + 1]);
const instant = fc.oneof(
  fc.constantFrom(...edges),
  fc.integer({ min: before.fromMs - 40 * DAY_MS, max: period.untilMs + 2 * DAY_MS }),
);
const after = (base: number) =>
  fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 20 * 24 }).map((h) => base + h * HOUR_MS),
  );

const alert: fc.Arbitrary<ReportAlert> = instant.chain((recordedAtMs) =>
  fc.record({
    ruleId: fc.constantFrom(...RULES),
    title: fc.constant(text('规则', 'rule')),
    level: fc.constantFrom(1, 2, 3),
    region: fc.constantFrom(...COUNTIES, regionCode('511000')),
    recordedAtMs: fc.constant(recordedAtMs),
    acknowledgedAtMs: after(recordedAtMs),
    closedAtMs: after(recordedAtMs),
    result: fc.option(fc.constantFrom(...FEEDBACK_RESULTS)),
    withdrawnAtMs: after(recordedAtMs),
  }),
);

const inputOf = (alerts: ReportAlert[], region: string, asOfMs: number): ReportInput => ({
  period,
  region: regionCode(region),
  asOfMs,
  knownSinceMs: alerts.length === 0 ? null : Math.min(...alerts.map((row) => row.recordedAtMs)),
  alerts,
  budget: 30,
  shiftsBy: 'day',
  shifts: [],
  notices: [],
});

/** One tally, number by number. */
function recount(alerts: readonly ReportAlert[]): Tally {
  const count = (counts: (row: ReportAlert) => boolean) => {
    let sum = 0;
    for (const row of alerts) if (counts(row)) sum++;
    return sum;
  };
  const waits: number[] = [];
  for (const { acknowledgedAtMs, recordedAtMs } of alerts)
    if (acknowledgedAtMs !== null) waits.push(acknowledgedAtMs - recordedAtMs);
  /** The smallest wait that enough of all waits do not exceed. */
  const enough = (share: number) => {
    const reached = waits.filter(
      (wait) => waits.filter((other) => other <= wait).length >= share * waits.length,
    );
    return reached.length === 0 ? null : Math.min(...reached);
  };
  const isWithdrawn = (row: ReportAlert) => row.withdrawnAtMs !== null;
  return {
    raised: alerts.length,
    withdrawn: count(isWithdrawn),
    acknowledged: waits.length,
    acknowledgeP50Ms: enough(0.5),
    acknowledgeP90Ms: enough(0.9),
    waiting: count((row) => !isWithdrawn(row) && !row.acknowledgedAtMs && !row.closedAtMs),
    closed: count((row) => !isWithdrawn(row) && !!row.closedAtMs),
    results: Object.fromEntries(
      FEEDBACK_RESULTS.map((result) => [
        result,
        count((row) => !isWithdrawn(row) && row.result === result),
      ]),
    ) as Tally['results'],
    unjudged: count((row) => !isWithdrawn(row) && row.result === null),
  };
}

test('every number of a report is what a recount finds', () => {
  fc.assert(
    fc.property(
      fc.array(alert, { maxLength: 40 }),
      fc.constantFrom<string>(CITY, ...COUNTIES),
      fc.integer({ min: -2 * DAY_MS, max: 3 * DAY_MS }),
      (alerts, region, late) => {
        const asOfMs = period.untilMs + late;
        const report = buildReport(inputOf(alerts, region, asOfMs));
        expect(reportSchema.parse(report)).toEqual(report);

        const untilMs = late < 0 ? asOfMs : period.untilMs;
        const mine = alerts.filter((row) =>
          region === CITY ? row.region.startsWith('5117') : row.region === region,
        );
        const now = mine.filter(
          (row) => row.recordedAtMs >= period.fromMs && row.recordedAtMs < untilMs,
        );
        const thenUntilMs = late < 0 ? before.untilMs + late : before.untilMs;
        const then = mine.filter(
          (row) => row.recordedAtMs >= before.fromMs && row.recordedAtMs < thenUntilMs,
        );
        const isKnown = report.before.known !== 'none';
        expect(isKnown).toBe(alerts.some((row) => row.recordedAtMs < thenUntilMs));
        const both = (belongs: (row: ReportAlert) => boolean) => ({
          now: recount(now.filter(belongs)),
          before: isKnown ? recount(then.filter(belongs)) : null,
        });
        expect(report.total).toEqual(both(() => true));
        for (const { level, ...tallies } of report.byLevel)
          expect(tallies).toEqual(both((row) => row.level === level));
        for (const { ruleId, title: _title, ...tallies } of report.byRule)
          expect(tallies).toEqual(both((row) => row.ruleId === ruleId));
        for (const { region: county, ...tallies } of report.byCounty)
          expect(tallies).toEqual(both((row) => row.region === county));

        // Parts make up the whole: no alert is lost between the tables.
        const sum = (rows: readonly { now: Tally }[]) =>
          rows.reduce((all, row) => all + row.now.raised, 0);
        expect(sum(report.byLevel)).toBe(now.length);
        expect(sum(report.byRule)).toBe(now.length);
        if (region === CITY) expect(sum(report.byCounty)).toBe(now.length);

        const open = mine.filter(
          (row) =>
            row.recordedAtMs < untilMs &&
            (row.closedAtMs === null || row.closedAtMs > untilMs) &&
            (row.withdrawnAtMs === null || row.withdrawnAtMs > untilMs),
        );
        for (const { level, ages } of report.openByAge) {
          const days = open
            .filter((row) => row.level === level)
            .map((row) => (untilMs - row.recordedAtMs) / DAY_MS);
          expect(ages).toEqual([
            days.filter((age) => age < 1).length,
            days.filter((age) => age >= 1 && age < 3).length,
            days.filter((age) => age >= 3 && age < 7).length,
            days.filter((age) => age >= 7 && age < 30).length,
            days.filter((age) => age >= 30).length,
          ]);
        }
      },
    ),
  );
});

test('the order of the rows changes nothing', () => {
  fc.assert(
    fc.property(fc.array(alert, { maxLength: 30 }), (alerts) => {
      const backwards = alerts.toReversed();
      expect(buildReport(inputOf(backwards, CITY, period.untilMs))).toEqual(
        buildReport(inputOf(alerts, CITY, period.untilMs)),
      );
    }),
  );
});

test('a withdrawn alert is neither true nor false, and no feedback is no precision', () => {
  const row: ReportAlert = {
    ruleId: 'a',
    title: text('规则', 'rule'),
    level: 2,
    region: COUNTIES[0] as ReportAlert['region'],
    recordedAtMs: period.fromMs,
    acknowledgedAtMs: null,
    closedAtMs: null,
    result: 'drift',
    withdrawnAtMs: period.fromMs + 1,
  };
  const { total } = buildReport(inputOf([row], CITY, period.untilMs));
  expect([total.now.raised, total.now.withdrawn, judgedOf(total.now)]).toEqual([1, 1, 0]);
  expect(precisionOf(total.now)).toBeNull();
});
