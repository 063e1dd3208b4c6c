// Objections of supervised persons in a report: how many were taken down, decided, late, and right. One belongs
// to the period in which it was taken down; what became of it is as it stands when the report is made.

import { isWithin, regionsWithin, type RegionCode } from '../../core/region.ts';
import type { Report } from './report.ts';

/** What a report must know of an objection. */
export type ReportObjection = {
  /** The county of the alert. */
  readonly region: RegionCode;
  readonly recordedAtMs: number;
  /** The end of its period: decided before it is decided in time. */
  readonly dueAtMs: number;
  readonly decidedAtMs: number | null;
  readonly state: 'open' | 'upheld' | 'rejected';
};

type ObjectionCounts = NonNullable<Report['objections']>;
type Tally = ObjectionCounts['total'];

/** Both spans are from ≤ t < until; `before` is null where the records do not reach back. */
export type ObjectionSpans = {
  readonly region: RegionCode;
  readonly now: { readonly fromMs: number; readonly untilMs: number };
  readonly before: { readonly fromMs: number; readonly untilMs: number } | null;
  /** When the rows were read. */
  readonly asOfMs: number;
};

/** Of a county one line, of a city a line for each of its counties, and all of them. */
export function countObjections(
  objections: readonly ReportObjection[],
  spans: ObjectionSpans,
): ObjectionCounts {
  const within = regionsWithin(spans.region).map(({ code }) => code);
  const tally = (region: RegionCode) =>
    tallyOf(
      objections.filter((row) => isWithin(row.region, region)),
      spans,
    );
  return {
    byCounty: (within.length > 0 ? within : [spans.region]).map((region) => ({
      region,
      ...tally(region),
    })),
    total: tally(spans.region),
  };
}

function tallyOf(rows: readonly ReportObjection[], { now, before, asOfMs }: ObjectionSpans): Tally {
  const recordedIn = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }) =>
    rows.filter((row) => fromMs <= row.recordedAtMs && row.recordedAtMs < untilMs);
  const mine = recordedIn(now);
  const withState = (state: ReportObjection['state']) =>
    mine.filter((row) => row.state === state).length;
  return {
    recorded: mine.length,
    before: before && recordedIn(before).length,
    upheld: withState('upheld'),
    rejected: withState('rejected'),
    undecided: withState('open'),
    overdue: mine.filter((row) => (row.decidedAtMs ?? asOfMs) >= row.dueAtMs).length,
    pending: rows.filter(
      (row) =>
        row.recordedAtMs < now.untilMs &&
        (row.decidedAtMs === null || row.decidedAtMs >= now.untilMs),
    ).length,
  };
}
