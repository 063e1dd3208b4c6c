// The outbox table: what is to be told to whom. Senders lease rows, so that two of them never hold the same
// one; what a crashed sender held comes back as uncertain, for nobody knows how far it got.

import { sql } from 'kysely';
import { assert } from '../core/errors.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../warehouse/records.ts';
import type { ChannelKind, OutboxState, OutboxTable } from '../warehouse/records-schema.ts';
import { alertEvent, PIPELINE_ACTOR, writeEvents } from './events.ts';
import type { NoticeChange } from './attempt.ts';
import type { NewNotice } from './subject-state.ts';

export type LeasedNotice = OutboxTable & {
  /** The officer's number as of now; null when there is none. */
  readonly address: string | null;
};

export type Lease = {
  readonly channel: ChannelKind;
  readonly senderId: string;
  readonly nowAtMs: EpochMs;
  /** Longer than a send may take; after it the notice is anyone's to settle. */
  readonly leaseMs: number;
  readonly noticesMax: number;
};

/**
 * Takes due notices for one sender, the longest due first. Those `waiting` come as `sending`, to be sent;
 * those a sender left behind come as `uncertain`, to be asked about.
 */
export async function leaseDue(records: Records, lease: Lease): Promise<LeasedNotice[]> {
  // Most of the time there is none, and nobody has to wait in line to write to learn that.
  if (!(await isAnyDue(records.db, lease))) return [];
  return records.transaction(async (trx) => {
    const due = await trx
      .selectFrom('outbox')
      .leftJoin('officer', 'officer.id', 'outbox.recipient')
      .selectAll('outbox')
      .select('officer.phone as address')
      .where('channel', '=', lease.channel)
      .where(isUnsettled)
      .where('nextAttemptAtMs', '<=', lease.nowAtMs)
      .orderBy('nextAttemptAtMs')
      .orderBy('outbox.id')
      .limit(lease.noticesMax)
      .execute();
    const leasedUntilMs = epochMs(lease.nowAtMs + lease.leaseMs);
    const leased: LeasedNotice[] = [];
    for (const state of ['sending', 'uncertain'] as const) {
      const rows = due.filter((row) => (row.state === 'waiting') === (state === 'sending'));
      if (rows.length === 0) continue;
      const change = {
        state,
        leasedBy: lease.senderId,
        leasedUntilMs,
        nextAttemptAtMs: leasedUntilMs,
      };
      await trx
        .updateTable('outbox')
        .set((eb) => ({ ...change, attempts: eb('attempts', '+', 1) }))
        .where(
          'id',
          'in',
          rows.map(({ id }) => id),
        )
        .execute();
      leased.push(...rows.map((row) => ({ ...row, ...change, attempts: row.attempts + 1 })));
    }
    return leased;
  });
}

async function isAnyDue(db: RecordsDb, { channel, nowAtMs }: Lease): Promise<boolean> {
  const row = await db
    .selectFrom('outbox')
    .select('id')
    .where('channel', '=', channel)
    .where(isUnsettled)
    .where('nextAttemptAtMs', '<=', nowAtMs)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Literals, so that the engine sees that the index of unsettled notices fits. */
const isUnsettled = sql<boolean>`state IN ('waiting', 'sending', 'uncertain')`;

/** A notice as it is now; undefined when there is none with this id. */
export async function findNotice(
  trx: RecordsTransaction,
  id: string,
): Promise<OutboxTable | undefined> {
  return trx.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Notices as they are now, by their ids; those that are none are left out. */
export async function findNotices(
  trx: RecordsTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OutboxTable>> {
  const rows = await trx.selectFrom('outbox').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export type ChangedNotice = {
  readonly notice: OutboxTable;
  readonly change: NoticeChange & { readonly provider?: string };
};

/** Writes what became of a notice; the first time it went out, also as an event. Events' turn is taken. */
export const changeNotice = (
  trx: RecordsTransaction,
  notice: OutboxTable,
  change: ChangedNotice['change'],
): Promise<void> => changeNotices(trx, [{ notice, change }]);

/** The same for several; their events are one statement. */
export async function changeNotices(
  trx: RecordsTransaction,
  changed: readonly ChangedNotice[],
): Promise<void> {
  for (const { notice, change } of changed) {
    if (Object.keys(change).length === 0) continue;
    await trx.updateTable('outbox').set(change).where('id', '=', notice.id).execute();
  }
  const gone = changed.flatMap(({ notice, change: { sentAtMs } }) =>
    notice.sentAtMs !== null || sentAtMs === undefined || sentAtMs === null
      ? []
      : [{ notice, sentAtMs }],
  );
  if (gone.length === 0) return;
  const alerts = await trx
    .selectFrom('alert')
    .select(['id', 'ruleId', 'level', 'subject', 'subjectClass', 'region', 'openedAtMs'])
    .where('id', 'in', [...new Set(gone.map(({ notice }) => notice.alertId))])
    .execute();
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  await writeEvents(
    trx,
    gone.map(({ notice: { id, alertId, channel, recipient, step }, sentAtMs }) => {
      const alert = byId.get(alertId);
      assert(alert, 'a notice belongs to an alert');
      return alertEvent(alert, {
        kind: 'notified',
        key: [id],
        atMs: sentAtMs,
        actor: PIPELINE_ACTOR,
        details: { noticeId: id, channel, recipient, step },
      });
    }),
  );
}

const ROWS_MAX = 500;

/** Puts notices into the outbox, due at once unless they say when; those already there stay as they are. */
export async function writeNotices(
  trx: RecordsTransaction,
  notices: readonly (NewNotice & { readonly nextAttemptAtMs?: EpochMs })[],
): Promise<void> {
  for (let at = 0; at < notices.length; at += ROWS_MAX) {
    const rows = notices.slice(at, at + ROWS_MAX).map((notice) => ({
      nextAttemptAtMs: notice.createdAtMs,
      ...notice,
      state: 'waiting' as const,
      attempts: 0,
    }));
    await trx
      .insertInto('outbox')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

export type Backlog = {
  readonly channel: ChannelKind;
  readonly state: OutboxState;
  readonly notices: number;
  readonly oldestAtMs: EpochMs;
};

/** A call again is due at its time and late from then on; what failed once is late from the beginning. */
const dueSinceMs = sql<EpochMs>`
  CASE WHEN state = 'waiting' AND attempts = 0 THEN next_attempt_at_ms ELSE created_at_ms END`;

/** What has not settled yet, by channel and state; for health and metrics. */
export async function outboxBacklog(db: RecordsDb): Promise<Backlog[]> {
  return db
    .selectFrom('outbox')
    .select(({ fn }) => [
      'channel',
      'state',
      fn.countAll<number>().as('notices'),
      fn.min(dueSinceMs).as('oldestAtMs'),
    ])
    .where(isUnsettled)
    .groupBy(['channel', 'state'])
    .orderBy('channel')
    .orderBy('state')
    .execute();
}
