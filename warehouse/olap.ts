// The analytic warehouse as the rest of the system speaks to it: ClickHouse SQL with bound parameters, to
// chDB in this process or to a ClickHouse server. Reads and writes have bounded pools of connections of
// their own, so that neither waits for the other.

import { assert } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { openChdb } from './olap-chdb.ts';
import { openClickHouse } from './olap-clickhouse.ts';
import { tooLarge } from './olap-errors.ts';
import { createLanes } from './olap-lanes.ts';
import { splitStatements } from './sql-statements.ts';

export type OlapOptions = (
  | {
      readonly kind: 'chdb';
      /** A folder of its own; held by one process at a time. */
      readonly folder: string;
    }
  | {
      readonly kind: 'clickhouse';
      readonly url: string;
      readonly database: string;
      readonly username?: string;
      readonly password?: string;
    }
) & {
  /** Queries that run at the same time; each holds a libuv thread on chDB (UV_THREADPOOL_SIZE). */
  readonly readersMax?: number;
  /** Cores one query may use. */
  readonly threadsPerQueryMax?: number;
  /** How long a query may take before the engine ends it. */
  readonly queryMsMax?: number;
};

/** Values for `{name:Type}` in the SQL; the only way a value gets into a query. */
export type OlapParams = Readonly<Record<string, OlapParam>>;
export type OlapParam = string | number | boolean | null | readonly (string | number)[];

export type Olap = {
  /**
   * The rows of a SELECT. 64-bit integers come as numbers and must be below 2^53. Rejects with UserError
   * `too-large` beyond RESULT_BYTES_MAX and with OperatingError `warehouse-unavailable` when the engine is
   * away, too busy, or took longer than `queryMsMax`.
   */
  rows<Row>(sql: string, params?: OlapParams): Promise<Row[]>;
  /** The result of a SELECT as an uncompressed Arrow IPC stream; low-cardinality texts as dictionaries. */
  arrow(sql: string, params?: OlapParams): Promise<Uint8Array>;
  /**
   * Writes the result of a SELECT of any size to a file, as an uncompressed Arrow IPC stream. Sorting takes
   * to the disk what does not fit into SORT_MEMORY_BYTES_MAX. What is in the file after a failure is nothing.
   */
  export(sql: string, params: OlapParams, path: string): Promise<void>;
  /** Runs a statement for its effect: DDL, DELETE, INSERT … SELECT. */
  run(sql: string, params?: OlapParams): Promise<void>;
  /** Inserts rows given as blocks of ClickHouse's Native format (native-block.ts) in one statement. */
  insert(table: string, blocks: Uint8Array): Promise<void>;
  /** Waits for what is running and lets go of the engine. */
  close(): Promise<void>;
};

/** One way to the engine; runs one statement at a time. What it rejects with is translated already. */
export type OlapConnection = {
  query(
    sql: string,
    params: OlapParams,
    format: 'JSONCompact' | 'ArrowStream',
  ): Promise<Uint8Array>;
  /** Writes the result as an Arrow stream to the file. */
  export(sql: string, params: OlapParams, path: string): Promise<void>;
  run(sql: string, params: OlapParams): Promise<void>;
  insert(table: string, blocks: Uint8Array): Promise<void>;
  close(): Promise<void>;
};

export type OlapEngine = {
  connect(settings: OlapSettings): Promise<OlapConnection>;
  /** Whether a connection on which a statement failed or hangs can be used again. */
  readonly connectionsHeal: boolean;
  close(): Promise<void>;
};

/** ClickHouse settings, given once per connection: on chDB they would stay with it anyway. */
export type OlapSettings = Readonly<Record<string, string | number>>;

const READERS_MAX = 8;
const EXPORTS_MAX = 4;
const WRITERS_MAX = 4;
const QUERY_MS_MAX = 30_000;
const WRITE_MS_MAX = 600_000;
const EXPORT_MS_MAX = 600_000;
/** What one answer may hold; parsing it holds everything else up. */
export const RESULT_BYTES_MAX = 64 * 1024 * 1024;
/** Memory one query may take in the engine. */
const QUERY_MEMORY_BYTES_MAX = 2 * 1024 ** 3;
/** What an export may keep in memory to sort; the rest goes through the engine's disk. */
const SORT_MEMORY_BYTES_MAX = 256 * 1024 * 1024;
/** How much longer than its limit the engine may take to say that it stopped. */
const GRACE_MS = 3_000;
const WAIT_MS_MAX = 30_000;
const READS_WAITING_MAX = 256;
const EXPORTS_WAITING_MAX = 16;
const WRITES_WAITING_MAX = 64;

const OUTPUT: OlapSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_arrow_compression_method: 'none',
  output_format_arrow_low_cardinality_as_dictionary: 1,
};

