// What somebody may count when they are not there to ask: read anew for each run, so that whoever is disabled or
// may see less than before gets nothing they could not ask for themselves.

import type { DataScope } from '../../security/access/data-scope.ts';
import { scopeOf } from '../../security/access/policy.ts';
import { reachOf } from '../../security/access/rights.ts';
import { policyRoleOf } from '../../security/access/roles.ts';
import { readScope } from '../../security/access/session-store.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

export type CountingRight = {
  readonly scope: DataScope;
  /** False for who may not see the records behind a cell. */
  readonly seesRecords: boolean;
};

/** Undefined when the account is gone or disabled, or may count nothing. */
export async function readCountingRight(
  db: RecordsDb,
  accountId: string,
): Promise<CountingRight | undefined> {
  const row = await db
    .selectFrom('account')
    .leftJoin('officer', 'officer.id', 'account.officerId')
    .leftJoin('accountAccess', 'accountAccess.accountId', 'account.id')
    .select([
      'account.role',
      'account.region',
      'account.officerId',
      'officer.role as officerRole',
      'officer.active as officerActive',
      'accountAccess.scope',
    ])
    .where('account.id', '=', accountId)
    .where('account.active', '=', 1)
    .executeTakeFirst();
  if (!row) return undefined;
  const leads = row.officerRole === 'leader' && row.officerActive === 1;
  const role = policyRoleOf({ role: row.role, leads });
  const { region, officerId } = row;
  const holder = { accountId, officerId, region, role, granted: readScope(row.scope) };
  const scope = scopeOf(holder, 'metric.read');
  if (!scope) return undefined;
  return { scope, seesRecords: reachOf(role, 'metric.records') !== undefined };
}
