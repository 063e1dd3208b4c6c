// The records of drills and of what the watchdog found, as TypeScript sees them.

import type { Level } from '../core/finding.ts';
import type { RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';

/** A drill somebody started. The pipeline opens its alert like any other. */
export type DrillTable = {
  id: string;
  alertId: string;
  level: Level;
  /** Whose title and duty the drill has. */
  ruleId: string;
  /** The county it is about. */
  region: RegionCode;
  purpose: string;
  /** An account id. */
  startedBy: string;
  startedAtMs: EpochMs;
  /** When its finding was in the log. */
  appendedAtMs: EpochMs | null;
  endedAtMs: EpochMs | null;
  /** An account id, or `limit` when its time was up. */
  endedBy: string | null;
};

/** Something that did not move though it should have; see alerts/watch/stalls.ts. One row per episode. */
export type StallTable = {
  id: string;
  /** What stands still: one lasting episode for each. */
  stallKey: string;
  kind: string;
  alertId: string | null;
  level: Level | null;
  what: string;
  sinceMs: EpochMs;
  foundAtMs: EpochMs;
  toldAtMs: EpochMs | null;
  overAtMs: EpochMs | null;
  overToldAtMs: EpochMs | null;
};
