// Joins due notices of one kind to one person, in the transaction that leases them: the oldest carries the others,
// or all wait until the next notice of the kind may go out. Who carries is settled before anything is handed
// over, so a crash finds the same notice with the same alerts.

import type { Text } from '../../core/text.ts';
import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { NoticeChannel, OutboxTable } from '../../warehouse/records-schema.ts';
import { isTaken } from '../acknowledge.ts';
import { factsOf } from '../notify.ts';
import { attemptOf, writeAttempts } from '../providers/attempt-store.ts';
import { levelOf } from '../providers/provider-list.ts';
import type { Templates } from '../texts/templates.ts';
import { isFree, loadCarried } from './carried-notices.ts';
import { formGroups } from './form-groups.ts';
import { composeGroupNotice } from './group-text.ts';
import { termsOf } from './group-terms.ts';

/** A notice that is to be handed over, with those it speaks for. */
export type Joined<Row> = {
  readonly row: Row;
  readonly carried: readonly OutboxTable[];
  /** How many alerts it speaks of; null for its own alone. */
  readonly carries: number | null;
  /** Where its words are other than those it has. */
  readonly text?: Text;
};

type Joining = {
  readonly channel: NoticeChannel;
  readonly nowAtMs: EpochMs;
  readonly templates?: Templates | undefined;
};

/** Notices of one kind that go to one person at once; what is beyond waits like any further group. */
const GROUPS_AT_ONCE_MAX = 10;

/** Takes due notices, gives those to be handed over now. The first come first, as they were given. */
export async function joinDue<Row extends OutboxTable>(
  trx: RecordsTransaction,
  due: readonly Row[],
  joining: Joining,
): Promise<readonly Joined<Row>[]> {
  const joined: Joined<Row>[] = [];
  const seen = new Set<string>();
  for (const row of due) {
    if (seen.has(row.id)) continue;
    if ((row.handOvers ?? 0) > 0 && row.carries !== null) {
      const again = await carryAgain(trx, row, joining);
      if (again) joined.push(again);
    } else if (!isJoinable(row)) {
      joined.push({ row, carried: [], carries: null });
    } else {
      const ofKind = due.filter((one) => isJoinable(one) && isOfKind(one, row));
      const rows = await waitingOfKind(trx, row, joining);
      for (const { id } of [...ofKind, ...rows]) seen.add(id);
      joined.push(...(await join(trx, rows as readonly Row[], joining)));
    }
  }
  return joined;
}

/** What was handed over stays what it was, and a limit that held a notice back has summed it up already. */
const isJoinable = ({ groupKey, handOvers, heldUntilMs }: OutboxTable): boolean =>
  groupKey !== null && (handOvers ?? 0) === 0 && heldUntilMs === null;

const isOfKind = (one: OutboxTable, other: OutboxTable): boolean =>
  one.groupKey === other.groupKey && one.recipient === other.recipient;

/** Every notice of the kind to the person that nobody was given yet, the oldest first. */
async function waitingOfKind(
  trx: RecordsTransaction,
  { groupKey, recipient, alertId, level }: OutboxTable,
  { channel, nowAtMs }: Joining,
) {
  const terms = await loadTerms(trx, { alertId, level });
  return trx
    .selectFrom('outbox')
    .leftJoin('officer', 'officer.id', 'outbox.recipient')
    .selectAll('outbox')
    .select('officer.phone as address')
    .where('groupKey', '=', groupKey)
    .where('recipient', '=', recipient)
    .where('channel', '=', channel)
    .where('state', '=', 'waiting')
    .where('handOvers', '=', 0)
    .where('heldUntilMs', 'is', null)
    .where(isFree)
    .where((eb) =>
      eb.or([
        eb('nextAttemptAtMs', '<=', nowAtMs),
        eb('nextAttemptAtMs', '=', eb.ref('groupUntilMs')),
      ]),
    )
    .orderBy('createdAtMs')
    .orderBy('outbox.id')
    .limit((terms?.max ?? 1) * GROUPS_AT_ONCE_MAX)
    .execute();
}

