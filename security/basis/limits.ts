// How long a recorded basis may last. What a law fixes says which; the rest are parameters of the
// installation, because no text we could check fixes them.

import { addMonths, dayOf, startOfDay } from '../../core/calendar.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { MOVEMENT_SOURCES, type SourceKind } from '../../core/source.ts';

export type BasisLimits = {
  /** One term of electronic monitoring, in calendar months: Community Corrections Law art. 29, at most three. */
  readonly monitoringMonths: number;
  /** So often it may be extended. Art. 29 bounds each extension and not their number: a parameter. */
  readonly monitoringRenewals: number;
  /** One term of any other movement source, in days: a parameter. */
  readonly movementDays: number;
  /** One term of a source that says nothing about movement, in days: a parameter. */
  readonly otherDays: number;
  /** A paper may begin so long before it is recorded, no longer: a parameter. */
  readonly recordedLateMs: number;
};

export const BASIS_LIMITS: BasisLimits = {
  monitoringMonths: 3,
  monitoringRenewals: 3,
  movementDays: 180,
  otherDays: 366,
  recordedLateMs: 7 * DAY_MS,
};

/** Electronic monitoring (CCL 29) is what opens a bracelet. */
export const isMonitoring = (sources: readonly SourceKind[]): boolean =>
  sources.includes('bracelet');

/** The last instant at which a term that begins at `fromMs` may end. */
export function latestEndMs(
  { sources, fromMs }: { sources: readonly SourceKind[]; fromMs: number },
  limits: BasisLimits,
): number {
  if (isMonitoring(sources)) {
    // Months by the calendar, to the end of the last day.
    return startOfDay(addMonths(dayOf(fromMs), limits.monitoringMonths) + 1);
  }
  const moves = sources.some((source) => MOVEMENT_SOURCES.has(source));
  return fromMs + (moves ? limits.movementDays : limits.otherDays) * DAY_MS;
}
