// The installation's secret: made once, kept in a file only its owner reads. Every key is derived from it
// under a name of its own, so that knowing one key tells nothing about another.

import { createHmac } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';
import { secretBytes } from '../core/ids.ts';
import { text } from '../core/text.ts';
import { refuseIfOpenToOthers } from '../security/crypto/private-file.ts';

const SECRET_BYTES = 32;

export type Secrets = {
  /** 32 bytes that only this installation knows, the same for the same name. */
  key(name: string): Uint8Array;
  /** A short code derived from a value, for example what a terminal signs in with. */
  code(name: string, value: string): string;
};

/** Reads the secret at `path`, making it when there is none. Throws UserError when it is damaged or others may read it. */
export function openSecrets(path: string): Secrets {
  if (!existsSync(path)) makeSecret(path);
  refuseIfOpenToOthers(path, '600');
  const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
  if (secret.byteLength !== SECRET_BYTES) {
    throw new UserError('bad-configuration', text('密钥文件已损坏', 'the secret file is damaged'), {
      detail: path,
      hint: text(
        '从备份恢复该文件；新密钥将无法识别已登记的终端',
        'Restore it from a backup; with a new one registered terminals are not recognised.',
      ),
    });
  }
  const key = (name: string) => createHmac('sha256', secret).update(name).digest();
  return {
    key,
    code: (name, value) => createHmac('sha256', key(name)).update(value).digest('hex').slice(0, 16),
  };
}

/** Whole or not at all, also when the program is killed meanwhile; whoever else makes one first wins. */
function makeSecret(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, Buffer.from(secretBytes(SECRET_BYTES)).toString('hex'), {
    flag: 'wx',
    mode: 0o600,
    flush: true,
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
