// The promises of the log, run against every implementation. Crashes and chance have suites of their own:
// log-crash.contract.ts and log-model.contract.ts.

import { describe, expect, test } from 'vitest';
import { decodePositions, encodePositions } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { createRandom } from '../core/random.ts';
import { epochMs } from '../core/time.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_ENTRIES_MAX,
  ENTRY_KINDS,
  TOPICS,
  type Log,
  type LogEntry,
  type LogRecord,
  type Topic,
} from './log.ts';

/** What a suite needs to open logs that share one store. */
export type LogHarness = {
  /** A fresh store; every `open` on it sees the same records. */
  createStore(partitions: number): Promise<LogStore>;
};

export type LogStore = {
  open(): Promise<Log>;
  /** Deletes the records before an offset, as retention does. */
  trim(topic: Topic, partition: number, before: number): Promise<void>;
  /** Arguments with which log-crash.ts opens the same store in another process. */
  readonly crashArguments: readonly string[];
  remove(): Promise<void>;
};

export const entry = (payload: string, watermarkMs = 1_000): LogEntry => ({
  kind: 'lines',
  watermarkMs: epochMs(watermarkMs),
  payload: Buffer.from(payload),
});

/** The payloads of records as text. */
export const payloadsOf = (records: readonly LogRecord[]): string[] =>
  records.map((record) => Buffer.from(record.payload).toString());

/** Everything in one partition from `offset` on. */
export async function readAll(
  log: Log,
  topic: Topic,
  partition: number,
  offset = 0,
): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  const { end } = await log.bounds(topic, partition);
  for (let next = offset; next < end;) {
    const records = await log.read(topic, partition, {
      offset: next,
      recordsMax: 500,
      waitMs: 5_000,
    });
    all.push(...records);
    const last = records.at(-1);
    if (!last) break;
    next = last.offset + 1;
  }
  return all;
}

