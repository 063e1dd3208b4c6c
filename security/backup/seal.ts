// How what is backed up is closed: AES-256-GCM for every piece, a fresh nonce each, its name bound to it. The
// key comes from a file: 64 hexadecimal digits, or a passphrase stretched with scrypt.

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { secretBytes } from '../../core/ids.ts';
import { text } from '../../core/text.ts';

export type Seal = {
  /** A name that only who has the key can make; equal content, equal name. */
  nameOf(content: Uint8Array): string;
  close(name: string, content: Uint8Array): Uint8Array;
  /** Throws UserError `conflict` when a byte of it is not as it was written. */
  open(name: string, closed: Uint8Array): Uint8Array;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const PASSPHRASE_CHARS_MIN = 16;
/** scrypt with 64 MB (RFC 7914; OWASP asks for N=2^16 with r=8). */
const SCRYPT = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };

export const newSalt = (): string => Buffer.from(secretBytes(16)).toString('hex');

/** The secret in the key file. Throws UserError `bad-configuration` when there is none to be trusted. */
export function readKeyFile(path: string): string {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch {
    throw new UserError(
      'bad-configuration',
      text('读不到备份密钥文件', 'the key file of the backups cannot be read'),
      { detail: path },
    );
  }
  if (isHexKey(secret) || secret.length >= PASSPHRASE_CHARS_MIN) return secret;
  throw new UserError(
    'bad-configuration',
    text('备份口令过短', 'the passphrase of the backups is too short'),
    {
      detail: path,
      hint: text(
        `口令至少 ${PASSPHRASE_CHARS_MIN} 个字符，或给出 64 位十六进制密钥`,
        `Give at least ${PASSPHRASE_CHARS_MIN} characters, or 64 hexadecimal digits.`,
      ),
    },
  );
}

const isHexKey = (secret: string) => /^[0-9a-f]{64}$/i.test(secret);

/** The seal of one chain of backups. */
export function createSeal(secret: string, salt: string): Seal {
  const root = isHexKey(secret)
    ? Buffer.from(secret, 'hex')
    : scryptSync(secret, Buffer.from(salt, 'hex'), KEY_BYTES, SCRYPT);
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', root, Buffer.from(salt, 'hex'), use, KEY_BYTES));
  const [key, naming] = [derive('plumbline backup content'), derive('plumbline backup names')];
  return {
    nameOf: (content) => createHmac('sha256', naming).update(content).digest('hex'),
    close(name, content) {
      const nonce = secretBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(name, 'utf8'));
      const body = Buffer.concat([cipher.update(content), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(name, closed) {
      if (closed.byteLength < NONCE_BYTES + TAG_BYTES) throw damaged(name);
      const decipher = createDecipheriv('aes-256-gcm', key, closed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(name, 'utf8'));
      decipher.setAuthTag(closed.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([
          decipher.update(closed.subarray(NONCE_BYTES, -TAG_BYTES)),
          decipher.final(),
        ]);
      } catch {
        throw damaged(name);
      }
    },
  };
}

/** True when both are the same bytes; takes as long whatever differs. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && timingSafeEqual(a, b);

export const damaged = (what: string): UserError =>
  new UserError('conflict', text('备份已损坏或被改动', 'the backup is damaged or was changed'), {
    detail: what,
    hint: text('请改用更早的备份', 'Use an earlier backup.'),
  });
