// Records on a PostgreSQL server, by its own programs: pg_dump takes a consistent copy while others write,
// pg_restore brings it into an empty database. The password goes by the environment, never by a list of
// processes.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError, OperatingError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { environmentWith } from '../config.ts';

export const dumpPostgres = (url: string, to: string): Promise<void> => {
  mkdirSync(dirname(to), { recursive: true });
  return run('pg_dump', ['--format=custom', '--no-owner', '--file', to], url);
};

/** Everything or nothing; a database that has tables already is refused by the server. */
export const restorePostgres = (url: string, from: string): Promise<void> =>
  run('pg_restore', ['--no-owner', '--exit-on-error', '--single-transaction', from], url, true);

function run(program: string, args: string[], url: string, names = false): Promise<void> {
  // The name of the database must be given to pg_restore; without its password.
  const plain = new URL(url);
  const password = decodeURIComponent(plain.password);
  plain.password = '';
  const all = [
    ...(names ? ['--dbname'] : []),
    ...(names ? [plain.href] : [`--dbname=${plain.href}`]),
    ...args,
  ];
  return new Promise((resolve, reject) => {
    const env = environmentWith(password === '' ? {} : { PGPASSWORD: password });
    const child = spawn(program, all, { env });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? missing(program) : error),
    );
    child.on('close', (code) => {
      if (code === 0) resolve();
      else {
        const first = said.split('\n')[0] ?? '';
        reject(
          new OperatingError('records-unavailable', `${program} failed: ${first}`, {
            retry: 'never',
          }),
        );
      }
    });
  });
}

const missing = (program: string) =>
  new UserError(
    'bad-configuration',
    text(`本机没有 ${program}`, `this machine has no ${program}`),
    {
      hint: text(
        '请安装 PostgreSQL 客户端程序(postgresql-client),版本不低于服务器',
        'Install the client programs of PostgreSQL (postgresql-client), no older than the server.',
      ),
    },
  );
