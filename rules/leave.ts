// Does an approved leave cover a place and a time? (Community Corrections Law art. 27.) Says which leave
// covers, or which were looked at and why they do not.

import type { RaisedFinding } from '../core/finding.ts';
import { distanceM } from '../core/geo.ts';
import type { LeaveFact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';
import { isWithin } from '../core/region.ts';

export type Whereabouts = {
  readonly atMs: number;
  /** GB/T 2260 code, undefined where the map does not reach. */
  readonly region: string | undefined;
  readonly lng?: number;
  readonly lat?: number;
};

export type LeaveAnswer = {
  readonly covering: LeaveFact | undefined;
  readonly checked: RaisedFinding['checkedLeaves'];
};

/** Looks at leaves in force at the time, and at those that ended less than `graceMs` before. */
export function checkLeaves(
  orders: OrderBook,
  subject: string,
  where: Whereabouts,
  graceMs: number,
): LeaveAnswer {
  const inForce = orders.leavesAt(subject, where.atMs);
  const covering = inForce.find((leave) => coversPlace(leave, where));
  if (covering) return { covering, checked: [] };
  const justEnded = orders
    .leavesAt(subject, where.atMs - graceMs)
    .filter((leave) => !inForce.some(({ leaveId }) => leaveId === leave.leaveId));
  const inGrace = justEnded.find((leave) => coversPlace(leave, where));
  if (inGrace) return { covering: inGrace, checked: [] };
  return {
    covering: undefined,
    checked: [
      ...inForce.map(({ leaveId }) => ({ leaveId, because: 'other-place' as const })),
      ...orders
        .endedLeaves(subject, where.atMs)
        .map(({ leaveId }) => ({ leaveId, because: 'ended' as const })),
    ],
  };
}

/**
 * Near its start and end a leave covers every place, because one travels; in between its regions. Where
 * either the map or the leave is too coarse to tell them apart, the benefit of the doubt is given.
 */
function coversPlace(leave: LeaveFact, { atMs, region, lng, lat }: Whereabouts): boolean {
  if (atMs < leave.fromMs + leave.transitMs || atMs >= leave.untilMs - leave.transitMs) return true;
  if (leave.circle && lng !== undefined && lat !== undefined) {
    return distanceM(leave.circle.lng, leave.circle.lat, lng, lat) <= leave.circle.radiusM;
  }
  if (region === undefined) return true;
  return leave.regions.some((allowed) => isWithin(region, allowed) || isWithin(allowed, region));
}
