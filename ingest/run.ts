// The loop that turns deliveries into log records. Gathers what arrives within a few milliseconds, judges
// it, appends it, and only then tells the connectors, so that what they acknowledge survives a crash.

import type { Delivery, Publish, Receipt } from '../connectors/publish.ts';
import { OperatingError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { ioClock, sleep, type Clock } from '../core/time.ts';
import type { Tally } from './ledger.ts';
import {
  BATCH_BYTES_MAX,
  encodeLines,
  type AppendBatch,
  type Log,
  type LogEntry,
  type Topic,
} from './log.ts';
import type { Pipeline, Processed } from './pipeline.ts';
import { recallFromLog } from './recall.ts';
import { createWatermark, encodeTick, type Gap } from './watermark.ts';

export type IngestOptions = {
  /** How long deliveries wait for company, so that they share an append. */
  flushMs: number;
  /** Observations judged in one go, so that other work gets its turn. */
  flushRowsMax: number;
  /** Observations that may wait; beyond it `publish` makes its callers wait. */
  waitingMax: number;
  /** How far behind the clock event time is taken as complete. */
  latenessMs: number;
  /** A partition without records gets a tick this often. */
  tickMs: number;
  /** A pause of the platform at least this long is reported as a gap. */
  gapMsMin: number;
  /** How much of the log is read at the start to recognise repeats. */
  recallMs: number;
};

export const INGEST_DEFAULTS: IngestOptions = {
  flushMs: 20,
  flushRowsMax: 16_384,
  waitingMax: 200_000,
  latenessMs: 30_000,
  tickMs: 1_000,
  gapMsMin: 60_000,
  recallMs: 2 * 3_600_000,
};

export type IngestDeps = {
  log: Log;
  pipeline: Pipeline;
  clock: Clock;
  logger: Logger;
  /** Called after each append with what it held; for metrics. */
  onAppended?: (appended: Pick<Processed, 'admittedByKind' | 'tallies'>) => void;
  /** Up to which offset of each partition the order book was filled from elsewhere. */
  ordersKnownTo?: (partition: number) => number;
};

export type Ingest = {
  readonly publish: Publish;
  /** Counts arrivals a connector could not even read. */
  refuse(source: string, reason: string, count?: number): void;
  status(): { waiting: number; watermarkMs: number; lastAppendAtMs: number };
  /** Appends what is waiting and stops. */
  stop(): Promise<void>;
};

type Waiting = {
  delivery: Delivery;
  size: number;
  resolve: (receipt: Receipt) => void;
  reject: (error: Error) => void;
};

export async function startIngest(
  deps: IngestDeps,
  options: IngestOptions = INGEST_DEFAULTS,
): Promise<Ingest> {
  const { log, pipeline, clock, logger } = deps;
  const recalled = await recallFromLog(deps, options.recallMs);
  const watermark = createWatermark(clock, options.latenessMs, recalled.watermarkMs);
  const room = createRoom(options.waitingMax);
  const lastHeardAtMs = new Float64Array(log.partitions);
  const waiting: Waiting[] = [];
  let unread: Tally[] = [];
  const stopping = new AbortController();
  let wake = () => {};

  const flush = async (gap?: Gap) => {
    const group = takeGroup(waiting, options.flushRowsMax);
    const tallies = unread;
    unread = [];
    const nowAtMs = clock.now();
    const watermarkMs = watermark.current();
    const processed = pipeline.process(
      group.map(({ delivery }) => delivery),
      { receivedAtMs: nowAtMs, watermarkMs },
    );
    tallies.push(...processed.tallies);
    const silent = (partition: number) =>
      gap !== undefined || nowAtMs - (lastHeardAtMs[partition] as number) >= options.tickMs;
    const batches = complete(processed.batches, {
      tally: tallies.length > 0 ? encodeTally(tallies, watermarkMs) : undefined,
      tick: encodeTick(watermarkMs, gap),
      ticked: Array.from(lastHeardAtMs.keys()).filter(silent),
    });
    if (processed.deadLetters.length > 0) {
      const payload = encodeLines(processed.deadLetters);
      const entries: LogEntry[] = [{ kind: 'lines', watermarkMs, payload }];
      await appendUntilTaken('dead-letters', [{ partition: 0, entries }]);
    }
    if (batches.length > 0) await appendUntilTaken('observations', batches);
    for (const { partition } of batches) lastHeardAtMs[partition] = nowAtMs;
    for (const [index, { resolve, size }] of group.entries()) {
      room.leave(size);
      resolve(processed.receipts[index] as Receipt);
    }
    deps.onAppended?.({ admittedByKind: processed.admittedByKind, tallies });
  };

  /**
   * Retries for as long as the log is away: what was judged must not be lost or judged again. Each
   * partition is appended by itself, so that one that is away makes no other repeat.
   */
  const appendUntilTaken = async (topic: Topic, batches: readonly AppendBatch[]) => {
    await Promise.all(inLogSizedParts(batches).map((parts) => appendInTurn(topic, parts)));
  };

  const appendInTurn = async (topic: Topic, parts: readonly AppendBatch[]) => {
    for (const part of parts) {
      for (let attempt = 0; ; attempt++) {
        try {
          await log.append(topic, [part]);
          break;
        } catch (error) {
          if (!(error instanceof OperatingError) || error.retry === 'never') throw error;
          logger.warn('ingest.append-failed', { topic, attempt, code: error.code });
          await sleep(ioClock, Math.min(APPEND_PAUSE_MS_MAX, 50 * 2 ** attempt));
        }
      }
    }
  };

  const loop = async () => {
    if (recalled.gap && recalled.gap.untilMs - recalled.gap.fromMs >= options.gapMsMin) {
      logger.info('ingest.gap', { lengthMs: recalled.gap.untilMs - recalled.gap.fromMs });
      await flush(recalled.gap);
    }
    while (!stopping.signal.aborted) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = ioClock.after(options.tickMs / 2, resolve);
          wake = () => {
            timer.cancel();
            resolve();
          };
        });
      }
      if (waiting.length > 0 && !stopping.signal.aborted) await sleep(ioClock, options.flushMs);
      await flush();
    }
    while (waiting.length > 0) await flush();
  };
  const running = loop();
  running.catch((error: unknown) => {
    for (const { reject } of waiting) reject(error as Error);
    throw error;
  });

  return {
    async publish(delivery) {
      const size = (delivery.positions?.length ?? 0) + (delivery.facts?.length ?? 0);
      await room.enter(size);
      return new Promise((resolve, reject) => {
        waiting.push({ delivery, size, resolve, reject });
        wake();
      });
    },
    refuse(source, reason, count = 1) {
      unread.push({ source, reason, count });
    },
    status: () => ({
      waiting: room.taken(),
      watermarkMs: watermark.current(),
      lastAppendAtMs: Math.max(...lastHeardAtMs),
    }),
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };
}

