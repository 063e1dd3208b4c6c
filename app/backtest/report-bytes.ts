// A report as the file people take away: the same bytes from command and page.

import type { BacktestReport } from '../api/backtest-report.ts';

export const reportBytes = (report: BacktestReport): string =>
  `${JSON.stringify(report, null, 2)}\n`;
