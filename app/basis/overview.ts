// The bureau's list: which bases end soonest, and which have ended and nobody decided. Read from the order
// book the screens keep anyway, so it is as fresh as they are.

import type { OrderBook } from '../../core/order-book.ts';
import { DAY_MS } from '../../core/local-time.ts';
import { classOf, type SubjectClass } from '../../core/order.ts';
import { isReached, type Reaching } from '../../core/reach.ts';
import type { RegionCode } from '../../core/region.ts';
import type { BasisLimits } from '../../security/basis/limits.ts';
import { measuresOf, type Measure } from '../../security/basis/measures.ts';

export type Listed = Measure & {
  readonly subject: string;
  readonly subjectClass: SubjectClass;
  readonly county: RegionCode;
};

export type Overview = {
  readonly expiring: readonly Listed[];
  readonly expired: readonly Listed[];
  readonly counts: {
    readonly persons: number;
    /** Measures recorded beside the orders that run. */
    readonly recorded: number;
    readonly monitoring: number;
    readonly expiring: number;
    readonly expired: number;
  };
};

/** Warned of from so many days before the end, as the rules do. */
const AHEAD_DAYS = 15;
const BEHIND_DAYS = 90;
const ROWS_MAX = 100;

export function overviewOf(
  book: OrderBook,
  { atMs, limits, ...by }: Reaching & { atMs: number; limits: BasisLimits },
): Overview {
  const [expiring, expired]: [Listed[], Listed[]] = [[], []];
  const counts = { persons: 0, recorded: 0, monitoring: 0 };
  for (const subject of book.subjects()) {
    const order = book.orderAt(subject, atMs);
    if (!order || !isReached(by, order.county)) continue;
    counts.persons++;
    for (const measure of measuresOf(book, subject, { atMs, limits })) {
      const isRunning = measure.state === 'running';
      if (isRunning && measure.kind === 'recorded') counts.recorded++;
      if (isRunning && measure.sources.includes('bracelet')) counts.monitoring++;
      const listed = { ...measure, subject, subjectClass: classOf(order), county: order.county };
      // What ends with the supervision itself needs nobody's decision.
      const endsWithOrder = measure.untilMs >= order.untilMs;
      if (isRunning && !endsWithOrder && measure.untilMs - atMs <= AHEAD_DAYS * DAY_MS) {
        expiring.push(listed);
      }
      if (measure.state === 'ended' && atMs - measure.untilMs <= BEHIND_DAYS * DAY_MS) {
        expired.push(listed);
      }
    }
  }
  expiring.sort((a, b) => a.untilMs - b.untilMs);
  expired.sort((a, b) => b.untilMs - a.untilMs);
  return {
    expiring: expiring.slice(0, ROWS_MAX),
    expired: expired.slice(0, ROWS_MAX),
    counts: { ...counts, expiring: expiring.length, expired: expired.length },
  };
}
