import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Admin,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  NetworkError,
  Producer,
  parseBroker,
  type Connection,
} from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../core/errors.ts';
import { DAY_MS } from '../core/local-time.ts';
import { silentLogger } from '../core/logger.ts';
import { createManualClock, systemClock } from '../core/time.ts';
import { kafkaAvailability } from '../sim/kafka-artifacts.ts';
import { startKafkaBroker, type KafkaBroker } from '../sim/kafka-broker.ts';
import { createKafkaCluster, type KafkaCluster } from './kafka/cluster.ts';
import { createPartitionWriter } from './kafka/writer.ts';
import { describeLog, entry, payloadsOf, readAll } from './log.contract.ts';
import { describeLogCrashes } from './log-crash.contract.ts';
import { openKafkaLog, type KafkaLogOptions } from './log-kafka.ts';
import { describeLogModel } from './log-model.contract.ts';

/** A server to use instead of one of our own, which then is not ours to stop. */
const given = process.env['PLUMBLINE_KAFKA_BROKERS'];
const availability = given ? ({ available: true } as const) : await kafkaAvailability();
if (!availability.available) {
  process.stderr.write(`skipped: the log on Kafka, because ${availability.reason}\n`);
} else if (given) {
  process.stderr.write('skipped: restarts of Kafka, because the server is not ours\n');
}

let folder: string;
let broker: KafkaBroker | undefined;
let brokers: readonly string[] = given?.split(',') ?? [];
let admin: Admin;

beforeAll(async () => {
  if (!availability.available) return;
  folder = await mkdtemp(join(tmpdir(), 'plumbline-kafka-'));
  if (!given) {
    broker = await startKafkaBroker({ folder });
    brokers = [broker.address];
  }
  admin = new Admin({ clientId: 'plumbline-test', bootstrapBrokers: [...brokers] });
}, 120_000);

afterAll(async () => {
  if (!availability.available) return;
  await admin.close();
  await broker?.stop();
  await rm(folder, { recursive: true });
});

const deps = { clock: systemClock, logger: silentLogger };
let prefixes = 0;
const newPrefix = () => `test-${process.pid}-${Date.now()}-${prefixes++}`;

const open = (options: Partial<KafkaLogOptions> & { topicPrefix: string }) =>
  openKafkaLog(deps, { brokers, partitions: 1, retentionMs: DAY_MS, ...options });

const append = (log: Awaited<ReturnType<typeof open>>, ...payloads: string[]) =>
  log.append('observations', [{ partition: 0, entries: payloads.map((text) => entry(text)) }]);

const setOnTopic = (topic: string, name: string, value: string) =>
  admin.incrementalAlterConfigs({
    resources: [
      {
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topic,
        configs: [{ name, value, configOperation: IncrementalAlterConfigOperationTypes.SET }],
      },
    ],
  });

const settingOf = async (topic: string, name: string) => {
  const [resource] = await admin.describeConfigs({
    resources: [
      {
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: topic,
        configurationKeys: [name],
      },
    ],
  });
  return resource?.configs[0]?.value;
};

describe.skipIf(!availability.available)('with a broker', () => {
  const harness = {
    async createStore(partitions: number) {
      const topicPrefix = newPrefix();
      return {
        open: () => open({ topicPrefix, partitions }),
        async trim(topic: string, partition: number, before: number) {
          const name = `${topicPrefix}.${topic}`;
          await admin.deleteRecords({
            topics: [{ name, partitions: [{ partition, offset: BigInt(before) }] }],
          });
        },
        crashArguments: ['kafka', `${topicPrefix}@${brokers.join(',')}`],
        remove: async () => {},
      };
    },
  };
  describeLog('Kafka', harness);
  describeLogModel('Kafka', harness);
  describeLogCrashes('Kafka', harness);

  test('the time of appending comes from the given clock, and retention from the server', async () => {
    const topicPrefix = newPrefix();
    const log = await openKafkaLog(
      { ...deps, clock: createManualClock(42) },
      { brokers, partitions: 1, topicPrefix, retentionMs: DAY_MS },
    );
    await append(log, 'x');
    const [record] = await log.read('observations', 0, { offset: 0, recordsMax: 1 });
    expect(record?.appendedAtMs).toBe(42);
    expect(await settingOf(`${topicPrefix}.observations`, 'message.timestamp.type')).toBe(
      'LogAppendTime',
    );
    await log.close();
  });

  test('topics with another number of partitions are refused with a reason', async () => {
    const topicPrefix = newPrefix();
    await (await open({ topicPrefix, partitions: 2 })).close();
    const opening = open({ topicPrefix, partitions: 8 });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow('has 2 partitions');
  });

  test('a compacted topic is refused with a reason', async () => {
    const topicPrefix = newPrefix();
    await (await open({ topicPrefix })).close();
    await setOnTopic(`${topicPrefix}.findings`, 'cleanup.policy', 'compact');
    const opening = open({ topicPrefix });
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow('is compacted');
  });

  test('settings that no longer agree with the configuration are brought in line', async () => {
    const topicPrefix = newPrefix();
    const topic = `${topicPrefix}.observations`;
    await (await open({ topicPrefix, retentionMs: 3 * DAY_MS })).close();
    expect(await settingOf(topic, 'retention.ms')).toBe(String(3 * DAY_MS));
    await (await open({ topicPrefix, retentionMs: 5 * DAY_MS })).close();
    expect(await settingOf(topic, 'retention.ms')).toBe(String(5 * DAY_MS));
  });

  test('a cluster that refuses the topics is the fault of the configuration', async () => {
    for (const options of [
      { topicPrefix: newPrefix(), replicationFactor: 99 },
      { topicPrefix: 'no such/name' },
    ]) {
      const opening = open(options);
      await expect(opening).rejects.toThrow(UserError);
      await expect(opening).rejects.toMatchObject({ code: 'bad-configuration' });
    }
  });

  test('a batch whose acknowledgement was lost on the way is not written twice', async () => {
    const topicPrefix = newPrefix();
    const log = await open({ topicPrefix });
    const place = { topic: `${topicPrefix}.observations`, partition: 0 };
    const cluster = createKafkaCluster(deps, {
      brokers: brokers.map((address) => parseBroker(address)),
      topics: [place.topic],
      security: {},
      retryMsMax: 10_000,
    });
    let answers = 0;
    const lossy: KafkaCluster = {
      ...cluster,
      atLeader: (at, how, act) =>
        cluster.atLeader(at, how, (connection) =>
          act(losingAnswers(connection, () => ++answers % 3 === 0)),
        ),
    };
    const writer = createPartitionWriter({ ...deps, cluster: lossy }, place);
    const payloads = Array.from({ length: 30 }, (_, index) => String(index));
    for (const payload of payloads) await writer.append([entry(payload)]);
    expect(answers).toBeGreaterThan(payloads.length);
    expect(payloadsOf(await readAll(log, 'observations', 0))).toEqual(payloads);
    cluster.close();
    await log.close();
  });

  test('a record someone else wrote is reported, not guessed at', async () => {
    const topicPrefix = newPrefix();
    const log = await open({ topicPrefix });
    const producer = new Producer({ clientId: 'stranger', bootstrapBrokers: [...brokers] });
    const topic = `${topicPrefix}.observations`;
    await producer.send({ messages: [{ topic, partition: 0, value: Buffer.from('hello') }] });
    await producer.close();
    const reading = log.read('observations', 0, { offset: 0, recordsMax: 1 });
    await expect(reading).rejects.toMatchObject({ code: 'log-unavailable', retry: 'never' });
    await expect(reading).rejects.toThrow('was not written by this program');
    await log.close();
  });
});

