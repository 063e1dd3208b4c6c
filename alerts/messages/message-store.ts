// Messages to officers that are about no alert, as rows: written before they are sent, leased by a sender, and
// settled by what the provider says. The promises are those of the outbox (../outbox.ts).

import { sql } from 'kysely';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type {
  NoticeChannel,
  OfficerMessageTable,
  OutboxState,
} from '../../warehouse/records-schema.ts';
import type { NoticeChange } from '../attempt.ts';

export const MESSAGE_PREFIX = 'om';

/** True for the id of such a message, by which receipts tell it from a notice. */
export const isMessageId = (id: string): boolean => id.startsWith(`${MESSAGE_PREFIX}_`);

export type NewMessage = Pick<
  OfficerMessageTable,
  | 'id'
  | 'kind'
  | 'recipient'
  | 'channel'
  | 'address'
  | 'textZh'
  | 'textEn'
  | 'createdAtMs'
  | 'expiresAtMs'
>;

/** Writes messages, due at once; those already there stay as they are. Gives how many are new. */
export async function writeMessages(
  db: RecordsDb | RecordsTransaction,
  messages: readonly NewMessage[],
): Promise<number> {
  if (messages.length === 0) return 0;
  const rows = await db
    .insertInto('officerMessage')
    .values(
      messages.map((message) => ({
        ...message,
        state: 'waiting' as const,
        attempts: 0,
        nextAttemptAtMs: message.createdAtMs,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  return rows.length;
}

export type LeasedMessage = OfficerMessageTable & {
  /** Where it goes: the number that is being tried, or the officer's. */
  readonly to: string | null;
};

const isUnsettled = sql<boolean>`state IN ('waiting', 'sending', 'uncertain')`;

export type Lease = {
  readonly channel: NoticeChannel;
  readonly senderId: string;
  readonly nowAtMs: EpochMs;
  /** Longer than a send may take. */
  readonly leaseMs: number;
  readonly messagesMax: number;
};

/** A message is followed by one provider only, so no receipt of it is ever overdue. */
export type MessageChange = Omit<NoticeChange, 'receiptDueAtMs'> & { readonly attempts?: number };

/** Takes due messages of one channel for one sender; what is of no use any more is given up first. */
export function leaseMessages(records: Records, lease: Lease): Promise<LeasedMessage[]> {
  return records.transaction(async (trx) => {
    const due = await trx
      .selectFrom('officerMessage')
      .leftJoin('officer', 'officer.id', 'officerMessage.recipient')
      .selectAll('officerMessage')
      .select('officer.phone')
      .where('channel', '=', lease.channel)
      .where(isUnsettled)
      .where('nextAttemptAtMs', '<=', lease.nowAtMs)
      .orderBy('nextAttemptAtMs')
      .orderBy('officerMessage.id')
      .limit(lease.messagesMax)
      .execute();
    const leasedUntilMs = epochMs(lease.nowAtMs + lease.leaseMs);
    const leased: LeasedMessage[] = [];
    for (const { phone, ...row } of due) {
      const isOver = row.expiresAtMs <= lease.nowAtMs;
      const change = isOver
        ? {
            state: 'failed' as const,
            lastErrorCode: 'expired',
            leasedBy: null,
            leasedUntilMs: null,
          }
        : {
            state: row.state === 'waiting' ? ('sending' as const) : ('uncertain' as const),
            leasedBy: lease.senderId,
            leasedUntilMs,
            nextAttemptAtMs: leasedUntilMs,
            attempts: row.attempts + 1,
          };
      await changeMessage(trx, row, change);
      if (!isOver) leased.push({ ...row, ...change, to: row.address ?? phone });
    }
    return leased;
  });
}

export const findMessage = (
  trx: RecordsTransaction,
  id: string,
): Promise<OfficerMessageTable | undefined> =>
  trx.selectFrom('officerMessage').selectAll().where('id', '=', id).executeTakeFirst();

const SETTLED: readonly OutboxState[] = ['sent', 'delivered', 'answered', 'failed', 'cancelled'];

/** Writes what became of a message. A code is forgotten here once nobody has to send it any more. */
export async function changeMessage(
  trx: RecordsTransaction,
  { id, kind, state }: Pick<OfficerMessageTable, 'id' | 'kind' | 'state'>,
  change: MessageChange,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const isDone = SETTLED.includes(change.state ?? state);
  const forgotten = kind === 'phone-code' && isDone ? { textZh: '', textEn: '' } : {};
  await trx
    .updateTable('officerMessage')
    .set({ ...change, ...forgotten })
    .where('id', '=', id)
    .execute();
}
