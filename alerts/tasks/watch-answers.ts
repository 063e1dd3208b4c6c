// What is due after the answer: a task that ran out reminds its officer once and then tells the leaders, an
// objection nobody decided in time tells the leaders, and photos nobody used go. Each is one transaction with its
// event and its notices, so a crash between tells nobody twice and forgets nobody.

import { epochMs, type EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { AlertTaskTable, ObjectionTable } from '../../warehouse/records-tasks.ts';
import type { ConsumeDeps } from '../consume.ts';
import type { Roster } from '../duty-officers.ts';
import { alertEvent, EVENT_TURN, PIPELINE_ACTOR, writeEvents } from '../events.ts';
import { dropLoosePhotos, LOOSE_PHOTO_MS } from '../feedback/photo-store.ts';
import { findPerson } from '../names.ts';
import { changeObjection } from '../objections/objection-store.ts';
import { parentsOf } from '../route.ts';
import { tellOfTask } from './task-notices.ts';
import { ANSWER_DEFAULTS, type AnswerOptions } from './task-options.ts';
import { changeTask, startTask } from './task-store.ts';

export type WatchDeps = Pick<
  ConsumeDeps,
  'records' | 'clock' | 'logger' | 'onChanged' | 'dutyOfficers'
> & { readonly answers?: AnswerOptions };

/** Rows of one transaction: the longest other work waits for it. */
const ROWS_MAX = 100;

/** A turn takes what is due and gives how much there was; the first ones see to alerts of older records. */
export function createAnswerWatch(deps: WatchDeps): () => Promise<number> {
  let isAdopted = false;
  return async () => {
    if (isAdopted) return watchAnswers(deps);
    const adopted = await adoptAcknowledged(deps);
    isAdopted = adopted === 0;
    return isAdopted ? watchAnswers(deps) : adopted;
  };
}

async function watchAnswers(deps: WatchDeps): Promise<number> {
  const { records, clock } = deps;
  // Most of the time there is nothing, and nobody has to take turns to learn that.
  if (!(await isAnythingDue(records.db, clock.now()))) return 0;
  const { changed, done } = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const nowAtMs = clock.now();
    const roster = await deps.dutyOfficers.read(trx, nowAtMs);
    const ids: string[] = [];
    const tasks = await dueTasks(trx, nowAtMs);
    for (const task of tasks) {
      if (await taskIsDue(trx, task, { roster, nowAtMs })) ids.push(task.alertId);
    }
    const objections = await dueObjections(trx, nowAtMs);
    for (const objection of objections) {
      await objectionIsDue(trx, objection, { roster, nowAtMs });
      ids.push(objection.alertId);
    }
    const photos = await dropLoosePhotos(trx, nowAtMs);
    return { changed: ids, done: tasks.length + objections.length + photos };
  });
  if (changed.length > 0) deps.onChanged([...new Set(changed)]);
  for (const alertId of changed) deps.logger.warn('alerts.answer-overdue', { alertId });
  return done;
}

