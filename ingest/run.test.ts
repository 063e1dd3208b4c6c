import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { OperatingError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { createOrderBook } from '../core/order-book.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { decodePositions } from '../core/position-batch.ts';
import { createManualClock, epochMs, type Clock } from '../core/time.ts';
import { orderFact } from '../core/order.fixture.ts';
import { readAll } from './log.contract.ts';
import { openEmbeddedLog } from './log-embedded.ts';
import { decodeLines, type Log } from './log.ts';
import type { Tally } from './ledger.ts';
import { createPipeline } from './pipeline.ts';
import { INGEST_DEFAULTS, startIngest, type IngestOptions } from './run.ts';
import { decodeTick } from './watermark.ts';

const NOW = Date.UTC(2026, 10, 22);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function logPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-ingest-'));
  folders.push(folder);
  return join(folder, 'log.sqlite');
}

const start = async (
  path: string,
  change: { clock?: Clock; wrap?: (log: Log) => Log; options?: Partial<IngestOptions> } = {},
) => {
  const clock = change.clock ?? createManualClock(NOW);
  const log = openEmbeddedLog({ clock }, { path, partitions: 2 });
  const orders = createOrderBook([orderFact('A', { atMs: NOW - 1_000_000, sources: ['phone'] })]);
  const pipeline = createPipeline(
    { orders, directory: { resolve: () => undefined }, locator: () => 0 },
    { partitions: 2 },
  );
  const ingest = await startIngest(
    { log: change.wrap?.(log) ?? log, pipeline, clock, logger: silentLogger },
    { ...INGEST_DEFAULTS, flushMs: 1, ...change.options },
  );
  return { log, ingest, clock };
};

const fixes = (...ages: number[]) => {
  const builder = createPositionBuilder();
  for (const age of ages) {
    builder.add({ subject: 'A', source: 'phone/app', atMs: NOW - age, lng: 107.72, lat: 31.35 });
  }
  return { positions: builder.drain() };
};

const recordsOf = async (log: Log) => [
  ...(await readAll(log, 'observations', 0)),
  ...(await readAll(log, 'observations', 1)),
];

test('a receipt comes once the rows are in the log, and the same rows after a restart are duplicates', async () => {
  const path = await logPath();
  const first = await start(path);
  expect(await first.ingest.publish(fixes(1, 2, 3))).toMatchObject({ admitted: 3 });
  const rows = (await recordsOf(first.log))
    .filter(({ kind }) => kind === 'positions')
    .map(({ payload }) => decodePositions(payload).length);
  expect(rows).toEqual([3]);
  await first.ingest.stop();
  await first.log.close();

  const second = await start(path);
  expect(await second.ingest.publish(fixes(1, 2, 3, 4))).toMatchObject({
    admitted: 1,
    duplicates: 3,
  });
  await second.ingest.stop();
  await second.log.close();
});

test('while the log is away nothing is acknowledged; when it is back everything is, once', async () => {
  let failures = 3;
  const { ingest, log } = await start(await logPath(), {
    wrap: (inner) => ({
      ...inner,
      append: (topic, batches) =>
        failures-- > 0
          ? Promise.reject(new OperatingError('log-unavailable', 'away', { retry: 'soon' }))
          : inner.append(topic, batches),
    }),
  });
  expect(await ingest.publish(fixes(1, 2))).toMatchObject({ admitted: 2 });
  expect(failures).toBeLessThan(0);
  const rows = (await recordsOf(log)).filter(({ kind }) => kind === 'positions');
  expect(rows).toHaveLength(1);
  await ingest.stop();
  await log.close();
});

test('silent partitions get ticks whose watermark trails the clock by the lateness', async () => {
  const clock = createManualClock(NOW);
  const { ingest, log } = await start(await logPath(), {
    clock,
    options: { tickMs: 10, latenessMs: 30_000 },
  });
  clock.advance(5_000);
  const last = async () => (await readAll(log, 'observations', 1)).at(-1);
  await expect.poll(async () => (await last())?.watermarkMs).toBe(NOW + 5_000 - 30_000);
  expect((await last())?.kind).toBe('tick');
  await ingest.stop();
  await log.close();
});

