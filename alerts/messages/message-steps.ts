// The trail of messages that are about no alert, as attempt-store.ts keeps it of notices: handed to whom, what came
// back, which receipt. Rows are only added, in the transaction that does what they say.

import { contentId } from '../../core/ids.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { MessageAttemptTable } from '../../warehouse/records-messages.ts';
import type { OfficerMessageTable } from '../../warehouse/records-schema.ts';

export type MessageStep = Omit<MessageAttemptTable, 'seq' | 'id'>;

export type NewStep = Pick<MessageStep, 'provider' | 'what' | 'atMs'> &
  Partial<Pick<MessageStep, 'code' | 'messageId' | 'sequence' | 'attempt'>> & {
    /** What makes it another step than one just like it: the lease it happened under. */
    readonly turn?: number;
  };

/** Adds a step; gives whether it was not there yet. */
export async function writeStep(
  trx: RecordsTransaction,
  { id: officerMessageId, handOvers }: Pick<OfficerMessageTable, 'id' | 'handOvers'>,
  { turn = 0, ...step }: NewStep,
): Promise<boolean> {
  const { provider, what, atMs, code = null, messageId = null, sequence = null } = step;
  const key = [officerMessageId, provider, what, code ?? '', messageId ?? '', sequence ?? '', turn];
  const result = await trx
    .insertInto('messageAttempt')
    .values({
      id: contentId('ma', key),
      officerMessageId,
      attempt: step.attempt ?? handOvers ?? 0,
      provider,
      what,
      code,
      messageId,
      sequence,
      atMs,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows) > 0;
}

/** What happened to a message so far, the oldest first. */
export const loadSteps = (
  db: RecordsDb | RecordsTransaction,
  officerMessageId: string,
): Promise<MessageStep[]> =>
  db
    .selectFrom('messageAttempt')
    .selectAll()
    .where('officerMessageId', '=', officerMessageId)
    .orderBy('seq')
    .execute();
