// Objections in the records, and who has handled the alert they are about.

import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { ObjectionTable } from '../../warehouse/records-tasks.ts';
import { eventColumn } from '../events.ts';
import { findPerson } from '../names.ts';
import { findTask } from '../tasks/task-store.ts';

/** All objections to an alert, the oldest first. */
export const loadObjections = (
  db: RecordsDb | RecordsTransaction,
  alertId: string,
): Promise<ObjectionTable[]> =>
  db
    .selectFrom('objection')
    .selectAll()
    .where('alertId', '=', alertId)
    .orderBy('recordedAtMs')
    .orderBy('id')
    .execute();

export async function changeObjection(
  trx: RecordsTransaction,
  id: string,
  change: Partial<Omit<ObjectionTable, 'id'>>,
): Promise<void> {
  await trx.updateTable('objection').set(change).where('id', '=', id).execute();
}

/** What makes somebody one who handled the alert. Opening it again does not, nor taking down the objection. */
const HANDLING = [
  'answered',
  'acknowledged',
  'feedback',
  'closed',
  'assigned',
  'accepted',
] as const;

/**
 * Every id of everyone who acknowledged the alert, wrote down what was found, closed it, or had its task: none
 * of them decides an objection to it.
 */
export async function loadHandlers(trx: RecordsTransaction, alertId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('alertEvent')
    .select(['kind', 'actor', 'body'])
    .where('alertId', '=', alertId)
    .where('kind', 'in', HANDLING)
    .orderBy('seq')
    .execute();
  const task = await findTask(trx, alertId);
  const named = rows.flatMap(({ kind, actor, body }) => {
    if (kind !== 'assigned') return [actor];
    // Who assigns has not handled it; who it was assigned to has.
    const to = eventColumn.decode(body).details['to'];
    return typeof to === 'string' ? [to] : [];
  });
  const ids = [...new Set([...named, ...(task?.officer ? [task.officer] : [])])];
  const people = await Promise.all(ids.map((id) => findPerson(trx, id)));
  return [...new Set(ids.flatMap((id, index) => people[index]?.ids ?? [id]))];
}
