// What the declaration means today: for every place the oldest that is in it and when it goes, who waits for
// deletion, what is being deleted, what stands in the way.

import type { RetentionTaskTable } from '../../warehouse/records-forget.ts';
import type { Records } from '../../warehouse/records.ts';
import { DECLARED, type Declared, type Periods } from './declaration.ts';
import { oldestInRecords } from './forget-records.ts';
import { heldSubjects } from './holds.ts';
import { findEnded } from './persons-due.ts';
import { lengthOf } from './run-retention.ts';
import { openTasks } from './tasks.ts';

export type PlannedPlace = {
  readonly declared: Declared;
  readonly periodMs: number | null;
  /** The oldest row that goes by age; null where there is none, or none that does. */
  readonly oldestAtMs: number | null;
  readonly nextAtMs: number | null;
};

export type RetentionPlan = {
  readonly places: readonly PlannedPlace[];
  /** Persons whose last order has ended, by what they wait for. */
  readonly persons: Readonly<Record<'due' | 'period' | 'open-alert' | 'hold', number>>;
  /** When the next person is due; null when nobody waits for a period. */
  readonly nextPersonAtMs: number | null;
  readonly running: readonly Pick<
    RetentionTaskTable,
    'id' | 'kind' | 'rule' | 'stage' | 'place' | 'createdAtMs'
  >[];
};

/** Where the oldest row of a place outside the records is from, when that is known. */
export type OldestIn = (declared: Declared) => Promise<number | undefined>;

export async function planRetention(deps: {
  readonly records: Records;
  readonly nowAtMs: number;
  readonly periods: Periods;
  readonly unconfirmedMs: number;
  readonly oldestIn: OldestIn;
}): Promise<RetentionPlan> {
  const { records, nowAtMs, periods, unconfirmedMs } = deps;
  const places = await Promise.all(
    DECLARED.map(async (declared): Promise<PlannedPlace> => {
      const lengthMs = lengthOf(declared, periods);
      const { personal, store } = declared;
      const periodMs =
        lengthMs ??
        (personal && personal.period !== 'while-employed' && personal.period !== 'while-needed'
          ? periods[personal.period]
          : null);
      const oldest =
        lengthMs === undefined
          ? undefined
          : store === 'records'
            ? await oldestInRecords(records.db, declared)
            : await deps.oldestIn(declared);
      return {
        declared,
        periodMs,
        oldestAtMs: oldest ?? null,
        nextAtMs: oldest === undefined || lengthMs === undefined ? null : oldest + lengthMs,
      };
    }),
  );
  const held = await heldSubjects(records.db, { nowAtMs, unconfirmedMs });
  const ended = await findEnded(records.db, { nowAtMs, periods, held });
  const count = (waitsFor: string | null) =>
    ended.filter((person) => person.waitsFor === waitsFor).length;
  const next = ended.find(({ waitsFor }) => waitsFor === 'period');
  const running = await openTasks({ records });
  return {
    places,
    persons: {
      due: count(null),
      period: count('period'),
      'open-alert': count('open-alert'),
      hold: count('hold'),
    },
    nextPersonAtMs: next?.dueAtMs ?? null,
    // Not whom they are about.
    running: running.map(({ id, kind, rule, stage, place, createdAtMs }) => ({
      id,
      kind,
      rule,
      stage,
      place,
      createdAtMs,
    })),
  };
}
