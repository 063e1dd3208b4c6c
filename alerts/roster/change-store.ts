// Changes of the roster as rows: one for each act, only ever added to.

import { contentId } from '../../core/ids.ts';
import { epochMs } from '../../core/time.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { RosterActKind } from '../../warehouse/records-schema.ts';
import {
  changeBodyColumn,
  endOf,
  planChangesOf,
  type ChangeBody,
  type PlanChange,
  type RosterAct,
  type RosterChange,
} from './plan-changes.ts';

/** The turn writers of these rows take (Records.takeTurn). */
export const ROSTER_TURN = 'roster';

/** The changes that concern anything after `sinceMs`, in the order in which they were made. */
export async function loadChanges(
  db: RecordsDb | RecordsTransaction,
  { sinceMs }: { sinceMs: number },
): Promise<RosterChange[]> {
  const rows = await db
    .selectFrom('rosterAct')
    .selectAll()
    .where('untilMs', '>', epochMs(sinceMs))
    .orderBy('seq')
    .execute();
  const changes = new Map<string, RosterChange & { acts: RosterAct[] }>();
  for (const { changeId, body, seq, act, actedBy, reason, atMs } of rows) {
    const known = changes.get(changeId);
    if (known) known.acts.push({ seq, act, actedBy, reason, atMs });
    else if (body !== null) {
      changes.set(changeId, {
        id: changeId,
        body: changeBodyColumn.decode(body),
        acts: [{ seq, act, actedBy, reason, atMs }],
      });
    }
  }
  return [...changes.values()];
}

/** The same as they act on a plan. */
export const loadPlanChanges = async (
  db: RecordsDb | RecordsTransaction,
  asked: { sinceMs: number },
): Promise<PlanChange[]> => planChangesOf(await loadChanges(db, asked));

export type NewAct = {
  readonly actedBy: string;
  readonly reason: string;
  readonly atMs: number;
};

/** Writes a new change; the roster's turn is taken. Saying the same at the same instant is one change. */
export async function writeChange(
  trx: RecordsTransaction,
  body: ChangeBody,
  { actedBy, reason, atMs }: NewAct,
): Promise<string> {
  const written = changeBodyColumn.encode(body);
  const changeId = contentId('rc', [written, actedBy, atMs]);
  await insertAct(trx, { changeId, act: 'made', body, written, actedBy, reason, atMs });
  return changeId;
}

/** Writes what happened to a change; the roster's turn is taken. */
export async function writeAct(
  trx: RecordsTransaction,
  change: RosterChange,
  act: NewAct & { readonly act: Exclude<RosterActKind, 'made'> },
): Promise<void> {
  await insertAct(trx, { ...act, changeId: change.id, body: change.body, written: null });
}

async function insertAct(
  trx: RecordsTransaction,
  {
    changeId,
    act,
    body,
    written,
    ...by
  }: NewAct & {
    readonly changeId: string;
    readonly act: RosterActKind;
    readonly body: ChangeBody;
    readonly written: string | null;
  },
): Promise<void> {
  await trx
    .insertInto('rosterAct')
    .values({
      id: contentId('ra', [changeId, act]),
      changeId,
      act,
      bureau: body.bureau,
      body: written,
      untilMs: epochMs(endOf(body)),
      reason: by.reason,
      actedBy: by.actedBy,
      atMs: epochMs(by.atMs),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