/** A connection on which an answer is lost whenever `lose` says so, after the broker has acted. */
function losingAnswers(connection: Connection, lose: () => boolean): Connection {
  const send: Connection['send'] = (...request) => {
    const callback = request[6];
    connection.send(
      request[0],
      request[1],
      request[2],
      request[3],
      request[4],
      request[5],
      (error, answer) => (lose() ? callback(new NetworkError('lost')) : callback(error, answer)),
    );
  };
  return Object.create(connection, { send: { value: send } }) as Connection;
}

test('a cluster nobody hears from is an operating error', async () => {
  const opening = open({ topicPrefix: 'x', brokers: ['127.0.0.1:1'], retryMsMax: 200 });
  await expect(opening).rejects.toMatchObject({ code: 'log-unavailable', retry: 'backoff' });
});

describe.skipIf(!availability.available || given !== undefined)('with a broker that fails', () => {
  test('killed and started while appends go on: each acknowledged one is there, once, in order', async () => {
    const log = await open({ topicPrefix: newPrefix(), retryMsMax: 60_000 });
    const acknowledged: string[] = [];
    const stopping = new AbortController();
    const appending = [0, 1, 2].map(async (writer) => {
      for (let count = 0; !stopping.signal.aborted; count++) {
        const payloads = ['a', 'b'].map((part) => `${writer}:${count}:${part}`);
        await append(log, ...payloads);
        acknowledged.push(...payloads);
      }
    });
    const until = async (more: number) => {
      for (const enough = acknowledged.length + more; acknowledged.length < enough;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    for (let round = 0; round < 2; round++) {
      await until(60);
      await broker?.kill();
      await broker?.start();
    }
    await until(60);
    stopping.abort();
    await Promise.all(appending);
    const seen = payloadsOf(await readAll(log, 'observations', 0));
    expect(seen.toSorted()).toEqual(acknowledged.toSorted());
    for (const writer of [0, 1, 2]) {
      const own = (payloads: string[]) => payloads.filter((text) => text.startsWith(`${writer}:`));
      expect(own(seen)).toEqual(own(acknowledged));
    }
    await log.close();
  }, 120_000);

  test('a reader that waits while the broker restarts gets the record appended after', async () => {
    const log = await open({ topicPrefix: newPrefix() });
    const reading = log.read('observations', 0, { offset: 0, recordsMax: 1, waitMs: 60_000 });
    await broker?.restart();
    await append(log, 'after the restart');
    expect(payloadsOf(await reading)).toEqual(['after the restart']);
    await log.close();
  }, 60_000);

  test('while the broker is away everything is rejected in bounded time, and works again after', async () => {
    const log = await open({ topicPrefix: newPrefix(), retryMsMax: 300 });
    await append(log, 'before');
    await broker?.stop();
    const away = { code: 'log-unavailable', retry: 'backoff' };
    await expect(append(log, 'lost')).rejects.toMatchObject(away);
    await expect(log.bounds('observations', 0)).rejects.toMatchObject(away);
    const read = () => log.read('observations', 0, { offset: 1, recordsMax: 1 });
    await expect(read()).rejects.toMatchObject(away);
    await broker?.start();
    await expect.poll(() => append(log, 'after'), { timeout: 10_000 }).toBeUndefined();
    expect(payloadsOf(await readAll(log, 'observations', 0))).toEqual(['before', 'after']);
    await broker?.stop();
    const appending = append(log, 'too late');
    await log.close();
    await expect(appending).rejects.toMatchObject(away);
    await broker?.start();
  }, 60_000);
});
