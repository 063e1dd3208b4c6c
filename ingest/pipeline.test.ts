import { describe, expect, test } from 'vitest';
import type { Delivery } from '../connectors/publish.ts';
import { arrivalSchema, type Fact, type FactArrival } from '../core/observation.ts';
import { createOrderBook } from '../core/order-book.ts';
import { decodePositions, positionAt } from '../core/position-batch.ts';
import { createPositionBuilder, type PositionArrival } from '../core/position-builder.ts';
import { epochMs } from '../core/time.ts';
import { decodeLines, partitionOf } from './log.ts';
import { createPipeline, type Pipeline, type Processed } from './pipeline.ts';

const NOW = Date.UTC(2026, 10, 22, 0, 0, 0);
const HOUR = 3_600_000;

const orderOf = (subject: string, change: Record<string, unknown> = {}): FactArrival =>
  arrivalSchema.parse({
    kind: 'order',
    subject,
    atMs: NOW - 240 * HOUR,
    source: 'case/register',
    action: 'start',
    orderId: `order-${subject}`,
    category: 'cc',
    county: '511722',
    area: ['511722'],
    bases: [
      {
        id: 'b1',
        article: '社区矫正法第二十六条',
        documentNumber: '演示1号',
        approvedBy: 'county',
        sources: ['phone', 'rail'],
        fromMs: NOW - 240 * HOUR,
        untilMs: NOW + 240 * HOUR,
      },
    ],
    fromMs: NOW - 240 * HOUR,
    untilMs: NOW + 2400 * HOUR,
    ...change,
  }) as FactArrival;

const positions = (...rows: (Partial<PositionArrival> & { subject: string })[]): Delivery => {
  const builder = createPositionBuilder();
  for (const row of rows) {
    builder.add({ source: 'phone/app', atMs: NOW - 1_000, lng: 107.72, lat: 31.35, ...row });
  }
  return { positions: builder.drain() };
};

const booking = (subject: string, change: Record<string, unknown> = {}): FactArrival =>
  arrivalSchema.parse({
    kind: 'booking',
    subject,
    atMs: NOW - 60_000,
    source: 'rail/12306',
    bookingId: 'E1',
    carrier: 'rail',
    status: 'booked',
    from: '511702',
    to: '500000',
    departAtMs: NOW + 24 * HOUR,
    ...change,
  }) as FactArrival;

const open = (partitions = 1) => {
  const orders = createOrderBook();
  const pipeline = createPipeline(
    {
      orders,
      directory: { resolve: (alias) => (alias === 'terminal:0138' ? 'A' : undefined) },
      locator: (lng) => (lng > 107.5 ? 511_722 : 511_702),
    },
    { partitions },
  );
  return { orders, pipeline };
};

const run = (pipeline: Pipeline, ...deliveries: Delivery[]): Processed =>
  pipeline.process(deliveries, { receivedAtMs: epochMs(NOW), watermarkMs: epochMs(NOW - 30_000) });

const keptPositions = (processed: Processed) =>
  processed.batches.flatMap(({ entries }) =>
    entries
      .filter(({ kind }) => kind === 'positions')
      .flatMap(({ payload }) => {
        const batch = decodePositions(payload);
        return Array.from({ length: batch.length }, (_, row) => positionAt(batch, row));
      }),
  );

const keptFacts = (processed: Processed) =>
  processed.batches.flatMap(({ entries }) =>
    entries
      .filter(({ kind }) => kind === 'lines')
      .flatMap(({ payload }) => decodeLines<Fact>(payload)),
  );

