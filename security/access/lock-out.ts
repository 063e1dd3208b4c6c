// How long the next sign-in must wait after failed ones. The wait doubles with each failure. Failures are counted
// apart for a device that has signed in with the login before, so that a stranger who fails on purpose at night
// makes strangers wait, never the officer at their own desk. Unknown logins are counted like known ones: what is
// answered does not tell which exist.

import { contentHash } from '../../core/ids.ts';

export type LockOutSettings = {
  /** Failures before the next sign-in must wait. */
  readonly free: number;
  readonly waitMax: number;
  /** Many people share one address: it may fail so many times as often. */
  readonly addressFactor: number;
};

export type Failures = { readonly failures: number; readonly lastAtMs: number };

/** A count and from which number of failures on it makes wait. */
export type FailureKey = { readonly keyHash: string; readonly free: number };

const FIRST_WAIT_MS = 1_000;

/** Without a failure for so long a count begins anew. */
export const FAILURES_KEPT_MS = 3_600_000;

/** Strangers all over may fail at one login so many times as often as from one address. */
const EVERYWHERE_FACTOR = 4;

/** The counts a sign-in goes into. */
export function failureKeys(
  { login, address, device }: { login: string; address: string; device: string | undefined },
  { free, addressFactor }: LockOutSettings,
): FailureKey[] {
  const name = login.normalize('NFC').toLowerCase();
  const key = (parts: readonly string[], count: number) => ({
    keyHash: contentHash(parts.join('\u001f')),
    free: count,
  });
  // A device that is known answers for itself alone.
  if (device !== undefined) return [key(['device', device, name], free)];
  return [
    key(['login-address', name, address], free),
    key(['login', name], free * EVERYWHERE_FACTOR),
    key(['address', address], free * addressFactor),
  ];
}

/** Until when the next sign-in must wait; 0 when it need not. */
export function waitUntilMs(
  { failures, lastAtMs }: Failures,
  free: number,
  { waitMax }: Pick<LockOutSettings, 'waitMax'>,
): number {
  if (failures < free) return 0;
  // Past thirty doublings any wait is the longest.
  return lastAtMs + Math.min(waitMax, FIRST_WAIT_MS * 2 ** Math.min(30, failures - free));
}

/** The count after one more failure. */
export const countFailure = (before: Failures | undefined, nowMs: number): Failures => ({
  failures:
    before === undefined || nowMs - before.lastAtMs > FAILURES_KEPT_MS ? 1 : before.failures + 1,
  lastAtMs: nowMs,
});
