// Reads partitions from any offset, without a consumer group. Kafka answers with whole record batches;
// what a reader did not ask for yet is kept for its next call, so that small steps do not fetch the same
// batch again and again.

import {
  FetchIsolationLevels,
  ListOffsetTimestamps,
  fetchV12,
  listOffsetsV7,
} from '@platformatic/kafka';
import { assert } from '../../core/errors.ts';
import { elapsedMs, ioClock, sleep } from '../../core/time.ts';
import { READ_BYTES_MAX, type LogRecord, type ReadFrom } from '../log.ts';
import { placeKey, type KafkaCluster, type Place } from './cluster.ts';
import { isFailure } from './failure.ts';
import { createReadAhead } from './read-ahead.ts';
import { toLogRecord } from './record.ts';

/** Asked of Kafka in one fetch, and less for few records; a larger record batch comes whole all the same. */
const FETCH_BYTES_MAX = 4 * 1024 * 1024;
const FETCH_BYTES_PER_RECORD = 64 * 1024;

/** How long Kafka holds a fetch open for the first record. */
const FETCH_WAIT_MS_MAX = 5_000;

/** Pause before looking again when the offset lies beyond the end of the partition. */
const BEYOND_END_PAUSE_MS = 250;

export type Bounds = { readonly start: number; readonly end: number };

export type PartitionReader = {
  /** See `Log.read`. */
  read(place: Place, from: ReadFrom): Promise<readonly LogRecord[]>;
  bounds(place: Place): Promise<Bounds>;
};

/** A reader whose waiting reads give up with nothing once `stopped` aborts. */
export function createPartitionReader(
  cluster: KafkaCluster,
  stopped: AbortSignal,
): PartitionReader {
  const readAhead = createReadAhead();

  const bounds = async (place: Place, signal?: AbortSignal): Promise<Bounds> => {
    const start = await findOffset(cluster, place, { at: ListOffsetTimestamps.EARLIEST, signal });
    const end = await findOffset(cluster, place, { at: ListOffsetTimestamps.LATEST, signal });
    return { start, end };
  };

  /** Records from `offset` on, or the oldest; none when there are none within `waitMs`. */
  const next = async (place: Place, want: Want): Promise<LogRecord[]> => {
    const kept = readAhead.take(place, want.offset);
    if (kept) return kept;
    try {
      return await fetchRecords(cluster, place, want);
    } catch (error) {
      if (!isFailure(error, 'OFFSET_OUT_OF_RANGE')) throw error;
      const { start } = await bounds(place, want.signal);
      if (want.offset < start) return next(place, { ...want, offset: start });
      await sleep(ioClock, Math.min(want.waitMs, BEYOND_END_PAUSE_MS), want.signal);
      return [];
    }
  };

  const readUntil = async (place: Place, from: ReadFrom, signal: AbortSignal) => {
    const startedMs = elapsedMs();
    for (;;) {
      const leftMs = Math.max(0, (from.waitMs ?? 0) - (elapsedMs() - startedMs));
      const records = await next(place, {
        offset: from.offset,
        bytes: bytesToFetch(from),
        waitMs: Math.min(leftMs, FETCH_WAIT_MS_MAX),
        // A read that may wait longer than the cluster may be away waits.
        retryMs: Math.max(leftMs, cluster.retryMsMax),
        signal,
      });
      const count = signal.aborted ? 0 : countWithin(records, from);
      readAhead.keep(place, records.slice(count));
      if (count > 0 || leftMs === 0 || signal.aborted) return records.slice(0, count);
    }
  };

  return {
    async read(place, from) {
      if (stopped.aborted || from.signal?.aborted) return [];
      return untilAborted([stopped, from.signal], (signal) => readUntil(place, from, signal));
    },
    bounds: (place) => bounds(place),
  };
}

type Want = {
  readonly offset: number;
  readonly bytes: number;
  readonly waitMs: number;
  readonly retryMs: number;
  readonly signal: AbortSignal;
};

async function fetchRecords(cluster: KafkaCluster, place: Place, want: Want): Promise<LogRecord[]> {
  const how = {
    lane: 'read',
    act: `read from ${placeKey(place)}`,
    retryMs: want.retryMs,
    signal: want.signal,
  } as const;
  const { responses } = await cluster.atLeader(place, how, (connection) =>
    fetchV12.api.async(
      connection,
      want.waitMs,
      1,
      want.bytes,
      FetchIsolationLevels.READ_UNCOMMITTED,
      0,
      -1,
      [{ topicId: place.topic, partitions: [partitionFrom(place, want)] }],
      [],
      '',
    ),
  );
  const records: LogRecord[] = [];
  for (const batch of responses[0]?.partitions[0]?.records ?? []) {
    for (const record of batch.records) {
      const offset = Number(batch.firstOffset) + record.offsetDelta;
      // The first batch begins where it was written, which may be before the offset asked for.
      if (offset >= want.offset) records.push(toLogRecord(place, offset, record));
    }
  }
  return records;
}

const partitionFrom = ({ partition }: Place, { offset, bytes }: Want) => ({
  partition,
  currentLeaderEpoch: -1,
  fetchOffset: BigInt(offset),
  lastFetchedEpoch: -1,
  partitionMaxBytes: bytes,
});

async function findOffset(
  cluster: KafkaCluster,
  place: Place,
  { at, signal }: { at: bigint; signal: AbortSignal | undefined },
): Promise<number> {
  const partition = { partitionIndex: place.partition, currentLeaderEpoch: -1, timestamp: at };
  const { topics } = await cluster.atLeader(
    place,
    { lane: 'ask', act: `find the bounds of ${placeKey(place)}`, signal },
    (connection) =>
      listOffsetsV7.api.async(connection, -1, FetchIsolationLevels.READ_UNCOMMITTED, [
        { name: place.topic, partitions: [partition] },
      ]),
  );
  const offset = topics[0]?.partitions[0]?.offset;
  assert(offset !== undefined, `Kafka answers for ${placeKey(place)} when asked for it`);
  return Number(offset);
}

const bytesToFetch = ({ bytesMax = READ_BYTES_MAX, recordsMax }: ReadFrom): number =>
  Math.min(FETCH_BYTES_MAX, bytesMax, recordsMax * FETCH_BYTES_PER_RECORD);

/** How many of the records a read gives: the first, up to `recordsMax`, up to the one that fills `bytesMax`. */
function countWithin(records: readonly LogRecord[], from: ReadFrom): number {
  let bytesLeft = from.bytesMax ?? READ_BYTES_MAX;
  let count = 0;
  for (const { payload } of records) {
    if (count > 0 && (count >= from.recordsMax || bytesLeft <= 0)) break;
    bytesLeft -= payload.byteLength;
    count++;
  }
  return count;
}

/** What `read` gives, or nothing as soon as one of `signals` aborts. What it then fetches is not lost. */
async function untilAborted(
  signals: readonly (AbortSignal | undefined)[],
  read: (signal: AbortSignal) => Promise<readonly LogRecord[]>,
): Promise<readonly LogRecord[]> {
  const controller = new AbortController();
  const aborted = Promise.withResolvers<readonly LogRecord[]>();
  const abort = () => {
    controller.abort();
    aborted.resolve([]);
  };
  for (const signal of signals) signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([read(controller.signal), aborted.promise]);
  } catch (error) {
    if (controller.signal.aborted) return [];
    throw error;
  } finally {
    for (const signal of signals) signal?.removeEventListener('abort', abort);
  }
}