async function join<Row extends OutboxTable>(
  trx: RecordsTransaction,
  rows: readonly Row[],
  joining: Joining,
): Promise<readonly Joined<Row>[]> {
  const [first] = rows;
  if (!first) return [];
  const { channel, nowAtMs } = joining;
  // An alert whose terms were lifted since is in no hurry to be alone: it goes as it is.
  const terms = (await loadTerms(trx, first)) ?? { key: '', waitMs: 0, intervalMs: 0, max: 1 };
  const last = await trx
    .selectFrom('outbox')
    .select(({ fn }) => fn.max<number | null>('handedOverAtMs').as('atMs'))
    .where('groupKey', '=', first.groupKey)
    .where('recipient', '=', first.recipient)
    .where('channel', '=', channel)
    // What never went out holds up nothing.
    .where('state', '!=', 'cancelled')
    .executeTakeFirst();
  const lastAtMs = last?.atMs == null ? null : Number(last.atMs);
  const formed = formGroups(rows, { terms, lastAtMs, nowAtMs });
  if (formed.kind === 'wait') {
    const { untilMs } = formed;
    await trx
      .updateTable('outbox')
      .set({ nextAttemptAtMs: untilMs, groupUntilMs: untilMs })
      .where(
        'id',
        'in',
        formed.rows.map(({ id }) => id),
      )
      .execute();
    return [];
  }
  const joined: Joined<Row>[] = [];
  for (const [row, ...carried] of formed.groups) {
    if (row) joined.push(await wordedFor(trx, row, carried, joining));
  }
  return joined;
}

async function loadTerms(
  trx: RecordsTransaction,
  { alertId, level }: Pick<OutboxTable, 'alertId' | 'level'>,
) {
  const alert = await trx
    .selectFrom('alert')
    .select('groupTerms')
    .where('id', '=', alertId)
    .executeTakeFirst();
  return termsOf(alert?.groupTerms ?? null, levelOf({ level }));
}

/** A carrier whose turn it is again. Without its own alert it goes nowhere, and whom it carried are free. */
async function carryAgain<Row extends OutboxTable>(
  trx: RecordsTransaction,
  row: Row,
  joining: Joining,
): Promise<Joined<Row> | undefined> {
  if (await isTaken(trx, row)) {
    await trx.updateTable('outbox').set({ state: 'cancelled' }).where('id', '=', row.id).execute();
    return undefined;
  }
  return wordedFor(trx, row, await loadCarried(trx, row), joining);
}

async function wordedFor<Row extends OutboxTable>(
  trx: RecordsTransaction,
  row: Row,
  carried: readonly OutboxTable[],
  { templates }: Joining,
): Promise<Joined<Row>> {
  if (carried.length === 0 && row.carries === null) return { row, carried, carries: null };
  const rows = [row, ...carried];
  const alerts = await trx
    .selectFrom('alert')
    .select(['id', 'level', 'region', 'titleZh', 'titleEn', 'late', 'exercise', 'reroutedBecause'])
    .where(
      'id',
      'in',
      rows.map(({ alertId }) => alertId),
    )
    .execute();
  const known = new Map(alerts.map((alert) => [alert.id, alert]));
  // Two notices about one alert are one alert to speak of.
  const facts = [...new Map(rows.map((one) => [one.alertId, one])).values()].flatMap(
    ({ alertId, step }) => {
      const alert = known.get(alertId);
      return alert ? [factsOf(alert, step)] : [];
    },
  );
  const [first, ...others] = facts;
  if (!first || row.channel === 'canary') return { row, carried, carries: null };
  return {
    row,
    carried,
    carries: facts.length,
    text: composeGroupNotice(row.channel, [first, ...others], templates),
  };
}

/** Writes down whom a notice carries that is handed over now. */
export async function writeCarried(
  trx: RecordsTransaction,
  carrier: OutboxTable,
  { carried, carries }: Pick<Joined<OutboxTable>, 'carried' | 'carries'>,
  nowAtMs: EpochMs,
): Promise<void> {
  if (carrier.carries !== null || carries !== null) {
    await trx.updateTable('outbox').set({ carries }).where('id', '=', carrier.id).execute();
  }
  if (carried.length === 0) return;
  const { id: carriedBy, provider, handOvers } = carrier;
  await trx
    .updateTable('outbox')
    .set({ carriedBy, provider, state: 'sending' })
    .where(
      'id',
      'in',
      carried.map(({ id }) => id),
    )
    .execute();
  await writeAttempts(
    trx,
    carried.map(({ id, alertId }) =>
      attemptOf(
        { id, alertId, handOvers },
        {
          provider: provider ?? '',
          what: 'carried',
          code: carriedBy,
          atMs: nowAtMs,
          turn: carrier.attempts,
        },
      ),
    ),
  );
}