describe('the legal-basis gate', () => {
  test('keeps what an order in force opens, drops the rest and counts it', () => {
    const { pipeline } = open();
    run(pipeline, { facts: [orderOf('A')] });
    const processed = run(
      pipeline,
      positions(
        { subject: 'A' },
        { subject: 'A', source: 'bracelet/jt808' },
        { subject: 'nobody' },
      ),
    );
    expect(keptPositions(processed).map(({ source }) => source)).toEqual(['phone/app']);
    expect(processed.receipts).toEqual([
      { admitted: 1, duplicates: 0, refused: { 'no-basis': 1, 'unknown-subject': 1 }, dead: {} },
    ]);
    expect(processed.deadLetters).toEqual([]);
    expect(processed.tallies).toEqual([
      { source: 'bracelet/jt808', reason: 'no-basis', count: 1 },
      { source: 'phone/app', reason: 'unknown-subject', count: 1 },
    ]);
  });

  test('nothing of a refused person reaches the log, not even the key in a dictionary', () => {
    const { pipeline } = open();
    run(pipeline, { facts: [orderOf('A'), orderOf('secret', { bases: [] })] });
    const processed = run(
      pipeline,
      positions({ subject: 'secret' }, { subject: 'A' }, { subject: 'unknown-person' }),
      { facts: [booking('secret')] },
    );
    const bytes = Buffer.concat(
      processed.batches.flatMap(({ entries }) => entries.map((e) => e.payload)),
    );
    expect(bytes.includes('secret')).toBe(false);
    expect(bytes.includes('unknown-person')).toBe(false);
    expect(bytes.includes('A')).toBe(true);
  });

  test.each([
    ['before the basis begins', NOW - 241 * HOUR, 'no-basis'],
    ['after the basis ended', NOW + 1, 'no-basis'],
    ['while it is in force', NOW - HOUR, 'admitted'],
  ])('asks for the basis at the time of the event: %s', (_name, atMs, expected) => {
    const { pipeline } = open();
    const bases = (orderOf('A') as FactArrival & { kind: 'order' }).bases.map((basis) => ({
      ...basis,
      untilMs: NOW,
    }));
    run(pipeline, { facts: [orderOf('A', { bases })] });
    const { receipts } = run(pipeline, positions({ subject: 'A', atMs }), {
      facts: [booking('A', { atMs })],
    });
    const { admitted, refused } = receipts.reduce((sum, receipt) => ({
      ...sum,
      admitted: sum.admitted + receipt.admitted,
      refused: { 'no-basis': (sum.refused['no-basis'] ?? 0) + (receipt.refused['no-basis'] ?? 0) },
    }));
    expect(expected === 'admitted' ? admitted : refused['no-basis']).toBe(2);
  });

  test('an order that closes a source closes it at once', () => {
    const { pipeline } = open();
    run(pipeline, { facts: [orderOf('A')] });
    expect(run(pipeline, positions({ subject: 'A' })).receipts[0]?.admitted).toBe(1);
    const change = orderOf('A', { action: 'change', atMs: NOW - 500, bases: [] });
    const processed = run(pipeline, positions({ subject: 'A', atMs: NOW - 100 }), {
      facts: [change],
    });
    expect(processed.receipts.map(({ admitted }) => admitted)).toEqual([0, 1]);
  });
});

test('an alias becomes the key, and the id is the same however the subject was named', () => {
  const { pipeline } = open();
  run(pipeline, { facts: [orderOf('A')] });
  const [byAlias] = keptFacts(run(pipeline, { facts: [booking('terminal:0138')] }));
  const again = run(pipeline, { facts: [booking('A')] });
  expect(byAlias?.subject).toBe('A');
  expect(byAlias?.id).toMatch(/^ob_[0-9a-z]{20}$/);
  expect(again.receipts[0]?.duplicates).toBe(1);
});

test('what was sent twice is kept once, positions and facts', () => {
  const { pipeline } = open();
  run(pipeline, { facts: [orderOf('A')] });
  const first = run(pipeline, positions({ subject: 'A' }, { subject: 'A', lng: 107.73 }), {
    facts: [booking('A')],
  });
  const second = run(pipeline, positions({ subject: 'A' }, { subject: 'A', lng: 107.73 }), {
    facts: [booking('A')],
  });
  expect(first.receipts.map(({ admitted }) => admitted)).toEqual([2, 1]);
  expect(second.receipts.map(({ duplicates }) => duplicates)).toEqual([2, 1]);
  expect(second.batches).toEqual([]);
});

test('a restarted pipeline recognises what it recalls from the log', () => {
  const before = open();
  const kept = [
    run(before.pipeline, { facts: [orderOf('A')] }),
    run(before.pipeline, positions({ subject: 'A' }), { facts: [booking('A')] }),
  ];
  const after = open();
  for (const { entries } of kept.flatMap(({ batches }) => batches)) {
    for (const { kind, payload } of entries) {
      if (kind === 'lines') after.pipeline.recall({ facts: decodeLines<Fact>(payload) });
      else after.pipeline.recall({ positions: decodePositions(payload) });
    }
  }
  const again = run(after.pipeline, positions({ subject: 'A' }, { subject: 'A', lng: 107.8 }), {
    facts: [booking('A')],
  });
  expect(again.receipts).toEqual([
    { admitted: 1, duplicates: 1, refused: {}, dead: {} },
    { admitted: 0, duplicates: 1, refused: {}, dead: {} },
  ]);
});

