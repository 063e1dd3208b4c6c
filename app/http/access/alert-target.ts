// What the policy asks about an alert: who answers for it, whose task it is, whom it is about, and its state.

import type { RegionCode } from '../../../core/region.ts';
import type { SubjectKey } from '../../../core/subject.ts';
import type { RecordsDb } from '../../../warehouse/records.ts';
import type { AlertStatus } from '../../../warehouse/records-schema.ts';

export type AlertTarget = {
  readonly region: RegionCode;
  readonly owner: string | null;
  readonly subject: SubjectKey;
  readonly status: AlertStatus;
};

/** Undefined for an alert that is not there. */
export function readAlertTarget(db: RecordsDb, id: string): Promise<AlertTarget | undefined> {
  return db
    .selectFrom('alert')
    .leftJoin('alertTask', 'alertTask.alertId', 'alert.id')
    .select(['alert.region', 'alertTask.officer as owner', 'alert.subject', 'alert.status'])
    .where('alert.id', '=', id)
    .executeTakeFirst();
}
