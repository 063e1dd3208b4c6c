// Reads what the watchdog looks at. Drills wait for real alerts and are not looked at; canaries are, by whether
// they arrive.

import { sql } from 'kysely';
import type { Log } from '../../ingest/log.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { nextOffset } from '../../warehouse/offsets.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { readCanaries } from '../canary/run-canary.ts';
import { isFree } from '../grouping/carried-notices.ts';
import type { WatchLimits, WatchRows } from './stalls.ts';

export type WatchReadDeps = {
  readonly db: RecordsDb;
  readonly log: Log;
  /** Whether canaries are sent at all. */
  readonly hasCanaries: boolean;
  /** Tasks that are over their time; none when left out. */
  readonly overdueTasks?: (db: RecordsDb, nowAtMs: EpochMs) => Promise<WatchRows['tasks']>;
};

/** Rows of one kind that are looked at; more of it is the same trouble. */
const ROWS_MAX = 200;

export async function readWatchRows(
  { db, log, hasCanaries, overdueTasks }: WatchReadDeps,
  { nowAtMs, watchedSinceMs }: { nowAtMs: EpochMs; watchedSinceMs: number },
  limits: WatchLimits,
): Promise<WatchRows> {
  return {
    graves: await readGraves(db, epochMs(nowAtMs - limits.unreachedMs)),
    rungs: await readRungs(db, epochMs(nowAtMs - limits.rungLateMs)),
    notices: await readNotices(db, nowAtMs, limits),
    outboxes: await readOutboxes(db, nowAtMs),
    findings: await readFindings(db, log),
    canaries: hasCanaries ? await readCanaryPartitions(db, log) : [],
    watchedSinceMs,
    tasks: (await overdueTasks?.(db, nowAtMs)) ?? [],
  };
}

async function readGraves(db: RecordsDb, beforeMs: EpochMs): Promise<WatchRows['graves']> {
  const rows = await db
    .selectFrom('alert')
    .select(['id as alertId', 'recordedAtMs'])
    .where(sql<boolean>`status <> 'closed'`)
    .where('level', '=', 1)
    .where('status', '=', 'new')
    // Late facts are pushed and followed within the shift.
    .where('late', '=', 0)
    .where('withdrawnAtMs', 'is', null)
    .where('exercise', 'is', null)
    .where('recordedAtMs', '<', beforeMs)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox')
            .select('outbox.id')
            .whereRef('outbox.alertId', '=', 'alert.id')
            .where((or) =>
              or.or([or('deliveredAtMs', 'is not', null), or('answeredAtMs', 'is not', null)]),
            ),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('alertEvent')
            .select('alertEvent.id')
            .whereRef('alertEvent.alertId', '=', 'alert.id')
            .where('kind', '=', 'answered'),
        ),
      ),
    )
    .orderBy('openedAtMs')
    .limit(ROWS_MAX)
    .execute();
  return rows.map((row) => ({ ...row, isReached: false }));
}

const readRungs = (db: RecordsDb, beforeMs: EpochMs): Promise<WatchRows['rungs']> =>
  db
    .selectFrom('escalation')
    .innerJoin('alert', 'alert.id', 'escalation.alertId')
    .select(['alertId', 'alert.level', 'step', 'side', 'dueAtMs'])
    .where(sql<boolean>`state = 'waiting'`)
    .where('dueAtMs', '<', beforeMs)
    .where('alert.exercise', 'is', null)
    .orderBy('alert.level')
    .orderBy('dueAtMs')
    .limit(ROWS_MAX)
    .execute();

const UNSETTLED = sql<boolean>`state IN ('waiting', 'sending', 'uncertain')`;

const readNotices = (
  db: RecordsDb,
  nowAtMs: EpochMs,
  { noticeLateMs, uncertainMs }: WatchLimits,
): Promise<WatchRows['notices']> =>
  db
    .selectFrom('outbox')
    .innerJoin('alert', 'alert.id', 'outbox.alertId')
    .select([
      'outbox.alertId',
      'alert.level',
      'outbox.channel',
      'outbox.state',
      'outbox.createdAtMs',
      'outbox.nextAttemptAtMs',
    ])
    .where(UNSETTLED)
    .where(isFree)
    .where('outbox.exercise', 'is', null)
    .where((eb) =>
      eb.or([
        eb('outbox.nextAttemptAtMs', '<', epochMs(nowAtMs - noticeLateMs)),
        eb.and([
          eb('outbox.state', '=', 'uncertain'),
          eb('outbox.createdAtMs', '<', epochMs(nowAtMs - uncertainMs - noticeLateMs)),
        ]),
      ]),
    )
    .$narrowType<{ state: 'waiting' | 'sending' | 'uncertain' }>()
    .orderBy('alert.level')
    .orderBy('outbox.nextAttemptAtMs')
    .limit(ROWS_MAX)
    .execute();

const readOutboxes = (db: RecordsDb, nowAtMs: EpochMs): Promise<WatchRows['outboxes']> =>
  db
    .selectFrom('outbox')
    .select(({ fn }) => [
      'channel',
      fn.countAll<number>().as('notices'),
      fn.min<number>('nextAttemptAtMs').as('oldestDueMs'),
    ])
    .where(UNSETTLED)
    .where(isFree)
    .where('nextAttemptAtMs', '<=', nowAtMs)
    .where('exercise', 'is', null)
    .groupBy('channel')
    .orderBy('channel')
    .execute()
    .then((rows) =>
      rows.map(({ channel, notices, oldestDueMs }) => ({
        channel,
        notices: Number(notices),
        oldestDueMs: Number(oldestDueMs),
      })),
    );

/** By the records, not by what the pipeline says of itself. */
async function readFindings(db: RecordsDb, log: Log): Promise<WatchRows['findings']> {
  const waiting = await Promise.all(
    Array.from({ length: log.partitions }, async (_, partition) => {
      const offset = await nextOffset(db, { consumer: 'alerts', topic: 'findings', partition });
      const { start, end } = await log.bounds('findings', partition);
      if (offset >= end) return [];
      const from = { offset: Math.max(offset, start), recordsMax: 1 };
      const [first] = await log.read('findings', partition, from);
      return first ? [{ partition, waitingSinceMs: first.appendedAtMs as number }] : [];
    }),
  );
  return waiting.flat();
}

async function readCanaryPartitions(db: RecordsDb, log: Log): Promise<WatchRows['canaries']> {
  const arrived = await readCanaries(db);
  return Array.from({ length: log.partitions }, (_, partition) => ({
    partition,
    sentAtMs: arrived.find((canary) => canary.partition === partition)?.sentAtMs ?? null,
  }));
}
