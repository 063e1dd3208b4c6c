// The rights of every account are sealed: what decides them stands beside the rows a second time, with an HMAC whose
// key is not in the database. A row somebody changed by hand no longer fits its seal, and the account opens nothing
// until a security administrator has granted its rights anew.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import { changeAccountAccess } from './account-access-store.ts';

/** What is sealed. */
export type RightsRow = {
  readonly id: string;
  readonly login: string;
  readonly role: string;
  readonly region: string;
  readonly officerId: string | null;
  readonly active: number;
  readonly passwordHash: string;
  readonly isDemo: number | null;
  readonly scope: string | null;
  readonly totpSinceMs: number | null;
  /** That of the officer whose account it is. */
  readonly officerRole: string | null;
  readonly officerActive: number | null;
};

export type SealedRow = RightsRow & {
  readonly sealed: string | null;
  readonly seal: string | null;
};

export type Altered = {
  readonly accountId: string;
  /** What differs, by name; `seal` where there is none that holds. */
  readonly fields: readonly string[];
};

export type RightsSeal = {
  /** Nothing where the row is as it was sealed. Costs some microseconds: it is asked for every request. */
  alteredIn(row: SealedRow): Altered | undefined;
  /** Seals what is there now. For accounts that are made, and whose rights two persons have just given. */
  seal(trx: RecordsTransaction, accountId: string): Promise<void>;
  /** Does what changes an account and seals it again, but never what was altered before. */
  keep(trx: RecordsTransaction, accountId: string, change: () => Promise<void>): Promise<void>;
  /** Puts back what was sealed, where that is known; else nothing opens the account. Gives what had been altered. */
  restore(trx: RecordsTransaction, accountId: string): Promise<Altered | undefined>;
  /** Every account that is not as it was sealed. */
  findAltered(db: RecordsDb): Promise<Altered[]>;
  /** Seals every account as it is, for the first start with seals; gives how many. */
  sealAll(trx: RecordsTransaction): Promise<number>;
};

type Content = {
  id: string;
  login: string;
  role: string;
  region: string;
  officer: string | null;
  active: number;
  password: string;
  demo: number;
  scope: string | null;
  factorSinceMs: number | null;
  leads: boolean;
};

const KNOWN_MAX = 10_000;

export function createRightsSeal(key: Uint8Array): RightsSeal {
  const macOf = (content: string) => createHmac('sha256', key).update(content).digest();
  /** What held before holds again: the seals by their content. */
  const known = new Map<string, string>();
  const holds = (content: string, seal: string): boolean => {
    if (known.get(content) === seal) return true;
    const given = Buffer.from(seal, 'base64');
    const mac = macOf(content);
    if (given.byteLength !== mac.byteLength || !timingSafeEqual(given, mac)) return false;
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(content, seal);
    return true;
  };

  /** What was sealed, where the seal itself is ours and of this account. */
  const sealedIn = ({ id, sealed, seal }: SealedRow): Content | undefined => {
    if (sealed === null || seal === null || !holds(sealed, seal)) return undefined;
    // Guarantee of the cast: nobody without the key writes what holds.
    const content = JSON.parse(sealed) as Content;
    return content.id === id ? content : undefined;
  };

  const alteredIn: RightsSeal['alteredIn'] = (row) => {
    const now = contentOf(row);
    if (row.sealed === JSON.stringify(now) && row.seal !== null && holds(row.sealed, row.seal)) {
      return undefined;
    }
    const before = sealedIn(row);
    if (!before) return { accountId: row.id, fields: ['seal'] };
    const fields = (Object.keys(now) as (keyof Content)[]).filter(
      // Who no longer leads has lost something: nobody need allow that.
      (name) => now[name] !== before[name] && !(name === 'leads' && before.leads),
    );
    return fields.length === 0 ? undefined : { accountId: row.id, fields };
  };

  const read = (db: RecordsDb, accountId: string): Promise<SealedRow | undefined> =>
    sealedRows(db).where('account.id', '=', accountId).executeTakeFirst();

  const write = async (trx: RecordsTransaction, row: RightsRow): Promise<void> => {
    const sealed = JSON.stringify(contentOf(row));
    const values = { sealed, seal: macOf(sealed).toString('base64') };
    await trx
      .insertInto('accountSeal')
      .values({ accountId: row.id, ...values })
      .onConflict((conflict) => conflict.column('accountId').doUpdateSet(values))
      .execute();
  };

  const seal: RightsSeal['seal'] = async (trx, accountId) => {
    const row = await read(trx, accountId);
    if (row) await write(trx, row);
  };

  return {
    alteredIn,
    seal,
    async keep(trx, accountId, change) {
      const before = await read(trx, accountId);
      await change();
      if (before && !alteredIn(before)) await seal(trx, accountId);
    },
    async restore(trx, accountId) {
      const row = await read(trx, accountId);
      const altered = row && alteredIn(row);
      if (!row || !altered) return undefined;
      await putBack(trx, accountId, sealedIn(row));
      await seal(trx, accountId);
      return altered;
    },
    async findAltered(db) {
      const rows = await sealedRows(db).execute();
      return rows.flatMap((row) => alteredIn(row) ?? []);
    },
    async sealAll(trx) {
      const rows = await sealedRows(trx).execute();
      for (const row of rows) await write(trx, row);
      return rows.length;
    },
  };
}

const contentOf = (row: RightsRow): Content => ({
  id: row.id,
  login: row.login,
  role: row.role,
  region: row.region,
  officer: row.officerId,
  active: row.active,
  password: row.passwordHash,
  demo: row.isDemo ?? 0,
  scope: row.scope,
  factorSinceMs: row.totpSinceMs,
  leads: row.officerRole === 'leader' && row.officerActive === 1,
});

const sealedRows = (db: RecordsDb) =>
  db
    .selectFrom('account')
    .leftJoin('officer', 'officer.id', 'account.officerId')
    .leftJoin('accountAccess', 'accountAccess.accountId', 'account.id')
    .leftJoin('accountSeal', 'accountSeal.accountId', 'account.id')
    .select([
      'account.id',
      'account.login',
      'account.role',
      'account.region',
      'account.officerId',
      'account.active',
      'account.passwordHash',
      'accountAccess.isDemo',
      'accountAccess.scope',
      'accountAccess.totpSinceMs',
      'officer.role as officerRole',
      'officer.active as officerActive',
      'accountSeal.sealed',
      'accountSeal.seal',
    ]);

/** No password has this hash. */
const NO_PASSWORD = '';

async function putBack(
  trx: RecordsTransaction,
  accountId: string,
  before: Content | undefined,
): Promise<void> {
  await trx
    .updateTable('account')
    .set(
      before === undefined
        ? { active: 0, passwordHash: NO_PASSWORD }
        : {
            login: before.login,
            // Guarantee of the casts: these were the values of the same columns.
            role: before.role as never,
            region: before.region as never,
            officerId: before.officer,
            active: before.active as never,
            passwordHash: before.password,
          },
    )
    .where('id', '=', accountId)
    .execute();
  const factor = before?.factorSinceMs ?? null;
  await changeAccountAccess(trx, accountId, {
    isDemo: (before?.demo ?? 0) as never,
    scope: before?.scope ?? null,
    // A factor that was taken off cannot be put back; whoever needs one sets it up anew.
    ...(factor === null ? { totpSecret: null, totpSinceMs: null } : {}),
  });
  await trx.deleteFrom('session').where('accountId', '=', accountId).execute();
}
