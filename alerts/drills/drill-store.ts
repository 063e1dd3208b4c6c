// Drills in the records: started by an officer, taken up by the program that runs the pipeline, ended by an
// officer or by the clock.

import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable, DrillTable } from '../../warehouse/records-schema.ts';
import { cancelWaiting } from '../acknowledge.ts';
import { alertEvent, writeEvents } from '../events.ts';
import { noticeTo } from '../notify.ts';
import { writeNotices } from '../outbox.ts';
import { referenceOf } from '../texts.ts';
import { DRILL_MARK } from './drill-mark.ts';

type Db = RecordsDb | RecordsTransaction;

export const findDrill = (db: Db, id: string): Promise<DrillTable | undefined> =>
  db.selectFrom('drill').selectAll().where('id', '=', id).executeTakeFirst();

export const DRILLS_SHOWN = 50;

/** The newest first. */
export const listDrills = (db: Db, limit = DRILLS_SHOWN): Promise<DrillTable[]> =>
  db
    .selectFrom('drill')
    .selectAll()
    .orderBy('startedAtMs', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();

/** Those nobody has ended or closed, the oldest first. */
export const runningDrills = (db: Db): Promise<DrillTable[]> =>
  db
    .selectFrom('drill')
    .leftJoin('alert', 'alert.id', 'drill.alertId')
    .selectAll('drill')
    .where('drill.endedAtMs', 'is', null)
    .where((eb) => eb.or([eb('alert.status', 'is', null), eb('alert.status', '!=', 'closed')]))
    .orderBy('drill.startedAtMs')
    .orderBy('drill.id')
    .execute();

/** Ended while its finding was on its way: the alert opened after all. */
export const lateDrills = (db: Db): Promise<DrillTable[]> =>
  db
    .selectFrom('drill')
    .innerJoin('alert', 'alert.id', 'drill.alertId')
    .selectAll('drill')
    .where('alert.exercise', '=', 'drill')
    .where('alert.status', '!=', 'closed')
    .where('drill.endedAtMs', 'is not', null)
    .orderBy('drill.id')
    .execute();

/** Step of the notice that says a drill is over, behind every rung of a ladder. */
export const STEP_OF_END = 95;

/**
 * Ends a drill: its alert is closed, what has not been sent is taken back, and whoever was told hears by push
 * that it is over. The turn for events is taken. False while its alert has not opened yet.
 */
export async function endDrill(
  trx: RecordsTransaction,
  drill: DrillTable,
  { by, atMs }: { by: string; atMs: EpochMs },
): Promise<boolean> {
  const alert = await trx
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', drill.alertId)
    .executeTakeFirst();
  // On its way through the log: it would open after its end.
  if (!alert && drill.appendedAtMs !== null) return false;
  if (alert && alert.status !== 'closed') await closeAlert(trx, alert, { by, atMs });
  await trx
    .updateTable('drill')
    .set({ endedAtMs: atMs, endedBy: by })
    .where('id', '=', drill.id)
    .where('endedAtMs', 'is', null)
    .execute();
  return true;
}

async function closeAlert(
  trx: RecordsTransaction,
  alert: AlertTable,
  { by, atMs }: { by: string; atMs: EpochMs },
): Promise<void> {
  await trx
    .updateTable('alert')
    .set({ status: 'closed', closedAtMs: atMs, closedBy: by })
    .where('id', '=', alert.id)
    .execute();
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'closed',
      key: [],
      atMs,
      actor: by,
      details: { result: '', because: 'drill-ended' },
    }),
  ]);
  await cancelWaiting(trx, alert.id);
  const told = await trx
    .selectFrom('outbox')
    .select('recipient')
    .distinct()
    .where('alertId', '=', alert.id)
    .where('state', '!=', 'cancelled')
    .orderBy('recipient')
    .execute();
  const reference = referenceOf(alert.id);
  await writeNotices(
    trx,
    told.map(({ recipient }) => ({
      ...noticeTo(recipient, alert, { channel: 'push', step: STEP_OF_END, atMs }),
      textZh: `${DRILL_MARK.zh}演练${reference}已结束，无需处置。`,
      textEn: `${DRILL_MARK.en}Drill ${reference} is over. Nothing needs to be done.`,
    })),
  );
}

/** Notes that the drill's finding is in the log. */
export async function noteAppended(db: Db, id: string, atMs: number): Promise<void> {
  await db
    .updateTable('drill')
    .set({ appendedAtMs: epochMs(atMs) })
    .where('id', '=', id)
    .where('appendedAtMs', 'is', null)
    .execute();
}