test('a pause of the platform is told to every partition, and the watermark does not fall', async () => {
  const path = await logPath();
  const first = await start(path);
  await first.ingest.publish(fixes(1));
  await first.ingest.stop();
  await first.log.close();

  const later = createManualClock(NOW + 3_600_000);
  const second = await start(path, { clock: later });
  await expect
    .poll(async () =>
      (await readAll(second.log, 'observations', 1))
        .filter((r) => r.kind === 'tick')
        .map((r) => decodeTick(r.payload))
        .filter(Boolean),
    )
    .toEqual([{ fromMs: NOW, untilMs: NOW + 3_600_000 }]);
  const watermarks = (await readAll(second.log, 'observations', 0)).map(
    (record) => record.watermarkMs,
  );
  expect(watermarks).toEqual(watermarks.toSorted((a, b) => a - b));
  await second.ingest.stop();
  await second.log.close();
});

test('what was refused, and what could not be read, is in the log as counts', async () => {
  const { ingest, log } = await start(await logPath());
  ingest.refuse('bracelet/jt808', 'bad-checksum', 2);
  const builder = createPositionBuilder();
  builder.add({ subject: 'B', source: 'phone/app', atMs: NOW, lng: 107, lat: 31 });
  await ingest.publish({ positions: builder.drain() });
  await ingest.stop();
  const tallies = (await recordsOf(log))
    .filter(({ kind }) => kind === 'tally')
    .flatMap(({ payload }) => decodeLines<Tally>(payload));
  expect(tallies).toEqual([
    { source: 'bracelet/jt808', reason: 'bad-checksum', count: 2 },
    { source: 'phone/app', reason: 'unknown-subject', count: 1 },
  ]);
  await log.close();
});

test('a publisher waits while ingest is full, and is served in its turn', async () => {
  let release = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { ingest, log } = await start(await logPath(), {
    options: { waitingMax: 10, flushRowsMax: 10 },
    wrap: (inner) => ({
      ...inner,
      append: async (topic, batches) => {
        await blocked;
        return inner.append(topic, batches);
      },
    }),
  });
  const ages = (from: number) => Array.from({ length: 8 }, (_, i) => from + i);
  const receipts = [
    ingest.publish(fixes(...ages(0))),
    ingest.publish(fixes(...ages(100))),
    ingest.publish(fixes(...ages(200))),
  ];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ingest.status().waiting).toBe(8);
  release();
  expect((await Promise.all(receipts)).map(({ admitted }) => admitted)).toEqual([8, 8, 8]);
  expect(ingest.status().waiting).toBe(0);
  await ingest.stop();
  await log.close();
});

test('a delivery larger than the log takes at once goes in parts, in order', async () => {
  const { ingest, log } = await start(await logPath());
  const rows = 300_000;
  const builder = createPositionBuilder(rows);
  for (let row = 0; row < rows; row++) {
    builder.add({
      subject: 'A',
      source: 'phone/app',
      atMs: NOW - rows + row,
      lng: 107.72,
      lat: 31.35,
    });
  }
  expect(await ingest.publish({ positions: builder.drain() })).toMatchObject({ admitted: rows });
  const batches = (await recordsOf(log))
    .filter(({ kind }) => kind === 'positions')
    .map(({ payload }) => decodePositions(payload));
  expect(batches.length).toBeGreaterThan(8);
  expect(batches.reduce((sum, batch) => sum + batch.length, 0)).toBe(rows);
  const firsts = batches.map((batch) => batch.atMs[0] as number);
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
  await ingest.stop();
  await log.close();
});

test('rules that changed while ingest was away do not shorten the time it was not listening', async () => {
  const path = await logPath();
  const clock = createManualClock(NOW);
  const first = await start(path, { clock });
  await first.ingest.publish(fixes(1));
  await first.ingest.stop();
  clock.advance(3 * 3_600_000);
  const entries = [
    { kind: 'rulebook', watermarkMs: epochMs(NOW), payload: new Uint8Array(0) },
  ] as const;
  await first.log.append('observations', [
    { partition: 0, entries },
    { partition: 1, entries },
  ]);
  await first.log.close();
  clock.advance(60_000);
  const second = await start(path, { clock });
  const expectedGap = { fromMs: NOW, untilMs: NOW + 3 * 3_600_000 + 60_000 };
  await expect
    .poll(async () =>
      (await recordsOf(second.log))
        .filter(({ kind }) => kind === 'tick')
        .map(({ payload }) => decodeTick(payload))
        .filter((gap) => gap !== undefined),
    )
    .toEqual([expectedGap, expectedGap]);
  await second.ingest.stop();
  await second.log.close();
});
