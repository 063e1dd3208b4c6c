// Connections to Kafka brokers, each used by one request at a time: a broker answers the requests of one
// connection in turn, so a reader that waits for records would hold up everyone behind it.

import { Connection, type ConnectionOptions } from '@platformatic/kafka';
import { OperatingError } from '../../core/errors.ts';

/** What a connection is for; the kinds never wait for each other. */
export type Lane = 'append' | 'ask' | 'read';

/** Connections to one broker at a time; whoever finds none free waits in line. */
const CONNECTIONS_MAX: Readonly<Record<Lane, number>> = { append: 16, ask: 4, read: 128 };

const CONNECT_MS_MAX = 3_000;

/** Longer than a broker is let wait on each lane: past it the connection is given up as dead. */
const ANSWER_MS_MAX: Readonly<Record<Lane, number>> = { append: 8_000, ask: 4_000, read: 8_000 };

export type BrokerAddress = { readonly host: string; readonly port: number };

export type ConnectionSecurity = Pick<ConnectionOptions, 'tls' | 'sasl'>;

export type Connections = {
  /** Runs `act` with a connection of its own; fails as the client library or `act` fails. */
  use<Value>(
    to: BrokerAddress,
    lane: Lane,
    act: (connection: Connection) => Promise<Value>,
  ): Promise<Value>;
  /** Cuts every connection; requests under way fail. */
  close(): void;
};

export function createConnections(security: ConnectionSecurity): Connections {
  const pools = new Map<string, Pool>();
  const open = new Set<Connection>();
  let closed = false;

  const connect = async ({ host, port }: BrokerAddress, lane: Lane) => {
    if (closed) throw closedError();
    const connection = new Connection('plumbline', {
      ...security,
      connectTimeout: CONNECT_MS_MAX,
      requestTimeout: ANSWER_MS_MAX[lane],
    });
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    // Without a listener an error of an idle connection would end the process.
    connection.on('error', () => open.delete(connection));
    await connection.connect(host, port);
    if (!closed) return connection;
    cut(connection);
    throw closedError();
  };

  const poolOf = (to: BrokerAddress, lane: Lane) => {
    const key = `${lane} ${to.host}:${to.port}`;
    const pool = pools.get(key) ?? createPool(CONNECTIONS_MAX[lane], () => connect(to, lane));
    pools.set(key, pool);
    return pool;
  };

  return {
    async use(to, lane, act) {
      const pool = poolOf(to, lane);
      const connection = await pool.take();
      try {
        return await act(connection);
      } finally {
        pool.give(connection);
      }
    },
    close() {
      closed = true;
      for (const connection of open) cut(connection);
    },
  };
}

/** Closing stops the library's timers but waits for what is still to be written; we do not. */
function cut(connection: Connection): void {
  connection.close(() => {});
  connection.socket.destroy();
}

export const closedError = () =>
  new OperatingError('log-unavailable', 'the log is closed', { retry: 'never' });

type Pool = { take(): Promise<Connection>; give(connection: Connection): void };

function createPool(max: number, connect: () => Promise<Connection>): Pool {
  const idle: Connection[] = [];
  const line: (() => void)[] = [];
  let places = max;

  const leave = () => {
    const next = line.shift();
    if (next) next();
    else places++;
  };

  return {
    async take() {
      if (places > 0) places--;
      else await new Promise<void>((resolve) => line.push(resolve));
      for (let connection = idle.pop(); connection; connection = idle.pop()) {
        if (connection.isConnected()) return connection;
        cut(connection);
      }
      try {
        return await connect();
      } catch (error) {
        leave();
        throw error;
      }
    },
    give(connection) {
      if (connection.isConnected()) idle.push(connection);
      else cut(connection);
      leave();
    },
  };
}
