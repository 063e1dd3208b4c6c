// Who may look at and change which roster: duty officers that of their own bureau, those of the city all of
// its counties' as well.

import { UserError } from '../../core/errors.ts';
import type { Reaching } from '../../core/reach.ts';
import { isWithin, regionName, type RegionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AccountRole } from '../../warehouse/records-schema.ts';
import { parentsOf } from '../route.ts';

/** Who acts, as the session knows them. */
export type RosterOfficer = Reaching & {
  readonly accountId: string;
  readonly role: AccountRole;
  /** The officer who signs in with the account, if it is one. */
  readonly officerId: string | null;
};

/** True when the account may look at and change the roster of `bureau`. */
export const mayHandle = (
  { role, region, reaches, officerId }: RosterOfficer,
  bureau: RegionCode,
): boolean => {
  if (role !== 'city-officer' && role !== 'county-officer') return false;
  // Whoever reaches what is theirs alone has the roster they are on themselves.
  if (reaches) return reaches(bureau, bureau === region ? officerId : null);
  return role === 'city-officer' ? isWithin(bureau, region) : bureau === region;
};

/** Throws UserError `forbidden`. */
export function mustHandle(by: RosterOfficer, bureau: RegionCode): void {
  if (!mayHandle(by, bureau)) throw notYourRoster(bureau);
}

export function notYourRoster(bureau: RegionCode): UserError {
  const { zh, en } = regionName(bureau);
  return new UserError(
    'forbidden',
    text('该单位的值班表不在您的权限内', 'the roster of this bureau is not yours to see or change'),
    { detail: `${bureau} ${zh} ${en}` },
  );
}

/** A leader of the bureau, or of one above it. */
export async function isLeaderOf(
  trx: RecordsTransaction,
  { officerId }: RosterOfficer,
  bureau: RegionCode,
): Promise<boolean> {
  if (officerId === null) return false;
  const row = await trx
    .selectFrom('officer')
    .select('region')
    .where('id', '=', officerId)
    .where('role', '=', 'leader')
    .where('active', '=', 1)
    .executeTakeFirst();
  return row !== undefined && [bureau, ...parentsOf(bureau)].includes(row.region);
}