/** Opens the warehouse. Close it. Rejects with UserError `conflict` when another process holds the folder. */
export async function openOlap(deps: { logger: Logger }, options: OlapOptions): Promise<Olap> {
  const engine = options.kind === 'chdb' ? await openChdb(options.folder) : openClickHouse(options);
  const { queryMsMax = QUERY_MS_MAX, threadsPerQueryMax = 1 } = options;
  const reads = createLanes({
    lanesMax: options.readersMax ?? READERS_MAX,
    waitingMax: READS_WAITING_MAX,
    msMax: queryMsMax,
    waitMsMax: WAIT_MS_MAX,
    graceMs: GRACE_MS,
    heal: engine.connectionsHeal,
    logger: deps.logger,
    connect: () =>
      engine.connect({
        ...OUTPUT,
        max_execution_time: queryMsMax / 1_000,
        max_result_bytes: RESULT_BYTES_MAX,
        result_overflow_mode: 'throw',
        max_threads: threadsPerQueryMax,
        max_memory_usage: QUERY_MEMORY_BYTES_MAX,
        readonly: 2,
      }),
  });
  const exports = createLanes({
    lanesMax: EXPORTS_MAX,
    waitingMax: EXPORTS_WAITING_MAX,
    msMax: EXPORT_MS_MAX,
    waitMsMax: WAIT_MS_MAX,
    graceMs: GRACE_MS,
    heal: engine.connectionsHeal,
    logger: deps.logger,
    connect: () =>
      engine.connect({
        ...OUTPUT,
        max_execution_time: EXPORT_MS_MAX / 1_000,
        max_threads: threadsPerQueryMax,
        max_memory_usage: QUERY_MEMORY_BYTES_MAX,
        max_bytes_before_external_sort: SORT_MEMORY_BYTES_MAX,
        readonly: 2,
      }),
  });
  const writes = createLanes({
    lanesMax: WRITERS_MAX,
    waitingMax: WRITES_WAITING_MAX,
    msMax: WRITE_MS_MAX,
    waitMsMax: WAIT_MS_MAX,
    graceMs: GRACE_MS,
    heal: engine.connectionsHeal,
    logger: deps.logger,
    connect: () =>
      engine.connect({
        ...OUTPUT,
        max_execution_time: WRITE_MS_MAX / 1_000,
        // Facts of any age may come in one batch, and each month is a partition of its own.
        max_partitions_per_insert_block: 0,
        lightweight_deletes_sync: 2,
        mutations_sync: 2,
      }),
  });
  const olap: Olap = {
    async rows<Row>(sql: string, params: OlapParams = {}) {
      const statement = single(sql);
      const bytes = await reads.use((connection) =>
        connection.query(statement, params, 'JSONCompact'),
      );
      // The engine counts a text repeated in every row only once.
      if (bytes.byteLength > RESULT_BYTES_MAX) throw tooLarge();
      return rowsOf<Row>(bytes);
    },
    async arrow(sql, params = {}) {
      const statement = single(sql);
      return reads.use((connection) => connection.query(statement, params, 'ArrowStream'));
    },
    async export(sql, params, path) {
      const statement = single(sql);
      return exports.use((connection) => connection.export(statement, params, path));
    },
    async run(sql, params = {}) {
      const statement = single(sql);
      return writes.use((connection) => connection.run(statement, params));
    },
    async insert(table, blocks) {
      assert(/^[a-z_]+$/.test(table), 'a table name is small letters and underscores');
      return writes.use((connection) => connection.insert(table, blocks));
    },
    async close() {
      await Promise.all([reads.close(), exports.close(), writes.close()]);
      await engine.close();
    },
  };
  try {
    await olap.rows('SELECT 1 AS ready');
  } catch (error) {
    await olap.close();
    throw error;
  }
  return olap;
}

/** The one statement in `sql`: the embedded engine would run several, a server refuses them. */
function single(sql: string): string {
  const [statement, ...others] = splitStatements(sql);
  assert(statement !== undefined, 'the warehouse is given a statement');
  assert(others.length === 0, 'the warehouse is given one statement at a time');
  return statement;
}

type JsonCompact = {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly (readonly unknown[])[];
};

/** Rows as objects. The engine writes 64-bit integers as texts so that none loses digits on the way. */
function rowsOf<Row>(bytes: Uint8Array): Row[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const { meta, data } = JSON.parse(text) as JsonCompact;
  const wide = meta.map(({ type }) => /^[A-Za-z(, ]*\bU?Int64\b/.test(type));
  return data.map((values) =>
    Object.fromEntries(
      meta.map(({ name }, column) => {
        const value = values[column];
        return [name, wide[column] ? toNumbers(value) : value];
      }),
    ),
  ) as Row[];
}

function toNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toNumbers);
  if (typeof value !== 'string') return value;
  const number = Number(value);
  assert(Number.isSafeInteger(number), 'a 64-bit number of the warehouse is below 2^53');
  return number;
}
