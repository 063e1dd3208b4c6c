// When the order of a person runs out without anybody recording it: what was counted under it then counts no
// more, whatever comes later.

import type { OrderFact } from '../core/observation.ts';
import type { OrderBook } from '../core/order-book.ts';

/** The first instant after `fromMs` at which an order that was in force is followed by none. */
export function runsOutMs(orders: OrderBook, subject: string, fromMs: number): number {
  let atMs = fromMs;
  let isInForce = orders.orderAt(subject, atMs) !== undefined;
  while (atMs < Infinity) {
    atMs = orders.orderSpan(subject, atMs).untilMs;
    const goesOn = atMs < Infinity && orders.orderAt(subject, atMs) !== undefined;
    if (isInForce && !goesOn) return atMs;
    isInForce = goesOn;
  }
  return Infinity;
}

/** Versions that prolonged the order in force at one instant, without which it would not last until another. */
export function prolongedBy(
  orders: OrderBook,
  subject: string,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): OrderFact[] {
  const found: OrderFact[] = [];
  let order = orders.orderAt(subject, fromMs);
  while (order && order.untilMs <= untilMs) {
    order = orders.orderAt(subject, order.untilMs);
    if (order) found.push(order);
  }
  return found;
}
