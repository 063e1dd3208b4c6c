// The log on a Kafka cluster: for several machines. An append is acknowledged once as many brokers hold
// it as the topic demands; see kafka/topics.ts. Needs Kafka 3.5 or later in KRaft mode. Appends that go
// to several partitions are atomic in each of them, not across them.

import { parseBroker } from '@platformatic/kafka';
import { assert } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Clock } from '../core/time.ts';
import { createKafkaCluster, placeKey, type Place } from './kafka/cluster.ts';
import { closedError, type ConnectionSecurity } from './kafka/connections.ts';
import { createPartitionReader } from './kafka/reader.ts';
import { prepareTopics } from './kafka/topics.ts';
import { createPartitionWriter, type PartitionWriter } from './kafka/writer.ts';
import { TOPICS, refusalOf, type Log, type Topic } from './log.ts';

export type KafkaLogOptions = {
  /** `host:port` of some brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  readonly partitions: number;
  /** `plumbline` gives topics `plumbline.observations` and so on. */
  readonly topicPrefix: string;
  /** Records older than this are deleted, up to an eighth of it (at least an hour) later. */
  readonly retentionMs: number;
  /** Copies of each record; by default one on each broker, at most three. */
  readonly replicationFactor?: number;
  readonly security?: ConnectionSecurity;
  /** How long a cluster that is away is tried again before an append or a read is rejected. */
  readonly retryMsMax?: number;
};

const RETRY_MS_MAX = 20_000;

/**
 * Opens the log and creates its topics where they are missing. Rejects with UserError
 * `bad-configuration` when the topics do not fit the options, with OperatingError when no broker answers.
 */
export async function openKafkaLog(
  deps: { clock: Clock; logger: Logger },
  options: KafkaLogOptions,
): Promise<Log> {
  const { partitions } = options;
  const topicOf = (topic: Topic) => `${options.topicPrefix}.${topic}`;
  const topics = TOPICS.map(topicOf);
  const cluster = createKafkaCluster(deps, {
    brokers: options.brokers.map((address) => parseBroker(address)),
    topics,
    security: options.security ?? {},
    retryMsMax: options.retryMsMax ?? RETRY_MS_MAX,
  });
  try {
    await prepareTopics({ ...deps, cluster }, { ...options, topics });
  } catch (error) {
    cluster.close();
    throw error;
  }

  const stopping = new AbortController();
  const reader = createPartitionReader(cluster, stopping.signal);
  const writers = new Map<string, PartitionWriter>();

  const placeOf = (topic: Topic, partition: number): Place => {
    assert(partition >= 0 && partition < partitions, `the log has a partition ${partition}`);
    return { topic: topicOf(topic), partition };
  };
  const writerOf = (place: Place) => {
    const writer =
      writers.get(placeKey(place)) ?? createPartitionWriter({ ...deps, cluster }, place);
    writers.set(placeKey(place), writer);
    return writer;
  };

  return {
    partitions,
    async append(topic, batches) {
      const refusal = stopping.signal.aborted ? closedError() : refusalOf(batches);
      if (refusal) throw refusal;
      const appends = batches
        .filter(({ entries }) => entries.length > 0)
        .map(({ partition, entries }) => writerOf(placeOf(topic, partition)).append(entries));
      // Waits for all, so that nothing of a rejected append is still under way.
      const failed = (await Promise.allSettled(appends)).find(
        ({ status }) => status === 'rejected',
      );
      if (failed?.status === 'rejected') throw failed.reason;
    },
    read: async (topic, partition, from) => reader.read(placeOf(topic, partition), from),
    async bounds(topic, partition) {
      if (stopping.signal.aborted) throw closedError();
      return reader.bounds(placeOf(topic, partition));
    },
    async close() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      // What waits gets one more try each.
      cluster.stopRetrying();
      await Promise.all([...writers.values()].map((writer) => writer.idle()));
      cluster.close();
    },
  };
}
