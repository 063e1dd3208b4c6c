// The records of the warehouse's roll-ups, as TypeScript sees them.

import type { EpochMs } from '../core/time.ts';

/** A day that was written about. It may be read while `countedGeneration` is `generation`. */
export type RollupDayTable = {
  rollup: string;
  /** Days in China since 1 January 1970. */
  day: number;
  /** Rises with everything that is written about the day. */
  generation: number;
  markedAtMs: EpochMs;
  /** The version of its rows that counts. */
  version: number | null;
  /** What `generation` was when they were counted. */
  countedGeneration: number | null;
  countedAtMs: EpochMs | null;
};

export type RollupStateTable = {
  rollup: string;
  /** Each calculation takes the next, also one that comes to nothing. */
  attempt: number;
  /** How many rows were deleted on purpose when that was last looked at. */
  forgottenRows: number;
};

export type RollupTables = {
  rollupDay: RollupDayTable;
  rollupState: RollupStateTable;
};
