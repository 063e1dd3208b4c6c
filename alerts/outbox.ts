// The outbox table: what is to be told to whom. Senders lease rows, so that two of them never hold the same
// one; what a crashed sender held comes back as uncertain, for nobody knows how far it got.

import { sql } from 'kysely';
import { assert } from '../core/errors.ts';
import type { Level } from '../core/finding.ts';
import { epochMs, type EpochMs } from '../core/time.ts';
import type { Records, RecordsDb, RecordsTransaction } from '../warehouse/records.ts';
import type {
  ChannelKind,
  NoticeChannel,
  OutboxState,
  OutboxTable,
} from '../warehouse/records-schema.ts';
import { graveAlert } from './drills/grave-alert.ts';
import { alertEvent, PIPELINE_ACTOR, writeEvents } from './events.ts';
import type { NoticeChange } from './attempt.ts';
import { isFree, passToCarried } from './grouping/carried-notices.ts';
import { joinDue, writeCarried, type Joined } from './grouping/join-notices.ts';
import { attemptOf, writeAttempts } from './providers/attempt-store.ts';
import type { PersonLimits } from './providers/person-limits.ts';
import { planSends, type PlannedSend } from './providers/plan-sends.ts';
import { levelOf, type ProviderList } from './providers/provider-list.ts';
import type { NewNotice } from './subject-state.ts';
import type { Templates } from './texts/templates.ts';

export type LeasedNotice = OutboxTable & {
  /** The officer's number as of now; null when there is none. */
  readonly address: string | null;
};

export type Lease = {
  readonly list: ProviderList;
  readonly senderId: string;
  readonly nowAtMs: EpochMs;
  /** Longer than a send may take; after it the notice is anyone's to settle. */
  readonly leaseMs: number;
  /** The same at level 1, where that is shorter: after a crash its call goes out in time. */
  readonly gravestLeaseMs?: number;
  readonly noticesMax: number;
  /** Nothing less grave than this; everything when left out. */
  readonly levelMax?: Level;
  readonly limits?: PersonLimits | undefined;
  /** Of these at most so many of drills: a slow provider then has room for what is real. */
  readonly exercisesMax?: number;
  /** The words of notices that speak of several alerts; the product's own when left out. */
  readonly templates?: Templates | undefined;
};

/**
 * Takes due notices for one sender, what is real before drills, the gravest first and then the longest due. Those `waiting` come as
 * `sending`, to be sent to the provider they name; those a sender left behind, and those whose receipt is
 * overdue, come as `uncertain`, to be asked about. Gives also how many were held back.
 */
export async function leaseDue(
  records: Records,
  lease: Lease,
): Promise<{ leased: readonly LeasedNotice[]; held: number }> {
  // Most of the time there is none, and nobody has to wait in line to write to learn that.
  if (!(await isAnyDue(records.db, lease))) return { leased: [], held: 0 };
  return records.transaction(async (trx) => {
    const due = [...(await dueNow(trx, lease)), ...(await overdueReceipts(trx, lease))];
    const waiting = due.filter(({ state }) => state === 'waiting');
    const asked = due.filter(({ state }) => state !== 'waiting');
    const isReal = ({ exercise }: LeasedNotice) => exercise === null;
    const { nowAtMs, templates } = lease;
    const joined = await joinDue(trx, waiting.filter(isReal), {
      channel: lease.list.kind,
      nowAtMs,
      templates,
    });
    const planned = [
      ...(await planSends(trx, joined.map(withWords), lease)),
      // What is practised counts towards nobody's limit, and is summed with nothing.
      ...(await planSends(
        trx,
        waiting.filter((row) => !isReal(row)),
        { ...lease, limits: {} },
      )),
    ];
    const leased = [
      ...(await leaseSends(trx, planned.map(saying(joined)), lease)),
      ...(await leaseAsked(trx, asked, lease)),
    ];
    return { leased, held: waiting.length - planned.length };
  });
}

/** With the words for all it carries; what a limit adds is added to those. */
const withWords = ({ row, text }: Joined<LeasedNotice>): LeasedNotice =>
  text ? { ...row, textZh: text.zh, textEn: text.en } : row;

type Send = PlannedSend<LeasedNotice> & { readonly joined: Joined<LeasedNotice> | undefined };

const saying = (joined: readonly Joined<LeasedNotice>[]) => {
  const byId = new Map(joined.map((one) => [one.row.id, one]));
  return (plan: PlannedSend<LeasedNotice>): Send => {
    const own = byId.get(plan.row.id);
    const text = plan.text ?? own?.text;
    return { ...plan, ...(text ? { text } : {}), joined: own };
  };
};

async function dueNow(trx: RecordsTransaction, lease: Lease): Promise<LeasedNotice[]> {
  const { noticesMax, exercisesMax = noticesMax } = lease;
  const real = await dueOf(trx, lease, { kind: 'real', max: noticesMax });
  const max = Math.min(noticesMax - real.length, exercisesMax);
  const drills = max > 0 ? await dueOf(trx, lease, { kind: 'exercise', max }) : [];
  const isHeld = drills.length > 0 && (await isDrillHeld(trx, lease.list.kind));
  return isHeld ? real : [...real, ...drills];
}

