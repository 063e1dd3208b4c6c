// The key checkpoints are signed with: made at the first start, in a file only its owner reads. The public
// half is printed by `plumbline audit key`, to be kept where the installation cannot reach it.

import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { refuseIfOpenToOthers } from '../crypto/private-file.ts';
import { createKeyPair, SIGNINGS, type KeyPair, type PublicKey, type Signing } from './signer.ts';

const hex = z.string().regex(/^[0-9a-f]+$/);
const publicKeySchema = z.strictObject({ signing: z.enum(SIGNINGS), publicKey: hex });
const keyPairSchema = publicKeySchema.extend({ privateKey: hex });

/** Reads the key at `path`, making it when there is none. Throws UserError for a damaged file or another kind. */
export function openKeyFile(path: string, signing: Signing): KeyPair {
  if (!existsSync(path)) makeKeyFile(path, signing);
  refuseIfOpenToOthers(path, '600');
  const parsed = keyPairSchema.safeParse(readJson(path));
  if (!parsed.success) throw damaged(path);
  if (parsed.data.signing === signing) return parsed.data;
  throw new UserError(
    'bad-configuration',
    text('审计签名算法与密钥文件不符', 'the audit key is of another kind'),
    {
      detail: `${path}: ${parsed.data.signing} instead of ${signing}`,
      hint: text(
        '配置项 audit.signature 在首次启动后不能更改，请改回原值',
        'audit.signature stays as it was at the first start: set it back.',
      ),
    },
  );
}

/** A public key as `plumbline audit key` wrote it. Throws UserError. */
export function readPublicKey(path: string): PublicKey {
  const parsed = publicKeySchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw damaged(path);
}

/** As it is given to others. */
export const publicHalf = ({ signing, publicKey }: PublicKey): PublicKey => ({
  signing,
  publicKey,
});

const damaged = (path: string): UserError =>
  new UserError('bad-configuration', text('审计密钥文件已损坏', 'the audit key is damaged'), {
    detail: path,
    hint: text('请从备份恢复该文件', 'Restore the file from a backup.'),
  });

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, also when the program is killed meanwhile; whoever else makes one first wins. */
function makeKeyFile(path: string, signing: Signing): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(createKeyPair(signing))}\n`, {
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
