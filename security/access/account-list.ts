// Every account with what it may and what waits for the second person, for the administrators.

import type { Text } from '../../core/text.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { policyRoleOf } from './roles.ts';
import { readScope } from './session-store.ts';

/** Accounts of a city's bureaus are some hundreds; more are not shown. */
const ACCOUNTS_MAX = 2_000;

export async function listAccounts(
  db: RecordsDb,
  { account: me, mayApprove }: { account: Pick<Account, 'id'>; mayApprove: boolean },
) {
  const rows = await db
    .selectFrom('account')
    .leftJoin('officer', 'officer.id', 'account.officerId')
    .leftJoin('accountAccess', 'accountAccess.accountId', 'account.id')
    .select([
      'account.id',
      'account.login',
      'account.displayZh',
      'account.displayEn',
      'account.role',
      'account.region',
      'account.active',
      'officer.role as officerRole',
      'accountAccess.isDemo',
      'accountAccess.scope',
      'accountAccess.mustChangePassword',
      'accountAccess.totpSinceMs',
    ])
    .orderBy('account.region')
    .orderBy('account.login')
    .limit(ACCOUNTS_MAX)
    .execute();
  const sessions = await db
    .selectFrom('session')
    .select(({ fn }) => [
      'accountId',
      fn.countAll<number>().as('count'),
      fn.max('lastSeenAtMs').as('lastSeenAtMs'),
    ])
    .groupBy('accountId')
    .execute();
  const grants = await db
    .selectFrom('accessGrant')
    .selectAll()
    .where('state', '=', 'open')
    .execute();
  const names = new Map<string, Text>(
    rows.map(({ id, displayZh: zh, displayEn: en }) => [id, { zh, en }]),
  );
  return rows.map((row) => {
    const { id, login, role, region, officerRole } = row;
    const seen = sessions.find(({ accountId }) => accountId === id);
    const grant = grants.find(({ accountId }) => accountId === id);
    return {
      id,
      login,
      name: names.get(id) as Text,
      role: policyRoleOf({ role, leads: officerRole === 'leader' }),
      region,
      scope: readScope(row.scope) ?? null,
      active: row.active === 1,
      isDemo: row.isDemo === 1,
      isMe: id === me.id,
      mustChangePassword: row.mustChangePassword === 1,
      hasSecondFactor: row.totpSinceMs !== null,
      sessions: Number(seen?.count ?? 0),
      lastSeenAtMs: seen === undefined ? null : Number(seen.lastSeenAtMs),
      waiting:
        grant === undefined
          ? null
          : {
              id: grant.id,
              role: grant.role,
              region: grant.region,
              scope: readScope(grant.scope) ?? null,
              reason: grant.reason,
              askedBy: names.get(grant.askedBy) ?? { zh: grant.askedBy, en: grant.askedBy },
              askedAtMs: grant.askedAtMs,
              mayDecide: mayApprove && grant.askedBy !== me.id && id !== me.id,
            },
    };
  });
}
