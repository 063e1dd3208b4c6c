// Passwords are kept as Argon2id hashes in PHC string form, so that the cost can be raised later without
// locking anybody out.

import { argon2, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import type { ChanceIds } from '../core/ids.ts';

/** OWASP password storage cheat sheet (2025), Argon2id: 19 MiB, 2 passes, 1 lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;

const derive = promisify(argon2) as (
  algorithm: 'argon2id',
  parameters: Argon2Parameters,
) => Promise<Buffer>;

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, with a new salt at every call. */
export async function hashPassword(deps: { ids: ChanceIds }, password: string): Promise<string> {
  const salt = Buffer.from(deps.ids.next('salt'));
  const tag = await derive('argon2id', {
    ...COST,
    message: password.normalize('NFC'),
    nonce: salt,
    tagLength: TAG_BYTES,
  });
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** True when the password gives the hash; false too for a hash in a form this program does not know. */
export async function matchesPassword(password: string, hash: string): Promise<boolean> {
  const parts =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash);
  if (!parts) return false;
  const [memory, passes, parallelism] = parts.slice(1, 4).map(Number) as [number, number, number];
  const expected = Buffer.from(parts[5] as string, 'base64');
  const tag = await derive('argon2id', {
    memory,
    passes,
    parallelism,
    message: password.normalize('NFC'),
    nonce: Buffer.from(parts[4] as string, 'base64'),
    tagLength: expected.byteLength,
  });
  return timingSafeEqual(tag, expected);
}

/** A hash no password is known for; checking against it costs what checking a real one does. */
export const DECOY_HASH = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(
  Buffer.from('decoy-decoy-decoy'),
)}$${base64(Buffer.alloc(TAG_BYTES))}`;

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
