// A log in memory for stages on a virtual clock: it outlives a killed program, and a reader that waits does
// so by timers, woken by an append. Nothing runs beside the test, so the same story gives the same bytes.

import { systemClock } from '../core/time.ts';
import { refusalOf, type Log, type LogRecord, type Topic } from '../ingest/log.ts';

export function createMemoryLog(partitions: number): Log {
  const streams = new Map<string, LogRecord[]>();
  const waiting = new Set<() => void>();
  const streamOf = (topic: Topic, partition: number): LogRecord[] => {
    const name = `${topic} ${partition}`;
    const stream = streams.get(name) ?? [];
    streams.set(name, stream);
    return stream;
  };
  const nextChange = (waitMs: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const done = () => {
        timer.cancel();
        signal?.removeEventListener('abort', done);
        waiting.delete(done);
        resolve();
      };
      const timer = systemClock.after(waitMs, done);
      signal?.addEventListener('abort', done, { once: true });
      waiting.add(done);
    });

  return {
    partitions,
    async append(topic, batches) {
      const refusal = refusalOf(batches);
      if (refusal) throw refusal;
      for (const { partition, entries } of batches) {
        const stream = streamOf(topic, partition);
        for (const entry of entries) {
          stream.push({ ...entry, offset: stream.length, appendedAtMs: systemClock.now() });
        }
      }
      for (const wake of waiting) wake();
    },
    async read(topic, partition, { offset, recordsMax, waitMs = 0, signal }) {
      const stream = streamOf(topic, partition);
      if (stream.length <= offset && waitMs > 0 && !signal?.aborted) {
        await nextChange(waitMs, signal);
      }
      return signal?.aborted ? [] : stream.slice(offset, offset + recordsMax);
    },
    async bounds(topic, partition) {
      return { start: 0, end: streamOf(topic, partition).length };
    },
    async close() {
      for (const wake of waiting) wake();
    },
  };
}