const dueOf = (
  trx: RecordsTransaction,
  lease: Lease,
  { kind, max }: { kind: 'real' | 'exercise'; max: number },
): Promise<LeasedNotice[]> =>
  selectLeasable(trx, lease)
    .where(isUnsettled)
    .where('nextAttemptAtMs', '<=', lease.nowAtMs)
    .where('exercise', kind === 'real' ? 'is' : 'is not', null)
    .orderBy('level')
    .orderBy('nextAttemptAtMs')
    .orderBy('outbox.id')
    .limit(max)
    .execute();

/** While a real alert of level 1 is not taken, officers' telephones are for it. */
async function isDrillHeld(trx: RecordsTransaction, channel: NoticeChannel): Promise<boolean> {
  return channel !== 'canary' && (await graveAlert(trx)) !== undefined;
}

/** What the provider took and then kept silent about for too long. */
async function overdueReceipts(trx: RecordsTransaction, lease: Lease): Promise<LeasedNotice[]> {
  if (!owesReceipts(lease)) return [];
  return selectLeasable(trx, lease)
    .where(isReceiptOwed)
    .where('receiptDueAtMs', '<=', lease.nowAtMs)
    .orderBy('receiptDueAtMs')
    .orderBy('outbox.id')
    .limit(lease.noticesMax)
    .execute();
}

const owesReceipts = ({ list }: Lease): boolean =>
  list.channels.some(({ terms }) => terms?.receiptWithinMs);

const selectLeasable = (db: RecordsDb, { list, levelMax }: Lease) =>
  db
    .selectFrom('outbox')
    .leftJoin('officer', 'officer.id', 'outbox.recipient')
    .selectAll('outbox')
    .select('officer.phone as address')
    .where('channel', '=', list.kind)
    .where(isFree)
    .$if(levelMax !== undefined, (query) => query.where('level', '<=', levelMax as Level));

async function leaseSends(
  trx: RecordsTransaction,
  planned: readonly Send[],
  lease: Lease,
): Promise<LeasedNotice[]> {
  const { nowAtMs } = lease;
  const leased: LeasedNotice[] = [];
  const groups = Map.groupBy(
    planned,
    ({ row, provider, receiptDueAtMs }) => `${provider} ${receiptDueAtMs} ${levelOf(row)}`,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { row: like, provider, receiptDueAtMs } = first;
    const change = {
      ...heldBy(lease, levelOf(like)),
      state: 'sending' as const,
      provider,
      receiptDueAtMs,
      heldUntilMs: null,
      carriedBy: null,
    };
    await trx
      .updateTable('outbox')
      .set((eb) => ({
        ...change,
        attempts: eb('attempts', '+', 1),
        handOvers: eb(eb.fn.coalesce('handOvers', eb.lit(0)), '+', 1),
        handedOverAtMs: eb.fn.coalesce('handedOverAtMs', eb.val(nowAtMs)),
      }))
      .where(
        'id',
        'in',
        group.map(({ row }) => row.id),
      )
      .execute();
    leased.push(
      ...group.map(({ row, text, joined }) => ({
        ...row,
        carries: joined?.carries ?? null,
        ...change,
        attempts: row.attempts + 1,
        handOvers: (row.handOvers ?? 0) + 1,
        handedOverAtMs: row.handedOverAtMs ?? nowAtMs,
        ...(text ? { textZh: text.zh, textEn: text.en } : {}),
      })),
    );
  }
  for (const notice of leased) {
    const own = planned.find(({ row }) => row.id === notice.id)?.joined;
    if (own) await writeCarried(trx, notice, own, nowAtMs);
  }
  for (const { row, text } of planned) {
    if (!text) continue;
    const says = { textZh: text.zh, textEn: text.en };
    await trx.updateTable('outbox').set(says).where('id', '=', row.id).execute();
  }
  await writeAttempts(
    trx,
    leased.map((notice) =>
      attemptOf(notice, {
        provider: notice.provider ?? '',
        what: 'begun',
        atMs: nowAtMs,
        turn: notice.attempts,
      }),
    ),
  );
  return leased;
}

async function leaseAsked(
  trx: RecordsTransaction,
  rows: readonly LeasedNotice[],
  lease: Lease,
): Promise<LeasedNotice[]> {
  if (rows.length === 0) return [];
  const changeOf = (level: Level) => ({
    ...heldBy(lease, level),
    state: 'uncertain' as const,
  });
  for (const [level, ofLevel] of Map.groupBy(rows, levelOf)) {
    await trx
      .updateTable('outbox')
      .set((eb) => ({ ...changeOf(level), attempts: eb('attempts', '+', 1) }))
      .where(
        'id',
        'in',
        ofLevel.map(({ id }) => id),
      )
      .execute();
  }
  for (const row of rows) await passToCarried(trx, row, { state: 'uncertain' });
  return rows.map((row) => ({
    ...row,
    ...changeOf(levelOf(row)),
    attempts: row.attempts + 1,
  }));
}

