// The rungs in the records: written when an alert opens, taken when they are due.

import { z } from 'zod';
import type { EpochMs } from '../core/time.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { RecordsDb, RecordsTransaction } from '../warehouse/records.ts';
import type { EscalationState, EscalationTable } from '../warehouse/records-schema.ts';
import type { NewRung } from './escalation.ts';

export const recipientsColumn = jsonColumn(z.array(z.string()).readonly());

const ROWS_MAX = 500;

/** Adds rungs; those already there stay as they are. */
export async function writeRungs(
  trx: RecordsTransaction,
  rungs: readonly NewRung[],
): Promise<void> {
  const rows = rungs.map((rung) => ({
    ...rung,
    recipients: recipientsColumn.encode(rung.recipients),
    state: 'waiting' as const,
    doneAtMs: null,
  }));
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await trx
      .insertInto('escalation')
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** Whether any rung's time has come. */
export async function isAnyRungDue(db: RecordsDb, nowAtMs: EpochMs): Promise<boolean> {
  const row = await db
    .selectFrom('escalation')
    .select('id')
    .where('state', '=', 'waiting')
    .where('dueAtMs', '<=', nowAtMs)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Rungs whose time has come, the longest due first. */
export async function dueRungs(
  db: RecordsDb,
  { nowAtMs, rungsMax }: { nowAtMs: EpochMs; rungsMax: number },
): Promise<EscalationTable[]> {
  return db
    .selectFrom('escalation')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('dueAtMs', '<=', nowAtMs)
    .orderBy('dueAtMs')
    .orderBy('step')
    .orderBy('side')
    .orderBy('id')
    .limit(rungsMax)
    .execute();
}

export async function settleRung(
  trx: RecordsTransaction,
  id: string,
  { state, doneAtMs }: { state: Exclude<EscalationState, 'waiting'>; doneAtMs: EpochMs },
): Promise<void> {
  await trx
    .updateTable('escalation')
    .set({ state, doneAtMs })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}
