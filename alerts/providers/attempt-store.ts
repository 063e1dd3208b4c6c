// The trail of every notice on its way: handed to whom, what came back, which receipt, what was held and why.
// Rows are only added, in the transaction that does what they say.

import { contentId } from '../../core/ids.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { NoticeAttemptTable, OutboxTable } from '../../warehouse/records-schema.ts';

export type NoticeAttempt = Omit<NoticeAttemptTable, 'seq' | 'id'>;

export type NewAttempt = Pick<NoticeAttempt, 'provider' | 'what' | 'atMs'> &
  Partial<Pick<NoticeAttempt, 'code' | 'messageId' | 'sequence' | 'untilMs'>> & {
    /** What makes it another step than one just like it: the lease it happened under. */
    readonly turn?: number;
  };

/** A step of a notice as a row. */
export function attemptOf(
  notice: Pick<OutboxTable, 'id' | 'alertId' | 'handOvers'>,
  { turn = 0, ...step }: NewAttempt,
): Omit<NoticeAttemptTable, 'seq'> {
  const { id: noticeId, alertId, handOvers } = notice;
  const { code = null, messageId = null, sequence = null, untilMs = null } = step;
  const attempt = handOvers ?? 0;
  const key = [
    noticeId,
    step.provider,
    step.what,
    code ?? '',
    messageId ?? '',
    sequence ?? '',
    turn,
  ];
  return {
    id: contentId('na', key),
    noticeId,
    alertId,
    attempt,
    provider: step.provider,
    what: step.what,
    code,
    messageId,
    sequence,
    atMs: step.atMs,
    untilMs,
  };
}

const ROWS_MAX = 500;

/** Adds steps that are not there yet; gives how many that were. */
export async function writeAttempts(
  trx: RecordsTransaction,
  rows: readonly Omit<NoticeAttemptTable, 'seq'>[],
): Promise<number> {
  let added = 0;
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    const results = await trx
      .insertInto('noticeAttempt')
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    for (const { numInsertedOrUpdatedRows } of results) added += Number(numInsertedOrUpdatedRows);
  }
  return added;
}

/** What happened to some notices so far, the oldest first. */
export async function loadAttempts(
  db: RecordsDb,
  noticeIds: readonly string[],
): Promise<NoticeAttempt[]> {
  if (noticeIds.length === 0) return [];
  return db
    .selectFrom('noticeAttempt')
    .selectAll()
    .where('noticeId', 'in', noticeIds)
    .orderBy('seq')
    .execute();
}

/** A screen shows no more steps of an alert than this, the newest ones. */
const SHOWN_MAX = 2_000;

/** What happened to the notices of an alert, the oldest first. */
export async function loadAttemptsOf(db: RecordsDb, alertId: string): Promise<NoticeAttempt[]> {
  const rows = await db
    .selectFrom('noticeAttempt')
    .selectAll()
    .where('alertId', '=', alertId)
    .orderBy('seq', 'desc')
    .limit(SHOWN_MAX)
    .execute();
  return rows.reverse();
}
