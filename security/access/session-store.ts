// A session with everything the policy asks about it, read anew for every request: whoever is disabled, gets
// another role or loses one is that at the next request.

import { contentHash } from '../../core/ids.ts';
import type { EpochMs } from '../../core/time.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { SignInFactor } from '../../warehouse/records-access.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { SealedRow } from './rights-seal.ts';
import { grantedScopeSchema, type GrantedScope } from './data-scope.ts';

export type SessionState = {
  readonly account: Account;
  readonly leads: boolean;
  readonly isDemo: boolean;
  readonly granted: GrantedScope | undefined;
  readonly mustChangePassword: boolean;
  /** True once a second factor was set up and used. */
  readonly hasSecondFactor: boolean;
  /** Everything of it that is sealed, and the seal. */
  readonly rights: SealedRow;
  readonly session: {
    readonly publicId: string | null;
    readonly tokenHash: string;
    readonly createdAtMs: EpochMs;
    readonly lastSeenAtMs: EpochMs;
    readonly expiresAtMs: EpochMs;
    readonly provenAtMs: EpochMs;
    readonly factor: SignInFactor;
  };
};

/** The session of a token while its account is active; how long it lasts is for the caller to judge. */
export async function readSession(db: RecordsDb, token: string): Promise<SessionState | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.accountId')
    .leftJoin('officer', 'officer.id', 'account.officerId')
    .leftJoin('accountAccess', 'accountAccess.accountId', 'account.id')
    .leftJoin('accountSeal', 'accountSeal.accountId', 'account.id')
    .select([
      'account.id',
      'account.login',
      'account.displayZh',
      'account.displayEn',
      'account.role',
      'account.region',
      'account.language',
      'account.officerId',
      'account.active',
      'account.passwordHash',
      'officer.role as officerRole',
      'officer.active as officerActive',
      'accountAccess.isDemo',
      'accountAccess.scope',
      'accountAccess.mustChangePassword',
      'accountAccess.totpSinceMs',
      'accountSeal.sealed',
      'accountSeal.seal',
      'session.publicId',
      'session.tokenHash',
      'session.createdAtMs',
      'session.lastSeenAtMs',
      'session.expiresAtMs',
      'session.provenAtMs',
      'session.factor',
    ])
    .where('session.tokenHash', '=', contentHash(token))
    .where('account.active', '=', 1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { id, login, displayZh, displayEn, role, region, language, officerId, active } = row;
  const { publicId, tokenHash, createdAtMs, lastSeenAtMs, expiresAtMs, provenAtMs, factor } = row;
  return {
    account: { id, login, displayZh, displayEn, role, region, language, officerId, active },
    leads: row.officerRole === 'leader' && row.officerActive === 1,
    isDemo: row.isDemo === 1,
    // Read when it is asked for: one that was changed by hand need not be a scope at all.
    get granted() {
      return readScope(row.scope);
    },
    mustChangePassword: row.mustChangePassword === 1,
    hasSecondFactor: row.totpSinceMs !== null,
    rights: row,
    session: { publicId, tokenHash, createdAtMs, lastSeenAtMs, expiresAtMs, provenAtMs, factor },
  };
}

/** The scope in a column; null is that of the role. */
export const readScope = (column: string | null): GrantedScope | undefined =>
  column === null ? undefined : grantedScopeSchema.parse(JSON.parse(column));

/** Notes that the session is used. */
export async function touchSession(
  db: RecordsDb,
  { tokenHash, atMs }: { tokenHash: string; atMs: EpochMs },
): Promise<void> {
  await db
    .updateTable('session')
    .set({ lastSeenAtMs: atMs })
    .where('tokenHash', '=', tokenHash)
    .execute();
}

export type SessionRow = {
  readonly publicId: string | null;
  readonly createdAtMs: EpochMs;
  readonly lastSeenAtMs: EpochMs;
  readonly factor: SignInFactor;
  readonly agent: string;
  readonly tokenHash: string;
};

const SESSIONS_SHOWN_MAX = 50;

/** The sessions of an account, the one used last first. */
export const listSessions = (db: RecordsDb, accountId: string): Promise<SessionRow[]> =>
  db
    .selectFrom('session')
    .select(['publicId', 'createdAtMs', 'lastSeenAtMs', 'factor', 'agent', 'tokenHash'])
    .where('accountId', '=', accountId)
    .orderBy('lastSeenAtMs', 'desc')
    .limit(SESSIONS_SHOWN_MAX)
    .execute();

/** Ends all but so many sessions of an account, those unused longest; gives how many ended. */
export async function endOldestSessions(
  db: RecordsDb,
  { accountId, keep }: { accountId: string; keep: number },
): Promise<number> {
  const over = await db
    .selectFrom('session')
    .select('tokenHash')
    .where('accountId', '=', accountId)
    .orderBy('lastSeenAtMs', 'desc')
    .orderBy('createdAtMs', 'desc')
    .offset(keep)
    .limit(SESSIONS_ENDED_MAX)
    .execute();
  if (over.length === 0) return 0;
  await db
    .deleteFrom('session')
    .where(
      'tokenHash',
      'in',
      over.map(({ tokenHash }) => tokenHash),
    )
    .execute();
  return over.length;
}

/** More than one is over only after the setting was made smaller. */
const SESSIONS_ENDED_MAX = 500;
