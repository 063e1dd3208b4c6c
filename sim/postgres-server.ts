// One real PostgreSQL server on this machine, for tests and demonstrations, from the programs Debian
// installs: a fresh cluster in a given folder, reached by a Unix socket there. It never outlives the
// process that started it, however that ends.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { OperatingError } from '../core/errors.ts';
import { elapsedMs, ioClock, sleep } from '../core/time.ts';

export type PostgresServer = {
  /** What a client connects with; names the database `plumbline`. */
  readonly url: string;
  /** Starts it again after `stop` or `kill`, on the same data. */
  start(): Promise<void>;
  /** Ends it in good order, its clients cut off. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
};

export type PostgresAvailability =
  | { readonly available: true; readonly programs: string }
  | { readonly available: false; readonly reason: string };

const START_MS_MAX = 30_000;
const LOOK_PAUSE_MS = 25;
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const USER = 'plumbline';

/** Where the newest installed PostgreSQL has its programs. */
export function findPostgres(): PostgresAvailability {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newest = versions
    .filter((version) => existsSync(join(DEBIAN_FOLDER, version, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined
    ? { available: false, reason: `no PostgreSQL in ${DEBIAN_FOLDER} (apt-get install postgresql)` }
    : { available: true, programs: join(DEBIAN_FOLDER, newest, 'bin') };
}

/** Makes a cluster in `folder` and starts it; rejects with OperatingError when it does not come up. */
export async function startPostgresServer(options: {
  readonly programs: string;
  readonly folder: string;
  /** Lines for postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<PostgresServer> {
  const { programs, folder } = options;
  const owner = ownerOfServer();
  mkdirSync(folder, { recursive: true });
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const logPath = join(folder, 'server.log');
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...owner, stdio: 'ignore' },
  );
  const settings = { listen_addresses: '', unix_socket_directories: folder, ...options.settings };
  const command = [
    join(programs, 'postgres'),
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const urlOf = (database: string) => `postgres://${USER}@/${database}?host=${folder}`;

  let keeper: ChildProcess | undefined;
  const start = async () => {
    keeper = launch(command, logPath, owner);
    await answers(urlOf('postgres'), keeper, logPath);
  };
  const end = async (order: 'fast' | 'kill') => {
    const ending = keeper;
    keeper = undefined;
    if (!ending || ending.exitCode !== null) return;
    const ended = once(ending, 'exit');
    ending.stdin?.end(`${order}\n`);
    await ended;
  };
  await start();
  await createDatabase(urlOf('postgres'));
  return { url: urlOf(USER), start, stop: () => end('fast'), kill: () => end('kill') };
}

/** PostgreSQL refuses to run as root; Debian makes a user for it. */
function ownerOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (what: '-u' | '-g') =>
    Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * Runs the server under a shell that reads orders from us: `fast` stops it in good order, anything else,
 * and our own end, at once.
 */
const KEEPER = `
"$@" </dev/null &
server=$!
(
  order=; read -r order <&3
  if [ "$order" = fast ]; then kill -INT "$server"; else kill -QUIT "$server"; fi
) 2>/dev/null &
wait "$server"`;

function launch(
  command: readonly string[],
  logPath: string,
  owner: { uid: number; gid: number } | undefined,
): ChildProcess {
  const log = openSync(logPath, 'a');
  const keeper = spawn('sh', ['-c', `exec 3<&0\n${KEEPER}`, 'sh', ...command], {
    ...owner,
    cwd: '/',
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  return keeper;
}

async function answers(url: string, keeper: ChildProcess, logPath: string): Promise<void> {
  const startedMs = elapsedMs();
  while (elapsedMs() - startedMs < START_MS_MAX && keeper.exitCode === null) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(ioClock, LOOK_PAUSE_MS);
    }
  }
  throw new OperatingError(
    'records-unavailable',
    `PostgreSQL does not start:\n${await readFile(logPath, 'utf8')}`,
    { retry: 'never' },
  );
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${USER}`);
  await client.end();
}
