// DuckDB, locked: no file outside the folders named, no network, no extension, and no statement that could
// open any of it again. It reads and stages files for import, carries analysts' statements and writes the
// database they may take away; the warehouse itself stays in ClickHouse.

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export type DuckOptions = {
  /** The file of the database; in memory without it. */
  readonly path?: string;
  /** Folders whose files may be read and written. */
  readonly folders?: readonly string[];
  readonly memoryMb?: number;
  readonly threads?: number;
  /** Where what does not fit into memory goes; without it a statement that needs more fails. */
  readonly spill?: string;
};

export type Duck = {
  readonly connection: DuckDBConnection;
  close(): void;
};

const MEMORY_MB = 512;

/** Opens a database that can reach nothing but `folders`. Close it. */
export async function openDuck(options: DuckOptions = {}): Promise<Duck> {
  const { path = ':memory:', folders = [], memoryMb = MEMORY_MB, threads = 1, spill } = options;
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    temp_directory: spill ?? '',
    ...(spill === undefined && { max_temp_directory_size: '0B' }),
  });
  const connection = await instance.connect();
  const list = folders.map((folder) => duckText(folder.endsWith('/') ? folder : `${folder}/`));
  await connection.run(`SET allowed_directories = [${list.join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text in DuckDB's SQL. */
export const duckText = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A name in DuckDB's SQL. */
export const duckName = (value: string): string => `"${value.replaceAll('"', '""')}"`;
