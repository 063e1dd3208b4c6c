// Appends to one partition: one request at a time, so that order is kept, with a producer id and sequence
// numbers of its own, so that a request repeated after a lost answer is not written twice. What waits
// meanwhile shares the next request, which makes one record batch: all of it becomes visible or none.

import {
  NumericMap,
  ProduceAcks,
  initProducerIdV4,
  produceV9,
  type Connection,
  type MessageRecord,
} from '@platformatic/kafka';
import { OperatingError } from '../../core/errors.ts';
import { elapsedMs, type Clock } from '../../core/time.ts';
import type { LogEntry } from '../log.ts';
import { placeKey, type KafkaCluster, type Place } from './cluster.ts';
import { isProducerLost } from './failure.ts';
import { RECORD_OVERHEAD_BYTES, toMessage } from './record.ts';

/** How long the broker may wait for the other copies. */
const COPY_MS_MAX = 5_000;

/** Appends share a request up to this size; a larger one goes alone. */
const SHARED_BYTES_MAX = 1024 * 1024;

/** What may wait while the broker is slow or away; more is refused at once. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;

/** Kafka's sequence numbers have 31 bits. */
const SEQUENCE_MODULUS = 2 ** 31;

export type PartitionWriter = {
  /** Resolves once the entries are on as many brokers as the topic demands. */
  append(entries: readonly LogEntry[]): Promise<void>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
};

type Waiting = {
  readonly entries: readonly LogEntry[];
  readonly bytes: number;
  readonly sinceMs: number;
  readonly settle: (error?: Error) => void;
};

export function createPartitionWriter(
  deps: { cluster: KafkaCluster; clock: Clock },
  place: Place,
): PartitionWriter {
  const send = createSender(deps.cluster, place);
  const waiting: Waiting[] = [];
  let waitingBytes = 0;
  let running: Promise<void> | undefined;

  const run = async () => {
    while (waiting.length > 0) {
      const group = takeGroup(waiting);
      const appendedAtMs = deps.clock.now();
      const messages = group.flatMap(({ entries }) =>
        entries.map((entry) => toMessage(place, entry, appendedAtMs)),
      );
      let failure: Error | undefined;
      try {
        // The first has waited longest: nobody waits longer than the cluster may be away.
        await send(messages, group[0]?.sinceMs);
      } catch (error) {
        failure = error as Error;
      }
      for (const { bytes, settle } of group) {
        waitingBytes -= bytes;
        settle(failure);
      }
    }
    running = undefined;
  };

  return {
    append(entries) {
      const bytes = sizeOf(entries);
      if (waitingBytes + bytes > WAITING_BYTES_MAX) return Promise.reject(full(place));
      waitingBytes += bytes;
      return new Promise((resolve, reject) => {
        const settle = (error?: Error) => (error ? reject(error) : resolve());
        waiting.push({ entries, bytes, sinceMs: elapsedMs(), settle });
        running ??= run();
      });
    },
    idle: () => running ?? Promise.resolve(),
  };
}

/** Takes appends off the front while they fit into one request, at least one. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const append of waiting) {
    bytes += append.bytes;
    if (count > 0 && bytes > SHARED_BYTES_MAX) break;
    count++;
  }
  return waiting.splice(0, count);
}

type Producer = { readonly id: bigint; readonly epoch: number; nextSequence: number };

/** Sends one record batch after another; the caller waits for each before it sends the next. */
function createSender(cluster: KafkaCluster, place: Place) {
  const key = `${place.topic}:${place.partition}`;
  const act = `append to ${placeKey(place)}`;
  let producer: Producer | undefined;

  const produce = async (connection: Connection, messages: MessageRecord[]) => {
    producer ??= await createProducer(connection);
    try {
      await produceV9.api.async(connection, ProduceAcks.ALL, COPY_MS_MAX, messages, {
        producerId: producer.id,
        producerEpoch: producer.epoch,
        sequences: new NumericMap([[key, producer.nextSequence]]),
      });
    } catch (error) {
      if (isProducerLost(error)) producer = undefined;
      throw error;
    }
    producer.nextSequence = (producer.nextSequence + messages.length) % SEQUENCE_MODULUS;
  };

  return async (messages: MessageRecord[], sinceMs: number | undefined): Promise<void> => {
    try {
      await cluster.atLeader(place, { lane: 'append', act, sinceMs }, (connection) =>
        produce(connection, messages),
      );
    } catch (error) {
      // Nobody knows whether the batch used its sequence numbers, so they must not be used again.
      producer = undefined;
      throw error;
    }
  };
}

async function createProducer(connection: Connection): Promise<Producer> {
  const { producerId, producerEpoch } = await initProducerIdV4.api.async(connection, null, 0);
  return { id: producerId, epoch: producerEpoch, nextSequence: 0 };
}

const sizeOf = (entries: readonly LogEntry[]): number =>
  entries.reduce((sum, { payload }) => sum + payload.byteLength + RECORD_OVERHEAD_BYTES, 0);

const full = (place: Place) =>
  new OperatingError('log-unavailable', `too much waits to be appended to ${placeKey(place)}`, {
    retry: 'backoff',
  });
