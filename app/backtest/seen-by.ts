// What of a result an account may see: the counties within its region.

import { isWithin, type RegionCode } from '../../core/region.ts';
import type { BacktestReport } from '../api/backtest-report.ts';
import type { BacktestDetail, Change } from '../api/backtests.ts';

/** Samples, points and rows of the counties an account sees; sums over the city name nobody. */
export function seenBy(
  region: RegionCode,
  { report, changes }: { report: BacktestReport; changes: readonly Change[] },
): NonNullable<BacktestDetail['result']> {
  const sees = (one: { readonly region: RegionCode }) => isWithin(one.region, region);
  const { byCounty, byShift, samples } = report;
  const seen = {
    byCounty: byCounty.filter(sees),
    byShift: byShift.filter(sees),
    samples: {
      added: samples.added.filter(sees),
      removed: samples.removed.filter(sees),
      regraded: samples.regraded.filter(({ before, after }) => sees(before) && sees(after)),
    },
  };
  const shown = changes.filter(sees);
  const isWhole = seen.byCounty.length === byCounty.length && shown.length === changes.length;
  return { report: { ...report, ...seen }, changes: shown, isWhole };
}
