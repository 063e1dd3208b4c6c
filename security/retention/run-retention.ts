// The daily deletion. First what was begun is finished, then what has become due is begun and carried out, in
// pieces between which everything else goes on. Stores are given; a piece that is done again does no harm.

import type { Forgotten } from '../../core/forgotten.ts';
import type { Logger } from '../../core/logger.ts';
import type { SubjectKey } from '../../core/subject.ts';
import type { RetentionStage, RetentionTaskTable } from '../../warehouse/records-forget.ts';
import { RETENTION_STAGES } from '../../warehouse/records-forget.ts';
import { ageRule, DECLARED, type Declared, type Periods } from './declaration.ts';
import {
  AGED_RECORDS,
  countAged,
  countInRecords,
  deleteAged,
  eraseInRecords,
} from './forget-records.ts';
import { heldSubjects } from './holds.ts';
import { findEnded } from './persons-due.ts';
import {
  beginAge,
  beginPerson,
  countsColumn,
  endTask,
  isUnsettled,
  moveTasks,
  noteSettled,
  openTasks,
  personOf,
  type TaskDeps,
} from './tasks.ts';

/** How a piece of work ended: all is done, there is more from `place` on, or something else must happen first. */
export type Piece =
  | { readonly kind: 'done' }
  | { readonly kind: 'more'; readonly place: string }
  | { readonly kind: 'waiting'; readonly place: string };

/** A store that holds persons among others. */
export type PersonStore = {
  readonly stage: Extract<RetentionStage, 'rules' | 'log' | 'warehouse' | 'files'>;
  count(persons: readonly Forgotten[]): Promise<Readonly<Record<string, number>>>;
  erase(work: {
    readonly persons: readonly (Forgotten & { readonly task: string })[];
    readonly place: string;
  }): Promise<Piece>;
};

/** A store whose rows go by age, by the names of the declaration. */
export type AgedStore = {
  readonly store: Declared['store'];
  countBefore(asked: AgedWork): Promise<number>;
  dropBefore(asked: AgedWork & { readonly task: string }): Promise<Piece>;
};

export type AgedWork = {
  readonly name: string;
  readonly cutoffMs: number;
  readonly keep: readonly SubjectKey[];
};

export type RetentionDeps = TaskDeps & {
  readonly logger: Logger;
  readonly periods: Periods;
  readonly unconfirmedMs: number;
  readonly persons: readonly PersonStore[];
  readonly aged: readonly AgedStore[];
  /** Takes out of the audit trail what is older than its period; left out where there is no trail to keep. */
  readonly archiveTrail?: (old: {
    readonly cutoffMs: number;
    readonly held: readonly SubjectKey[];
  }) => Promise<number>;
  /** Brings what was deleted off the disk; false when it must be tried again. */
  readonly settle: () => Promise<boolean>;
  /** Gives other work its turn. */
  readonly pause: () => Promise<void>;
};

export type RunResult = {
  /** Deletions finished in this run. */
  readonly finished: number;
  /** Deletions that wait for something, such as a state of the rules that is still to be saved. */
  readonly waiting: number;
  /** What was deleted is off the disk as well. */
  readonly settled: boolean;
};

/** Persons who are taken out of log and warehouse in one pass. */
const PERSONS_PER_PASS = 50;

export async function runRetention(deps: RetentionDeps): Promise<RunResult> {
  await beginWhatIsDue(deps);
  return carryOut(deps);
}

/** Finishes what was begun. */
export async function carryOut(deps: RetentionDeps): Promise<RunResult> {
  const before = (await openTasks(deps)).length;
  const waiting = new Set<string>();
  for (;;) {
    const tasks = (await openTasks(deps)).filter(({ id }) => !waiting.has(id));
    const [first] = tasks;
    if (!first) break;
    const group = tasks
      .filter(
        ({ kind, stage, place }) =>
          first.kind === 'person' &&
          kind === 'person' &&
          stage === first.stage &&
          place === first.place,
      )
      .slice(0, PERSONS_PER_PASS);
    const pass = group.length > 0 ? group : [first];
    const piece =
      first.kind === 'age' ? await ageStage(deps, first) : await personStage(deps, pass);
    if (piece === 'waiting') for (const { id } of pass) waiting.add(id);
    await deps.pause();
  }
  const left = await openTasks(deps);
  const finished = before - left.length;
  const settled = await settle(deps);
  if (finished > 0)
    deps.logger.info('retention.deleted', { finished, waiting: left.length, settled });
  return { finished, waiting: left.length, settled };
}

async function settle(deps: RetentionDeps): Promise<boolean> {
  if (!(await isUnsettled(deps.records))) return true;
  if (!(await deps.settle())) return false;
  await noteSettled(deps.records);
  return true;
}

async function beginWhatIsDue(deps: RetentionDeps): Promise<void> {
  const { records, clock, periods } = deps;
  const nowAtMs = clock.now();
  const keep = await heldSubjects(records.db, { nowAtMs, unconfirmedMs: deps.unconfirmedMs });
  const due = (await findEnded(records.db, { nowAtMs, periods, held: keep })).filter(
    ({ waitsFor }) => waitsFor === null,
  );
  for (const { subject } of due) {
    await records.transaction((trx) => beginPerson(deps, trx, { subject, because: 'period-over' }));
  }
  for (const declared of DECLARED) {
    const lengthMs = lengthOf(declared, periods);
    if (lengthMs === undefined) continue;
    const cutoffMs = dayStart(nowAtMs - lengthMs);
    const rows = await countOld(deps, { declared, cutoffMs, keep });
    if (rows === 0) continue;
    await records.transaction((trx) =>
      beginAge(deps, trx, { rule: ageRule(declared), cutoffMs, rows }),
    );
  }
  await archiveTrail(deps, { cutoffMs: dayStart(nowAtMs - periods.audit), held: keep });
}

