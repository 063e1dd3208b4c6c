import { describe, expect, test } from 'vitest';
import { orderFact } from '../core/order.fixture.ts';
import { createOrderBook } from '../core/order-book.ts';
import { arrivalSchema, type Fact, type FactArrival } from '../core/observation.ts';
import { decodePositions } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { epochMs } from '../core/time.ts';
import { createPipeline } from './pipeline.ts';
import { decodeLines, partitionOf } from './log.ts';

const START = Date.UTC(2026, 2, 2, 6);
const PARTITIONS = 8;
const A = 'cc-000001';
const B = 'cc-000002';

const orderOf = (subject: string, change: Record<string, unknown> = {}): FactArrival => {
  const order = orderFact(subject, { atMs: START - 86_400_000, sources: ['bracelet'] });
  const { id: _id, receivedAtMs: _at, ...arrival } = { ...order, ...change };
  return arrivalSchema.parse(arrival) as FactArrival;
};

const forbidding = (change: Record<string, unknown> = {}) =>
  orderOf(B, { conditions: { noContactWith: [A] }, ...change });

function positionsOf(...rows: { subject?: string; minute?: number; labels?: number }[]) {
  const builder = createPositionBuilder(rows.length);
  for (const { subject = A, minute = 0, labels = 0 } of rows) {
    builder.add({
      subject,
      source: 'bracelet/test',
      atMs: epochMs(START + minute * 60_000),
      lng: 107.7 + minute / 1_000,
      lat: 31.35,
      accuracyM: 12,
      fix: 'gnss',
      labels,
    });
  }
  return builder.drain();
}

const openPipeline = () =>
  createPipeline(
    {
      directory: { resolve: () => undefined },
      orders: createOrderBook(),
      locator: () => 511_722,
    },
    { partitions: PARTITIONS },
  );

type Out = ReturnType<ReturnType<typeof openPipeline>['process']>;

const contactsIn = ({ batches }: Out) =>
  batches.flatMap(({ partition, entries }) =>
    entries
      .filter(({ kind }) => kind === 'lines')
      .flatMap(({ payload }) => decodeLines<Fact>(payload))
      .filter((fact) => fact.kind === 'contact-position')
      .map((fact) => ({ partition, fact })),
  );

const at = { receivedAtMs: epochMs(START + 3_600_000), watermarkMs: epochMs(START) };

describe('a position of somebody who is not to be contacted', () => {
  test('is written for the bound person too, into their partition, and counted', () => {
    const pipeline = openPipeline();
    pipeline.process([{ facts: [orderOf(A), forbidding()] }], at);
    const out = pipeline.process([{ positions: positionsOf({}, { minute: 1 }) }], at);
    const contacts = contactsIn(out);
    expect(contacts.map(({ partition }) => partition)).toEqual(
      Array(2).fill(partitionOf(B, PARTITIONS)),
    );
    expect(contacts[0]?.fact).toMatchObject({
      subject: B,
      of: A,
      atMs: START,
      lng: 107.7,
      accuracyM: 12,
      source: 'case/no-contact',
    });
    expect(out.admittedByKind).toEqual({ position: 2, 'contact-position': 2 });
    expect(out.receipts).toMatchObject([{ admitted: 2 }]);
  });

  test('is not written when it was not admitted, has no place, or comes again', () => {
    const pipeline = openPipeline();
    // A has no order: no basis for A, nothing about A to be known by B's rule.
    pipeline.process([{ facts: [forbidding()] }], at);
    expect(contactsIn(pipeline.process([{ positions: positionsOf({}) }], at))).toEqual([]);
    pipeline.process([{ facts: [orderOf(A)] }], at);
    const unplaced = pipeline.process([{ positions: positionsOf({ labels: 1, minute: 2 }) }], at);
    expect(contactsIn(unplaced)).toEqual([]);
    expect(
      contactsIn(pipeline.process([{ positions: positionsOf({ minute: 3 }) }], at)),
    ).toHaveLength(1);
    expect(contactsIn(pipeline.process([{ positions: positionsOf({ minute: 3 }) }], at))).toEqual(
      [],
    );
  });

  test('is written only while the order that forbids the contact is in force', () => {
    const pipeline = openPipeline();
    const untilMs = START + 10 * 60_000;
    pipeline.process([{ facts: [orderOf(A), forbidding({ untilMs })] }], at);
    const rows = [{ minute: 9 }, { minute: 10 }, { minute: 11 }];
    const out = pipeline.process([{ positions: positionsOf(...rows) }], at);
    expect(contactsIn(out).map(({ fact }) => fact.atMs)).toEqual([START + 9 * 60_000]);
  });

  test('cannot be brought from outside', () => {
    const brought = { kind: 'contact-position', subject: B, of: A, atMs: START };
    expect(arrivalSchema.safeParse(brought).success).toBe(false);
  });

  test('after a crash before the bound person’s partition had it, is written once by whoever starts next', () => {
    const first = openPipeline();
    const orders = first.process([{ facts: [orderOf(A), forbidding()] }], at);
    const out = first.process([{ positions: positionsOf({}, { minute: 1 }) }], at);
    const lost = contactsIn(out).map(({ fact }) => fact);

    const second = openPipeline();
    for (const { entries } of orders.batches) {
      for (const { payload } of entries) second.recall({ facts: decodeLines<Fact>(payload) });
    }
    const kept = out.batches
      .filter(({ partition }) => partition === partitionOf(A, PARTITIONS))
      .flatMap(({ entries }) => entries)
      .filter(({ kind }) => kind === 'positions');
    for (const { payload } of kept) second.recall({ positions: decodePositions(payload) });
    // One of the two had reached its partition.
    second.recall({ facts: lost.slice(0, 1) });
    expect(contactsIn(second.process([], at)).map(({ fact }) => fact)).toEqual(lost.slice(1));
    expect(contactsIn(second.process([], at))).toEqual([]);
  });
});
