// The warehouse inside this process: chDB, which is ClickHouse as a library, behind ClickHouse's own
// client. Its folder belongs to one process at a time.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { OperatingError, UserError } from '../core/errors.ts';
import { text } from '../core/text.ts';
import { translated } from './olap-errors.ts';
import type { OlapConnection, OlapEngine, OlapSettings } from './olap.ts';

/** Takes the folder for this process. Rejects with UserError `conflict` when another process has it. */
export async function openChdb(folder: string): Promise<OlapEngine> {
  const spool = join(folder, 'spool');
  try {
    mkdirSync(spool, { recursive: true });
  } catch (cause) {
    throw unavailable(cause);
  }
  const lock = lockFolder(folder);
  for (const file of readdirSync(spool)) rmSync(join(spool, file));
  // Loaded only where it is used: the library takes 570 MB of disk and does not exist everywhere.
  const { drainPending } = await import('chdb');
  const { createChdbConnection } = await import('chdb/connection');
  const openConnection = (): object => {
    try {
      return createChdbConnection({ path: join(folder, 'engine') });
    } catch (cause) {
      throw unavailable(cause);
    }
  };
  let inserts = 0;
  return {
    // A failed statement leaves what it had put out so far to the next one on its connection.
    connectionsHeal: false,
    connect: (settings) =>
      connect(openConnection(), settings, () => join(spool, `${inserts++}.native`)),
    async close() {
      await drainPending();
      lock.close();
    },
  };
}

/**
 * A lock the system lets go of however this process ends. chDB locks its folder too, but says so only on
 * standard error and fails like on any broken folder.
 */
function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    if (!(cause instanceof Error && 'errcode' in cause && Number(cause.errcode) === SQLITE_BUSY)) {
      throw unavailable(cause);
    }
    throw new UserError(
      'conflict',
      text('另一个进程正在使用此数据仓库', 'another process is using this warehouse'),
      {
        detail: folder,
        hint: text(
          '先停止那个进程，或改用 ClickHouse 服务器',
          'Stop that process first, or use a ClickHouse server.',
        ),
      },
    );
  }
}

const SQLITE_BUSY = 5;

async function connect(
  connection: object,
  settings: OlapSettings,
  nextFile: () => string,
): Promise<OlapConnection> {
  // The client takes a connection in place of an address; its types do not say so.
  const options: object = { connection, log: { level: ClickHouseLogLevel.OFF } };
  const client = createClient(options);
  const command = (query: string, query_params?: Record<string, unknown>) =>
    client.command({ query, ...(query_params && { query_params }) }).catch(rethrow);
  for (const [name, value] of Object.entries(settings)) {
    await command(`SET ${name} = ${typeof value === 'number' ? value : `'${value}'`}`);
  }
  return {
    async query(sql, params, format) {
      const answer = await client
        .exec({ query: `${sql}\nFORMAT ${format}`, query_params: { ...params } })
        .catch(rethrow);
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.stream) chunks.push(chunk as Uint8Array);
      return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
    },
    async export(sql, params, path) {
      const into = `INTO OUTFILE ${quoted(path)} TRUNCATE FORMAT ArrowStream`;
      await command(`${sql}\n${into}`, { ...params });
    },
    async run(sql, params) {
      await command(sql, { ...params });
    },
    // The client would turn the bytes into text; the engine reads them from a file instead.
    async insert(table, blocks) {
      const file = nextFile();
      await writeFile(file, blocks);
      try {
        await command(`INSERT INTO ${table} FROM INFILE ${quoted(file)} FORMAT Native`);
      } finally {
        await unlink(file);
      }
    },
    close: () => client.close(),
  };
}

/** A path as a text in SQL. */
const quoted = (path: string) => `'${path.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

const unavailable = (cause: unknown) =>
  new OperatingError('warehouse-unavailable', 'the warehouse folder cannot be opened', {
    retry: 'never',
    cause,
  });

function rethrow(error: unknown): never {
  throw translated(error);
}
