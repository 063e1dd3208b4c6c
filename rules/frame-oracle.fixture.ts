// What order a person is under, asked slowly: all versions are sorted anew for every question. Shares no
// code with the order book it judges.

import type { LeaveFact, OrderFact } from '../core/observation.ts';
import type { Rule } from './rule.ts';

export const startOf = (order: OrderFact): number =>
  order.action === 'start' ? order.fromMs : order.atMs;

/** The version that counts at an instant, of those known; undefined when none is in force. */
export function orderIn(orders: readonly OrderFact[], atMs: number): OrderFact | undefined {
  const begun = orders.filter((order) => startOf(order) <= atMs);
  const last = begun.toSorted((a, b) => startOf(a) - startOf(b)).at(-1);
  return last && last.action !== 'end' && atMs < last.untilMs ? last : undefined;
}

/** The leaves that let somebody go at an instant, of those known: of each the version that counts then. */
export function leavesIn(leaves: readonly LeaveFact[], atMs: number): LeaveFact[] {
  const begins = (leave: LeaveFact) =>
    leave.action === 'start' ? leave.fromMs : Math.max(leave.atMs, leave.fromMs);
  const begun = leaves
    .filter((leave) => begins(leave) <= atMs)
    .toSorted((a, b) => begins(a) - begins(b) || a.atMs - b.atMs);
  return begun
    .filter((leave, index) => !begun.slice(index + 1).some((one) => one.leaveId === leave.leaveId))
    .filter((leave) => leave.action !== 'end' && leave.fromMs <= atMs && atMs < leave.untilMs);
}

/** What a rule makes of whoever stands under an order: undefined for somebody it does not look at. */
export function gradeIn(rule: Rule, order: OrderFact): { level: number | undefined } | undefined {
  const isKey = order.group === 'key' || order.withoutSupport;
  const row = order.category === 'cc' ? 'cc' : isKey ? 'raKey' : 'raOrdinary';
  return rule.who.includes(row) ? { level: rule.level[row] } : undefined;
}

/** True when a region is one of an area's or lies in one, city districts counting together. */
export function liesIn(
  region: string,
  area: readonly string[],
  sameCity: readonly (readonly string[])[],
): boolean {
  return widen(area, sameCity).some((one) => region.startsWith(one.replace(/(00)+$/, '')));
}

/** An area with the other districts of every city it has a district of, sorted. */
export const widen = (
  area: readonly string[],
  sameCity: readonly (readonly string[])[],
): string[] => {
  const more = sameCity.filter((districts) => districts.some((one) => area.includes(one)));
  return [...new Set([...area, ...more.flat()])].sort();
};
