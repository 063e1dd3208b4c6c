// What a sender is to do with the notices that are due, decided in the transaction that leases them: which
// provider gets each, what waits for the person's limit, what speaks for others. A provider is written down
// before it is given anything, so that after a crash it is known whom to ask.

import { assert } from '../../core/errors.ts';
import type { Text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { OutboxTable } from '../../warehouse/records-schema.ts';
import { loadAttempts } from './attempt-store.ts';
import { chooseProvider, type Tried } from './choose-provider.ts';
import {
  coverHeld,
  holdBack,
  limit,
  loadBeyond,
  loadUsage,
  withOthers,
  type PersonLimits,
} from './person-limits.ts';
import { levelOf, receiptDueAt, type ProviderList } from './provider-list.ts';

export type PlannedSend<Row> = {
  readonly row: Row;
  /** Empty when nobody is left to try. */
  readonly provider: string;
  readonly receiptDueAtMs: EpochMs | null;
  /** Instead of the notice's own. */
  readonly text?: Text;
};

export async function planSends<Row extends OutboxTable>(
  trx: RecordsTransaction,
  due: readonly Row[],
  {
    list,
    limits,
    nowAtMs,
  }: { list: ProviderList; limits?: PersonLimits | undefined; nowAtMs: EpochMs },
): Promise<readonly PlannedSend<Row>[]> {
  const { send: rows, sums } = await withinLimits(trx, due, { list, limits, nowAtMs });
  const texts = new Map<Row, Text>();
  for (const row of sums) {
    const others = await coverHeld(trx, row, nowAtMs);
    if (others > 0) texts.set(row, withOthers(row, others));
  }
  const tried = await triedOf(trx, rows, list);
  return rows.map((row) => {
    const level = levelOf(row);
    const order = list.health.inOrder({ level, nowAtMs });
    const provider = chooseProvider(order, tried.get(row.id) ?? []) ?? '';
    // One probe at a time: the next notice of this lease finds it under way.
    list.health.begun(provider, nowAtMs);
    const channel = list.find(provider);
    const says = texts.get(row);
    return {
      row,
      provider,
      receiptDueAtMs: receiptDueAt(channel?.terms, level, nowAtMs),
      ...(says ? { text: says } : {}),
    };
  });
}

async function withinLimits<Row extends OutboxTable>(
  trx: RecordsTransaction,
  due: readonly Row[],
  {
    list: { kind },
    limits,
    nowAtMs,
  }: { list: ProviderList; limits?: PersonLimits | undefined; nowAtMs: EpochMs },
): Promise<{ send: readonly Row[]; sums: readonly Row[] }> {
  const ofKind = limits?.[kind];
  if (!ofKind) return { send: due, sums: [] };
  const usage = await loadUsage(trx, kind, due, { limits: ofKind, nowAtMs });
  const { send, hold, sums, covered, usages } = limit(due, ofKind, usage, nowAtMs);
  const beyond = await loadBeyond(trx, kind, hold, { due, nowAtMs });
  const further = limit(beyond, ofKind, usages, nowAtMs);
  assert(further.hold.length === beyond.length, 'who is given enough is given no more');
  await holdBack(trx, [...hold, ...further.hold], nowAtMs);
  assert(send.length + hold.length + covered.length === due.length, 'a limit drops nothing');
  return { send, sums };
}

/** What happened to the notices so far; where there is one provider it decides nothing. */
export async function triedOf(
  trx: RecordsTransaction,
  rows: readonly Pick<OutboxTable, 'id' | 'handOvers'>[],
  list: Pick<ProviderList, 'names'>,
): Promise<ReadonlyMap<string, readonly Tried[]>> {
  const again = rows.filter(({ handOvers }) => (handOvers ?? 0) > 0).map(({ id }) => id);
  if (list.names.length === 1 || again.length === 0) return new Map();
  return Map.groupBy(await loadAttempts(trx, again), ({ noticeId }) => noticeId);
}
