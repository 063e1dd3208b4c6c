// Bases that wait for a second person, and those confirmed and on their way to the log.

import { z } from 'zod';
import { factId, observationSchema, type BasisFact } from '../../core/observation.ts';
import { recordedBasisShape } from '../../core/recorded-basis.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type {
  BasisDecision,
  BasisPaper,
  BasisProposalTable,
} from '../../warehouse/records-basis.ts';

const { recordedBy: _one, confirmedBy: _two, ...paperShape } = recordedBasisShape;
const paperColumn = jsonColumn(z.strictObject(paperShape));

export type Proposal = Omit<BasisProposalTable, 'paper'> & { readonly paper: BasisPaper };

/** The source of every basis recorded here. */
export const BASIS_SOURCE = 'case/bases';

export async function addProposal(db: RecordsDb, proposal: Proposal): Promise<void> {
  await db
    .insertInto('basisProposal')
    .values({ ...proposal, paper: paperColumn.encode(proposal.paper) })
    .execute();
}

export async function findProposal(db: RecordsDb, id: string): Promise<Proposal | undefined> {
  const row = await db
    .selectFrom('basisProposal')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && read(row);
}

/** The newest first; `open` only those that wait. */
export async function listProposals(
  db: RecordsDb,
  which: { readonly subject?: string; readonly open?: boolean; readonly max: number },
): Promise<Proposal[]> {
  let query = db.selectFrom('basisProposal').selectAll();
  if (which.subject !== undefined) {
    query = query.where('subject', '=', which.subject as Proposal['subject']);
  }
  if (which.open) query = query.where('decision', 'is', null);
  const rows = await query.orderBy('proposedAtMs', 'desc').orderBy('id').limit(which.max).execute();
  return rows.map(read);
}

export async function decideProposal(
  db: RecordsDb,
  id: string,
  decided: { decision: BasisDecision; by: string; atMs: EpochMs; note: string },
): Promise<void> {
  const { decision, by, atMs, note } = decided;
  await db
    .updateTable('basisProposal')
    .set({ decision, decidedBy: by, decidedAtMs: atMs, decisionNote: note })
    .where('id', '=', id)
    .execute();
}

/** Confirmed and not handed to ingest yet, in the order they were confirmed. */
export async function unpublished(db: RecordsDb, max: number): Promise<Proposal[]> {
  const rows = await db
    .selectFrom('basisProposal')
    .selectAll()
    .where('decision', '=', 'confirmed')
    .where('publishedAtMs', 'is', null)
    .orderBy('decidedAtMs')
    .orderBy('id')
    .limit(max)
    .execute();
  return rows.map(read);
}

export async function notePublished(db: RecordsDb, id: string, atMs: EpochMs): Promise<void> {
  await db.updateTable('basisProposal').set({ publishedAtMs: atMs }).where('id', '=', id).execute();
}

/** The observation a confirmed proposal becomes; the same, with the same id, however often it is made. */
export function factOf({ subject, paper, ...row }: Proposal): BasisFact {
  const fact = {
    kind: 'basis' as const,
    subject,
    atMs: epochMs(row.decidedAtMs ?? row.proposedAtMs),
    source: BASIS_SOURCE,
    sequence: 0,
    ...paper,
    recordedBy: row.proposedBy,
    confirmedBy: row.decidedBy ?? row.confirmer,
  };
  return observationSchema.parse({
    ...fact,
    id: factId(fact),
    receivedAtMs: fact.atMs,
  }) as BasisFact;
}

const read = (row: BasisProposalTable): Proposal => ({
  ...row,
  paper: paperColumn.decode(row.paper) as BasisPaper,
});
