// The brokers of one Kafka cluster: who leads which partition, and how long to go on when someone does
// not answer. Everything the Kafka log does to the outside goes through here.

import { ProtocolError, metadataV12, type Connection } from '@platformatic/kafka';
import type { Logger } from '../../core/logger.ts';
import { elapsedMs, ioClock, sleep } from '../../core/time.ts';
import {
  createConnections,
  type BrokerAddress,
  type ConnectionSecurity,
  type Lane,
} from './connections.ts';
import { isAnswer, toOperatingError } from './failure.ts';

export type Place = { readonly topic: string; readonly partition: number };

export const placeKey = ({ topic, partition }: Place): string => `${topic}/${partition}`;

export type Attempts = {
  /** What is tried, for messages. */
  readonly act: string;
  /** How long failures that may pass are tried again; by default as long as the cluster's options say. */
  readonly retryMs?: number | undefined;
  /** Since when that counts, as `elapsedMs` tells it; by default from now. */
  readonly sinceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type Metadata = Awaited<ReturnType<typeof metadataV12.api.async>>;

export type KafkaCluster = {
  /** Runs `act` against the leader of a partition; rejects with OperatingError. */
  atLeader<Value>(
    place: Place,
    how: Attempts & { readonly lane: Lane },
    act: (connection: Connection) => Promise<Value>,
  ): Promise<Value>;
  /** Runs `act` against any broker that answers; rejects with OperatingError. */
  atAny<Value>(how: Attempts, act: (connection: Connection) => Promise<Value>): Promise<Value>;
  /** How long failures that may pass are tried again. */
  readonly retryMsMax: number;
  /** From now on nothing is tried a second time. */
  stopRetrying(): void;
  close(): void;
};

const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 1_000;

export type ClusterOptions = {
  readonly brokers: readonly BrokerAddress[];
  readonly topics: readonly string[];
  readonly security: ConnectionSecurity;
  readonly retryMsMax: number;
};

export function createKafkaCluster(
  deps: { logger: Logger },
  options: ClusterOptions,
): KafkaCluster {
  const connections = createConnections(options.security);
  const failing = new Set<string>();
  let addresses: readonly BrokerAddress[] = options.brokers;
  let leaders: Promise<Leaders> | undefined;
  let retrying = true;

  /** Tries until it works, the time for it is over or the failure is one that stays. */
  const persist = async <Value>(how: Attempts, attempt: () => Promise<Value>): Promise<Value> => {
    const { sinceMs = elapsedMs(), retryMs = options.retryMsMax } = how;
    for (let failures = 0; ; failures++) {
      try {
        const value = await attempt();
        if (failing.delete(how.act)) deps.logger.info('kafka.recovered', { act: how.act });
        return value;
      } catch (cause) {
        const error = toOperatingError(cause, how.act);
        const isOver = elapsedMs() - sinceMs >= retryMs;
        if (error.retry === 'never' || isOver || !retrying) throw error;
        if (!failing.has(how.act)) {
          failing.add(how.act);
          deps.logger.warn('kafka.failing', { act: how.act, because: error.message });
        }
      }
      await sleep(ioClock, Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures), how.signal);
    }
  };

  const use = async <Value>(
    address: BrokerAddress,
    lane: Lane,
    act: (connection: Connection) => Promise<Value>,
  ): Promise<Value> => {
    try {
      return await connections.use(address, lane, act);
    } catch (error) {
      // Who gives no answer is asked last from now on.
      if (!isAnswer(error)) addresses = withLast(addresses, address);
      throw error;
    }
  };

  const askAny = async <Value>(act: (connection: Connection) => Promise<Value>): Promise<Value> => {
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await use(address, 'ask', act);
      } catch (error) {
        if (isAnswer(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  };

  const findLeaders = async (): Promise<Leaders> => {
    const metadata = await askAny((connection) => describeTopics(connection, options.topics));
    for (const broker of metadata.brokers) {
      const isKnown = addresses.some((address) => isSame(address, broker));
      if (!isKnown) addresses = withLast(addresses, broker);
    }
    return leadersIn(metadata);
  };

  return {
    retryMsMax: options.retryMsMax,
    atLeader: (place, how, act) =>
      persist(how, async () => {
        const asked = (leaders ??= findLeaders());
        try {
          const leader = leaderOf(place, await asked);
          if (typeof leader === 'number') throw new ProtocolError(leader);
          return await use(leader, how.lane, act);
        } catch (cause) {
          const error = toOperatingError(cause, how.act);
          if (error.retry !== 'never' && leaders === asked) leaders = undefined;
          throw error;
        }
      }),
    atAny: (how, act) => persist(how, () => askAny(act)),
    stopRetrying() {
      retrying = false;
    },
    close() {
      retrying = false;
      connections.close();
    },
  };
}

/** What a broker knows about topics; what it does not know carries its error code inside. */
export async function describeTopics(
  connection: Connection,
  topics: readonly string[],
): Promise<Metadata> {
  try {
    return await metadataV12.api.async(connection, [...topics], false, false);
  } catch (error) {
    const { response } = error as { response?: Metadata };
    if (!response) throw error;
    return response;
  }
}

/** By place the leader's address, by place or topic Kafka's error code why there is none. */
type Leaders = ReadonlyMap<string, BrokerAddress | number>;

const leaderOf = (place: Place, leaders: Leaders): BrokerAddress | number =>
  leaders.get(placeKey(place)) ?? leaders.get(place.topic) ?? NO_LEADER;

/** LEADER_NOT_AVAILABLE. */
const NO_LEADER = 5;

function leadersIn({ brokers, topics }: Metadata): Leaders {
  const byId = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
  const leaders = new Map<string, BrokerAddress | number>();
  for (const { name, partitions, errorCode } of topics) {
    const topic = name ?? '';
    leaders.set(topic, errorCode || NO_LEADER);
    for (const { partitionIndex: partition, leaderId, errorCode: because } of partitions) {
      leaders.set(placeKey({ topic, partition }), byId.get(leaderId) ?? (because || NO_LEADER));
    }
  }
  return leaders;
}

const isSame = (a: BrokerAddress, b: BrokerAddress) => a.host === b.host && a.port === b.port;

const withLast = (all: readonly BrokerAddress[], last: BrokerAddress): BrokerAddress[] => [
  ...all.filter((address) => !isSame(address, last)),
  last,
];