export function describeLog(name: string, harness: LogHarness): void {
  const withLog = async (partitions: number, run: (log: Log, store: LogStore) => Promise<void>) => {
    const store = await harness.createStore(partitions);
    const log = await store.open();
    try {
      await run(log, store);
    } finally {
      await log.close();
      await store.remove();
    }
  };

  describe(`${name} log`, () => {
    test('gives back what was appended, in order, with rising offsets', () =>
      withLog(2, async (log) => {
        await log.append('observations', [
          { partition: 1, entries: [entry('a', 5), entry('b', 6)] },
        ]);
        await log.append('observations', [{ partition: 1, entries: [entry('c', 7)] }]);
        const records = await readAll(log, 'observations', 1);
        expect(payloadsOf(records)).toEqual(['a', 'b', 'c']);
        expect(records.map((record) => record.offset)).toEqual([0, 1, 2]);
        expect(records.map((record) => record.watermarkMs)).toEqual([5, 6, 7]);
        expect(records.map((record) => record.kind)).toEqual(['lines', 'lines', 'lines']);
        expect(await log.bounds('observations', 1)).toEqual({ start: 0, end: 3 });
      }));

    test('keeps partitions and topics apart', () =>
      withLog(2, async (log) => {
        await log.append('observations', [
          { partition: 0, entries: [entry('zero')] },
          { partition: 1, entries: [entry('one')] },
        ]);
        await log.append('findings', [{ partition: 0, entries: [entry('found')] }]);
        expect(payloadsOf(await readAll(log, 'observations', 0))).toEqual(['zero']);
        expect(payloadsOf(await readAll(log, 'observations', 1))).toEqual(['one']);
        expect(payloadsOf(await readAll(log, 'findings', 0))).toEqual(['found']);
        expect(await log.bounds('findings', 1)).toEqual({ start: 0, end: 0 });
      }));

    test('carries binary payloads unchanged, empty and large', () =>
      withLog(1, async (log) => {
        const random = createRandom('payload');
        const large = Uint8Array.from({ length: 700_000 }, () => random.int(256));
        const entries = [new Uint8Array(0), large].map((payload) => ({
          kind: 'positions' as const,
          watermarkMs: epochMs(1),
          payload,
        }));
        await log.append('observations', [{ partition: 0, entries }]);
        const records = await readAll(log, 'observations', 0);
        expect(records.map((record) => record.payload.byteLength)).toEqual([0, 700_000]);
        expect(Buffer.from(records[1]?.payload ?? []).equals(Buffer.from(large))).toBe(true);
      }));

    test('a waiting reader wakes for the next record and gives up at its limit', () =>
      withLog(1, async (log) => {
        const waiting = log.read('observations', 0, { offset: 0, recordsMax: 10, waitMs: 10_000 });
        await log.append('observations', [{ partition: 0, entries: [entry('late')] }]);
        expect(payloadsOf(await waiting)).toEqual(['late']);
        const none = await log.read('observations', 0, { offset: 1, recordsMax: 10, waitMs: 30 });
        expect(none).toEqual([]);
      }));

    test('an aborted reader returns at once', () =>
      withLog(1, async (log) => {
        const controller = new AbortController();
        const waiting = log.read('observations', 0, {
          offset: 0,
          recordsMax: 1,
          waitMs: 60_000,
          signal: controller.signal,
        });
        controller.abort();
        expect(await waiting).toEqual([]);
      }));

    test('a read gives at most recordsMax, and stops near bytesMax', () =>
      withLog(1, async (log) => {
        const entries = Array.from({ length: 20 }, (_, i) => entry(String(i).padStart(1_000, '.')));
        await log.append('observations', [{ partition: 0, entries }]);
        const byCount = await log.read('observations', 0, {
          offset: 3,
          recordsMax: 4,
          waitMs: 5_000,
        });
        expect(byCount.map((record) => record.offset)).toEqual([3, 4, 5, 6]);
        const byBytes = await log.read('observations', 0, {
          offset: 0,
          recordsMax: 20,
          bytesMax: 5_000,
          waitMs: 5_000,
        });
        expect(byBytes.length).toBeGreaterThanOrEqual(1);
        expect(byBytes.length).toBeLessThan(20);
      }));

    test('a reopened log holds everything that was acknowledged', async () => {
      const store = await harness.createStore(1);
      const first = await store.open();
      await first.append('observations', [{ partition: 0, entries: [entry('kept')] }]);
      await first.close();
      const second = await store.open();
      expect(payloadsOf(await readAll(second, 'observations', 0))).toEqual(['kept']);
      await second.append('observations', [{ partition: 0, entries: [entry('more')] }]);
      expect(payloadsOf(await readAll(second, 'observations', 0))).toEqual(['kept', 'more']);
      await second.close();
      await store.remove();
    });

    test('concurrent appends are all kept, each in its own order', () =>
      withLog(1, async (log) => {
        await Promise.all(
          Array.from({ length: 8 }, async (_, writer) => {
            for (let i = 0; i < 25; i++) {
              await log.append('observations', [
                { partition: 0, entries: [entry(`${writer}:${i}:a`), entry(`${writer}:${i}:b`)] },
              ]);
            }
          }),
        );
        const seen = payloadsOf(await readAll(log, 'observations', 0));
        expect(seen.length).toBe(400);
        for (let writer = 0; writer < 8; writer++) {
          const own = seen.filter((payload) => payload.startsWith(`${writer}:`));
          expect(own).toEqual(
            Array.from({ length: 25 }, (_, i) => [`${writer}:${i}:a`, `${writer}:${i}:b`]).flat(),
          );
        }
      }));

    test('keeps every kind of entry with its watermark, in time order of appending', () =>
      withLog(1, async (log) => {
        const entries = ENTRY_KINDS.map((kind, index) => ({
          kind,
          watermarkMs: epochMs(
            [0, -1, 1_763_800_000_123, 4_102_444_800_000, 17, 18][index] as number,
          ),
          payload: Buffer.from(kind),
        }));
        await log.append('observations', [{ partition: 0, entries: entries.slice(0, 2) }]);
        await log.append('observations', [{ partition: 0, entries: entries.slice(2) }]);
        const records = await readAll(log, 'observations', 0);
        expect(records.map(({ kind, watermarkMs }) => ({ kind, watermarkMs }))).toEqual(
          entries.map(({ kind, watermarkMs }) => ({ kind, watermarkMs })),
        );
        const times = records.map(({ appendedAtMs }) => appendedAtMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }));

    test('gives payloads at addresses from which Arrow columns can be read in place', () =>
      withLog(1, async (log) => {
        const builder = createPositionBuilder();
        for (let row = 0; row < 100; row++) {
          builder.add({
            subject: `person-${row % 7}`,
            source: 'bracelet/test',
            atMs: 1_763_800_000_000 + row,
            lng: 107.5 + row / 1_000,
            lat: 31.2,
          });
        }
        const positions = encodePositions(builder.drain());
        const odd = Array.from({ length: 9 }, (_, length) => entry('x'.repeat(length)));
        const entries = odd.flatMap((small): LogEntry[] => [
          small,
          { ...small, kind: 'positions', payload: positions },
        ]);
        await log.append('observations', [{ partition: 0, entries }]);
        const records = await readAll(log, 'observations', 0);
        expect(records.length).toBe(18);
        for (const { kind, payload } of records) {
          expect(payload.byteOffset % 8).toBe(0);
          if (kind === 'positions') expect(decodePositions(payload).lng[99]).toBe(107.599);
        }
      }));

    test('takes the largest batch there may be and refuses a larger one for good', () =>
      withLog(1, async (log) => {
        const large = { ...entry(''), payload: Buffer.alloc(BATCH_BYTES_MAX, 'x') };
        const many = Array.from({ length: BATCH_ENTRIES_MAX }, (_, index) => entry(String(index)));
        await log.append('observations', [{ partition: 0, entries: [large] }]);
        await log.append('observations', [{ partition: 0, entries: many }]);
        for (const entries of [
          [large, entry('x')],
          [...many, entry('x')],
        ]) {
          const refused = log.append('observations', [{ partition: 0, entries }]);
          await expect(refused).rejects.toMatchObject({ code: 'log-unavailable', retry: 'never' });
        }
        const records = await readAll(log, 'observations', 0);
        expect(records.length).toBe(1 + BATCH_ENTRIES_MAX);
        expect(records[0]?.payload.byteLength).toBe(BATCH_BYTES_MAX);
        expect(payloadsOf(records.slice(-1))).toEqual([String(BATCH_ENTRIES_MAX - 1)]);
      }));

    test('shows the entries of a batch together, however often it is looked at', () =>
      withLog(1, async (log) => {
        const batches = 60;
        const appending = Promise.all(
          Array.from({ length: batches }, (_, batch) =>
            log.append('observations', [
              { partition: 0, entries: ['a', 'b', 'c'].map((part) => entry(`${batch}:${part}`)) },
            ]),
          ),
        );
        let seen = 0;
        while (seen < batches * 3) {
          const records = await log.read('observations', 0, {
            offset: seen,
            recordsMax: 1_000,
            waitMs: 5_000,
          });
          expect(records.length % 3).toBe(0);
          expect(records[0]?.offset).toBe(seen);
          seen += records.length;
        }
        await appending;
      }));

    test('an offset older than what is retained reads from the oldest record', () =>
      withLog(2, async (log, store) => {
        const append = (payload: string) =>
          log.append('observations', [{ partition: 1, entries: [entry(payload)] }]);
        for (const payload of ['a', 'b', 'c', 'd']) await append(payload);
        await store.trim('observations', 1, 2);
        expect(await log.bounds('observations', 1)).toEqual({ start: 2, end: 4 });
        expect(payloadsOf(await readAll(log, 'observations', 1))).toEqual(['c', 'd']);
        await store.trim('observations', 1, 4);
        expect(await log.bounds('observations', 1)).toEqual({ start: 4, end: 4 });
        expect(await log.read('observations', 1, { offset: 1, recordsMax: 9, waitMs: 30 })).toEqual(
          [],
        );
        await append('e');
        const records = await log.read('observations', 1, { offset: 0, recordsMax: 9 });
        expect(payloadsOf(records)).toEqual(['e']);
        expect(records[0]?.offset).toBe(4);
      }));

    test('a reader ahead of the end waits for the record with its offset', () =>
      withLog(1, async (log) => {
        const read = (waitMs: number) =>
          log.read('observations', 0, { offset: 2, recordsMax: 9, waitMs });
        expect(await read(0)).toEqual([]);
        expect(await read(30)).toEqual([]);
        const waiting = read(10_000);
        for (const payload of ['a', 'b', 'c']) {
          await log.append('observations', [{ partition: 0, entries: [entry(payload)] }]);
        }
        expect(payloadsOf(await waiting)).toEqual(['c']);
      }));

    test('readers waiting in every partition hold up neither each other nor an append', () =>
      withLog(8, async (log) => {
        const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
        const places = TOPICS.flatMap((topic) =>
          partitions.map((partition) => ({ topic, partition })),
        );
        const waiting = [...places, ...places].map(({ topic, partition }) =>
          log.read(topic, partition, { offset: 0, recordsMax: 1, waitMs: 15_000 }),
        );
        for (const topic of TOPICS) {
          const batches = partitions.map((partition) => ({
            partition,
            entries: [entry(`${topic} ${partition}`)],
          }));
          await log.append(topic, batches);
        }
        const expected = places.map(({ topic, partition }) => [`${topic} ${partition}`]);
        expect((await Promise.all(waiting)).map(payloadsOf)).toEqual([...expected, ...expected]);
      }));

    test('closing writes what waits, lets readers go and refuses the rest for good', () =>
      withLog(1, async (log, store) => {
        const appending = log.append('observations', [{ partition: 0, entries: [entry('last')] }]);
        const reading = log.read('findings', 0, { offset: 0, recordsMax: 1, waitMs: 60_000 });
        await log.close();
        await appending;
        expect(await reading).toEqual([]);
        const closed = { code: 'log-unavailable', retry: 'never' };
        await expect(
          log.append('observations', [{ partition: 0, entries: [entry('late')] }]),
        ).rejects.toMatchObject(closed);
        await expect(log.bounds('observations', 0)).rejects.toMatchObject(closed);
        expect(await log.read('observations', 0, { offset: 0, recordsMax: 1 })).toEqual([]);
        const again = await store.open();
        expect(payloadsOf(await readAll(again, 'observations', 0))).toEqual(['last']);
        await again.close();
      }));
  });
}