function heldBy({ senderId, nowAtMs, leaseMs, gravestLeaseMs = leaseMs }: Lease, level: Level) {
  const heldMs = level === 1 ? Math.min(leaseMs, gravestLeaseMs) : leaseMs;
  const leasedUntilMs = epochMs(nowAtMs + heldMs);
  return { leasedBy: senderId, leasedUntilMs, nextAttemptAtMs: leasedUntilMs };
}

async function isAnyDue(db: RecordsDb, lease: Lease): Promise<boolean> {
  const { nowAtMs } = lease;
  const due = selectLeasable(db, lease).where(isUnsettled).where('nextAttemptAtMs', '<=', nowAtMs);
  if (await due.limit(1).executeTakeFirst()) return true;
  if (!owesReceipts(lease)) return false;
  const overdue = selectLeasable(db, lease)
    .where(isReceiptOwed)
    .where('receiptDueAtMs', '<=', nowAtMs);
  return (await overdue.limit(1).executeTakeFirst()) !== undefined;
}

/** Literals, so that the engine sees that the index of unsettled notices fits. */
const isUnsettled = sql<boolean>`state IN ('waiting', 'sending', 'uncertain')`;
const isReceiptOwed = sql<boolean>`state = 'sent' AND receipt_due_at_ms IS NOT NULL`;

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
): Promise<Map<string, OutboxTable>> {
  const rows = await trx.selectFrom('outbox').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

export type ChangedNotice = {
  readonly notice: OutboxTable;
  readonly change: NoticeChange;
};

/**
 * Writes what became of a notice and of those it carries, which it gives as they were; the first time they went
 * out, also as events. Events' turn is taken.
 */
export const changeNotice = (
  trx: RecordsTransaction,
  notice: OutboxTable,
  change: NoticeChange,
): Promise<readonly OutboxTable[]> => changeNotices(trx, [{ notice, change }]);

/** The same for several; their events are one statement. */
export async function changeNotices(
  trx: RecordsTransaction,
  changed: readonly ChangedNotice[],
): Promise<readonly OutboxTable[]> {
  const all: { notice: OutboxTable; change: NoticeChange; carrier?: OutboxTable }[] = [];
  for (const { notice, change } of changed) {
    all.push({ notice, change });
    if (Object.keys(change).length > 0) {
      await trx.updateTable('outbox').set(change).where('id', '=', notice.id).execute();
    }
    const carried = await passToCarried(trx, notice, change);
    all.push(...carried.map((one) => ({ notice: one, change, carrier: notice })));
  }
  const gone = all.flatMap(
    ({ notice, carrier, change: { sentAtMs, provider = (carrier ?? notice).provider } }) =>
      notice.sentAtMs !== null || sentAtMs === undefined || sentAtMs === null
        ? []
        : [{ notice, carrier, sentAtMs, provider: provider ?? '' }],
  );
  const carriedOnes = all.flatMap(({ notice, carrier }) => (carrier ? [notice] : []));
  if (gone.length === 0) return carriedOnes;
  const alerts = await trx
    .selectFrom('alert')
    .select([
      'id',
      'ruleId',
      'level',
      'subject',
      'subjectClass',
      'region',
      'openedAtMs',
      'exercise',
    ])
    .select('repeatsRaisedAtMs')
    .where('id', 'in', [...new Set(gone.map(({ notice }) => notice.alertId))])
    .execute();
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  await writeEvents(
    trx,
    gone.map(({ notice, carrier, sentAtMs, provider }) => {
      const { id, channel, recipient, step } = notice;
      const { handOvers, carries } = carrier ?? notice;
      const alert = byId.get(notice.alertId);
      assert(alert, 'a notice belongs to an alert');
      return alertEvent(alert, {
        kind: 'notified',
        key: [id],
        atMs: sentAtMs,
        actor: PIPELINE_ACTOR,
        details: {
          noticeId: id,
          channel,
          recipient,
          step,
          provider,
          attempt: handOvers ?? 1,
          ...(carries === null ? {} : { alerts: carries }),
          ...(carrier ? { carriedBy: carrier.id, carriedWith: carrier.alertId } : {}),
        },
      });
    }),
  );
  return carriedOnes;
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
      round: 0,
      exercise: null,
      ...notice,
      state: 'waiting' as const,
      attempts: 0,
      // As grave as its alert is now: that decides whose turn it is.
      level: sql<Level>`(SELECT level FROM alert WHERE id = ${notice.alertId})`,
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
  return (
    db
      .selectFrom('outbox')
      .select(({ fn }) => [
        'channel',
        'state',
        fn.countAll<number>().as('notices'),
        fn.min(dueSinceMs).as('oldestAtMs'),
      ])
      .where(isUnsettled)
      // A canary's own absence tells of it.
      .where('channel', '!=', 'canary')
      .where(isFree)
      .$narrowType<{ channel: ChannelKind }>()
      .groupBy(['channel', 'state'])
      .orderBy('channel')
      .orderBy('state')
      .execute()
  );
}
