// What was heard of one person, in the order of the log, each with the legal frame as it was known then: the
// view an explanation looks at beside the engine.

import { recordedTerms } from '../../core/bases-in-force.ts';
import type {
  BasisFact,
  Fact,
  ObservationKind,
  ObservationOf,
  OrderFact,
} from '../../core/observation.ts';
import type { Basis } from '../../core/order.ts';
import { createOrderBook, type OrderBook } from '../../core/order-book.ts';
import { classOf } from '../../core/order.ts';
import { SubjectTable } from '../../core/subject-table.ts';
import { classCode } from '../compile.ts';
import type { ConditionContext } from '../condition.ts';
import { Frame } from '../frame.ts';
import { keepRow, type KeptFix } from '../kinds/kept-fix.ts';
import { isFrame, isWithin, type Question } from './question.ts';

type Common = {
  readonly atMs: number;
  /** The order in force at its instant, as far as it was known when it came. */
  readonly order: OrderFact | undefined;
  /** The rule looks at the class the order puts the person in. */
  readonly watched: boolean;
  /** For how long the platform had not listened before it came. */
  readonly gapsMs: number;
};

export type HeardFact = Common & { readonly kind: 'fact'; readonly fact: Fact };
export type HeardFix = Common & {
  readonly kind: 'fix';
  readonly fix: KeptFix;
  /** Older than what was heard before it. */
  readonly late: boolean;
};
/** An order or a recorded basis. */
export type HeardOrder = Common & {
  readonly kind: 'order';
  readonly fact: OrderFact | BasisFact;
  /** The terms recorded beside the orders, as known then. */
  readonly recorded: readonly Basis[];
};

export type Heard = HeardFact | HeardFix | HeardOrder;

export type Person = {
  readonly heard: readonly Heard[];
  /** The frame as it is known at the end. */
  readonly orders: OrderBook;
  readonly frame: Frame;
  /** The orders in force in the window, as known at the end, by time. */
  readonly ordersInWindow: readonly OrderFact[];
  /** Up to here time is complete. */
  readonly reachedMs: number;
  readonly gapsMs: number;
};

export function readPerson(question: Question): Person {
  const { subject, compiled, surroundings, inputs } = question;
  const orders = createOrderBook();
  const subjects = new SubjectTable();
  const { sameCityDistricts } = compiled.pack;
  const frame = new Frame({ orders, subjects, areas: surroundings.areas, sameCityDistricts });
  const heard: Heard[] = [];
  let [reachedMs, gapsMs, newestMs] = [0, 0, -Infinity];
  const common = (atMs: number): Common => {
    const order = orders.orderAt(subject, atMs);
    const watched = order !== undefined && compiled.looksAt[classCode(classOf(order))] === 1;
    return { atMs, order, watched, gapsMs };
  };
  for (const { gap, watermarkMs, facts, positions } of inputs) {
    if (gap) gapsMs += gap.untilMs - gap.fromMs;
    reachedMs = Math.max(reachedMs, watermarkMs);
    for (const fact of facts ?? []) {
      if (isFrame(fact)) {
        if (!orders.apply(fact) || fact.kind === 'leave') continue;
        const recorded = recordedTerms(orders.recordedOf(subject));
        heard.push({ kind: 'order', fact, recorded, ...common(fact.atMs) });
      } else if (fact.kind !== 'retraction') {
        heard.push({ kind: 'fact', fact, ...common(fact.atMs) });
      }
    }
    for (let row = 0; row < (positions?.length ?? 0); row++) {
      const fix = keepRow(positions as NonNullable<typeof positions>, row);
      heard.push({ kind: 'fix', fix, ...common(fix.atMs), late: fix.atMs < newestMs });
      newestMs = Math.max(newestMs, fix.atMs);
    }
  }
  const ordersInWindow = ordersDuring(orders, question);
  return { heard, orders, frame, ordersInWindow, reachedMs, gapsMs };
}

function ordersDuring(orders: OrderBook, { subject, fromMs, untilMs }: Question): OrderFact[] {
  const found = new Set<OrderFact>();
  for (let atMs = fromMs; atMs <= untilMs; atMs = orders.orderSpan(subject, atMs).untilMs) {
    const order = orders.orderAt(subject, atMs);
    if (order) found.add(order);
  }
  return [...found];
}

/** What a condition is asked with; undefined where the rule does not look at the fact. */
export const contextOf = (
  { frame }: Person,
  { fact, order, watched }: HeardFact,
): ConditionContext | undefined =>
  order && watched
    ? { fact, order, covers: (region) => frame.covers(order.area, region) }
    : undefined;

/** Facts of a kind, by event time. */
export const factsOf = <Kind extends ObservationKind>(
  { heard }: Person,
  kind: Kind,
): (HeardFact & { readonly fact: ObservationOf<Kind> & Fact })[] =>
  heard
    .filter((one): one is HeardFact => one.kind === 'fact' && one.fact.kind === kind)
    .toSorted((a, b) => a.atMs - b.atMs) as (HeardFact & {
    readonly fact: ObservationOf<Kind> & Fact;
  })[];

export const fixesOf = ({ heard }: Person): HeardFix[] =>
  heard.filter((one): one is HeardFix => one.kind === 'fix');

export const withinWindow = <Item extends { readonly atMs: number }>(
  question: Question,
  items: readonly Item[],
): Item[] => items.filter(({ atMs }) => isWithin(question, atMs));
