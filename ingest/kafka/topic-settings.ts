// What the promises of the log need a Kafka topic to be set to.

import {
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  describeConfigsV4,
  incrementalAlterConfigsV1,
} from '@platformatic/kafka';
import { OperatingError, UserError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/local-time.ts';
import type { Logger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { BATCH_BYTES_MAX } from '../log.ts';
import type { KafkaCluster, Metadata } from './cluster.ts';
import { toUserError } from './failure.ts';

/** Room in a batch for what surrounds the payloads. */
const BATCH_BYTES_SPARE = 1024 * 1024;

/** Topic settings that the promises of the log rest on. */
export function topicSettings(retentionMs: number, copies: number): Record<string, string> {
  const copiesAtLeast = Math.max(1, copies - 1);
  return {
    'cleanup.policy': 'delete',
    'max.message.bytes': String(BATCH_BYTES_MAX + BATCH_BYTES_SPARE),
    'message.timestamp.type': 'LogAppendTime',
    'min.insync.replicas': String(copiesAtLeast),
    // Where one copy may be all there is, it is on disk before it is acknowledged.
    'flush.messages': copiesAtLeast === 1 ? '1' : String(2n ** 63n - 1n),
    'retention.bytes': '-1',
    'retention.ms': String(retentionMs),
    // Kafka deletes whole segments, so a record outlives its retention by at most this.
    'segment.ms': String(Math.min(DAY_MS * 7, Math.max(DAY_MS / 24, Math.ceil(retentionMs / 8)))),
    'unclean.leader.election.enable': 'false',
  };
}

/** Sets what differs from `topicSettings`; a topic that was compacted has lost records and is refused. */
export async function alignSettings(
  { cluster, logger }: { cluster: KafkaCluster; logger: Logger },
  { topics }: Metadata,
  retentionMs: number,
): Promise<void> {
  const wanted = new Map(
    topics.map(({ name, partitions }) => [
      name ?? '',
      topicSettings(retentionMs, partitions[0]?.replicaNodes.length ?? 1),
    ]),
  );
  const found = await cluster.atAny({ act: 'read the settings of the topics' }, (connection) =>
    describeConfigsV4.api.async(
      connection,
      [...wanted].map(([resourceName, of]) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName,
        configurationKeys: Object.keys(of),
      })),
    ),
  );
  for (const { resourceName, configs } of found.results) {
    const differing = configs.flatMap(({ name, value }) => {
      const want = wanted.get(resourceName)?.[name];
      return want === undefined || want === value ? [] : [{ name, value: want }];
    });
    if (differing.some(({ name }) => name === 'cleanup.policy')) throw compacted(resourceName);
    if (differing.length === 0) continue;
    await changeSettings(cluster, resourceName, differing);
    const changed = differing.map(({ name, value }) => `${name}=${value}`).join(' ');
    logger.info('kafka.topic-settings-changed', { topic: resourceName, changed });
  }
}

async function changeSettings(
  cluster: KafkaCluster,
  resourceName: string,
  changes: readonly { name: string; value: string }[],
): Promise<void> {
  const configs = changes.map(({ name, value }) => ({
    name,
    value,
    configOperation: IncrementalAlterConfigOperationTypes.SET,
  }));
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName, configs };
  try {
    await cluster.atAny({ act: 'change the settings of the topics' }, (connection) =>
      incrementalAlterConfigsV1.api.async(connection, [resource], false),
    );
  } catch (error) {
    if (!(error instanceof OperatingError) || error.retry !== 'never') throw error;
    const asked = changes.map(({ name, value }) => `${name}=${value}`).join(', ');
    throw toUserError(
      text(
        `Kafka 拒绝为主题 ${resourceName} 设置 ${asked}`,
        `kafka refuses to set ${asked} for the topic "${resourceName}"`,
      ),
      error,
    );
  }
}

function compacted(topic: string): UserError {
  return new UserError(
    'bad-configuration',
    text(`日志主题 ${topic} 启用了压缩清理`, `the log topic "${topic}" is compacted`),
    {
      detail: 'Compaction deletes records out of the middle of the log.',
      hint: text('请换一个主题前缀', 'Choose another prefix for the topics.'),
    },
  );
}
