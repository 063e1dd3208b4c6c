// Episodes of what stands still: found once, told once, over once; also over a restart of the program.

import { contentId } from '../../core/ids.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { StallTable } from '../../warehouse/records-schema.ts';
import type { Stall } from './stalls.ts';

export const lastingStalls = (db: RecordsDb | RecordsTransaction): Promise<StallTable[]> =>
  db
    .selectFrom('stall')
    .selectAll()
    .where('overAtMs', 'is', null)
    .orderBy('level')
    .orderBy('sinceMs')
    .orderBy('id')
    .execute();

/** The newest episodes that are over. */
export const pastStalls = (db: RecordsDb, limit: number): Promise<StallTable[]> =>
  db
    .selectFrom('stall')
    .selectAll()
    .where('overAtMs', 'is not', null)
    .orderBy('overAtMs', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();

/** What the operators have not been told: begun, or over after they were told that it began. */
export async function untoldStalls(
  db: RecordsDb,
): Promise<{ begun: StallTable[]; over: StallTable[] }> {
  const begun = await db
    .selectFrom('stall')
    .selectAll()
    .where('toldAtMs', 'is', null)
    .where('overAtMs', 'is', null)
    .orderBy('level')
    .orderBy('sinceMs')
    .orderBy('id')
    .execute();
  const over = await db
    .selectFrom('stall')
    .selectAll()
    .where('toldAtMs', 'is not', null)
    .where('overAtMs', 'is not', null)
    .where('overToldAtMs', 'is', null)
    .orderBy('overAtMs')
    .orderBy('id')
    .execute();
  return { begun, over };
}

/** Begins episodes of what is new and ends those of what moves again; gives what began. */
export async function reconcileStalls(
  trx: RecordsTransaction,
  found: readonly Stall[],
  nowAtMs: EpochMs,
): Promise<StallTable[]> {
  const lasting = await lastingStalls(trx);
  const known = new Set(lasting.map(({ stallKey }) => stallKey));
  const still = new Set(found.map(({ key }) => key));
  const begun = found
    .filter(({ key }) => !known.has(key))
    .map(({ key, kind, alertId, level, what, sinceMs }): StallTable => ({
      id: contentId('st', [key, nowAtMs]),
      stallKey: key,
      kind,
      alertId,
      level,
      what,
      sinceMs: epochMs(sinceMs),
      foundAtMs: nowAtMs,
      toldAtMs: null,
      overAtMs: null,
      overToldAtMs: null,
    }));
  for (const row of begun) await trx.insertInto('stall').values(row).execute();
  for (const { id, stallKey } of lasting) {
    if (still.has(stallKey)) continue;
    await trx.updateTable('stall').set({ overAtMs: nowAtMs }).where('id', '=', id).execute();
  }
  return begun;
}

export async function noteTold(
  db: RecordsDb,
  { begun, over }: { begun: readonly StallTable[]; over: readonly StallTable[] },
  atMs: EpochMs,
): Promise<void> {
  for (const { id } of begun) {
    await db.updateTable('stall').set({ toldAtMs: atMs }).where('id', '=', id).execute();
  }
  for (const { id } of over) {
    await db.updateTable('stall').set({ overToldAtMs: atMs }).where('id', '=', id).execute();
  }
}
