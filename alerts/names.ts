// What to call the people who act on alerts, and what they are in their bureau.

import type { RegionCode } from '../core/region.ts';
import type { Text } from '../core/text.ts';
import type { RecordsDb, RecordsTransaction } from '../warehouse/records.ts';

/** Somebody who acts: an account, the officer who signs in with it, or an officer who answered a notice. */
export type Person = {
  /** By which tasks know them: the officer id, or the account id of somebody who is no officer. */
  readonly id: string;
  /** Every id they go by. */
  readonly ids: readonly string[];
  readonly bureau: RegionCode;
  readonly leads: boolean;
};

/** Who is behind the id of an account or officer; undefined for a part of the system. */
export async function findPerson(
  db: RecordsDb | RecordsTransaction,
  actor: string,
): Promise<Person | undefined> {
  const account = await db
    .selectFrom('account')
    .leftJoin('officer', 'officer.id', 'account.officerId')
    .select(['account.id', 'account.officerId', 'account.region', 'officer.role'])
    .where('account.id', '=', actor)
    .executeTakeFirst();
  if (account) {
    const { id, officerId, region, role } = account;
    return {
      id: officerId ?? id,
      ids: officerId === null ? [id] : [id, officerId],
      bureau: region,
      leads: role === 'leader',
    };
  }
  const officer = await db
    .selectFrom('officer')
    .select(['id', 'region', 'role'])
    .where('id', '=', actor)
    .executeTakeFirst();
  if (!officer) return undefined;
  const accounts = await db
    .selectFrom('account')
    .select('id')
    .where('officerId', '=', officer.id)
    .execute();
  return {
    id: officer.id,
    ids: [officer.id, ...accounts.map(({ id }) => id)],
    bureau: officer.region,
    leads: officer.role === 'leader',
  };
}

/**
 * What to call accounts and officers, by id. An officer with an account has its name, which is in both
 * languages; who is neither any more is missing.
 */
export async function loadNames(
  db: RecordsDb | RecordsTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Text>> {
  const names = new Map<string, Text>();
  if (ids.length > 0) {
    const officers = await db
      .selectFrom('officer')
      .select(['id', 'name'])
      .where('id', 'in', ids)
      .execute();
    const accounts = await db
      .selectFrom('account')
      .select(['id', 'officerId', 'displayZh', 'displayEn'])
      .where((eb) => eb.or([eb('id', 'in', ids), eb('officerId', 'in', ids)]))
      .execute();
    for (const { id, name } of officers) names.set(id, { zh: name, en: name });
    for (const { id, officerId, displayZh, displayEn } of accounts) {
      const name = { zh: displayZh, en: displayEn };
      if (ids.includes(id)) names.set(id, name);
      if (officerId !== null && ids.includes(officerId)) names.set(officerId, name);
    }
  }
  return names;
}
