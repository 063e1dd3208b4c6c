// What the records know of the officers a roster names.

import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { KnownOfficer } from './coverage.ts';

/** Every officer, active or not, in the order of their ids. */
export async function loadKnownOfficers(
  db: RecordsDb | RecordsTransaction,
): Promise<(KnownOfficer & { readonly name: string; readonly isLeader: boolean })[]> {
  const rows = await db.selectFrom('officer').selectAll().orderBy('id').execute();
  return rows.map(({ id, name, role, region, phone, phoneVerifiedAtMs, active }) => ({
    id,
    name,
    isLeader: role === 'leader',
    bureau: region,
    hasPhone: !!phone,
    isVerified: phoneVerifiedAtMs !== null,
    verifiedAtMs: phoneVerifiedAtMs,
    isActive: active === 1,
  }));
}
