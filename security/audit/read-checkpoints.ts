// The checkpoints as the store has them.

import type { AuditCheckpointTable } from '../../warehouse/records-audit.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

/** Every checkpoint, the first one first. */
export const listCheckpoints = (db: RecordsDb): Promise<AuditCheckpointTable[]> =>
  db.selectFrom('auditCheckpoint').selectAll().orderBy('number').execute();

export const lastCheckpoint = (db: RecordsDb): Promise<AuditCheckpointTable | undefined> =>
  db
    .selectFrom('auditCheckpoint')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
