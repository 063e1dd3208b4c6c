import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeaveFact, OrderFact } from './observation.ts';
import { createOrderBook } from './order-book.ts';
import { leaveFact, orderFact } from './order.fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const at = (day: number) => START + day * DAY;

const order = (day: number, change: Record<string, unknown> = {}) =>
  orderFact('A', { atMs: at(day), orderId: 'o1', fromMs: at(day), untilMs: at(100), ...change });

describe('the order in force', () => {
  const book = createOrderBook([
    order(0, { county: '511722' }),
    order(10, { action: 'change', county: '511723' }),
    order(20, { action: 'renew', county: '511724', untilMs: at(200) }),
    order(150, { action: 'end' }),
  ]);
  test.each([
    [-1, undefined],
    [0, '511722'],
    [9.9, '511722'],
    [10, '511723'],
    [20, '511724'],
    [120, '511724'],
    [150, undefined],
    [199, undefined],
  ])('on day %d is that of county %s', (day, county) => {
    expect(book.orderAt('A', at(day))?.county).toBe(county);
  });

  test('an order recorded later counts from the day it says', () => {
    const late = createOrderBook([orderFact('A', { atMs: at(5), fromMs: at(1), untilMs: at(9) })]);
    expect(late.orderAt('A', at(2))?.fromMs).toBe(at(1));
    expect(late.orderAt('A', at(0.5))).toBeUndefined();
  });

  test('a second order takes over, and ending the first does not end it', () => {
    const two = createOrderBook([
      order(0),
      order(5, { orderId: 'o2', county: '511781' }),
      order(7, { action: 'end' }),
    ]);
    expect(two.orderAt('A', at(8))?.county).toBe('511781');
    expect(two.orderAt('A', at(3))?.orderId).toBe('o1');
  });

  test('an expired second order gives way to the first', () => {
    const two = createOrderBook([order(0), order(5, { orderId: 'o2', untilMs: at(6) })]);
    expect(two.orderAt('A', at(5.5))?.orderId).toBe('o2');
    expect(two.orderAt('A', at(7))?.orderId).toBe('o1');
  });
});

describe('sources', () => {
  const book = createOrderBook([
    orderFact('A', {
      atMs: at(0),
      untilMs: at(300),
      bases: [
        {
          id: 'b1',
          article: 'x',
          documentNumber: 'x',
          approvedBy: 'x',
          sources: ['bracelet'],
          fromMs: at(10),
          untilMs: at(100),
        },
        {
          id: 'b2',
          article: 'x',
          documentNumber: 'x',
          approvedBy: 'x',
          sources: ['rail'],
          fromMs: at(0),
          untilMs: at(300),
        },
      ],
    }),
  ]);
  test.each([
    ['bracelet', 9, false],
    ['bracelet', 10, true],
    ['bracelet', 99.9, true],
    ['bracelet', 100, false],
    ['rail', 200, true],
    ['phone', 50, false],
  ] as const)('%s on day %d is open: %s', (source, day, open) => {
    expect(book.basisAt('A', source, at(day)) !== undefined).toBe(open);
    const opening = book.opening('A', source, at(day));
    expect(opening.open).toBe(open);
    expect(opening.fromMs).toBeLessThanOrEqual(at(day));
    expect(opening.untilMs).toBeGreaterThan(at(day));
  });

  test('offices need no basis, unknown persons have none', () => {
    expect(book.opening('office-1', 'office', at(5)).open).toBe(true);
    expect(book.opening('stranger', 'rail', at(5)).open).toBe(false);
  });
});

