// The records of the workbench, as TypeScript sees them.

import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';

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
  visibility: 'private' | 'unit' | 'all';
  savedAtMs: EpochMs;
};

export type WorkbenchTables = { savedView: SavedViewTable };
