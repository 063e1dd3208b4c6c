// Attempts to sign in, counted before the password is looked at: a hundred at once are a hundred, and one that
// comes out right is taken back.

import { epochMs, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsTransaction } from '../../warehouse/records.ts';
import {
  countFailure,
  FAILURES_KEPT_MS,
  waitUntilMs,
  type FailureKey,
  type LockOutSettings,
} from './lock-out.ts';

/** Counts an attempt; gives instead until when it must wait, and whether waiting begins with this one. */
export async function takeAttempt(
  records: Pick<Records, 'transaction'>,
  {
    keys,
    nowAtMs,
    settings,
  }: { keys: readonly FailureKey[]; nowAtMs: EpochMs; settings: LockOutSettings },
): Promise<{ readonly waitUntilMs: number }> {
  return records.transaction(async (trx) => {
    const rows = await trx
      .selectFrom('signInFailure')
      .selectAll()
      .where(
        'keyHash',
        'in',
        keys.map(({ keyHash }) => keyHash),
      )
      .execute();
    const counts = new Map(
      rows
        .filter(({ lastAtMs }) => nowAtMs - lastAtMs <= FAILURES_KEPT_MS)
        .map((row) => [row.keyHash, row]),
    );
    const waits = keys.map(({ keyHash, free }) => {
      const before = counts.get(keyHash);
      return before ? waitUntilMs(before, free, settings) : 0;
    });
    const until = Math.max(0, ...waits);
    if (until > nowAtMs) return { waitUntilMs: until };
    for (const { keyHash } of keys) {
      const { failures } = countFailure(counts.get(keyHash), nowAtMs);
      await trx
        .insertInto('signInFailure')
        .values({ keyHash, failures, lastAtMs: nowAtMs })
        .onConflict((conflict) =>
          conflict.column('keyHash').doUpdateSet({ failures, lastAtMs: nowAtMs }),
        )
        .execute();
    }
    await trx
      .deleteFrom('signInFailure')
      .where('lastAtMs', '<', epochMs(nowAtMs - FAILURES_KEPT_MS))
      .execute();
    return { waitUntilMs: 0 };
  });
}

/** The attempt came out right: nothing is held against who made it. */
export async function forgiveAttempt(
  trx: RecordsTransaction,
  keys: readonly FailureKey[],
): Promise<void> {
  const [own, ...shared] = keys.map(({ keyHash }) => keyHash);
  if (own !== undefined) await trx.deleteFrom('signInFailure').where('keyHash', '=', own).execute();
  if (shared.length === 0) return;
  await trx
    .updateTable('signInFailure')
    .set((eb) => ({ failures: eb('failures', '-', 1) }))
    .where('keyHash', 'in', shared)
    .where('failures', '>', 0)
    .execute();
}
