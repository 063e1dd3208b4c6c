// The records of the workbench, as TypeScript sees them.

import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { Flag } from './flag-column.ts';

type Visibility = 'private' | 'unit' | 'all';

/** A view somebody keeps under a name. */
export type SavedViewTable = {
  id: string;
  /** The account it belongs to. */
  owner: string;
  /** The unit of the owner when it was saved. */
  region: RegionCode;
  title: string;
  /** The query of the workbench's address. */
  query: string;
  visibility: Visibility;
  savedAtMs: EpochMs;
  /** Counted by itself after each whole week or month. */
  schedule: 'none' | 'week' | 'month';
  scheduledSinceMs: EpochMs | null;
};

/** What a scheduled view said of a week or month, as it was counted then. */
export type ViewReportTable = {
  id: string;
  viewId: string;
  owner: string;
  region: RegionCode;
  title: string;
  query: string;
  visibility: Visibility;
  kind: 'week' | 'month';
  fromMs: EpochMs;
  untilMs: EpochMs;
  /** JSON of what it was counted within. */
  scope: string;
  /** 1 where small cells are hidden in it. */
  hidesSmall: Flag;
  /** JSON of the answer; null where there is none. */
  body: string | null;
  /** JSON of why there is no answer. */
  problem: string | null;
  contentHash: string | null;
  madeAtMs: EpochMs;
};

export type WorkbenchTables = { savedView: SavedViewTable; viewReport: ViewReportTable };
