// Reports that are made without anybody asking: each week on Monday, each month on the first, in the morning
// when the night shift is over. What was missed while nothing ran is made once, afterwards.

import type { Logger } from '../../core/logger.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/local-time.ts';
import { DAZHOU, regionsWithin, type RegionCode } from '../../core/region.ts';
import { epochMs, type Timer } from '../../core/time.ts';
import { firstAlertAtMs } from '../../alerts/report-rows.ts';
import { lastWhole, periodBefore, type Period } from '../../models/report/period.ts';
import { keepReport, keptIds, SCHEDULE, scheduledId } from '../../warehouse/report-store.ts';
import { computeReport, rowOf, type ReportDeps } from './report-desk.ts';

/** After the end of a period: 09:00, when the last night shift has been handed over. */
export const SCHEDULE_DELAY_MS = 9 * HOUR_MS;

/** So many periods back a missed report is still made. */
export const MISSED_MAX = { week: 5, month: 3 } as const;

const LOOK_MS = MINUTE_MS;

/** The periods whose reports should be there by now, oldest first; none that ended before anything was known. */
export function duePeriods(nowMs: number, knownSinceMs: number | null): Period[] {
  if (knownSinceMs === null) return [];
  const due: Period[] = [];
  for (const kind of ['week', 'month'] as const) {
    let period = lastWhole(kind, nowMs - SCHEDULE_DELAY_MS);
    for (let back = 0; back < MISSED_MAX[kind] && period.untilMs > knownSinceMs; back++) {
      due.push(period);
      period = periodBefore(period);
    }
  }
  return due.toSorted((a, b) => a.untilMs - b.untilMs || (a.kind < b.kind ? 1 : -1));
}

export type ReportScheduleDeps = ReportDeps & { readonly logger: Logger };

/** Makes what is due and not kept yet; gives how many reports were made. */
export async function makeDueReports(deps: ReportScheduleDeps): Promise<number> {
  const { db, clock, logger } = deps;
  const nowMs = clock.now();
  const periods = duePeriods(nowMs, await firstAlertAtMs(db));
  const regions: RegionCode[] = [DAZHOU, ...regionsWithin(DAZHOU).map(({ code }) => code)];
  const due = periods.flatMap((period) =>
    regions.map((region) => ({ period, region, id: idOf(period, region) })),
  );
  const kept = await keptIds(
    db,
    due.map(({ id }) => id),
  );
  let made = 0;
  for (const { period, region, id } of due) {
    if (kept.has(id)) continue;
    const report = await computeReport(deps, { period, region, asOfMs: nowMs });
    await keepReport(db, { ...rowOf(report), origin: 'schedule', madeBy: SCHEDULE, purpose: '' });
    logger.info('report.made', { kind: period.kind, region, report: id });
    made++;
  }
  return made;
}

const idOf = ({ kind, fromMs }: Period, region: RegionCode) =>
  scheduledId({ kind, fromMs: epochMs(fromMs), region });

/** Looks at the start and every minute whether a report is due. What fails is tried with the next look. */
export function startReportSchedule(deps: ReportScheduleDeps): { stop(): Promise<void> } {
  const { clock, logger } = deps;
  let timer: Timer | undefined;
  let stopped = false;
  /** Newest period already dealt with: between two due dates there is nothing to look up. */
  let doneWeekMs = 0;
  let doneMonthMs = 0;
  let running: Promise<void>;

  const look = async () => {
    const atMs = clock.now() - SCHEDULE_DELAY_MS;
    const [week, month] = [lastWhole('week', atMs), lastWhole('month', atMs)];
    if (week.fromMs === doneWeekMs && month.fromMs === doneMonthMs) return;
    try {
      await makeDueReports(deps);
      doneWeekMs = week.fromMs;
      doneMonthMs = month.fromMs;
    } catch (error) {
      logger.error('report.not-made', { cause: String(error) });
    }
  };
  const again = async () => {
    await look();
    if (!stopped) timer = clock.after(LOOK_MS, () => void (running = again()));
  };
  running = again();
  return {
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}
