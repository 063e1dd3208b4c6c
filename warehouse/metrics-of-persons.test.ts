// Persons, leaves, papers and terminals as the warehouse counts them, against the order book on random versions in
// random order.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import type { FrameFact, OrderFact } from '../core/observation.ts';
import { createOrderBook } from '../core/order-book.ts';
import { classOf } from '../core/order.ts';
import { createRandom } from '../core/random.ts';
import { systemClock } from '../core/time.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { queryMetric } from './query-metric.ts';

const T0 = Date.UTC(2026, 10, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let olap: Olap;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-persons-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
});
afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await olap.run('TRUNCATE TABLE fact');
  await olap.run('TRUNCATE TABLE position');
});

type Fact = Readonly<Record<string, unknown>> & { readonly id: string };

async function keep(facts: readonly Fact[]): Promise<void> {
  await olap.run(
    `INSERT INTO fact (id, kind, subject, source, at_ms, received_at_ms, region, body)
     SELECT JSONExtractString(x, 'id'), JSONExtractString(x, 'kind'), JSONExtractString(x, 'subject'), 's',
       JSONExtractInt(x, 'atMs'), JSONExtractInt(x, 'atMs'), toUInt32OrZero(JSONExtractString(x, 'county')), x
     FROM (SELECT arrayJoin({rows:Array(String)}) AS x)`,
    { rows: facts.map((fact) => JSON.stringify(fact)) },
  );
}

const count = async (metric: string, more: object = {}) =>
  (await queryMetric(olap, { metric, ...more })).rows;

const ACTIONS = ['start', 'renew', 'change', 'end'] as const;

function randomOrders(seed: string): OrderFact[] {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]) =>
    items[Math.floor(random.next() * items.length)] as Item;
  return Array.from({ length: 60 }, (_, index) => {
    const fromMs = T0 + Math.floor(random.next() * 20) * DAY_MS;
    return {
      id: `o-${seed}-${index}`,
      kind: 'order',
      subject: `cc-${Math.floor(random.next() * 12)}`,
      source: 's',
      sequence: 0,
      atMs: T0 + Math.floor(random.next() * 20) * DAY_MS,
      receivedAtMs: T0,
      action: pick(ACTIONS),
      orderId: pick(['a', 'b']),
      category: pick(['cc', 'ra']),
      group: pick(['key', 'ordinary']),
      withoutSupport: random.next() < 0.3,
      county: pick(['511702', '511722']),
      area: ['511700'],
      conditions: {},
      bases: [],
      fromMs,
      untilMs: fromMs + Math.ceil(random.next() * 10) * DAY_MS,
    } as unknown as OrderFact;
  });
}

