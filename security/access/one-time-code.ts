// The second factor: time-based codes by RFC 6238 (SHA-1, 30 s, six digits, what every authenticator app speaks),
// and recovery codes for a lost phone. A code is taken once, and one step of drift either way is allowed.

import { Secret, TOTP } from 'otpauth';
import { contentHash, secretBytes, type ChanceIds } from '../../core/ids.ts';

export const STEP_MS = 30_000;
const DRIFT_STEPS = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** 120 bits of chance: below 112 a code would have to be hashed as slowly as a password. */
const RECOVERY_CHARS = 24;

const totpOf = (secret: string, label = '') =>
  new TOTP({
    issuer: '准绳 Plumbline',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: STEP_MS / 1_000,
    secret: Secret.fromBase32(secret),
  });

/** A new secret, in base 32 as apps take it. */
export const newTotpSecret = (bytes: Uint8Array = secretBytes(SECRET_BYTES)): string =>
  new Secret({ buffer: Uint8Array.from(bytes).buffer }).base32;

/** What an authenticator app scans. */
export const totpUri = (secret: string, login: string): string => totpOf(secret, login).toString();

/** The code of an instant. */
export const totpAt = (secret: string, atMs: number): string =>
  totpOf(secret).generate({ timestamp: atMs });

/**
 * The time step a code belongs to; undefined for a wrong one and for one of a step that was taken already.
 * Give it back as `lastStep` next time.
 */
export function takeCode(
  code: string,
  { secret, lastStep, nowMs }: { secret: string; lastStep: number; nowMs: number },
): number | undefined {
  const plain = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(plain)) return undefined;
  const delta = totpOf(secret).validate({ token: plain, timestamp: nowMs, window: DRIFT_STEPS });
  if (delta === null) return undefined;
  const step = Math.floor(nowMs / STEP_MS) + delta;
  return step > lastStep ? step : undefined;
}

/** Ten codes for a lost phone, each good once; only their hashes are kept. */
export function newRecoveryCodes(ids: ChanceIds): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const chars = ids
      .next('recovery')
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(-RECOVERY_CHARS);
    return chars.replaceAll(/(.{4})(?=.)/g, '$1-');
  });
}

/** So much chance needs no slow hash; codes of twelve characters, given before, still open. */
export const recoveryCodeHash = (accountId: string, code: string): string =>
  contentHash(`${accountId}\u001f${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`);