/** The act is in the trail itself, which is its certificate. */
async function archiveTrail(
  deps: RetentionDeps,
  old: { readonly cutoffMs: number; readonly held: readonly SubjectKey[] },
): Promise<void> {
  const segments = (await deps.archiveTrail?.(old)) ?? 0;
  if (segments > 0) deps.logger.info('retention.trail-archived', { segments });
}

/** Cut-offs move once a day, so that a deletion that is begun again is the same. */
const dayStart = (atMs: number): number => Math.floor(atMs / 86_400_000) * 86_400_000;

/** How long rows of a place stay; undefined where they do not go by age. */
export function lengthOf({ store, personal }: Declared, periods: Periods): number | undefined {
  if (!personal || personal.period === 'while-employed' || personal.period === 'while-needed') {
    return undefined;
  }
  if (store === 'records' && personal.column === undefined) return undefined;
  return periods[personal.period];
}

type Old = { declared: Declared; cutoffMs: number; keep: readonly SubjectKey[] };

async function countOld(deps: RetentionDeps, { declared, cutoffMs, keep }: Old): Promise<number> {
  if (declared.store === 'records') return countAged(deps.records.db, { declared, cutoffMs, keep });
  const store = deps.aged.find((one) => one.store === declared.store);
  return (await store?.countBefore({ name: declared.name, cutoffMs, keep })) ?? 0;
}

type Outcome = 'moved' | 'waiting';

async function ageStage(deps: RetentionDeps, task: RetentionTaskTable): Promise<Outcome> {
  const { records, clock } = deps;
  const declared = DECLARED.find((one) => ageRule(one) === task.rule);
  const cutoffMs = task.cutoffMs ?? 0;
  const nowAtMs = clock.now();
  const keep = await heldSubjects(records.db, { nowAtMs, unconfirmedMs: deps.unconfirmedMs });
  if (declared?.store === 'records' && AGED_RECORDS.some(({ name }) => name === declared.name)) {
    const deleted = await records.transaction((trx) =>
      deleteAged(trx, { declared, cutoffMs, keep }),
    );
    if (deleted > 0) return 'moved';
  } else if (declared) {
    const store = deps.aged.find((one) => one.store === declared.store);
    const { name } = declared;
    const piece = await store?.dropBefore({ task: task.id, name, cutoffMs, keep });
    if (piece?.kind === 'waiting') return 'waiting';
    if (piece?.kind === 'more') return 'moved';
  }
  await records.transaction((trx) => endTask(deps, trx, task));
  return 'moved';
}

/** One piece of the stage some deletions are at. */
async function personStage(
  deps: RetentionDeps,
  tasks: readonly RetentionTaskTable[],
): Promise<Outcome> {
  const { records } = deps;
  const [{ stage, place }] = tasks as [RetentionTaskTable];
  if (stage === 'count') return countStage(deps, tasks);
  if (stage === 'records') {
    for (const task of tasks) await recordsStage(deps, task);
    return 'moved';
  }
  const ids = tasks.map(({ id }) => id);
  const store = deps.persons.find((one) => one.stage === stage);
  const persons = tasks.flatMap((task) => {
    const person = personOf(task);
    return person ? [{ ...person, task: task.id }] : [];
  });
  const piece = store ? await store.erase({ persons, place }) : ({ kind: 'done' } as const);
  const to =
    piece.kind === 'done' ? { stage: nextStage(stage), place: '' } : { stage, place: piece.place };
  await records.transaction((trx) => moveTasks(trx, ids, to));
  return piece.kind === 'waiting' ? 'waiting' : 'moved';
}

/** Asks for holds once more, counts, and then there is no way back. */
async function countStage(
  deps: RetentionDeps,
  tasks: readonly RetentionTaskTable[],
): Promise<Outcome> {
  const { records, clock, unconfirmedMs } = deps;
  const held = await heldSubjects(records.db, { nowAtMs: clock.now(), unconfirmedMs });
  let moved = false;
  for (const task of tasks) {
    const person = personOf(task);
    if (!person || held.includes(person.subject)) continue;
    const counts: Record<string, number> = { ...(await countInRecords(records.db, person)) };
    for (const store of deps.persons) Object.assign(counts, await store.count([person]));
    await records.transaction(async (trx) => {
      // A hold may have been placed while it was counted.
      const late = await heldSubjects(trx, { nowAtMs: clock.now(), unconfirmedMs });
      if (late.includes(person.subject)) return;
      await trx
        .updateTable('retentionTask')
        .set({ counts: countsColumn.encode(counts), stage: nextStage('count'), place: '' })
        .where('id', '=', task.id)
        .execute();
      moved = true;
    });
  }
  return moved ? 'moved' : 'waiting';
}

async function recordsStage(deps: RetentionDeps, task: RetentionTaskTable): Promise<void> {
  const person = personOf(task);
  for (let isDone = false; !isDone;) {
    isDone = await deps.records.transaction(async (trx) => {
      if (person && !(await eraseInRecords(trx, person))) return false;
      await endTask(deps, trx, task);
      return true;
    });
    await deps.pause();
  }
}

const nextStage = (stage: RetentionStage): RetentionStage =>
  RETENTION_STAGES[RETENTION_STAGES.indexOf(stage) + 1] ?? 'done';
