// The legal frame of everyone, as of any instant: fed with order and leave observations, asked by the
// gate of ingest, by the rules and by the screens. It keeps every version, so a question about
// yesterday is answered with yesterday's frame.

import type { LeaveFact, OrderFact } from './observation.ts';
import type { Basis } from './order.ts';
import { IMPERSONAL_SOURCES, type SourceKind } from './source.ts';

/** Half-open: from ≤ t < until. */
export type Interval = { readonly fromMs: number; readonly untilMs: number };

export type OrderBook = {
  /** Takes a version in; versions may come in any order and more than once. Gives false for a known one. */
  apply(fact: OrderFact | LeaveFact): boolean;
  /** The order in force for the subject at `atMs`. */
  orderAt(subject: string, atMs: number): OrderFact | undefined;
  /** The newest order of the subject, in force or not. */
  lastOrder(subject: string): OrderFact | undefined;
  /** Every leave version in force at `atMs`, by start. */
  leavesAt(subject: string, atMs: number): readonly LeaveFact[];
  /** Leaves that were in force within the day before `atMs` and are so no longer. */
  endedLeaves(subject: string, atMs: number): readonly LeaveFact[];
  /** The basis that opens this kind of source for the subject at `atMs`. */
  basisAt(subject: string, source: SourceKind, atMs: number): Basis | undefined;
  /**
   * Around `atMs`, the longest stretch during which the answer of `orderAt` stays the same and whether
   * `source` is open stays the same; lets a hot path ask once and remember.
   */
  opening(subject: string, source: SourceKind, atMs: number): Interval & { readonly open: boolean };
  /** The stretch around `atMs` during which `orderAt` gives the same answer. */
  orderSpan(subject: string, atMs: number): Interval;
  knows(subject: string): boolean;
  subjects(): IterableIterator<string>;
  /** All versions of one subject's orders and leaves. */
  factsOf(subject: string): (OrderFact | LeaveFact)[];
  /** All versions, oldest first per subject: feeding them to an empty book gives an equal book. */
  facts(): (OrderFact | LeaveFact)[];
};

const DAY_MS = 86_400_000;

type Entry = { orders: OrderFact[]; leaves: LeaveFact[] };

export function createOrderBook(initial: Iterable<OrderFact | LeaveFact> = []): OrderBook {
  const entries = new Map<string, Entry>();
  const apply = (fact: OrderFact | LeaveFact): boolean => {
    let entry = entries.get(fact.subject);
    if (!entry) {
      entry = { orders: [], leaves: [] };
      entries.set(fact.subject, entry);
    }
    return fact.kind === 'order' ? insert(entry.orders, fact) : insert(entry.leaves, fact);
  };

  const orderAt = (subject: string, atMs: number): OrderFact | undefined => {
    const orders = entries.get(subject)?.orders ?? [];
    const superseded = new Set<string>();
    for (let i = orders.length - 1; i >= 0; i--) {
      const order = orders[i] as OrderFact;
      if (effectiveAtMs(order) > atMs || superseded.has(order.orderId)) continue;
      if (order.action !== 'end' && atMs < order.untilMs) return order;
      superseded.add(order.orderId);
    }
    return undefined;
  };

  const basisAt = (subject: string, source: SourceKind, atMs: number): Basis | undefined =>
    orderAt(subject, atMs)?.bases.find(
      (basis) => basis.sources.includes(source) && basis.fromMs <= atMs && atMs < basis.untilMs,
    );

  /** The version of each leave that counts at `atMs`. */
  const leaveVersions = (subject: string, atMs: number): LeaveFact[] => {
    const newest = new Map<string, LeaveFact>();
    for (const leave of entries.get(subject)?.leaves ?? []) {
      if (effectiveAtMs(leave) <= atMs) newest.set(leave.leaveId, leave);
    }
    return [...newest.values()];
  };

  const isInForce = (leave: LeaveFact, atMs: number) =>
    leave.action !== 'end' && leave.fromMs <= atMs && atMs < leave.untilMs;

  const leavesAt = (subject: string, atMs: number): readonly LeaveFact[] =>
    leaveVersions(subject, atMs).filter((leave) => isInForce(leave, atMs));

  const endedLeaves = (subject: string, atMs: number): readonly LeaveFact[] =>
    leaveVersions(subject, atMs).filter(
      (leave) =>
        !isInForce(leave, atMs) &&
        leave.fromMs <= atMs &&
        Math.min(leave.untilMs, leave.action === 'end' ? leave.atMs : Infinity) > atMs - DAY_MS,
    );

  /** From the last to the next instant at which an answer about the subject's order may change. */
  const spanAround = (subject: string, atMs: number): Interval => {
    let [fromMs, untilMs] = [-Infinity, Infinity];
    const turn = (point: number) => {
      if (point > atMs) untilMs = Math.min(untilMs, point);
      else fromMs = Math.max(fromMs, point);
    };
    for (const order of entries.get(subject)?.orders ?? []) {
      turn(effectiveAtMs(order));
      turn(order.untilMs);
      for (const basis of order.bases) {
        turn(basis.fromMs);
        turn(basis.untilMs);
      }
    }
    return { fromMs, untilMs };
  };

  const book: OrderBook = {
    apply,
    orderAt,
    lastOrder: (subject) => entries.get(subject)?.orders.at(-1),
    leavesAt,
    endedLeaves,
    basisAt,
    opening: (subject, source, atMs) => ({
      ...spanAround(subject, atMs),
      open: IMPERSONAL_SOURCES.has(source) || basisAt(subject, source, atMs) !== undefined,
    }),
    orderSpan: spanAround,
    knows: (subject) => entries.has(subject),
    subjects: () => entries.keys(),
    factsOf: (subject) => {
      const entry = entries.get(subject);
      return entry ? [...entry.orders, ...entry.leaves] : [];
    },
    facts: () => [...entries.values()].flatMap((entry) => [...entry.orders, ...entry.leaves]),
  };
  for (const fact of initial) apply(fact);
  return book;
}

/**
 * When a version begins to count: a start with its period, a later version when it was made, but no earlier
 * than the period it speaks of, so that a leave cancelled ahead of its begin never comes into force.
 */
export const effectiveAtMs = (fact: OrderFact | LeaveFact): number =>
  fact.action === 'start' ? fact.fromMs : Math.max(fact.atMs, fact.fromMs);

/** Keeps versions in the order they take effect; gives false when the version is already there. */
function insert<Version extends OrderFact | LeaveFact>(
  versions: Version[],
  version: Version,
): boolean {
  if (versions.some((other) => other.id === version.id)) return false;
  let at = versions.length;
  while (at > 0 && takesEffectAfter(versions[at - 1] as Version, version)) at--;
  versions.splice(at, 0, version);
  return true;
}

const takesEffectAfter = (a: OrderFact | LeaveFact, b: OrderFact | LeaveFact): boolean =>
  (effectiveAtMs(a) - effectiveAtMs(b) || a.atMs - b.atMs || (a.id > b.id ? 1 : -1)) > 0;
