// The records of reports, as TypeScript sees them.

import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { Flag } from './flag-column.ts';

/** A report as it was made. Append-only. */
export type ReportTable = {
  /** Of a scheduled report made of kind, period and region, so that it is made once. */
  id: string;
  kind: 'week' | 'month' | 'days';
  fromMs: EpochMs;
  untilMs: EpochMs;
  region: RegionCode;
  /** The period was over when the report was made. */
  isWhole: Flag;
  origin: 'schedule' | 'demand';
  /** SHA-256 of the body. */
  contentHash: string;
  /** The numbers, as models/report has them. */
  body: string;
  /** An account id, or `schedule`. */
  madeBy: string;
  purpose: string;
  madeAtMs: EpochMs;
};

/** That somebody took a report away as a file. Append-only. */
export type ReportFileTable = {
  id: string;
  reportId: string;
  format: 'xlsx' | 'docx' | 'pdf';
  /** SHA-256 of the file: a file that turns up can be traced. */
  contentHash: string;
  /** An account id. */
  takenBy: string;
  purpose: string;
  takenAtMs: EpochMs;
};
