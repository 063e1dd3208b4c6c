// Who may sign in. Passwords are kept as hashes only; an unknown login costs as much time as a wrong
// password, so that answers do not tell who has an account.

import { contentId, type ChanceIds } from '../core/ids.ts';
import { DECOY_HASH, hashPassword, matchesPassword } from './password.ts';
import type { RecordsDb } from './records.ts';
import { flag, type AccountTable } from './records-schema.ts';

/** An account as the rest of the system sees it: without the hash. */
export type Account = Omit<AccountTable, 'passwordHash'>;

export type NewAccount = Omit<Account, 'id' | 'active' | 'officerId'> & {
  readonly password: string;
  readonly officerId?: string;
};

const COLUMNS = [
  'id',
  'login',
  'displayZh',
  'displayEn',
  'role',
  'region',
  'language',
  'officerId',
  'active',
] as const;

/** Creates an account; gives undefined and changes nothing when the login is taken. */
export async function createAccount(
  deps: { ids: ChanceIds },
  db: RecordsDb,
  { password, ...account }: NewAccount,
): Promise<Account | undefined> {
  // Hashing takes its time; whoever makes sure of accounts at every start need not spend it.
  if (await hasLogin(db, account.login)) return undefined;
  const row = {
    ...account,
    id: contentId('ac', [account.login]),
    passwordHash: await hashPassword(deps, password),
    officerId: account.officerId ?? null,
    active: flag(true),
  };
  return db
    .insertInto('account')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
}

const hasLogin = async (db: RecordsDb, login: string): Promise<boolean> =>
  (await db.selectFrom('account').select('id').where('login', '=', login).executeTakeFirst()) !==
  undefined;

/** The account when login and password match and it is active. Takes some tens of milliseconds. */
export async function authenticate(
  db: RecordsDb,
  { login, password }: { login: string; password: string },
): Promise<Account | undefined> {
  const row = await db
    .selectFrom('account')
    .selectAll()
    .where('login', '=', login)
    .executeTakeFirst();
  const matches = await matchesPassword(password, row?.passwordHash ?? DECOY_HASH);
  if (!row || !matches || row.active === 0) return undefined;
  const { passwordHash: _secret, ...account } = row;
  return account;
}

/** Replaces the password of an account. */
export async function setPassword(
  deps: { ids: ChanceIds },
  db: RecordsDb,
  { accountId, password }: { accountId: string; password: string },
): Promise<void> {
  await db
    .updateTable('account')
    .set({ passwordHash: await hashPassword(deps, password) })
    .where('id', '=', accountId)
    .execute();
}

/** The account somebody signs in to with `login`. */
export async function findAccountByLogin(
  db: RecordsDb,
  login: string,
): Promise<Account | undefined> {
  return db.selectFrom('account').select(COLUMNS).where('login', '=', login).executeTakeFirst();
}

export async function findAccount(db: RecordsDb, id: string): Promise<Account | undefined> {
  return db.selectFrom('account').select(COLUMNS).where('id', '=', id).executeTakeFirst();
}
