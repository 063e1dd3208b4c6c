// What was handed to a centre, kept in the records: a part is written down before it goes out, so that after
// a crash it is known that it may have been taken, and by which name its receipts come.

import type { Clock } from '../../../core/time.ts';
import type { Records, RecordsDb } from '../../../warehouse/records.ts';
import type { SmsPartState, SmsPartTable } from '../../../warehouse/records-schema.ts';

export type SmsPart = Pick<SmsPartTable, 'noticeId' | 'part'>;

export type NewPart = SmsPart & Pick<SmsPartTable, 'parts' | 'number' | 'reference'>;

export type PartChange =
  /** `by`: where the name comes from, the answer to the submission or a receipt. */
  | { readonly state: 'accepted'; readonly messageId: string; readonly by: 'answer' | 'receipt' }
  | { readonly state: 'delivered' }
  | { readonly state: 'failed'; readonly reason: string };

export type SmsMemory = {
  /** In their order. */
  partsOf(noticeId: string): Promise<SmsPartTable[]>;
  /** Says that a part is about to go out; false when it is known already, and must not. */
  handOver(part: NewPart): Promise<boolean>;
  /** The centre has not got it: as if it had never been handed over. */
  forget(part: SmsPart): Promise<void>;
  /** Says what became of a part. What is older news than what is known changes nothing. */
  change(part: SmsPart, change: PartChange): Promise<void>;
  /** The part a receipt of this name is about. */
  findByReceipt(messageId: string): Promise<SmsPartTable | undefined>;
  /** Parts to a number of which the centre has not said whether it took them. */
  unsettledTo(number: string): Promise<SmsPartTable[]>;
};

export type MemoryOptions = {
  readonly provider: string;
  readonly receiptIds: 'same' | 'decimal';
};

export function createSmsMemory(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  { provider, receiptIds }: MemoryOptions,
): SmsMemory {
  const rows = (db: RecordsDb) =>
    db.selectFrom('smsPart').selectAll().where('provider', '=', provider);
  return {
    partsOf: (noticeId) =>
      rows(records.db).where('noticeId', '=', noticeId).orderBy('part').execute(),
    async handOver(part) {
      const fresh = {
        state: 'submitted' as const,
        messageId: null,
        receiptKey: null,
        reason: null,
      };
      const submittedAtMs = clock.now();
      const inserted = await records.db
        .insertInto('smsPart')
        .values({ ...part, ...fresh, provider, submittedAtMs })
        .onConflict((conflict) => conflict.columns(['provider', 'noticeId', 'part']).doNothing())
        .executeTakeFirst();
      return inserted.numInsertedOrUpdatedRows === 1n;
    },
    async forget({ noticeId, part }) {
      await records.db
        .deleteFrom('smsPart')
        .where('provider', '=', provider)
        .where('noticeId', '=', noticeId)
        .where('part', '=', part)
        .where('state', '=', 'submitted')
        .execute();
    },
    async change({ noticeId, part }, change) {
      const named = change.state === 'accepted' ? namesOf(change, receiptIds) : {};
      const reason = change.state === 'failed' ? change.reason : null;
      await records.db
        .updateTable('smsPart')
        .set({ state: change.state, reason, ...named })
        .where('provider', '=', provider)
        .where('noticeId', '=', noticeId)
        .where('part', '=', part)
        .where('state', 'in', BEFORE[change.state])
        .execute();
    },
    findByReceipt: (messageId) =>
      rows(records.db)
        .where('receiptKey', '=', receiptKeyOf(messageId, receiptIds))
        .orderBy('submittedAtMs', 'desc')
        .executeTakeFirst(),
    unsettledTo: (number) =>
      rows(records.db)
        .where('number', '=', number)
        .where('state', '=', 'submitted')
        .orderBy('submittedAtMs')
        .execute(),
  };
}

/** Which states a piece of news follows; a delivery corrects a failure that was reported too early. */
const BEFORE: Readonly<Record<PartChange['state'], readonly SmsPartState[]>> = {
  accepted: ['submitted'],
  failed: ['submitted', 'accepted'],
  delivered: ['submitted', 'accepted', 'failed'],
};

/** What the centre calls a message when asked about it, and what its receipts do. */
function namesOf(
  { messageId, by }: Extract<PartChange, { state: 'accepted' }>,
  receiptIds: MemoryOptions['receiptIds'],
): Pick<SmsPartTable, 'messageId' | 'receiptKey'> {
  if (receiptIds === 'same') return { messageId, receiptKey: messageId };
  if (by === 'receipt') {
    const isDecimal = /^\d+$/.test(messageId);
    const receiptKey = receiptKeyOf(messageId, receiptIds);
    return { messageId: isDecimal ? BigInt(messageId).toString(16) : messageId, receiptKey };
  }
  const isHex = /^[0-9a-f]+$/i.test(messageId);
  return { messageId, receiptKey: isHex ? BigInt(`0x${messageId}`).toString() : messageId };
}

/** Leading zeros of a decimal name say nothing. */
const receiptKeyOf = (messageId: string, receiptIds: MemoryOptions['receiptIds']): string =>
  receiptIds === 'decimal' && /^\d+$/.test(messageId) ? BigInt(messageId).toString() : messageId;
