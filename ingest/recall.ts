// What ingest learns from the log when it starts: what it has seen lately, so that repeats are recognised,
// which orders were made, how far time had come, and how long it was away.

import type { Fact } from '../core/observation.ts';
import { decodePositions } from '../core/position-batch.ts';
import type { Clock } from '../core/time.ts';
import { decodeLines, type Log, type LogRecord } from './log.ts';
import type { Pipeline } from './pipeline.ts';
import type { Gap } from './watermark.ts';

const RECORDS_MAX = 256;

export async function recallFromLog(
  deps: {
    log: Log;
    pipeline: Pipeline;
    clock: Clock;
    ordersKnownTo?: (partition: number) => number;
  },
  recallMs: number,
): Promise<{ watermarkMs: number; gap: Gap | undefined }> {
  const { log, pipeline, clock } = deps;
  const nowAtMs = clock.now();
  let watermarkMs = 0;
  let lastAppendedAtMs = 0;
  for (let partition = 0; partition < log.partitions; partition++) {
    const { end } = await log.bounds('observations', partition);
    const recent = await offsetAppendedAt(log, partition, nowAtMs - recallMs);
    let next = Math.min(recent, deps.ordersKnownTo?.(partition) ?? 0);
    while (next < end) {
      const records = await log.read('observations', partition, {
        offset: next,
        recordsMax: RECORDS_MAX,
      });
      const last = records.at(-1);
      if (!last) break;
      for (const record of records) recallRecord(pipeline, record);
      next = last.offset + 1;
    }
    if (end === 0) continue;
    const last = await lastOfIngest(log, partition, end);
    watermarkMs = Math.max(watermarkMs, last?.watermarkMs ?? 0);
    lastAppendedAtMs = Math.max(lastAppendedAtMs, last?.appendedAtMs ?? 0);
  }
  const away = lastAppendedAtMs > 0 && lastAppendedAtMs < nowAtMs;
  return {
    watermarkMs,
    gap: away ? { fromMs: lastAppendedAtMs as Gap['fromMs'], untilMs: nowAtMs } : undefined,
  };
}

/** The last record ingest itself wrote: a change of rules while it was away does not mean it was there. */
async function lastOfIngest(log: Log, partition: number, end: number) {
  const { start } = await log.bounds('observations', partition);
  for (let offset = end - 1; offset >= start; offset--) {
    const [record] = await log.read('observations', partition, { offset, recordsMax: 1 });
    if (record?.kind !== 'rulebook') return record;
  }
  return undefined;
}

function recallRecord(pipeline: Pipeline, record: LogRecord): void {
  if (record.kind === 'lines') pipeline.recall({ facts: decodeLines<Fact>(record.payload) });
  if (record.kind === 'positions') pipeline.recall({ positions: decodePositions(record.payload) });
}

/** The first offset appended at or after `atMs`, by bisection: appending times rise with offsets. */
export async function offsetAppendedAt(log: Log, partition: number, atMs: number): Promise<number> {
  let { start: low, end: high } = await log.bounds('observations', partition);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [record] = await log.read('observations', partition, { offset: middle, recordsMax: 1 });
    if (record && record.appendedAtMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
