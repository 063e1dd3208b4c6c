// Keeps small secrets in the records so that the records alone do not tell them: AES-256-GCM under a key of the
// installation, bound to whose secret it is.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { secretBytes } from '../../core/ids.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function seal(
  key: Uint8Array,
  { owner, secret }: { owner: string; secret: string },
): string {
  const nonce = secretBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(owner));
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Undefined when it was sealed with another key or for somebody else. */
export function unseal(
  key: Uint8Array,
  { owner, sealed }: { owner: string; sealed: string },
): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
