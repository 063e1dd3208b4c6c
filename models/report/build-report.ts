// From rows to a report: pure counting. What a row is and where it comes from is the caller's matter; an
// alert belongs to the period in which it was recorded.

import { AGE_BANDS, ageBandOf } from '../../core/age-bands.ts';
import { FEEDBACK_RESULTS, type FeedbackResult } from '../../core/alert-event.ts';
import type { Level } from '../../core/finding.ts';
import { isWithin, regionsWithin, type RegionCode } from '../../core/region.ts';
import type { Text } from '../../core/text.ts';
import { buildLoad, type ReportNotice, type ReportShift } from './load.ts';
import { countObjections, type ReportObjection } from './objections.ts';
import { periodBefore, type Period } from './period.ts';
import { REPORT_FORMAT, type Compared, type Report, type Tally } from './report.ts';
import { percentileOf } from './statistics.ts';

/** What a report must know of an alert. */
export type ReportAlert = {
  readonly ruleId: string;
  readonly title: Text;
  readonly level: Level;
  readonly region: RegionCode;
  readonly recordedAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly closedAtMs: number | null;
  readonly result: FeedbackResult | null;
  /** Taken back by a correction; null while it stands. */
  readonly withdrawnAtMs: number | null;
  /** Withdrawn because the person objected and was right. */
  readonly isUpheld: boolean;
};

export type ReportInput = {
  readonly period: Period;
  /** A county, or a city with all its counties. */
  readonly region: RegionCode;
  readonly asOfMs: number;
  /** When the first alert of any region was recorded; null when there is none. */
  readonly knownSinceMs: number | null;
  /** At least those recorded since the period before began, and all that were still open since then. */
  readonly alerts: readonly ReportAlert[];
  /** At least those taken down since the period before began, and all that were undecided since then. */
  readonly objections: readonly ReportObjection[];
  readonly budget: number;
  readonly shiftsBy: 'roster' | 'day';
  readonly shifts: readonly ReportShift[];
  readonly notices: readonly ReportNotice[];
};

const LEVELS = [1, 2, 3] as const;

/** The report. Same input, same output, whatever the order of the rows. */
export function buildReport(input: ReportInput): Report {
  const { period, region, asOfMs, knownSinceMs } = input;
  const countedUntilMs = Math.max(period.fromMs, Math.min(period.untilMs, asOfMs));
  const before = comparedWith(period, countedUntilMs, knownSinceMs);
  const alerts = input.alerts.filter((alert) => isWithin(alert.region, region));
  const recordedIn = (fromMs: number, untilMs: number) =>
    alerts.filter(({ recordedAtMs }) => fromMs <= recordedAtMs && recordedAtMs < untilMs);
  const now = recordedIn(period.fromMs, countedUntilMs);
  const then = before.known === 'none' ? null : recordedIn(before.fromMs, before.untilMs);
  const compare = (belongs: (alert: ReportAlert) => boolean): Compared => ({
    now: tallyOf(now.filter(belongs)),
    before: then && tallyOf(then.filter(belongs)),
  });
  return {
    format: REPORT_FORMAT,
    period,
    region,
    asOfMs,
    countedUntilMs,
    knownSinceMs,
    before,
    total: compare(() => true),
    byLevel: LEVELS.map((level) => ({ level, ...compare((alert) => alert.level === level) })),
    byRule: rulesOf([...now, ...(then ?? [])]).map(({ ruleId, title }) => ({
      ruleId,
      title,
      ...compare((alert) => alert.ruleId === ruleId),
    })),
    byCounty: regionsWithin(region).map(({ code }) => ({
      region: code,
      ...compare((alert) => alert.region === code),
    })),
    openByAge: LEVELS.map((level) => ({
      level,
      ages: agesOf(
        alerts.filter((alert) => alert.level === level),
        countedUntilMs,
      ),
    })),
    objections: countObjections(input.objections, {
      region,
      now: { fromMs: period.fromMs, untilMs: countedUntilMs },
      before: before.known === 'none' ? null : before,
      asOfMs,
    }),
    load: buildLoad({ ...input, untilMs: countedUntilMs }),
  };
}