describe('leaves', () => {
  const leave = (day: number, change: Record<string, unknown> = {}) =>
    leaveFact('A', { atMs: at(day), fromMs: at(2), untilMs: at(5), ...change });
  test('count from start to end, can be prolonged, and end when the person is back', () => {
    const book = createOrderBook([
      leave(1),
      leave(4, { action: 'renew', untilMs: at(8) }),
      leave(7, { action: 'end', untilMs: at(8) }),
    ]);
    const inForce = (day: number) => book.leavesAt('A', at(day)).length;
    expect([1, 2, 4.5, 6, 6.9, 7, 7.5].map(inForce)).toEqual([0, 1, 1, 1, 1, 0, 0]);
    expect(book.endedLeaves('A', at(7.5)).map(({ leaveId }) => leaveId)).toEqual(['leave-A']);
    expect(book.endedLeaves('A', at(9))).toEqual([]);
  });

  test('cancelled or changed ahead of the begin, the first version never counts', () => {
    const inForce = (facts: LeaveFact[]) => {
      const book = createOrderBook(facts);
      return [1.5, 2, 2.5, 3, 4].map((day) => book.leavesAt('A', at(day)).length);
    };
    expect(inForce([leave(1), leave(1.5, { action: 'end' })])).toEqual([0, 0, 0, 0, 0]);
    expect(inForce([leave(1), leave(1.5, { action: 'change', untilMs: at(3) })])).toEqual([
      0, 1, 1, 0, 0,
    ]);
  });

  test('an order ended ahead of its begin never comes into force', () => {
    const ahead = { fromMs: at(2), untilMs: at(9) };
    const book = createOrderBook([
      orderFact('A', { atMs: at(0), ...ahead }),
      orderFact('A', { atMs: at(1), ...ahead, action: 'end' }),
    ]);
    expect([0, 1.5, 2, 5].map((day) => book.orderAt('A', at(day)))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

const versions = fc.array(
  fc.record({
    kind: fc.constantFrom('order', 'leave'),
    day: fc.integer({ min: 0, max: 30 }),
    action: fc.constantFrom('start', 'renew', 'change', 'end'),
    number: fc.integer({ min: 1, max: 3 }),
    days: fc.integer({ min: 1, max: 20 }),
  }),
  { maxLength: 12 },
);

const factOf = (version: {
  kind: string;
  day: number;
  action: string;
  number: number;
  days: number;
}): OrderFact | LeaveFact => {
  const { kind, day, action, number, days } = version;
  const period = { action, atMs: at(day), fromMs: at(day), untilMs: at(day + days) };
  return kind === 'order'
    ? orderFact('A', { ...period, orderId: `o${number}` })
    : leaveFact('A', { ...period, leaveId: `l${number}` });
};

test('the order of arrival and repetition do not matter, and a book rebuilt from its facts is equal', () => {
  fc.assert(
    fc.property(versions, fc.integer(), (list, seed) => {
      const facts = list.map(factOf);
      const shuffled = [...facts, ...facts].sort(
        (a, b) => ((a.atMs * 7 + seed) % 13) - ((b.atMs * 7 + seed) % 13),
      );
      const books = [createOrderBook(facts), createOrderBook(shuffled)];
      books.push(createOrderBook(books[0]?.facts()));
      for (let day = -1; day < 52; day += 0.5) {
        const [first, ...others] = books.map((book) => ({
          order: book.orderAt('A', at(day))?.id,
          leaves: book
            .leavesAt('A', at(day))
            .map(({ id }) => id)
            .sort(),
        }));
        for (const other of others) expect(other).toEqual(first);
      }
    }),
    { numRuns: 100 },
  );
});

test('what orderSpan says holds over the whole span', () => {
  fc.assert(
    fc.property(versions, fc.integer({ min: 0, max: 100 }), (list, halfDay) => {
      const book = createOrderBook(list.map(factOf));
      const middle = at(halfDay / 2);
      const { fromMs, untilMs } = book.orderSpan('A', middle);
      const answer = book.orderAt('A', middle)?.id;
      for (let day = 0; day < 50; day += 0.25) {
        if (at(day) >= fromMs && at(day) < untilMs)
          expect(book.orderAt('A', at(day))?.id).toBe(answer);
      }
    }),
  );
});
