// Which version of each rule is in force, and by whose act: proposals, the backtest reports behind them, and
// activations, all only ever added to. The last activation of a rule counts.

import type { Insertable, Selectable } from 'kysely';
import { contentId } from '../core/ids.ts';
import type { Clock } from '../core/time.ts';
import type { RecordsDb } from './records.ts';
import type { RuleActivationTable, RuleProposalTable } from './records-schema.ts';

export type RuleActivation = Selectable<RuleActivationTable>;
export type RuleProposal = RuleProposalTable;

/** Who acts for what was in the pack when a data folder was made. */
export const INSTALLATION = 'installation';

/** Adds a proposal; proposing the same again changes nothing. Gives the proposal as it stands. */
export async function saveProposal(
  { clock }: { clock: Clock },
  db: RecordsDb,
  proposal: Omit<RuleProposal, 'id' | 'proposedAtMs'>,
): Promise<RuleProposal> {
  const { packId, ruleId, ruleVersion, status, follows, proposedBy } = proposal;
  const id = contentId('rp', [packId, ruleId, ruleVersion, status, follows, proposedBy]);
  const row = { ...proposal, id, proposedAtMs: clock.now() };
  await db
    .insertInto('ruleProposal')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db.selectFrom('ruleProposal').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Proposals of a rule, or of the whole pack, newest first. */
export async function listProposals(
  db: RecordsDb,
  { packId, ruleId }: { packId: string; ruleId?: string },
): Promise<RuleProposal[]> {
  const query = db
    .selectFrom('ruleProposal')
    .selectAll()
    .where('packId', '=', packId)
    .orderBy('proposedAtMs', 'desc')
    .orderBy('id');
  return (ruleId === undefined ? query : query.where('ruleId', '=', ruleId)).execute();
}

/** Keeps a report under its id. */
export async function saveReport(
  { clock }: { clock: Clock },
  db: RecordsDb,
  report: { readonly id: string; readonly body: string },
): Promise<void> {
  await db
    .insertInto('backtestReport')
    .values({ ...report, savedAtMs: clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Adds an activation after all others of the rule. */
export async function saveActivation(
  { clock }: { clock: Clock },
  db: RecordsDb,
  activation: Omit<Insertable<RuleActivationTable>, 'seq' | 'id' | 'atMs'>,
): Promise<void> {
  const { packId, ruleId, ruleVersion, status, approvedBy } = activation;
  const atMs = clock.now();
  // What the installation puts in force, it puts in force once, however many processes start at once.
  const follows =
    approvedBy === INSTALLATION ? 0 : ((await latestActivation(db, activation))?.seq ?? 0);
  const id = contentId('ra', [packId, ruleId, ruleVersion, status, approvedBy, follows]);
  await db
    .insertInto('ruleActivation')
    .values({ ...activation, id, atMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The last activation of a rule, the one that counts. */
export async function latestActivation(
  db: RecordsDb,
  { packId, ruleId }: { packId: string; ruleId: string },
): Promise<RuleActivation | undefined> {
  return db
    .selectFrom('ruleActivation')
    .selectAll()
    .where('packId', '=', packId)
    .where('ruleId', '=', ruleId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Activations in the order they were made, of one rule or of the whole pack. */
export async function listActivations(
  db: RecordsDb,
  { packId, ruleId }: { packId: string; ruleId?: string },
): Promise<RuleActivation[]> {
  const query = db
    .selectFrom('ruleActivation')
    .selectAll()
    .where('packId', '=', packId)
    .orderBy('seq');
  return (ruleId === undefined ? query : query.where('ruleId', '=', ruleId)).execute();
}

/** The last activation of each rule of a pack, by rule id. */
export async function latestActivations(
  db: RecordsDb,
  packId: string,
): Promise<Map<string, RuleActivation>> {
  const rows = await listActivations(db, { packId });
  return new Map(rows.map((row) => [row.ruleId, row]));
}
