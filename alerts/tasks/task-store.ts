// Tasks in the records: started when somebody has the alert, moved by acts, stopped and started again with the
// alert. Clocks are frozen into the row, so that a restart or another configuration changes none under way.

import { z } from 'zod';
import type { AlertEvent } from '../../core/alert-event.ts';
import { levelSchema, type Level } from '../../core/finding.ts';
import type { RegionCode } from '../../core/region.ts';
import { epochMs, type EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { AlertTaskTable, TaskCameBy, TaskPeriods } from '../../warehouse/records-tasks.ts';
import type { Person } from '../names.ts';

export const periodsColumn = jsonColumn(
  z.object({
    dueMs: z.object({ 1: z.number(), 2: z.number(), 3: z.number() }),
    leaderAfterMs: z.number(),
  }),
);

export const NO_OFFER = {
  offeredBureau: null,
  offeredOfficer: null,
  offeredBy: null,
  offeredAtMs: null,
  offerNote: null,
} as const;

export async function findTask(
  trx: RecordsTransaction,
  alertId: string,
): Promise<AlertTaskTable | undefined> {
  return trx.selectFrom('alertTask').selectAll().where('alertId', '=', alertId).executeTakeFirst();
}

export type TaskStart = {
  readonly person: Pick<Person, 'id' | 'bureau'>;
  readonly givenBy: string;
  readonly cameBy: TaskCameBy;
  readonly atMs: EpochMs;
  readonly periods: TaskPeriods;
};

/** The first task of an alert. The turn for events is taken. */
export async function startTask(
  trx: RecordsTransaction,
  alert: Pick<AlertTable, 'id' | 'level'>,
  { person, givenBy, cameBy, atMs, periods }: TaskStart,
): Promise<AlertTaskTable> {
  const { dueMs, leaderAfterMs } = periods;
  const task: AlertTaskTable = {
    alertId: alert.id,
    bureau: person.bureau,
    officer: person.id,
    sinceMs: atMs,
    givenBy,
    cameBy,
    ...clockOf(alert.level, periods, atMs),
    periods: periodsColumn.encode({ dueMs, leaderAfterMs }),
    ...NO_OFFER,
  };
  await trx.insertInto('alertTask').values(task).execute();
  return task;
}

/**
 * An acknowledgement makes whoever gave it responsible. Of level 1 the county's officer is, who answers for the
 * person, also when the city was faster; what was assigned or handed over meanwhile stays where it is.
 */
export async function taskOfAcknowledgement(
  trx: RecordsTransaction,
  alert: Pick<AlertTable, 'id' | 'level' | 'region'>,
  { person, givenBy, atMs, periods }: Omit<TaskStart, 'cameBy'>,
): Promise<AlertTaskTable> {
  const task = await findTask(trx, alert.id);
  if (!task) {
    return startTask(trx, alert, { person, givenBy, cameBy: 'acknowledged', atMs, periods });
  }
  const passes =
    task.cameBy === 'acknowledged' &&
    task.bureau !== alert.region &&
    person.bureau === alert.region &&
    task.offeredBureau === null;
  if (!passes) return task;
  const { id: officer, bureau } = person;
  const change = { officer, bureau, givenBy, sinceMs: atMs };
  await changeTask(trx, alert.id, change);
  return { ...task, ...change };
}

/** Gives the task to somebody; the clock runs on. */
export async function moveTask(
  trx: RecordsTransaction,
  alertId: string,
  to: {
    readonly bureau: RegionCode;
    readonly officer: string | null;
    readonly givenBy: string;
    readonly cameBy: TaskCameBy;
    readonly atMs: EpochMs;
  },
): Promise<void> {
  const { atMs, ...rest } = to;
  await changeTask(trx, alertId, { ...rest, sinceMs: atMs, ...NO_OFFER });
}

export async function changeTask(
  trx: RecordsTransaction,
  alertId: string,
  change: Partial<Omit<AlertTaskTable, 'alertId'>>,
): Promise<void> {
  await trx.updateTable('alertTask').set(change).where('alertId', '=', alertId).execute();
}

/** The alert is closed: nothing is awaited any more, and an offer has nothing to give. */
export async function stopTask(trx: RecordsTransaction, alertId: string): Promise<void> {
  await changeTask(trx, alertId, { nextAtMs: null, ...NO_OFFER });
}

/** The clock starts anew, by the periods frozen in the row. */
export async function restartTask(
  trx: RecordsTransaction,
  alert: Pick<AlertTable, 'id' | 'level'>,
  atMs: EpochMs,
): Promise<AlertTaskTable | undefined> {
  const task = await findTask(trx, alert.id);
  if (!task) return undefined;
  const clock = clockOf(alert.level, periodsColumn.decode(task.periods), atMs);
  await changeTask(trx, alert.id, clock);
  return { ...task, ...clock };
}

/**
 * What later facts say changes the clock too: it stops for what was none, starts anew for what stands again,
 * and is shorter for what turned out graver. What is less grave keeps its time.
 */
export async function taskOfCorrection(
  trx: RecordsTransaction,
  { alertId: id, atMs, level, details }: Pick<AlertEvent, 'alertId' | 'atMs' | 'level' | 'details'>,
): Promise<void> {
  if (details['outcome'] === 'withdrawn') {
    await stopTask(trx, id);
    return;
  }
  if (details['was'] === 'withdrawn') {
    await restartTask(trx, { id, level }, atMs);
    return;
  }
  const task = await findTask(trx, id);
  if (!task || Number(details['toLevel']) >= Number(details['fromLevel'])) return;
  const clock = clockOf(level, periodsColumn.decode(task.periods), atMs);
  if (task.remindedAtMs !== null || task.nextAtMs === null || task.dueAtMs <= clock.dueAtMs) return;
  const { dueAtMs, leaderAtMs, nextAtMs } = clock;
  await changeTask(trx, id, { dueAtMs, leaderAtMs, nextAtMs });
}

function clockOf(
  level: AlertTable['level'],
  { dueMs, leaderAfterMs }: TaskPeriods,
  atMs: EpochMs,
): Pick<
  AlertTaskTable,
  'startedAtMs' | 'dueAtMs' | 'leaderAtMs' | 'nextAtMs' | 'remindedAtMs' | 'leaderToldAtMs'
> {
  const dueAtMs = epochMs(atMs + dueMs[levelSchema.parse(level)]);
  return {
    startedAtMs: atMs,
    dueAtMs,
    leaderAtMs: epochMs(dueAtMs + leaderAfterMs),
    nextAtMs: dueAtMs,
    remindedAtMs: null,
    leaderToldAtMs: null,
  };
}

/** Tasks whose next reminder is due: what nobody has moved on by then stands still. */
export async function dueTasks(
  db: RecordsDb,
  nowAtMs: EpochMs,
): Promise<{ taskId: string; alertId: string; level: Level; dueAtMs: number }[]> {
  const rows = await db
    .selectFrom('alertTask')
    .innerJoin('alert', 'alert.id', 'alertTask.alertId')
    .select(['alertTask.alertId', 'alert.level', 'alertTask.nextAtMs'])
    .where('alertTask.nextAtMs', '<=', nowAtMs)
    .where('alert.exercise', 'is', null)
    .orderBy('alertTask.nextAtMs')
    .limit(DUE_MAX)
    .execute();
  return rows.map(({ alertId, level, nextAtMs }) => ({
    taskId: alertId,
    alertId,
    level,
    dueAtMs: nextAtMs as number,
  }));
}

const DUE_MAX = 100;
