import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SASLMechanisms, type ConnectionOptions } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../core/local-time.ts';
import { silentLogger } from '../core/logger.ts';
import { systemClock } from '../core/time.ts';
import { kafkaAvailability } from '../sim/kafka-artifacts.ts';
import { startKafkaBroker, type KafkaBroker } from '../sim/kafka-broker.ts';
import { entry, payloadsOf, readAll } from './log.contract.ts';
import { openKafkaLog } from './log-kafka.ts';

const availability = await kafkaAvailability();
const away = !availability.available
  ? availability.reason
  : spawnSync('openssl', ['version']).status === 0
    ? undefined
    : 'there is no openssl to make a certificate with';
if (away !== undefined) process.stderr.write(`skipped: signing in to Kafka, because ${away}\n`);

const accounts = { plumbline: 'plumb', guest: 'guest' };

/**
 * Encrypted; who signs in must say so with a password; only `plumbline` may do more than sign in. The broker's
 * own name for its listener stays `PLAINTEXT`.
 */
const settingsWith = (keyStore: string, trustStore: string) => ({
  'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
  'ssl.keystore.type': 'PEM',
  'ssl.keystore.location': keyStore,
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': trustStore,
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
});

const as = (username: keyof typeof accounts, password: string = accounts[username]) => ({
  mechanism: SASLMechanisms.PLAIN,
  username,
  password,
});

describe.skipIf(away !== undefined)('with an encrypted broker that asks who is there', () => {
  let folder: string;
  let broker: KafkaBroker;
  let ca: string;
  let strangers: string;

  /** A certificate for the loopback address, its own issuer, and its key. */
  const makeCertificate = async (name: string) => {
    const key = join(folder, `${name}.key`);
    const certificate = join(folder, `${name}.pem`);
    const asked = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...asked, '-addext', 'subjectAltName=IP:127.0.0.1'].concat([
        '-keyout',
        key,
        '-out',
        certificate,
      ]),
      { stdio: 'ignore' },
    );
    return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-kafka-'));
    const own = await makeCertificate('broker');
    ca = own.certificate;
    strangers = (await makeCertificate('stranger')).certificate;
    const keyStore = join(folder, 'keystore.pem');
    const trustStore = join(folder, 'truststore.pem');
    await writeFile(keyStore, own.key + own.certificate);
    await writeFile(trustStore, own.certificate);
    broker = await startKafkaBroker({
      folder,
      settings: settingsWith(keyStore, trustStore),
      security: { tls: { ca }, sasl: as('plumbline') },
    });
  }, 120_000);

  afterAll(async () => {
    await broker.stop();
    await rm(folder, { recursive: true });
  });

  const open = (
    topicPrefix: string,
    sasl?: ReturnType<typeof as>,
    tls: ConnectionOptions['tls'] | null = { ca },
  ) =>
    openKafkaLog(
      { clock: systemClock, logger: silentLogger },
      {
        brokers: [broker.address],
        partitions: 1,
        topicPrefix,
        retentionMs: DAY_MS,
        retryMsMax: 1_000,
        security: { ...(tls && { tls }), ...(sasl && { sasl }) },
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

  test('a broker that cannot prove its name gets no password from us', async () => {
    const opening = open('refused', as('plumbline'), { ca: strangers });
    await expect(opening).rejects.toMatchObject({ code: 'log-unavailable' });
  });

  test('who speaks in clear is not heard', async () => {
    const opening = open('refused', as('plumbline'), null);
    await expect(opening).rejects.toMatchObject({ code: 'log-unavailable' });
  });
});
