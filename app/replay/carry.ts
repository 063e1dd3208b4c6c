// How judged observations reach the engines in a batch replay: straight away in memory, or through a log,
// which proves that a log changes nothing. Either way one engine per partition.

import type { Finding } from '../../core/finding.ts';
import type { EpochMs } from '../../core/time.ts';
import type { AppendBatch, Log, LogEntry, LogRecord } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { createEngine } from '../../rules/engine.ts';
import type { Surroundings } from '../../rules/kind.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { inputOf } from '../../rules/run.ts';

export type Carrier = {
  readonly partitions: number;
  take(batches: readonly AppendBatch[]): Promise<void>;
  /** Time is complete to `watermarkMs` and nothing follows. */
  end(watermarkMs: EpochMs): Promise<void>;
};

export type CarrierDeps = Surroundings & {
  readonly rulebook: Rulebook;
  readonly onFindings: (findings: readonly Finding[]) => void;
};

/** Records taken from a log at a time. */
const RECORDS_MAX = 256;

export function carryInMemory(deps: CarrierDeps): Carrier {
  const engine = createEngine(deps);
  const step = (entry: LogEntry) => deps.onFindings(engine.step(inputOf(entry)));
  return {
    partitions: 1,
    take(batches) {
      for (const { entries } of batches) entries.forEach(step);
      return Promise.resolve();
    },
    end(watermarkMs) {
      step(encodeTick(watermarkMs));
      return Promise.resolve();
    },
  };
}

/** Appends everything, then reads each partition from where it stood before and evaluates it. */
export async function carryThroughLog(deps: CarrierDeps, log: Log): Promise<Carrier> {
  const partitions = Array.from({ length: log.partitions }, (_, index) => index);
  const starts = await Promise.all(
    partitions.map(async (partition) => (await log.bounds('observations', partition)).end),
  );
  return {
    partitions: log.partitions,
    take: (batches) => log.append('observations', batches),
    async end(watermarkMs) {
      const tick = encodeTick(watermarkMs);
      await log.append(
        'observations',
        partitions.map((partition) => ({ partition, entries: [tick] })),
      );
      for (const partition of partitions) {
        const engine = createEngine(deps);
        for await (const record of recordsOf(log, partition, starts[partition] as number)) {
          deps.onFindings(engine.step(inputOf(record)));
        }
      }
    },
  };
}

async function* recordsOf(log: Log, partition: number, from: number): AsyncGenerator<LogRecord> {
  const { end } = await log.bounds('observations', partition);
  for (let offset = from; offset < end;) {
    const records = await log.read('observations', partition, { offset, recordsMax: RECORDS_MAX });
    yield* records;
    offset = (records.at(-1)?.offset ?? offset) + 1;
  }
}
