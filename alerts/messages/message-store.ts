// Messages to officers that are about no alert, as rows: written before they are sent, leased by a sender, and
// settled by what the provider says. The promises are those of the outbox (../outbox.ts), and so are the providers.

import { sql } from 'kysely';
import type { Level } from '../../core/finding.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { OfficerMessageTable, OutboxState } from '../../warehouse/records-schema.ts';
import type { NoticeChange } from '../attempt.ts';
import { chooseProvider } from '../providers/choose-provider.ts';
import { receiptDueAt, type ProviderList } from '../providers/provider-list.ts';
import { loadSteps, writeStep } from './message-steps.ts';

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
  readonly list: ProviderList;
  readonly senderId: string;
  readonly nowAtMs: EpochMs;
  /** Longer than a send may take. */
  readonly leaseMs: number;
  readonly messagesMax: number;
};

export type MessageChange = NoticeChange & {
  readonly attempts?: number;
  readonly handOvers?: number;
};

/** A person waits for a code; a reminder has the whole evening. */
const LEVELS: Readonly<Record<OfficerMessageTable['kind'], Level>> = {
  'phone-code': 2,
  'duty-tomorrow': 3,
};

/** As urgent as a notice of that level. */
export const levelOfMessage = ({ kind }: Pick<OfficerMessageTable, 'kind'>): Level => LEVELS[kind];

/**
 * Takes due messages of one channel for one sender: to be sent, with the provider that is to get them written
 * down, or to be asked about. What is of no use any more is given up first.
 */
export function leaseMessages(records: Records, lease: Lease): Promise<LeasedMessage[]> {
  return records.transaction(async (trx) => {
    const due = await trx
      .selectFrom('officerMessage')
      .leftJoin('officer', 'officer.id', 'officerMessage.recipient')
      .selectAll('officerMessage')
      .select('officer.phone')
      .where('channel', '=', lease.list.kind)
      .where((eb) =>
        eb.or([
          eb.and([isUnsettled, eb('nextAttemptAtMs', '<=', lease.nowAtMs)]),
          // What the provider took and then kept silent about for too long.
          eb.and([eb('state', '=', 'sent'), eb('receiptDueAtMs', '<=', lease.nowAtMs)]),
        ]),
      )
      .orderBy('nextAttemptAtMs')
      .orderBy('officerMessage.id')
      .limit(lease.messagesMax)
      .execute();
    const leased: LeasedMessage[] = [];
    for (const { phone, ...row } of due) {
      if (row.expiresAtMs <= lease.nowAtMs) {
        await changeMessage(trx, row, givenUp(row));
        continue;
      }
      const change =
        row.state === 'waiting' ? await sendChange(trx, row, lease) : askChange(row, lease);
      await changeMessage(trx, row, change);
      const taken = { ...row, ...change };
      if (taken.state === 'sending') {
        const { provider, attempts: turn } = taken;
        const begun = { provider: provider ?? '', what: 'begun' as const, turn };
        await writeStep(trx, taken, { ...begun, atMs: lease.nowAtMs });
      }
      leased.push({ ...taken, to: row.address ?? phone });
    }
    return leased;
  });
}

/** One that a provider took stays as it is: it may well have come. */
const givenUp = ({ state }: OfficerMessageTable): MessageChange => ({
  ...(state === 'sent' ? {} : { state: 'failed', lastErrorCode: 'expired' }),
  receiptDueAtMs: null,
  leasedBy: null,
  leasedUntilMs: null,
});

async function sendChange(
  trx: RecordsTransaction,
  row: OfficerMessageTable,
  { list, nowAtMs, ...lease }: Lease,
) {
  const level = levelOfMessage(row);
  const tried = (row.handOvers ?? 0) > 0 ? await loadSteps(trx, row.id) : [];
  const provider = chooseProvider(list.health.inOrder({ level, nowAtMs }), tried) ?? '';
  list.health.begun(provider, nowAtMs);
  return {
    ...heldBy(row, { nowAtMs, ...lease }),
    state: 'sending' as const,
    provider,
    handOvers: (row.handOvers ?? 0) + 1,
    receiptDueAtMs: receiptDueAt(list.find(provider)?.terms, level, nowAtMs),
  };
}

const askChange = (row: OfficerMessageTable, lease: Lease) => ({
  ...heldBy(row, lease),
  state: 'uncertain' as const,
});

function heldBy(
  { attempts }: OfficerMessageTable,
  { senderId, nowAtMs, leaseMs }: Omit<Lease, 'list'>,
) {
  const leasedUntilMs = epochMs(nowAtMs + leaseMs);
  return {
    leasedBy: senderId,
    leasedUntilMs,
    nextAttemptAtMs: leasedUntilMs,
    attempts: attempts + 1,
  };
}

export const findMessage = (
  trx: RecordsTransaction,
  id: string,
): Promise<OfficerMessageTable | undefined> =>
  trx.selectFrom('officerMessage').selectAll().where('id', '=', id).executeTakeFirst();

const SETTLED: readonly OutboxState[] = ['delivered', 'answered', 'failed', 'cancelled'];

/** Writes what became of a message. A code is forgotten here once nobody has to send it any more. */
export async function changeMessage(
  trx: RecordsTransaction,
  message: Pick<OfficerMessageTable, 'id' | 'kind' | 'state' | 'receiptDueAtMs'>,
  change: MessageChange,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  const { id, kind } = message;
  const { state, receiptDueAtMs } = { ...message, ...change };
  // While a receipt is owed another provider may still have to send it.
  const isDone = SETTLED.includes(state) || (state === 'sent' && receiptDueAtMs === null);
  const forgotten = kind === 'phone-code' && isDone ? { textZh: '', textEn: '' } : {};
  await trx
    .updateTable('officerMessage')
    .set({ ...change, ...forgotten })
    .where('id', '=', id)
    .execute();
}
