// The promises of the log, run against every implementation.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../core/random.ts';
import { epochMs } from '../core/time.ts';
import type { Log, LogEntry, LogRecord, Topic } from './log.ts';

/** What a suite needs to open logs that share one store. */
export type LogHarness = {
  /** A fresh store; every `open` on it sees the same records. */
  createStore(partitions: number): Promise<{
    open(): Promise<Log>;
    /** Arguments with which log-crash.ts opens the same store in another process. */
    crashArguments: readonly string[];
    remove(): Promise<void>;
  }>;
};

export const entry = (payload: string, watermarkMs = 1_000): LogEntry => ({
  kind: 'lines',
  watermarkMs: epochMs(watermarkMs),
  payload: Buffer.from(payload),
});

const payloads = (records: readonly LogRecord[]) =>
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
  const withLog = async (partitions: number, run: (log: Log) => Promise<void>) => {
    const store = await harness.createStore(partitions);
    const log = await store.open();
    try {
      await run(log);
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
        expect(payloads(records)).toEqual(['a', 'b', 'c']);
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
        expect(payloads(await readAll(log, 'observations', 0))).toEqual(['zero']);
        expect(payloads(await readAll(log, 'observations', 1))).toEqual(['one']);
        expect(payloads(await readAll(log, 'findings', 0))).toEqual(['found']);
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
        expect(payloads(await waiting)).toEqual(['late']);
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
      expect(payloads(await readAll(second, 'observations', 0))).toEqual(['kept']);
      await second.append('observations', [{ partition: 0, entries: [entry('more')] }]);
      expect(payloads(await readAll(second, 'observations', 0))).toEqual(['kept', 'more']);
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
        const seen = payloads(await readAll(log, 'observations', 0));
        expect(seen.length).toBe(400);
        for (let writer = 0; writer < 8; writer++) {
          const own = seen.filter((payload) => payload.startsWith(`${writer}:`));
          expect(own).toEqual(
            Array.from({ length: 25 }, (_, i) => [`${writer}:${i}:a`, `${writer}:${i}:b`]).flat(),
          );
        }
      }));

    test('killed between append and commit: no acknowledged batch is lost, none is halved', async () => {
      const store = await harness.createStore(1);
      const random = createRandom('log crash');
      let acknowledged = -1;
      for (let round = 0; round < 3; round++) {
        const started = acknowledged + 1;
        acknowledged = await appendUntilKilled(store.crashArguments, {
          first: started,
          afterBatches: 3 + random.int(20),
          extraMs: random.int(5),
        });
        const log = await store.open();
        const seen = payloads(await readAll(log, 'observations', 0));
        await log.close();
        const batches = new Map<number, string[]>();
        for (const payload of seen) {
          const [batch = '', part = ''] = payload.split(':');
          batches.set(Number(batch), [...(batches.get(Number(batch)) ?? []), part]);
        }
        for (let batch = 0; batch <= acknowledged; batch++) {
          expect(batches.get(batch), `batch ${batch} of round ${round}`).toEqual(['a', 'b', 'c']);
        }
        for (const [batch, parts] of batches) {
          expect(parts, `unacknowledged batch ${batch}`).toEqual(['a', 'b', 'c']);
        }
        acknowledged = Math.max(acknowledged, ...batches.keys());
      }
      await store.remove();
    }, 60_000);
  });
}

/** Runs log-crash.ts until it has acknowledged some batches, then kills it; gives the last acknowledged. */
function appendUntilKilled(
  crashArguments: readonly string[],
  { first, afterBatches, extraMs }: { first: number; afterBatches: number; extraMs: number },
): Promise<number> {
  const program = fileURLToPath(new URL('log-crash.ts', import.meta.url));
  const child = fork(program, [...crashArguments, String(first)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let last = first - 1;
  return new Promise((resolve, reject) => {
    child.on('message', (batch: number) => {
      last = batch;
      if (batch === first + afterBatches) setTimeout(() => child.kill('SIGKILL'), extraMs);
    });
    child.on('exit', (code) =>
      code ? reject(new Error(`log-crash.ts ended with ${code}`)) : resolve(last),
    );
  });
}