describe('cleaning', () => {
  const clean = (...rows: Partial<PositionArrival>[]) => {
    const { pipeline } = open();
    run(pipeline, { facts: [orderOf('A')] });
    return run(pipeline, positions(...rows.map((row) => ({ subject: 'A', ...row }))));
  };

  test.each([
    ['off the earth', { lng: 500, lat: 31 }, 'off-earth'],
    ['not a number', { lng: Number.NaN, lat: 31 }, 'off-earth'],
    ['longitude and latitude swapped', { lng: 31.35, lat: 107.72 }, 'coordinates-swapped'],
    ['ten minutes in the future', { atMs: NOW + 600_000 }, 'time-in-future'],
    ['eight days old', { atMs: NOW - 8 * 24 * HOUR }, 'time-too-old'],
  ])('%s goes to the dead letters with its reason', (_name, row, reason) => {
    const processed = clean(row);
    expect(processed.receipts[0]).toEqual({
      admitted: 0,
      duplicates: 0,
      refused: {},
      dead: { [reason]: 1 },
    });
    expect(processed.deadLetters).toMatchObject([{ reason, observation: { subject: 'A' } }]);
  });

  test('what is merely odd is kept and labelled', () => {
    const minutes = (n: number) => NOW - 3 * HOUR + n * 60_000;
    const kept = keptPositions(
      clean(
        { atMs: minutes(0), accuracyM: 8 },
        { atMs: minutes(1), lng: 107.9, accuracyM: 8 },
        { atMs: minutes(2), accuracyM: 3_000 },
        { atMs: minutes(3), lng: 0, lat: 0 },
        { atMs: minutes(4) },
      ),
    );
    expect(kept.map(({ labels }) => labels)).toEqual([
      [],
      ['impossibleSpeed'],
      ['badAccuracy'],
      ['noFix', 'assumedAccuracy'],
      ['assumedAccuracy'],
    ]);
    expect(kept.map(({ region }) => region)).toEqual([
      '511722',
      '511722',
      '511722',
      undefined,
      '511722',
    ]);
  });

  test('a fast train is believed once three fixes agree', () => {
    const fixes = [0, 1, 2, 3, 4].map((n) => ({
      atMs: NOW - HOUR + n * 60_000,
      lng: 107.72 + (n && 0.3 + n * 0.02),
      accuracyM: 10,
    }));
    expect(keptPositions(clean(...fixes)).map(({ labels }) => labels.length)).toEqual([
      0, 1, 1, 0, 0,
    ]);
  });

  test('a receiver that repeats itself for hours is labelled', () => {
    const fixes = [0, 2, 4, 6.1].map((hours) => ({
      atMs: NOW - 7 * HOUR + hours * HOUR,
      accuracyM: 10,
    }));
    expect(keptPositions(clean(...fixes)).map(({ labels }) => labels)).toEqual([
      [],
      [],
      [],
      ['staleFix'],
    ]);
  });

  test('fixes that arrive together are put in order, those older than the newest known are labelled late', () => {
    const { pipeline } = open();
    run(pipeline, { facts: [orderOf('A')] });
    const first = run(
      pipeline,
      positions({ subject: 'A', atMs: NOW - 1_000 }, { subject: 'A', atMs: NOW - 5_000 }),
    );
    expect(keptPositions(first).map(({ atMs }) => NOW - atMs)).toEqual([5_000, 1_000]);
    const later = keptPositions(run(pipeline, positions({ subject: 'A', atMs: NOW - 3_000 })));
    expect(later[0]?.labels).toContain('late');
  });
});

test('receipts count each delivery by itself, also when rows were put in order', () => {
  const { pipeline } = open();
  run(pipeline, { facts: [orderOf('A')] });
  const { receipts } = run(
    pipeline,
    positions({ subject: 'A', atMs: NOW - 1_000 }, { subject: 'A', lng: 200 }),
    positions({ subject: 'nobody', atMs: NOW - 9_000 }),
  );
  expect(receipts).toEqual([
    { admitted: 1, duplicates: 0, refused: {}, dead: { 'off-earth': 1 } },
    { admitted: 0, duplicates: 0, refused: { 'unknown-subject': 1 }, dead: {} },
  ]);
});

test('every subject has its partition, facts come before positions, the watermark is on each entry', () => {
  const { pipeline } = open(8);
  const names = Array.from({ length: 40 }, (_, i) => `S${i}`);
  run(pipeline, { facts: names.map((name) => orderOf(name)) });
  const processed = run(pipeline, positions(...names.map((subject) => ({ subject }))), {
    facts: names.map((name) => booking(name)),
  });
  for (const { partition, entries } of processed.batches) {
    expect(entries.map(({ kind }) => kind)).toEqual(['lines', 'positions']);
    expect(entries.every(({ watermarkMs }) => watermarkMs === NOW - 30_000)).toBe(true);
    const batch = decodePositions(entries[1]?.payload as Uint8Array);
    for (const subject of batch.subjects.toArray()) expect(partitionOf(subject, 8)).toBe(partition);
  }
  expect(keptPositions(processed)).toHaveLength(40);
  expect(keptFacts(processed)).toHaveLength(40);
});
