// The Kafka topics behind the log: made when missing, compared with what the log promises when not.

import { ProtocolError, createTopicsV7 } from '@platformatic/kafka';
import { OperatingError, UserError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { ioClock, sleep } from '../../core/time.ts';
import { describeTopics, type KafkaCluster, type Metadata } from './cluster.ts';
import { isFailure, toOperatingError, toUserError } from './failure.ts';
import { alignSettings, topicSettings } from './topic-settings.ts';

export type TopicOptions = {
  readonly topics: readonly string[];
  readonly partitions: number;
  /** Records older than this are deleted, up to an eighth of it (at least an hour) later. */
  readonly retentionMs: number;
  /** Copies of each record; by default one on each broker, at most three. */
  readonly replicationFactor?: number | undefined;
};

const CREATE_MS_MAX = 3_000;

/** Looks taken at the cluster until it knows all topics, and the pause between them. */
const LOOKS_MAX = 100;
const LOOK_PAUSE_MS = 50;

const COPIES_DEFAULT_MAX = 3;

/**
 * Makes the topics that are missing. Rejects with UserError `bad-configuration` when one has another
 * number of partitions or is compacted, or when the cluster refuses what is asked for.
 */
export async function prepareTopics(
  deps: { cluster: KafkaCluster; logger: Logger },
  options: TopicOptions,
): Promise<void> {
  const { cluster, logger } = deps;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const metadata = await cluster.atAny({ act: 'look up the topics' }, (connection) =>
      describeTopics(connection, options.topics),
    );
    checkAnswered(metadata);
    const missing = missingTopics(metadata);
    if (missing.length === 0) {
      checkPartitions(metadata, options.partitions);
      await alignSettings(deps, metadata, options.retentionMs);
      return;
    }
    const copies =
      options.replicationFactor ?? Math.min(COPIES_DEFAULT_MAX, metadata.brokers.length);
    if (await createTopics(cluster, missing, { ...options, copies })) {
      logger.info('kafka.topics-created', { topics: missing.join(' '), copies });
    }
    await sleep(ioClock, LOOK_PAUSE_MS);
  }
  throw new OperatingError('log-unavailable', 'the topics do not come up', { retry: 'backoff' });
}

/** Throws when the cluster will not even tell about a topic; that it does not know it yet is fine. */
function checkAnswered({ topics }: Metadata): void {
  for (const { name, errorCode } of topics) {
    if (errorCode === 0 || errorCode === UNKNOWN_TOPIC) continue;
    const error = toOperatingError(new ProtocolError(errorCode), `look up the topic "${name}"`);
    if (error.retry !== 'never') continue;
    throw toUserError(text(`Kafka 拒绝主题 ${name}`, `kafka refuses the topic "${name}"`), error);
  }
}

/** UNKNOWN_TOPIC_OR_PARTITION. */
const UNKNOWN_TOPIC = 3;

const missingTopics = ({ topics }: Metadata): string[] =>
  topics.filter(({ errorCode }) => errorCode === UNKNOWN_TOPIC).map(({ name }) => name ?? '');

/** False when someone else made them in the meantime. */
async function createTopics(
  cluster: KafkaCluster,
  names: readonly string[],
  options: TopicOptions & { copies: number },
): Promise<boolean> {
  const { partitions, retentionMs, copies } = options;
  const configs = Object.entries(topicSettings(retentionMs, copies)).map(([name, value]) => ({
    name,
    value,
  }));
  const topics = names.map((name) => ({
    name,
    numPartitions: partitions,
    replicationFactor: copies,
    assignments: [],
    configs,
  }));
  try {
    // In KRaft mode any broker passes this on to the controller.
    await cluster.atAny({ act: 'create the topics' }, (connection) =>
      createTopicsV7.api.async(connection, topics, CREATE_MS_MAX, false),
    );
    return true;
  } catch (error) {
    if (isFailure(error, 'TOPIC_ALREADY_EXISTS')) return false;
    if (!(error instanceof OperatingError) || error.retry !== 'never') throw error;
    throw toUserError(text('Kafka 拒绝创建主题', 'kafka refuses to create the topics'), error);
  }
}

function checkPartitions({ topics }: Metadata, partitions: number): void {
  for (const topic of topics) {
    const found = topic.partitions.length;
    // A broker that knows the topic but not yet its partitions, or may not say, is not a mismatch.
    if (topic.errorCode !== 0 || found === partitions) continue;
    throw new UserError(
      'bad-configuration',
      text(
        `日志主题 ${topic.name} 有 ${found} 个分区，配置要求 ${partitions} 个`,
        `the log topic "${topic.name}" has ${found} partitions, the configuration asks for ${partitions}`,
      ),
      {
        hint: text(
          '分区数在建库后不能改变',
          'The number of partitions is fixed when the log is created.',
        ),
      },
    );
  }
}