test.each(['a', 'b', 'c', 'd'])(
  'who is under supervision is who the order book says, seed %s',
  async (seed) => {
    const orders = randomOrders(seed);
    await keep(orders as unknown as Fact[]);
    const book = createOrderBook(orders as FrameFact[]);
    for (const atMs of [T0 - 1, T0 + 3 * DAY_MS, T0 + 11.5 * DAY_MS, T0 + 25 * DAY_MS]) {
      const expected = new Map<string, number>();
      for (const subject of book.subjects()) {
        const order = book.orderAt(subject, atMs);
        if (!order) continue;
        const key = `${order.county} ${classOf(order)}`;
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      const rows = await count('persons-supervised', {
        dimensions: ['county', 'class'],
        untilMs: atMs,
      });
      expect(
        new Map(rows.map((row) => [`${row['county']} ${row['class']}`, row['value']])),
      ).toEqual(expected);
    }
  },
);

const order = (id: string, more: object = {}): Fact => ({
  id,
  kind: 'order',
  subject: id,
  atMs: T0,
  action: 'start',
  orderId: id,
  category: 'cc',
  county: '511722',
  bases: [],
  fromMs: T0,
  untilMs: T0 + 10 * DAY_MS,
  ...more,
});

test('past its term is whose last order ran out and was not ended', async () => {
  await keep([
    order('cc-1'),
    order('cc-2'),
    order('cc-2', { id: 'end', atMs: T0 + 9 * DAY_MS, action: 'end' }),
    order('cc-3'),
    order('cc-3', {
      id: 'renewed',
      atMs: T0 + 9 * DAY_MS,
      action: 'renew',
      untilMs: T0 + 99 * DAY_MS,
    }),
  ]);
  const at = async (atMs: number) =>
    (await count('persons-past-term', { untilMs: atMs }))[0]?.['value'];
  expect(await at(T0 + 10 * DAY_MS - 1)).toBe(0);
  expect(await at(T0 + 10 * DAY_MS)).toBe(1);
  expect(await at(T0 + 100 * DAY_MS)).toBe(2);
});

const leave = (id: string, more: object): Fact => ({
  id,
  kind: 'leave',
  subject: 'cc-1',
  atMs: T0,
  action: 'start',
  leaveId: id,
  reason: 'medical',
  fromMs: T0 + DAY_MS,
  untilMs: T0 + 3 * DAY_MS,
  ...more,
});

test('leaves count by their last version, and what was called off is none', async () => {
  await keep([
    order('cc-1'),
    leave('l-1', {}),
    leave('l-2', { reason: 'work', fromMs: T0 + 2 * DAY_MS }),
    leave('l-2', {
      id: 'l-2b',
      action: 'end',
      atMs: T0 + 2.5 * DAY_MS,
      fromMs: T0 + 2 * DAY_MS,
      reason: 'work',
    }),
    leave('l-3', {}),
    leave('l-3', { id: 'l-3b', action: 'end', atMs: T0 + DAY_MS / 2 }),
  ]);
  expect(await count('leaves', { dimensions: ['leaveReason', 'county'], fromMs: T0 })).toEqual([
    { leaveReason: 'medical', county: '511722', value: 1 },
    { leaveReason: 'work', county: '511722', value: 1 },
  ]);
  const away = async (days: number) =>
    (
      await count('persons-on-leave', { untilMs: T0 + days * DAY_MS, dimensions: ['leaveReason'] })
    ).map((row) => row['leaveReason']);
  expect(await away(0.9)).toEqual([]);
  expect(await away(2.2)).toEqual(['medical', 'work']);
  expect(await away(2.6)).toEqual(['medical']);
  expect(await away(3)).toEqual([]);
});

test('legal bases count by their end, lifted ones by the instant they were lifted', async () => {
  const basis = (id: string, more: object = {}): Fact => ({
    id,
    kind: 'basis',
    subject: 'cc-1',
    atMs: T0,
    action: 'start',
    basisId: id,
    ground: 'refused-to-report',
    fromMs: T0,
    untilMs: T0 + 5 * DAY_MS,
    ...more,
  });
  await keep([
    order('cc-1', { bases: [{ id: 'p', fromMs: T0, untilMs: T0 + 8 * DAY_MS }] }),
    basis('b-1'),
    basis('b-1', {
      id: 'b-1b',
      action: 'renew',
      fromMs: T0 + 5 * DAY_MS,
      untilMs: T0 + 9 * DAY_MS,
    }),
    basis('b-2'),
    basis('b-2', { id: 'b-2b', action: 'end', atMs: T0 + 2 * DAY_MS }),
  ]);
  const rows = await count('bases-ending', { grain: 'day', dimensions: ['origin'], fromMs: T0 });
  expect(
    rows.map((row) => [Math.round((Number(row['bucket_ms']) - T0) / DAY_MS), row['origin']]),
  ).toEqual([
    [2, 'recorded'],
    [5, 'recorded'],
    [8, 'order'],
    [9, 'recorded'],
  ]);
});

test('a terminal is silent since its last position, of those under supervision', async () => {
  await keep([order('cc-1'), order('cc-2'), order('cc-3', { action: 'end' })]);
  await olap.run(
    `INSERT INTO position (subject, at_ms, received_at_ms, region)
     SELECT subject, at_ms, at_ms, 511702 FROM (
       SELECT tupleElement(x, 1) AS subject, tupleElement(x, 2) AS at_ms
       FROM (SELECT arrayJoin([('cc-1', {a:Int64}), ('cc-1', {b:Int64}), ('cc-2', {a:Int64}), ('cc-3', {a:Int64})]) AS x))`,
    { a: T0 + HOUR_MS, b: T0 + 3 * HOUR_MS },
  );
  const untilMs = T0 + 3.1 * HOUR_MS;
  expect(await count('terminals-heard', { untilMs, dimensions: ['silence', 'county'] })).toEqual([
    { silence: '1h-6h', county: '511722', value: 1 },
    { silence: 'under-15m', county: '511722', value: 1 },
  ]);
  expect(await count('terminals-silent', { untilMs })).toEqual([{ value: 1 }]);
  expect(await count('terminals-silent', { untilMs: T0 + 1.5 * HOUR_MS })).toEqual([{ value: 0 }]);
});
