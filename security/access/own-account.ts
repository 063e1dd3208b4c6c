// One's own account: password, second factor, recovery codes, sessions. Each change is one transaction with its
// entry in the trail.

import { UserError } from '../../core/errors.ts';
import type { ChanceIds } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { authenticate, type Account } from '../../warehouse/accounts.ts';
import { hashPassword } from '../../warehouse/password.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { Audit } from '../audit/audit-entry.ts';
import { changeAccountAccess, readAccountAccess, spendCode } from './account-access-store.ts';
import { newRecoveryCodes, newTotpSecret, recoveryCodeHash, totpUri } from './one-time-code.ts';
import { FAULT_TEXTS, passwordFault, type PasswordFault } from './password-rules.ts';
import type { RightsSeal } from './rights-seal.ts';
import { seal } from './seal.ts';

export type OwnAccountDeps = {
  readonly db: RecordsDb;
  readonly records: Pick<Records, 'transaction'>;
  readonly clock: Clock;
  readonly ids: ChanceIds;
  readonly audit: Audit;
  readonly isCommon: (password: string) => boolean;
  readonly secondFactorKey: Uint8Array;
  /** Seals what is changed. */
  readonly rights?: RightsSeal | undefined;
};

const keepSealed = (
  { rights }: OwnAccountDeps,
  trx: RecordsTransaction,
  id: string,
  change: () => Promise<void>,
) => (rights ? rights.keep(trx, id, change) : change());

const tell = (
  { audit, clock }: OwnAccountDeps,
  trx: RecordsTransaction,
  {
    actor,
    action,
    detail = {},
  }: { actor: string; action: string; detail?: Record<string, number> },
) =>
  audit.record(trx, {
    atMs: clock.now(),
    actor,
    action,
    outcome: 'done',
    subjects: [],
    purpose: null,
    reason: null,
    detail,
  });

/** Sets a new password; other sessions of the account end. Throws UserError saying what is wrong with it. */
export async function changeOwnPassword(
  deps: OwnAccountDeps,
  account: Account,
  { current, next, keepSession }: { current: string; next: string; keepSession: string },
): Promise<void> {
  const { db, records, ids, isCommon } = deps;
  const { id, login, displayZh, displayEn } = account;
  if (!(await authenticate(db, { login, password: current }))) {
    throw new UserError('forbidden', text('原密码不正确', 'the present password is not right'));
  }
  const names = [displayZh, displayEn];
  const fault: PasswordFault | undefined =
    current === next ? 'as-before' : passwordFault(next, { login, names, isCommon });
  if (fault) {
    throw new UserError('bad-input', text('新密码不符合要求', 'the new password is not taken'), {
      hint: FAULT_TEXTS[fault],
    });
  }
  const passwordHash = await hashPassword({ ids }, next);
  await records.transaction(async (trx) => {
    await keepSealed(deps, trx, id, async () => {
      await trx.updateTable('account').set({ passwordHash }).where('id', '=', id).execute();
      await changeAccountAccess(trx, id, { mustChangePassword: 0, oneTimeUntilMs: null });
    });
    await trx
      .deleteFrom('session')
      .where('accountId', '=', id)
      .where('tokenHash', '!=', keepSession)
      .execute();
    await tell(deps, trx, { actor: id, action: 'account.change-password' });
  });
}

/** A secret for the app; it is asked for only after a first code of it was given. */
export async function beginSecondFactor(
  { db, secondFactorKey }: OwnAccountDeps,
  { id, login }: Account,
): Promise<{ secret: string; uri: string }> {
  const { totpSinceMs } = await readAccountAccess(db, id);
  if (totpSinceMs !== null) throw hasOne();
  const secret = newTotpSecret();
  const totpSecret = seal(secondFactorKey, { owner: id, secret });
  await changeAccountAccess(db, id, { totpSecret, totpLastStep: 0 });
  return { secret, uri: totpUri(secret, login) };
}

/** Takes the first code; gives the recovery codes, the only time they can be read. */
export async function confirmSecondFactor(
  deps: OwnAccountDeps,
  { id }: Account,
  code: string,
): Promise<string[]> {
  const { records, clock, ids, secondFactorKey: key } = deps;
  const codes = newRecoveryCodes(ids);
  const outcome = await records.transaction(async (trx) => {
    const access = await readAccountAccess(trx, id);
    if (access.totpSinceMs !== null) return 'has-one';
    const nowAtMs = clock.now();
    if (!(await spendCode(trx, access, { code, key, nowAtMs }))) return 'wrong';
    await keepSealed(deps, trx, id, () => changeAccountAccess(trx, id, { totpSinceMs: nowAtMs }));
    await keepRecoveryCodes(trx, id, codes);
    await tell(deps, trx, { actor: id, action: 'account.second-factor-on' });
    return 'on';
  });
  if (outcome === 'has-one') throw hasOne();
  if (outcome === 'wrong') {
    throw new UserError('forbidden', text('验证码不正确', 'the code is not right'), {
      hint: text(
        '请核对手机时间是否自动校准，再输入新的验证码',
        'See that the phone sets its clock by itself, and give a new code.',
      ),
    });
  }
  return codes;
}

/** Takes the second factor off. Whether the role may be without is for the guard to say. */
export async function endSecondFactor(deps: OwnAccountDeps, { id }: Account): Promise<void> {
  await deps.records.transaction(async (trx) => {
    await keepSealed(deps, trx, id, () =>
      changeAccountAccess(trx, id, { totpSecret: null, totpSinceMs: null, totpLastStep: 0 }),
    );
    await trx.deleteFrom('accountRecoveryCode').where('accountId', '=', id).execute();
    await tell(deps, trx, { actor: id, action: 'account.second-factor-off' });
  });
}

/** Ends one session of the account by its public name, or all but the one it is asked from. */
export async function endOwnSessions(
  deps: OwnAccountDeps,
  { id }: Account,
  which: { publicId: string } | { allBut: string },
): Promise<number> {
  return deps.records.transaction(async (trx) => {
    const result = await trx
      .deleteFrom('session')
      .where('accountId', '=', id)
      .where((eb) =>
        'publicId' in which
          ? eb('publicId', '=', which.publicId)
          : eb('tokenHash', '!=', which.allBut),
      )
      .executeTakeFirst();
    const sessions = Number(result.numDeletedRows);
    await tell(deps, trx, { actor: id, action: 'session.end', detail: { sessions } });
    return sessions;
  });
}

async function keepRecoveryCodes(
  trx: RecordsTransaction,
  accountId: string,
  codes: readonly string[],
): Promise<void> {
  await trx.deleteFrom('accountRecoveryCode').where('accountId', '=', accountId).execute();
  await trx
    .insertInto('accountRecoveryCode')
    .values(codes.map((code) => ({ accountId, codeHash: recoveryCodeHash(accountId, code) })))
    .execute();
}

const hasOne = () =>
  new UserError('conflict', text('动态验证码已经启用', 'there is a second factor already'));
