// Whether something real of level 1 is waiting for somebody to take it: drills stand back for it.

import { sql } from 'kysely';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';

export const graveAlert = (
  db: RecordsDb | RecordsTransaction,
): Promise<Pick<AlertTable, 'id'> | undefined> =>
  db
    .selectFrom('alert')
    .select('id')
    // Literal, so that the engines see that the index of open alerts fits.
    .where(sql<boolean>`status <> 'closed'`)
    .where('level', '=', 1)
    .where('status', '=', 'new')
    .where('late', '=', 0)
    .where('withdrawnAtMs', 'is', null)
    .where('exercise', 'is', null)
    .limit(1)
    .executeTakeFirst();
