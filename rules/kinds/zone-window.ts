// Whether a fix counts for a rule with a schedule, and for which window.

import type { Schedule } from '../schedule.ts';

export type WindowAt = {
  /** In the window, not merely shortly before it. */
  readonly isOpen: boolean;
  /** When the window opens, as far as it has not yet. */
  readonly opensMs: number;
  /** When it closes; tells windows apart. Infinity where there is always one. */
  readonly windowMs: number;
};

const ALWAYS: WindowAt = { isOpen: true, opensMs: -Infinity, windowMs: Infinity };

/** The window an instant counts for: one that is open, or opens at most `freshMs` later. */
export function windowOf(
  schedule: Schedule | undefined,
  atMs: number,
  freshMs: number,
): WindowAt | undefined {
  if (!schedule) return ALWAYS;
  const { active, untilMs } = schedule.spanAt(atMs);
  if (active) return { isOpen: true, opensMs: -Infinity, windowMs: untilMs };
  if (untilMs === Infinity || untilMs - atMs > freshMs) return undefined;
  return { isOpen: false, opensMs: untilMs, windowMs: schedule.spanAt(untilMs).untilMs };
}

/** True when `windowOf` gives nothing for any row of the run. */
export function areAsleep(
  schedule: Schedule | undefined,
  { firstMs, lastMs }: { firstMs: number; lastMs: number },
  freshMs: number,
): boolean {
  if (!schedule) return false;
  const { active, untilMs } = schedule.spanAt(firstMs);
  return !active && lastMs < untilMs - freshMs;
}
