// One real Apache Kafka broker on this machine, for tests and demonstrations: broker and controller in one
// Java process, on free loopback ports, its data in a given folder. It never outlives the process that
// started it, however that ends.

import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Admin, type ConnectionOptions } from '@platformatic/kafka';
import { OperatingError } from '../core/errors.ts';
import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import { KAFKA_VERSION, fetchKafka } from './kafka-artifacts.ts';
import { startKeptProcess, type KeptProcess } from './kept-process.ts';

export type KafkaBroker = {
  /** `127.0.0.1:port`, the same for the broker's whole life. */
  readonly address: string;
  /** Starts it again after `stop` or `kill`, on the same data and ports. */
  start(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Stops it and starts it again. */
  restart(): Promise<void>;
};

export type KafkaBrokerOptions = {
  /** Where data, settings and the broker's own log go. */
  readonly folder: string;
  /** Lines for server.properties, over those below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How to speak and sign in, when the settings ask for it. */
  readonly security?: Pick<ConnectionOptions, 'tls' | 'sasl'>;
};

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const LOOK_PAUSE_MS = 100;

/** Starts a broker; rejects with OperatingError `source-unavailable` when it does not come up. */
export async function startKafkaBroker(options: KafkaBrokerOptions): Promise<KafkaBroker> {
  const { folder } = options;
  const classPath = join(await fetchKafka(), '*');
  const [port, controllerPort] = await freePorts();
  const address = `127.0.0.1:${port}`;
  const propertiesPath = join(folder, 'server.properties');
  await mkdir(folder, { recursive: true });
  const properties = { ...settingsOf({ folder, port, controllerPort }), ...options.settings };
  await writeFile(
    propertiesPath,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const launch = (mainClass: string, ...mainArguments: string[]) =>
    startKeptProcess(
      ['java', ...JAVA_OPTIONS, '-cp', classPath, mainClass, ...mainArguments],
      logPathOf(folder),
    );

  const formatting = await launch(
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    CLUSTER_ID,
    '--config',
    propertiesPath,
  );
  if ((await formatting.ended) !== 0) throw await failure('its folder cannot be made', folder);

  let running: KeptProcess | undefined;
  const start = async () => {
    running = await launch('kafka.Kafka', propertiesPath);
    await answers(options, address, running);
  };
  const end = async (signal: NodeJS.Signals) => {
    const java = running;
    running = undefined;
    if (!java) return;
    java.signal(signal);
    const timer = ioClock.after(STOP_MS_MAX, () => java.signal('SIGKILL'));
    await java.ended;
    timer.cancel();
  };
  await start();

  return {
    address,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
  };
}

const CLUSTER_ID = 'plumbline-one-broker00';

/** A single node that starts fast, keeps nothing twice and makes no topic unasked. */
function settingsOf(at: { folder: string; port: number; controllerPort: number }) {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${at.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: `PLAINTEXT://127.0.0.1:${at.port},CONTROLLER://127.0.0.1:${at.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${at.port}`,
    'log.dirs': join(at.folder, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'num.network.threads': '2',
    'num.io.threads': '4',
    // A killed broker may register again only when its old registration has lapsed.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
  };
}

const JAVA_OPTIONS = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];

/** Resolves once the broker names itself in an answer. */
async function answers(
  { folder, security }: KafkaBrokerOptions,
  address: string,
  java: KeptProcess,
): Promise<void> {
  const startedMs = elapsedMs();
  const admin = new Admin({
    clientId: 'plumbline',
    bootstrapBrokers: [address],
    retries: 0,
    ...security,
  });
  try {
    while (elapsedMs() - startedMs < START_MS_MAX && java.isRunning()) {
      const metadata = await admin.metadata({ forceUpdate: true }).catch(() => undefined);
      if (metadata && metadata.brokers.size > 0) return;
      await sleep(ioClock, LOOK_PAUSE_MS);
    }
  } finally {
    await admin.close();
  }
  java.signal('SIGKILL');
  throw await failure('it does not answer', folder);
}

const LOG_LINES_SHOWN_MAX = 20;

const logPathOf = (folder: string) => join(folder, 'broker.log');

async function failure(because: string, folder: string): Promise<OperatingError> {
  const lines = (await readFile(logPathOf(folder), 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(-LOG_LINES_SHOWN_MAX);
  return new OperatingError(
    'source-unavailable',
    `kafka ${KAFKA_VERSION} does not start, ${because}:\n${lines.join('\n')}`,
    { retry: 'never' },
  );
}

/** Two ports nobody listens on. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports as [number, number];
}
