// Records on a PostgreSQL server, by its own programs: pg_dump takes a consistent copy while others write,
// pg_restore brings it into an empty database. What the copy holds is counted in the same snapshot it is made
// of. The password goes by a file only we can read, never by a list of processes.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { UserError, OperatingError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/** What the records held at the moment of the copy. */
export type PostgresHeld = {
  /** Rows by table, as the manifest of a backup names them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Place and hash of the newest entry of the audit trail; null while there is no trail. */
  readonly auditRoot: string | null;
};

/** Copies the records to a file and says what is in the copy, whatever is written meanwhile. */
export const dumpPostgres = (url: string, to: string): Promise<PostgresHeld> =>
  withClient(url, async (client) => {
    mkdirSync(dirname(to), { recursive: true });
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ name: string }>('SELECT pg_export_snapshot() AS name');
    const snapshot = rows[0]?.name ?? '';
    const options = ['--format=custom', '--no-owner', `--snapshot=${snapshot}`, '--file', to];
    await run('pg_dump', options, url);
    const held = await readHeld(client);
    await client.query('ROLLBACK');
    return held;
  });

/** Everything or nothing; a database that has tables already is refused by the server. */
export const restorePostgres = (url: string, from: string): Promise<void> =>
  run('pg_restore', ['--no-owner', '--exit-on-error', '--single-transaction', from], url);

/** What the records hold now. */
export const heldInPostgres = (url: string): Promise<PostgresHeld> => withClient(url, readHeld);

/** Takes everything out of the database again; for one that was brought back and is not what it should be. */
export const emptyPostgres = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query('DROP SCHEMA public CASCADE');
    await client.query('CREATE SCHEMA public');
  });

async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away fails the statement under way, which is told there.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof UserError || error instanceof OperatingError) throw error;
    const { code } = error as { code?: string };
    throw new OperatingError('records-unavailable', `PostgreSQL failed: ${code ?? 'no code'}`, {
      retry: 'never',
      cause: error,
    });
  } finally {
    await client.end().catch(() => {});
  }
}

async function readHeld(client: pg.Client): Promise<PostgresHeld> {
  const tables = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) AS count FROM ${client.escapeIdentifier(name)}`,
    );
    counts[`records.${name}`] = Number(rows[0]?.count ?? 0);
  }
  if (!('records.audit_record' in counts)) return { counts, auditRoot: null };
  const { rows } = await client.query<{ position: string; hash: string }>(
    'SELECT position, hash FROM audit_record ORDER BY position DESC LIMIT 1',
  );
  const [newest] = rows;
  return { counts, auditRoot: newest ? `${newest.position}:${newest.hash}` : 'empty' };
}

const PASSWORD = /^(postgres(?:ql)?:\/\/[^:@/?]*):([^@/?]*)@/;

/** An address without its password, and the password. One over a Unix socket has no host and is no URL. */
export function splitPassword(url: string): { plain: string; password: string | undefined } {
  const password = PASSWORD.exec(url)?.[2];
  return {
    plain: url.replace(PASSWORD, '$1@'),
    password: password === undefined ? undefined : decodeURIComponent(password),
  };
}

async function run(program: string, args: readonly string[], url: string): Promise<void> {
  const { plain, password } = splitPassword(url);
  if (password === undefined) return start(program, [`--dbname=${plain}`, ...args]);
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-pass-'));
  try {
    const file = join(folder, 'pass');
    writeFileSync(file, `*:*:*:*:${password.replaceAll(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 });
    const joint = plain.includes('?') ? '&' : '?';
    await start(program, [
      `--dbname=${plain}${joint}passfile=${encodeURIComponent(file)}`,
      ...args,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const start = (program: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing(program) : error),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve();
      const first = said.split('\n')[0] ?? '';
      reject(
        new OperatingError('records-unavailable', `${program} failed: ${first}`, {
          retry: 'never',
        }),
      );
    });
  });

const missing = (program: string) =>
  new UserError(
    'bad-configuration',
    text(`本机没有 ${program}`, `this machine has no ${program}`),
    {
      hint: text(
        '请安装 PostgreSQL 客户端程序（postgresql-client），版本不低于服务器',
        'Install the client programs of PostgreSQL (postgresql-client), no older than the server.',
      ),
    },
  );
