// The report against a recount as a clerk would do it: by looking at every alert for every number.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEEDBACK_RESULTS } from '../../core/alert-event.ts';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { buildReport, type ReportAlert, type ReportInput } from './build-report.ts';
import { layoutReport } from './layout.ts';
import type { ReportObjection } from './objections.ts';
import { periodBefore, readPeriod } from './period.ts';
import { correctedPrecisionOf, judgedOf, precisionOf, reportSchema, type Tally } from './report.ts';

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
  fc
    .record({
      ruleId: fc.constantFrom(...RULES),
      title: fc.constant(text('规则', 'rule')),
      level: fc.constantFrom(1, 2, 3),
      region: fc.constantFrom(...COUNTIES, regionCode('511000')),
      recordedAtMs: fc.constant(recordedAtMs),
      acknowledgedAtMs: after(recordedAtMs),
      closedAtMs: after(recordedAtMs),
      result: fc.option(fc.constantFrom(...FEEDBACK_RESULTS)),
      withdrawnAtMs: after(recordedAtMs),
      isUpheld: fc.boolean(),
    })
    .map((row) => ({ ...row, isUpheld: row.isUpheld && row.withdrawnAtMs !== null })),
);

const objection: fc.Arbitrary<ReportObjection> = instant.chain((recordedAtMs) =>
  fc
    .record({
      region: fc.constantFrom(...COUNTIES, regionCode('511000')),
      recordedAtMs: fc.constant(recordedAtMs),
      dueAtMs: fc.integer({ min: 0, max: 20 * 24 }).map((h) => recordedAtMs + h * HOUR_MS),
      decidedAtMs: after(recordedAtMs),
      isUpheld: fc.boolean(),
    })
    .map(({ isUpheld, ...row }) => ({
      ...row,
      state: row.decidedAtMs === null ? 'open' : isUpheld ? 'upheld' : 'rejected',
    })),
);

const inputOf = (alerts: ReportAlert[], region: string, asOfMs: number): ReportInput => ({
  period,
  region: regionCode(region),
  asOfMs,
  knownSinceMs: alerts.length === 0 ? null : Math.min(...alerts.map((row) => row.recordedAtMs)),
  alerts,
  objections: [],
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
    upheld: count((row) => row.isUpheld),
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
    isUpheld: false,
  };
  const { total } = buildReport(inputOf([row], CITY, period.untilMs));
  expect([total.now.raised, total.now.withdrawn, judgedOf(total.now)]).toEqual([1, 1, 0]);
  expect(precisionOf(total.now)).toBeNull();
});

test('an alert withdrawn on an objection is wrong in the corrected precision, one withdrawn by facts is not in it', () => {
  const row = (result: ReportAlert['result'], isUpheld: boolean | null): ReportAlert => ({
    ruleId: 'a',
    title: text('规则', 'rule'),
    level: 2,
    region: COUNTIES[0] as ReportAlert['region'],
    recordedAtMs: period.fromMs,
    acknowledgedAtMs: null,
    closedAtMs: null,
    result,
    withdrawnAtMs: isUpheld === null ? null : period.fromMs + 1,
    isUpheld: isUpheld === true,
  });
  const alerts = [
    row('true', null),
    row('true', null),
    row('drift', null),
    row('true', true),
    row(null, false),
  ];
  const { total } = buildReport(inputOf(alerts, CITY, period.untilMs));
  expect(precisionOf(total.now)).toBe(2 / 3);
  expect(correctedPrecisionOf(total.now)).toBe(2 / 4);
  expect(correctedPrecisionOf({ ...total.now, upheld: null })).toBeNull();
});

test('objections are counted as a clerk would: by the day they were taken down, each county alone', () => {
  fc.assert(
    fc.property(
      fc.array(objection, { maxLength: 30 }),
      fc.constantFrom<string>(CITY, ...COUNTIES),
      fc.integer({ min: -2 * DAY_MS, max: 3 * DAY_MS }),
      (objections, region, late) => {
        const asOfMs = period.untilMs + late;
        const input = { ...inputOf([], region, asOfMs), knownSinceMs: 0, objections };
        const report = buildReport(input);
        expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
        const untilMs = Math.min(asOfMs, period.untilMs);
        const counted = report.objections;
        const counties = region === CITY ? [...COUNTIES] : [regionCode(region)];
        for (const county of counties) {
          const line = counted?.byCounty.find((row) => row.region === county);
          const mine = objections.filter(
            (row) =>
              row.region === county &&
              row.recordedAtMs >= period.fromMs &&
              row.recordedAtMs < untilMs,
          );
          expect(line?.recorded).toBe(mine.length);
          let [upheld, rejected, undecided, overdue] = [0, 0, 0, 0];
          for (const row of mine) {
            if (row.state === 'upheld') upheld++;
            else if (row.state === 'rejected') rejected++;
            else undecided++;
            if (row.decidedAtMs === null ? asOfMs >= row.dueAtMs : row.decidedAtMs >= row.dueAtMs)
              overdue++;
          }
          expect(line).toMatchObject({ upheld, rejected, undecided, overdue });
          expect(line?.pending).toBe(
            objections.filter(
              (row) =>
                row.region === county &&
                row.recordedAtMs < untilMs &&
                !(row.decidedAtMs !== null && row.decidedAtMs < untilMs),
            ).length,
          );
        }
        for (const name of ['recorded', 'upheld', 'overdue', 'pending'] as const)
          expect(counted?.total[name]).toBe(
            counted?.byCounty.reduce((sum, row) => sum + row[name], 0),
          );
      },
    ),
  );
});

test('a report kept before objections were counted is read as it was, without a table of them', () => {
  const report = buildReport(inputOf([], CITY, period.untilMs));
  const { objections: _objections, ...old } = JSON.parse(
    JSON.stringify(report, (key, value: unknown) => (key === 'upheld' ? undefined : value)),
  ) as Record<string, unknown>;
  const read = reportSchema.parse(old);
  expect([read.objections, read.total.now.upheld]).toEqual([null, null]);
  expect(layoutReport(read).tables.map(({ id }) => id)).not.toContain('objections');
  expect(layoutReport(report).tables.map(({ id }) => id)).toContain('objections');
});
