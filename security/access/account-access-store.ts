// What an account has beside its role: rows are made when there is first something to keep.

import type { EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { AccountAccessTable } from '../../warehouse/records-access.ts';
import type { Selectable, Updateable } from 'kysely';
import { recoveryCodeHash, takeCode } from './one-time-code.ts';
import { unseal } from './seal.ts';

export type AccountAccess = Selectable<AccountAccessTable>;

/** The row of an account, or what one without a row has. */
export async function readAccountAccess(db: RecordsDb, accountId: string): Promise<AccountAccess> {
  const row = await db
    .selectFrom('accountAccess')
    .selectAll()
    .where('accountId', '=', accountId)
    .executeTakeFirst();
  return (
    row ?? {
      accountId,
      isDemo: 0,
      scope: null,
      mustChangePassword: 0,
      oneTimeUntilMs: null,
      totpSecret: null,
      totpSinceMs: null,
      totpLastStep: 0,
    }
  );
}

export async function changeAccountAccess(
  db: RecordsDb,
  accountId: string,
  change: Omit<Updateable<AccountAccessTable>, 'accountId'>,
): Promise<void> {
  await db
    .insertInto('accountAccess')
    .values({ accountId, ...change })
    .onConflict((conflict) => conflict.column('accountId').doUpdateSet(change))
    .execute();
}

/** An account everybody is told the password of: no second factor is asked of it. */
export const markDemoAccount = (db: RecordsDb, accountId: string): Promise<void> =>
  changeAccountAccess(db, accountId, { isDemo: 1 });

/** True when the code is right; it and all before it are spent then, also when two come at once. */
export async function spendCode(
  trx: RecordsTransaction,
  access: AccountAccess,
  { code, key, nowAtMs }: { code: string; key: Uint8Array; nowAtMs: EpochMs },
): Promise<boolean> {
  const { accountId, totpSecret, totpLastStep: lastStep } = access;
  const secret =
    totpSecret === null ? undefined : unseal(key, { owner: accountId, sealed: totpSecret });
  const step =
    secret === undefined ? undefined : takeCode(code, { secret, lastStep, nowMs: nowAtMs });
  if (step !== undefined) {
    const spent = await trx
      .updateTable('accountAccess')
      .set({ totpLastStep: step })
      .where('accountId', '=', accountId)
      .where('totpLastStep', '<', step)
      .executeTakeFirst();
    return Number(spent.numUpdatedRows) === 1;
  }
  const used = await trx
    .deleteFrom('accountRecoveryCode')
    .where('accountId', '=', accountId)
    .where('codeHash', '=', recoveryCodeHash(accountId, code))
    .executeTakeFirst();
  return Number(used.numDeletedRows) === 1;
}

/** The same in a transaction of its own, over what is in the records now. */
export const takeSecondFactor = (
  records: Pick<Records, 'transaction'>,
  { accountId, ...given }: { accountId: string; code: string; key: Uint8Array; nowAtMs: EpochMs },
): Promise<boolean> =>
  records.transaction(async (trx) =>
    spendCode(trx, await readAccountAccess(trx, accountId), given),
  );
