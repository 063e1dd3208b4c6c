// The tasks of one officer: what they have, what is offered to them, what they offered and nobody took yet, and
// at the end of a shift what is to be handed over.

import type { RegionCode } from '../../core/region.ts';
import type { Records } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import type { AlertTaskTable } from '../../warehouse/records-tasks.ts';
import type { Named } from '../after-detail.ts';
import type { DeskOfficer } from '../desk-act.ts';
import { personOf } from '../desk-act.ts';
import { summariesOf, type AlertSummary, type DeskScope } from '../desk-rows.ts';
import { findPerson, loadNames, type Person } from '../names.ts';
import { parentsOf } from '../route.ts';
import type { FindShiftEnd } from '../roster/shift-end.ts';
import { maySee } from './task-acts.ts';

export type MyTask = {
  readonly alert: AlertSummary;
  /** `mine`: to be done; `offered`: to be accepted or declined. */
  readonly kind: 'mine' | 'offered';
  /** Acts on the alert so far; an act on several sends them. */
  readonly acts: number;
  readonly dueAtMs: number;
  readonly isOverdue: boolean;
  /** Mine, and on its way to somebody who has not taken it. */
  readonly isOffered: boolean;
  /** Who offers it, and why. */
  readonly offeredBy: Named | null;
  readonly offerNote: string | null;
};

export type MyTasks = {
  /** What is offered first, then by due time. */
  readonly tasks: MyTask[];
  readonly nowAtMs: number;
  /** Given near the end of a shift and after it, while tasks are open. */
  readonly shift: { readonly endsAtMs: number; readonly next: Named[] } | null;
};

export type MyTasksDeps = {
  readonly records: Records;
  readonly nowAtMs: number;
  /** None without a duty roster. */
  readonly findShiftEnd: FindShiftEnd | undefined;
  readonly shiftEndMs: number;
};

/** More than one officer can have in hand. */
const TASKS_MAX = 200;

export async function myTasks(
  deps: MyTasksDeps,
  by: DeskOfficer,
  scope: DeskScope,
): Promise<MyTasks> {
  const { nowAtMs } = deps;
  return deps.records.transaction(async (trx) => {
    const person = await personOf(trx, by);
    const rows = await trx
      .selectFrom('alertTask')
      .innerJoin('alert', 'alert.id', 'alertTask.alertId')
      .selectAll('alertTask')
      .select('alert.acts')
      .where('alert.status', '!=', 'closed')
      .where('alert.withdrawnAtMs', 'is', null)
      .where((eb) =>
        eb.or([
          eb('alertTask.officer', 'in', person.ids),
          eb('alertTask.offeredOfficer', 'in', person.ids),
          eb.and([
            eb('alertTask.offeredBureau', '=', person.bureau),
            eb('alertTask.offeredOfficer', 'is', null),
          ]),
        ]),
      )
      .orderBy('alertTask.dueAtMs')
      .orderBy('alertTask.alertId')
      .limit(TASKS_MAX)
      .execute();
    const summaries = await summariesOf(
      trx,
      rows.map(({ alertId }) => alertId),
      scope,
    );
    const byId = new Map(summaries.map((summary) => [summary.id, summary]));
    const shift = shiftOf(deps, person, rows);
    const people = [...rows.flatMap(({ offeredBy }) => offeredBy ?? []), ...(shift?.next ?? [])];
    const names = await loadNames(trx, [...new Set(people)]);
    const named = (id: string): Named => ({ id, name: names.get(id) ?? { zh: id, en: id } });
    const tasks = rows.flatMap((row): MyTask[] => {
      const alert = byId.get(row.alertId);
      return alert ? [taskOf(row, { alert, person, named, nowAtMs })] : [];
    });
    return {
      nowAtMs,
      tasks: [
        ...tasks.filter(({ kind }) => kind === 'offered'),
        ...tasks.filter(({ kind }) => kind === 'mine'),
      ],
      shift: shift && { endsAtMs: shift.endsAtMs, next: shift.next.map(named) },
    };
  });
}

function taskOf(
  row: AlertTaskTable & Pick<AlertTable, 'acts'>,
  of: {
    alert: AlertSummary;
    person: Person;
    named: (id: string) => Named;
    nowAtMs: number;
  },
): MyTask {
  const isMine = row.officer !== null && of.person.ids.includes(row.officer);
  const isToMe = row.offeredOfficer !== null && of.person.ids.includes(row.offeredOfficer);
  return {
    alert: of.alert,
    kind: isMine && !isToMe ? 'mine' : 'offered',
    acts: row.acts,
    dueAtMs: row.dueAtMs,
    isOverdue: row.dueAtMs <= of.nowAtMs,
    isOffered: row.offeredBureau !== null,
    offeredBy: row.offeredBy === null ? null : of.named(row.offeredBy),
    offerNote: row.offerNote,
  };
}

function shiftOf(
  { findShiftEnd, shiftEndMs, nowAtMs }: MyTasksDeps,
  person: Person,
  rows: readonly AlertTaskTable[],
) {
  const mine = rows.some(({ officer }) => officer !== null && person.ids.includes(officer));
  if (!findShiftEnd || !mine) return null;
  const { id: officer, bureau } = person;
  const end = findShiftEnd({ bureau, officer, atMs: nowAtMs });
  return end && nowAtMs >= end.endsAtMs - shiftEndMs ? end : null;
}

export type TaskCandidate = Named & { readonly bureau: RegionCode; readonly leads: boolean };

/**
 * Whom tasks of alerts of all these regions can go to: active officers of the bureaus that see every one of
 * them, of one county its bureau and those above.
 */
export async function taskCandidates(
  db: Records['db'],
  regions: readonly [RegionCode, ...RegionCode[]],
): Promise<TaskCandidate[]> {
  const [first, ...others] = regions;
  const bureaus = [first, ...parentsOf(first)].filter((bureau) =>
    others.every((region) => maySee(bureau, region)),
  );
  if (bureaus.length === 0) return [];
  const rows = await db
    .selectFrom('officer')
    .select(['id', 'region', 'role'])
    .where('region', 'in', bureaus)
    .where('active', '=', 1)
    .orderBy('region', 'desc')
    .orderBy('id')
    .execute();
  const names = await loadNames(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, region: bureau, role }) => ({
    id,
    name: names.get(id) ?? { zh: id, en: id },
    bureau,
    leads: role === 'leader',
  }));
}

/** Whether the officer behind an account leads a bureau: what they open first is the backlog. */
export const isLeader = async (db: Records['db'], accountId: string): Promise<boolean> =>
  (await findPerson(db, accountId))?.leads ?? false;
