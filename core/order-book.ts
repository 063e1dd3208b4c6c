// The legal frame of everyone, as of any instant: fed with observations of orders, leaves and recorded
// bases, asked by the gate of ingest, by the rules and by the screens. It keeps every version, so a question
// about yesterday is answered with yesterday's frame.

import { basesUnder, lapsedBasis, recordedTerms } from './bases-in-force.ts';
import type { BasisFact, FrameFact, LeaveFact, OrderFact } from './observation.ts';
import type { Basis } from './order.ts';
import { IMPERSONAL_SOURCES, type SourceKind } from './source.ts';

/** Half-open: from ≤ t < until. */
export type Interval = { readonly fromMs: number; readonly untilMs: number };

export type OrderBook = {
  /** Takes a version in; versions may come in any order and more than once. Gives false for a known one. */
  apply(fact: FrameFact): boolean;
  /** The order in force for the subject at `atMs`. */
  orderAt(subject: string, atMs: number): OrderFact | undefined;
  /** The newest order of the subject, in force or not. */
  lastOrder(subject: string): OrderFact | undefined;
  /** Every leave version in force at `atMs`, by start. */
  leavesAt(subject: string, atMs: number): readonly LeaveFact[];
  /** Leaves that were in force within the day before `atMs` and are so no longer. */
  endedLeaves(subject: string, atMs: number): readonly LeaveFact[];
  /**
   * The basis that opens this kind of source for the subject at `atMs`: listed by the order in force, or
   * recorded beside it. Without an order in force nothing is open.
   */
  basisAt(subject: string, source: SourceKind, atMs: number): Basis | undefined;
  /** Every basis that counts under the order in force at `atMs`: running, to come and run out. */
  basesAt(subject: string, atMs: number): readonly Basis[];
  /** Of the bases of a source closed at `atMs` the one that ended last; undefined where none was before. */
  lapsedAt(subject: string, source: SourceKind, atMs: number): Basis | undefined;
  /** All versions of the subject's recorded bases, in the order they were recorded. */
  recordedOf(subject: string): readonly BasisFact[];
  /**
   * Around `atMs`, the longest stretch during which the answer of `orderAt` stays the same and whether
   * `source` is open stays the same; lets a hot path ask once and remember.
   */
  opening(subject: string, source: SourceKind, atMs: number): Interval & { readonly open: boolean };
  /** The stretch around `atMs` during which `orderAt` gives the same answer. */
  orderSpan(subject: string, atMs: number): Interval;
  knows(subject: string): boolean;
  subjects(): IterableIterator<string>;
  /** All versions of one subject's orders, leaves and recorded bases. */
  factsOf(subject: string): FrameFact[];
  /** All versions, oldest first per subject: feeding them to an empty book gives an equal book. */
  facts(): FrameFact[];
};

const DAY_MS = 86_400_000;

type Entry = { orders: OrderFact[]; leaves: LeaveFact[]; recorded: BasisFact[]; terms: Basis[] };

export function createOrderBook(initial: Iterable<FrameFact> = []): OrderBook {
  const entries = new Map<string, Entry>();
  const apply = (fact: FrameFact): boolean => {
    let entry = entries.get(fact.subject);
    if (!entry) {
      entry = { orders: [], leaves: [], recorded: [], terms: [] };
      entries.set(fact.subject, entry);
    }
    if (fact.kind === 'order') return insert(entry.orders, fact);
    if (fact.kind === 'leave') return insert(entry.leaves, fact);
    const isNew = insert(entry.recorded, fact);
    if (isNew) entry.terms = recordedTerms(entry.recorded);
    return isNew;
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

  const basesAt = (subject: string, atMs: number): readonly Basis[] => {
    const order = orderAt(subject, atMs);
    return order ? basesUnder(order, entries.get(subject)?.terms ?? []) : [];
  };

  const basisAt = (subject: string, source: SourceKind, atMs: number): Basis | undefined =>
    basesAt(subject, atMs).find(
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
    for (const term of entries.get(subject)?.terms ?? []) {
      turn(term.fromMs);
      turn(term.untilMs);
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
    basesAt,
    lapsedAt: (subject, source, atMs) => lapsedBasis(basesAt(subject, atMs), source, atMs),
    recordedOf: (subject) => entries.get(subject)?.recorded ?? [],
    opening: (subject, source, atMs) => ({
      ...spanAround(subject, atMs),
      open: IMPERSONAL_SOURCES.has(source) || basisAt(subject, source, atMs) !== undefined,
    }),
    orderSpan: spanAround,
    knows: (subject) => entries.has(subject),
    subjects: () => entries.keys(),
    factsOf: (subject) => {
      const entry = entries.get(subject);
      return entry ? [...entry.orders, ...entry.leaves, ...entry.recorded] : [];
    },
    facts: () =>
      [...entries.values()].flatMap(({ orders, leaves, recorded }) => [
        ...orders,
        ...leaves,
        ...recorded,
      ]),
  };
  for (const fact of initial) apply(fact);
  return book;
}

/**
 * When a version begins to count: a start with its period, a later version when it was made, but no earlier
 * than the period it speaks of, so that a leave cancelled ahead of its begin never comes into force.
 */
export const effectiveAtMs = (fact: FrameFact): number => {
  // Terms of a basis stand beside each other: each counts from its own begin, and lifting at once.
  if (fact.kind === 'basis') return fact.action === 'end' ? fact.atMs : fact.fromMs;
  return fact.action === 'start' ? fact.fromMs : Math.max(fact.atMs, fact.fromMs);
};

/** Keeps versions in the order they take effect; gives false when the version is already there. */
function insert<Version extends FrameFact>(versions: Version[], version: Version): boolean {
  if (versions.some((other) => other.id === version.id)) return false;
  let at = versions.length;
  while (at > 0 && takesEffectAfter(versions[at - 1] as Version, version)) at--;
  versions.splice(at, 0, version);
  return true;
}

const takesEffectAfter = (a: FrameFact, b: FrameFact): boolean =>
  (effectiveAtMs(a) - effectiveAtMs(b) || a.atMs - b.atMs || (a.id > b.id ? 1 : -1)) > 0;
