// The warehouse on a ClickHouse server, over HTTP, for installations of several machines.

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { translated } from './olap-errors.ts';
import type { OlapConnection, OlapEngine, OlapSettings } from './olap.ts';

export type ClickHouseAddress = {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
};

const REQUEST_MS_MAX = 600_000;

/** Connects on first use; nothing is checked here. */
export function openClickHouse(address: ClickHouseAddress): OlapEngine {
  return {
    connectionsHeal: true,
    connect: (settings) => Promise.resolve(connect(address, settings)),
    close: () => Promise.resolve(),
  };
}

function connect(
  { url, database, username, password }: ClickHouseAddress,
  settings: OlapSettings,
): OlapConnection {
  const client = createClient({
    url,
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    application: 'plumbline',
    request_timeout: REQUEST_MS_MAX,
    max_open_connections: 1,
    // It would print whole queries; what fails is told by the error.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { ...settings, wait_end_of_query: 1 },
  });
  return {
    async query(sql, params, format) {
      const answer = await client
        .exec({ query: `${sql}\nFORMAT ${format}`, query_params: { ...params } })
        .catch(rethrow);
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of answer.stream) chunks.push(chunk as Uint8Array);
      } catch (error) {
        rethrow(error);
      }
      return Buffer.concat(chunks);
    },
    async export(sql, params, path) {
      const answer = await client
        .exec({ query: `${sql}\nFORMAT ArrowStream`, query_params: { ...params } })
        .catch(rethrow);
      // What fails here is a connection that broke off, or our own disk.
      await pipeline(answer.stream, createWriteStream(path)).catch(rethrow);
    },
    async run(sql, params) {
      await client.command({ query: sql, query_params: { ...params } }).catch(rethrow);
    },
    async insert(table, blocks) {
      const answer = await client
        .exec({
          query: `INSERT INTO ${table} FORMAT Native`,
          values: Readable.from([blocks], { objectMode: false }),
        })
        .catch(rethrow);
      answer.stream.resume();
    },
    close: () => client.close(),
  };
}

function rethrow(error: unknown): never {
  throw translated(error);
}