const APPEND_PAUSE_MS_MAX = 5_000;
/** Well below BATCH_BYTES_MAX, which also counts what the log adds. */
const PART_BYTES_MAX = BATCH_BYTES_MAX / 2;

/** Takes deliveries off the front until they hold `rowsMax` observations, at least one. */
function takeGroup(waiting: Waiting[], rowsMax: number): Waiting[] {
  let rows = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || rows < rowsMax)) {
    rows += (waiting[count] as Waiting).size;
    count++;
  }
  return waiting.splice(0, count);
}

const encodeTally = (
  tallies: readonly Tally[],
  watermarkMs: LogEntry['watermarkMs'],
): LogEntry => ({
  kind: 'tally',
  watermarkMs,
  payload: encodeLines(tallies),
});

/** The batches with the tally in partition 0 and a tick for each partition that would stay silent. */
function complete(
  batches: readonly AppendBatch[],
  add: { tally: LogEntry | undefined; tick: LogEntry; ticked: readonly number[] },
): AppendBatch[] {
  const byPartition = new Map(batches.map((batch) => [batch.partition, [...batch.entries]]));
  const put = (partition: number, entry: LogEntry) => {
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), entry]);
  };
  if (add.tally) put(0, add.tally);
  for (const partition of add.ticked) put(partition, add.tick);
  return [...byPartition].map(([partition, entries]) => ({ partition, entries }));
}

/** For each partition its entries, in batches no larger than the log takes, to be appended in order. */
function inLogSizedParts(batches: readonly AppendBatch[]): AppendBatch[][] {
  return batches.map(({ partition, entries }) => {
    const parts: LogEntry[][] = [[]];
    let bytes = 0;
    for (const entry of entries) {
      bytes += entry.payload.byteLength;
      if (bytes > PART_BYTES_MAX && (parts.at(-1) as LogEntry[]).length > 0) {
        parts.push([]);
        bytes = entry.payload.byteLength;
      }
      (parts.at(-1) as LogEntry[]).push(entry);
    }
    return parts.map((part) => ({ partition, entries: part }));
  });
}

/** Room for a bounded number of observations; who finds none waits in line. */
function createRoom(max: number) {
  let taken = 0;
  const line: { size: number; enter: () => void }[] = [];
  return {
    taken: () => taken,
    enter(size: number): Promise<void> {
      if (line.length === 0 && (taken === 0 || taken + size <= max)) {
        taken += size;
        return Promise.resolve();
      }
      return new Promise((enter) => line.push({ size, enter }));
    },
    leave(size: number): void {
      taken -= size;
      for (let next = line[0]; next && (taken === 0 || taken + next.size <= max); next = line[0]) {
        line.shift();
        taken += next.size;
        next.enter();
      }
    },
  };
}