/** The report for eyes that see counts only: without how fast officers were and how much they had. */
export function countsOnly(report: Report): Report {
  const strip = (tally: Tally): Tally => ({
    ...tally,
    acknowledgeP50Ms: null,
    acknowledgeP90Ms: null,
  });
  const stripBoth = <Row extends Compared>(row: Row): Row => ({
    ...row,
    now: strip(row.now),
    before: row.before && strip(row.before),
  });
  return {
    ...report,
    total: stripBoth(report.total),
    byLevel: report.byLevel.map(stripBoth),
    byRule: report.byRule.map(stripBoth),
    byCounty: report.byCounty.map(stripBoth),
    load: null,
  };
}

/** Of a running period, only as much of the one before as has passed of it: like with like. */
function comparedWith(
  period: Period,
  countedUntilMs: number,
  knownSinceMs: number | null,
): Report['before'] {
  const { fromMs, untilMs: endMs } = periodBefore(period);
  const isWhole = countedUntilMs === period.untilMs;
  const untilMs = isWhole ? endMs : Math.min(endMs, fromMs + countedUntilMs - period.fromMs);
  if (knownSinceMs === null || knownSinceMs >= untilMs) return { fromMs, untilMs, known: 'none' };
  return { fromMs, untilMs, known: knownSinceMs <= fromMs ? 'whole' : 'part' };
}

function tallyOf(alerts: readonly ReportAlert[]): Tally {
  const standing = alerts.filter(({ withdrawnAtMs }) => withdrawnAtMs === null);
  const waits = alerts.flatMap(({ acknowledgedAtMs, recordedAtMs }) =>
    acknowledgedAtMs === null ? [] : [acknowledgedAtMs - recordedAtMs],
  );
  const withResult = (result: FeedbackResult | null) =>
    standing.filter((alert) => alert.result === result).length;
  return {
    raised: alerts.length,
    withdrawn: alerts.length - standing.length,
    upheld: alerts.filter(({ isUpheld }) => isUpheld).length,
    acknowledged: waits.length,
    acknowledgeP50Ms: percentileOf(waits, 0.5),
    acknowledgeP90Ms: percentileOf(waits, 0.9),
    waiting: standing.filter(
      (alert) => alert.acknowledgedAtMs === null && alert.closedAtMs === null,
    ).length,
    closed: standing.filter(({ closedAtMs }) => closedAtMs !== null).length,
    results: Object.fromEntries(
      FEEDBACK_RESULTS.map((result) => [result, withResult(result)]),
    ) as Tally['results'],
    unjudged: withResult(null),
  };
}

/** Each rule once, by id, under the title its newest alert has. */
function rulesOf(alerts: readonly ReportAlert[]) {
  const newest = new Map<string, ReportAlert>();
  for (const alert of alerts) {
    const known = newest.get(alert.ruleId);
    if (!known || comesAfter(alert, known)) newest.set(alert.ruleId, alert);
  }
  return [...newest.values()].toSorted((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
}

const comesAfter = (a: ReportAlert, b: ReportAlert): boolean =>
  a.recordedAtMs > b.recordedAtMs || (a.recordedAtMs === b.recordedAtMs && a.title.zh > b.title.zh);

/** Alerts open at an instant by age: under a day, and so on; the last group is everything older. */
function agesOf(alerts: readonly ReportAlert[], atMs: number): number[] {
  const ages = Array.from({ length: AGE_BANDS }, () => 0);
  for (const { recordedAtMs, closedAtMs, withdrawnAtMs } of alerts) {
    const endedAtMs = Math.min(closedAtMs ?? Infinity, withdrawnAtMs ?? Infinity);
    if (recordedAtMs >= atMs || endedAtMs <= atMs) continue;
    const index = ageBandOf(atMs - recordedAtMs);
    ages[index] = (ages[index] as number) + 1;
  }
  return ages;
}
