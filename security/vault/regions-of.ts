// Which county answers for a person: the one the order in force or the newest says, else the one the vault
// was told.

import type { RegionCode } from '../../core/region.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';

export async function regionsOf(
  trx: RecordsTransaction,
  subjects: readonly SubjectKey[],
  nowMs: number,
): Promise<ReadonlyMap<SubjectKey, RegionCode>> {
  if (subjects.length === 0) return new Map();
  const persons = await trx
    .selectFrom('vaultPerson')
    .select(['subject', 'county'])
    .where('subject', 'in', subjects)
    .execute();
  const orders = await trx
    .selectFrom('supervisionOrder')
    .select(['subject', 'county', 'effectiveAtMs'])
    .where('subject', 'in', subjects)
    .orderBy('effectiveAtMs')
    .orderBy('id')
    .execute();
  const regions = new Map(persons.map(({ subject, county }) => [subject, county]));
  for (const { subject, county, effectiveAtMs } of orders) {
    // A transfer that is decided and not in effect yet opens nothing to the new county.
    if (effectiveAtMs <= nowMs || !regions.has(subject)) regions.set(subject, county);
  }
  return regions;
}