/** One statement for all three: this is asked twice a second. */
async function isAnythingDue(db: WatchDeps['records']['db'], nowAtMs: EpochMs): Promise<boolean> {
  const row = await db
    .selectFrom('alertTask')
    .select('alertId')
    .where('nextAtMs', '<=', nowAtMs)
    .unionAll(db.selectFrom('objection').select('alertId').where('nextAtMs', '<=', nowAtMs))
    .unionAll(
      db
        .selectFrom('alertPhoto')
        .select('alertId')
        .where('feedbackId', 'is', null)
        .where('uploadedAtMs', '<=', epochMs(nowAtMs - LOOSE_PHOTO_MS)),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

const dueTasks = (trx: RecordsTransaction, nowAtMs: EpochMs): Promise<AlertTaskTable[]> =>
  trx
    .selectFrom('alertTask')
    .selectAll()
    .where('nextAtMs', '<=', nowAtMs)
    .orderBy('nextAtMs')
    .orderBy('alertId')
    .limit(ROWS_MAX)
    .execute();

const dueObjections = (trx: RecordsTransaction, nowAtMs: EpochMs): Promise<ObjectionTable[]> =>
  trx
    .selectFrom('objection')
    .selectAll()
    .where('nextAtMs', '<=', nowAtMs)
    .orderBy('nextAtMs')
    .orderBy('id')
    .limit(ROWS_MAX)
    .execute();

type Moment = { readonly roster: Roster; readonly nowAtMs: EpochMs };

async function taskIsDue(
  trx: RecordsTransaction,
  task: AlertTaskTable,
  { roster, nowAtMs }: Moment,
): Promise<boolean> {
  const alert = await findAlert(trx, task.alertId);
  if (alert.status === 'closed' || alert.withdrawnAtMs !== null) {
    await changeTask(trx, alert.id, { nextAtMs: null });
    return false;
  }
  const { dueAtMs } = task;
  const atMs = nowAtMs;
  if (task.remindedAtMs === null) {
    const to = await remindable(trx, task);
    await tellOfTask(trx, alert, { kind: 'overdue', to, dueAtMs, atMs });
    await note(trx, alert, { task, what: 'task', of: 'officer', to, atMs });
    await changeTask(trx, alert.id, { remindedAtMs: nowAtMs, nextAtMs: task.leaderAtMs });
    return true;
  }
  const to = leadersOf(roster, task.bureau);
  await tellOfTask(trx, alert, { kind: 'overdue-leader', to, dueAtMs, atMs });
  await note(trx, alert, { task, what: 'task', of: 'leader', to, atMs });
  await changeTask(trx, alert.id, { leaderToldAtMs: nowAtMs, nextAtMs: null });
  return true;
}

async function objectionIsDue(
  trx: RecordsTransaction,
  objection: ObjectionTable,
  { roster, nowAtMs }: Moment,
): Promise<void> {
  const alert = await findAlert(trx, objection.alertId);
  // Rights have alarms too: the bureau's own leaders, and those above.
  const above = parentsOf(alert.region)[0];
  const to = [
    ...roster.leadersOf(alert.region),
    ...(above === undefined ? [] : roster.leadersOf(above)),
  ].map(({ id }) => id);
  const { dueAtMs } = objection;
  await tellOfTask(trx, alert, { kind: 'objection-overdue', to, dueAtMs, atMs: nowAtMs });
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'objection-overdue',
      key: [objection.id],
      atMs: nowAtMs,
      actor: PIPELINE_ACTOR,
      details: { objectionId: objection.id, dueAtMs, ...addressed(to) },
    }),
  ]);
  await changeObjection(trx, objection.id, { alarmedAtMs: nowAtMs, nextAtMs: null });
}

/** The officer who has the task; nobody for an account without a telephone or console of an officer. */
async function remindable(trx: RecordsTransaction, task: AlertTaskTable): Promise<string[]> {
  if (task.officer === null) return [];
  const officer = await trx
    .selectFrom('officer')
    .select('id')
    .where('id', '=', task.officer)
    .executeTakeFirst();
  return officer ? [officer.id] : [];
}

/** Of the bureau; where it has none, of the bureau above. */
function leadersOf(roster: Roster, bureau: AlertTaskTable['bureau']): string[] {
  const found = [bureau, ...parentsOf(bureau)]
    .map((one) => roster.leadersOf(one))
    .find((leaders) => leaders.length > 0);
  return (found ?? []).map(({ id }) => id);
}

async function note(
  trx: RecordsTransaction,
  alert: AlertTable,
  about: {
    task: AlertTaskTable;
    what: 'task';
    of: 'officer' | 'leader';
    to: readonly string[];
    atMs: EpochMs;
  },
): Promise<void> {
  const { task, of, to, atMs } = about;
  await writeEvents(trx, [
    alertEvent(alert, {
      kind: 'overdue',
      key: [of, task.startedAtMs],
      atMs,
      actor: PIPELINE_ACTOR,
      details: { told: of, dueAtMs: task.dueAtMs, ...addressed(to) },
    }),
  ]);
}

const addressed = (to: readonly string[]): Record<string, string> =>
  to.length === 0 ? {} : { to: to.join(' ') };

const findAlert = (trx: RecordsTransaction, id: string): Promise<AlertTable> =>
  trx.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/**
 * Alerts that were acknowledged before there were tasks get theirs, with the clock from now. Gives how many;
 * called until there are none.
 */
async function adoptAcknowledged(deps: WatchDeps): Promise<number> {
  const { records, clock, answers = ANSWER_DEFAULTS } = deps;
  return records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    const rows = await trx
      .selectFrom('alert')
      .leftJoin('alertTask', 'alertTask.alertId', 'alert.id')
      .select(['alert.id', 'alert.level', 'alert.region', 'alert.acknowledgedBy'])
      .where('alert.status', '=', 'acknowledged')
      .where('alertTask.alertId', 'is', null)
      .orderBy('alert.id')
      .limit(ROWS_MAX)
      .execute();
    for (const { id, level, region, acknowledgedBy } of rows) {
      const actor = acknowledgedBy ?? '';
      const person = (await findPerson(trx, actor)) ?? { id: actor, bureau: region };
      await startTask(
        trx,
        { id, level },
        { person, givenBy: actor, cameBy: 'acknowledged', atMs: clock.now(), periods: answers },
      );
    }
    return rows.length;
  });
}
