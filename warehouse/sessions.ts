// Signed-in browsers. The token is known to the browser alone; kept is its SHA-256, so that a stolen
// table opens nothing.

import { contentHash, contentId, type ChanceIds } from '../core/ids.ts';
import { epochMs, type Clock } from '../core/time.ts';
import type { Account } from './accounts.ts';
import type { SignInFactor } from './records-access.ts';
import type { RecordsDb } from './records.ts';

export type SessionDeps = { readonly clock: Clock; readonly ids: ChanceIds };

/** A session ends this long after signing in, and this long after it was last used. */
export const SESSION_MS_MAX = 12 * 3_600_000;
export const SESSION_IDLE_MS_MAX = 2 * 3_600_000;

/** The time of last use is written at most this often. */
const TOUCH_MS = 60_000;

export type NewSession = {
  readonly absoluteMs?: number;
  readonly factor?: SignInFactor;
  readonly agent?: string;
};

/** Opens a session and gives its token, the only time it can be read. */
export async function openSession(
  { clock, ids }: SessionDeps,
  db: RecordsDb,
  accountId: string,
  { absoluteMs = SESSION_MS_MAX, factor = 'password', agent = '' }: NewSession = {},
): Promise<string> {
  const token = ids.next('session');
  const createdAtMs = clock.now();
  await db
    .insertInto('session')
    .values({
      tokenHash: contentHash(token),
      accountId,
      createdAtMs,
      expiresAtMs: epochMs(createdAtMs + absoluteMs),
      lastSeenAtMs: createdAtMs,
      // Says which session it is without saying with what it is used.
      publicId: contentId('se', [token]),
      provenAtMs: createdAtMs,
      factor,
      agent,
    })
    .execute();
  return token;
}

/** The account a token belongs to, while its session lasts and the account is active. */
export async function findSession(
  { clock }: Pick<SessionDeps, 'clock'>,
  db: RecordsDb,
  token: string,
): Promise<Account | undefined> {
  const nowAtMs = clock.now();
  const tokenHash = contentHash(token);
  const row = await db
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.accountId')
    .select([
      'session.lastSeenAtMs',
      'account.id',
      'account.login',
      'account.displayZh',
      'account.displayEn',
      'account.role',
      'account.region',
      'account.language',
      'account.officerId',
      'account.active',
    ])
    .where('session.tokenHash', '=', tokenHash)
    .where('session.expiresAtMs', '>', nowAtMs)
    .where('session.lastSeenAtMs', '>', epochMs(nowAtMs - SESSION_IDLE_MS_MAX))
    .where('account.active', '=', 1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { lastSeenAtMs, ...account } = row;
  if (nowAtMs - lastSeenAtMs >= TOUCH_MS) {
    await db
      .updateTable('session')
      .set({ lastSeenAtMs: nowAtMs })
      .where('tokenHash', '=', tokenHash)
      .execute();
  }
  return account;
}

/** Notes that its owner has proven who they are again, and gives the session another token. */
export async function proveSession(
  { clock, ids }: SessionDeps,
  db: RecordsDb,
  tokenHash: string,
): Promise<string> {
  const token = ids.next('session');
  await db
    .updateTable('session')
    .set({ tokenHash: contentHash(token), provenAtMs: clock.now() })
    .where('tokenHash', '=', tokenHash)
    .execute();
  return token;
}

/** Ends one session: signing out. */
export async function endSession(db: RecordsDb, token: string): Promise<void> {
  await db.deleteFrom('session').where('tokenHash', '=', contentHash(token)).execute();
}

/** Ends every session of an account: after a password or a role changed. */
export async function endSessionsOf(db: RecordsDb, accountId: string): Promise<void> {
  await db.deleteFrom('session').where('accountId', '=', accountId).execute();
}

/** Removes what can never be used again; gives how many. */
export async function forgetEndedSessions(
  { clock }: Pick<SessionDeps, 'clock'>,
  db: RecordsDb,
): Promise<number> {
  const nowAtMs = clock.now();
  const result = await db
    .deleteFrom('session')
    .where((eb) =>
      eb.or([
        eb('expiresAtMs', '<=', nowAtMs),
        eb('lastSeenAtMs', '<=', epochMs(nowAtMs - SESSION_IDLE_MS_MAX)),
      ]),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
