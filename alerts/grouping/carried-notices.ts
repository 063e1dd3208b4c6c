// Notices that another one carries. A carrier is handed to the provider, with words for all; what becomes of it
// becomes of those it carries. A notice is free again when its carrier was cancelled before anybody had it: then
// it goes out by itself, or with others.

import { sql } from 'kysely';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { OutboxTable } from '../../warehouse/records-schema.ts';
import { isTaken } from '../acknowledge.ts';
import type { NoticeChange } from '../attempt.ts';

/** Nobody carries it: it is sent on its own account. Of the table `outbox`. */
export const isFree = sql<boolean>`(
  outbox.carried_by IS NULL OR EXISTS (
    SELECT 1 FROM outbox AS carrier WHERE carrier.id = outbox.carried_by AND carrier.state = 'cancelled'))`;

/** The notices one carries, without those that have left it; none for most. */
export async function loadCarried(
  db: RecordsDb | RecordsTransaction,
  { id, carries }: Pick<OutboxTable, 'id' | 'carries'>,
): Promise<readonly OutboxTable[]> {
  if (carries === null) return [];
  return db
    .selectFrom('outbox')
    .selectAll()
    .where('carriedBy', '=', id)
    .where('state', '!=', 'cancelled')
    .orderBy('createdAtMs')
    .orderBy('id')
    .execute();
}

/** The notice that went out: itself, or the one that carries it. */
export async function messageOf(
  trx: RecordsTransaction,
  notice: OutboxTable,
): Promise<OutboxTable> {
  if (notice.carriedBy === null) return notice;
  const carrier = await trx
    .selectFrom('outbox')
    .selectAll()
    .where('id', '=', notice.carriedBy)
    .executeTakeFirst();
  return carrier ?? notice;
}

/** Nobody needs the notice any more, for any of the alerts it speaks of. */
export async function isTakenByAll(trx: RecordsTransaction, notice: OutboxTable): Promise<boolean> {
  if (!(await isTaken(trx, notice))) return false;
  for (const one of await loadCarried(trx, notice)) if (!(await isTaken(trx, one))) return false;
  return true;
}

/** What those a notice carries share of a change to it. Leases and the names providers give are the carrier's alone. */
const SHARED = [
  'state',
  'provider',
  'lastErrorCode',
  'sentAtMs',
  'deliveredAtMs',
  'answeredAtMs',
] as const satisfies readonly (keyof NoticeChange)[];

/** Passes a change on to those the notice carries; gives them as they were before. */
export async function passToCarried(
  trx: RecordsTransaction,
  notice: OutboxTable,
  change: NoticeChange,
): Promise<readonly OutboxTable[]> {
  const carried = await loadCarried(trx, notice);
  const shared = Object.fromEntries(
    SHARED.flatMap((name) => (change[name] === undefined ? [] : [[name, change[name]]])),
  ) as NoticeChange;
  if (carried.length === 0 || Object.keys(shared).length === 0) return carried;
  const set = async (rows: readonly OutboxTable[], to: NoticeChange) => {
    if (rows.length === 0) return;
    await trx
      .updateTable('outbox')
      .set(to)
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute();
  };
  if (change.state !== 'waiting' && change.state !== 'cancelled') {
    await set(carried, shared);
    return carried;
  }
  // It did not go out: whoever's alert is taken by now leaves, the others wait with it, or without it.
  const taken = new Set<OutboxTable>();
  for (const one of carried) if (await isTaken(trx, one)) taken.add(one);
  await set([...taken], { ...shared, state: 'cancelled' });
  await set(
    carried.filter((one) => !taken.has(one)),
    { ...shared, state: 'waiting' },
  );
  return carried;
}
