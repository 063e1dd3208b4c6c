import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SASLMechanisms } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../core/local-time.ts';
import { silentLogger } from '../core/logger.ts';
import { systemClock } from '../core/time.ts';
import { kafkaAvailability } from '../sim/kafka-artifacts.ts';
import { startKafkaBroker, type KafkaBroker } from '../sim/kafka-broker.ts';
import { entry, payloadsOf, readAll } from './log.contract.ts';
import { openKafkaLog } from './log-kafka.ts';

const availability = await kafkaAvailability();
if (!availability.available) {
  process.stderr.write(`skipped: signing in to Kafka, because ${availability.reason}\n`);
}

const accounts = { plumbline: 'plumb', guest: 'guest' };

/** Who signs in must say so with a password; only `plumbline` may do more than sign in. */
const settings = {
  'listener.security.protocol.map': 'PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.plaintext.plain.sasl.jaas.config':
    [
      'org.apache.kafka.common.security.plain.PlainLoginModule required',
      `username="plumbline" password="${accounts.plumbline}"`,
      ...Object.entries(accounts).map(([name, password]) => `user_${name}="${password}"`),
    ].join(' ') + ';',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:plumbline;User:ANONYMOUS',
};

const as = (username: keyof typeof accounts, password: string = accounts[username]) => ({
  mechanism: SASLMechanisms.PLAIN,
  username,
  password,
});

describe.skipIf(!availability.available)('with a broker that asks who is there', () => {
  let folder: string;
  let broker: KafkaBroker;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-kafka-'));
    broker = await startKafkaBroker({ folder, settings, sasl: as('plumbline') });
  }, 120_000);

  afterAll(async () => {
    await broker.stop();
    await rm(folder, { recursive: true });
  });

  const open = (topicPrefix: string, sasl?: ReturnType<typeof as>) =>
    openKafkaLog(
      { clock: systemClock, logger: silentLogger },
      {
        brokers: [broker.address],
        partitions: 1,
        topicPrefix,
        retentionMs: DAY_MS,
        retryMsMax: 1_000,
        ...(sasl && { security: { sasl } }),
      },
    );

  test('the log is kept for who signs in', async () => {
    const log = await open('allowed', as('plumbline'));
    await log.append('observations', [{ partition: 0, entries: [entry('signed')] }]);
    expect(payloadsOf(await readAll(log, 'observations', 0))).toEqual(['signed']);
    await log.close();
  });

  test('the wrong password is never tried again', async () => {
    const opening = open('refused', as('plumbline', 'plump'));
    await expect(opening).rejects.toMatchObject({ code: 'log-unavailable', retry: 'never' });
  });

  test('an account without permission is told what it lacks', async () => {
    await expect(open('refused', as('guest'))).rejects.toMatchObject({
      code: 'bad-configuration',
      hint: { en: 'Grant the account Create and AlterConfigs on these topics.' },
    });
  });

  test('who does not sign in gets an operating error in bounded time', async () => {
    await expect(open('refused')).rejects.toMatchObject({ code: 'log-unavailable' });
  });
});
