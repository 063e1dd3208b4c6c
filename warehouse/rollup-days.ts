// Which days of a roll-up may be read and which must be counted again. A day is marked before anything is
// written about it, and is settled only by a calculation that began after the last of that was there.

import type { Clock } from '../core/time.ts';
import type { Olap } from './olap.ts';
import type { Records, RecordsDb, RecordsTransaction } from './records.ts';
import { ROLLUP_IDS, dayNumber, type RollupId, type SettledDay } from './rollups.ts';

/** What a chunk of the writer holds, as far as roll-ups go by it. */
export type Touched = {
  /** Days on which observations in it were received. */
  readonly observationDays: readonly number[];
  /** Days on which alerts in it were recorded. */
  readonly openedDays: readonly number[];
  /** Alerts of which it tells something else. */
  readonly alerts: readonly string[];
};

export type RollupMarks = {
  /**
   * Marks the days and holds them until the release is called, which is when what was written is there or has
   * failed. Rejects with OperatingError when the records or the warehouse are away.
   */
  enter(touched: Touched): Promise<() => void>;
  /** True while something is being written about the day. */
  isHeld(rollup: RollupId, day: number): boolean;
};

export function createRollupMarks(deps: {
  readonly records: Records;
  readonly olap: Olap;
  readonly clock: Clock;
}): RollupMarks {
  const { records, olap, clock } = deps;
  const held = new Map<string, number>();
  const add = (keys: readonly string[], by: number) => {
    for (const key of keys) {
      const count = (held.get(key) ?? 0) + by;
      if (count > 0) held.set(key, count);
      else held.delete(key);
    }
  };
  return {
    async enter(touched) {
      const days = await daysOf(olap, touched);
      if (days.length === 0) return () => {};
      const keys = days.map(({ rollup, day }) => keyOf(rollup, day));
      add(keys, 1);
      try {
        await records.transaction((trx) => markDays(trx, days, clock));
      } catch (error) {
        add(keys, -1);
        throw error;
      }
      return () => add(keys, -1);
    },
    isHeld: (rollup, day) => held.has(keyOf(rollup, day)),
  };
}

const keyOf = (rollup: RollupId, day: number) => `${rollup} ${day}`;

export type RollupDay = { readonly rollup: RollupId; readonly day: number };

async function daysOf(olap: Olap, touched: Touched): Promise<RollupDay[]> {
  const recorded = new Set(touched.openedDays);
  if (touched.alerts.length > 0) {
    const rows = await olap.rows<{ atMs: number }>(
      `SELECT DISTINCT min(at_ms) AS atMs FROM alert_event
       WHERE alert_id IN {alerts:Array(String)} AND kind = 'opened' GROUP BY alert_id`,
      { alerts: touched.alerts },
    );
    for (const { atMs } of rows) recorded.add(dayNumber(atMs));
  }
  return [
    ...touched.observationDays.map((day) => ({ rollup: 'observations-by-day' as const, day })),
    ...[...recorded].map((day) => ({ rollup: 'alerts-by-day' as const, day })),
  ];
}

async function markDays(
  trx: RecordsTransaction,
  days: readonly RollupDay[],
  clock: Clock,
): Promise<void> {
  const markedAtMs = clock.now();
  for (const { rollup, day } of days) {
    await trx
      .insertInto('rollupDay')
      .values({
        rollup,
        day,
        generation: 1,
        markedAtMs,
        version: null,
        countedGeneration: null,
        countedAtMs: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['rollup', 'day']).doUpdateSet((set) => ({
          generation: set('rollupDay.generation', '+', 1),
          markedAtMs,
        })),
      )
      .execute();
  }
}

/** Marks every day there is. */
export const markAll = (trx: RecordsTransaction, rollup: RollupId) =>
  trx
    .updateTable('rollupDay')
    .set((set) => ({ generation: set('generation', '+', 1) }))
    .where('rollup', '=', rollup)
    .execute();

/** The days from one to another, both included, that may be read. */
export async function settledDays(
  db: RecordsDb,
  rollup: RollupId,
  { from, to }: { from: number; to: number },
): Promise<SettledDay[]> {
  const rows = await db
    .selectFrom('rollupDay')
    .select(['day', 'version'])
    .where('rollup', '=', rollup)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .whereRef('countedGeneration', '=', 'generation')
    .where('version', 'is not', null)
    .orderBy('day')
    .execute();
  return rows.map(({ day, version }) => ({ day, version: version as number }));
}

/**
 * The same as long as the days that may be read are. Days only join with a version above all there were, so that
 * number and sum of the versions tell any two sets of them apart.
 */
export async function settledMark(db: RecordsDb, rollup: RollupId): Promise<string> {
  const { days, versions } = await db
    .selectFrom('rollupDay')
    .select(({ fn }) => [fn.countAll().as('days'), fn.sum('version').as('versions')])
    .where('rollup', '=', rollup)
    .whereRef('countedGeneration', '=', 'generation')
    .where('version', 'is not', null)
    .executeTakeFirstOrThrow();
  return `${days} ${versions}`;
}

/** How many days of each roll-up may be read, and how many wait to be counted. */
export async function rollupCounts(
  db: RecordsDb,
): Promise<{ rollup: RollupId; settled: number; dirty: number; oldestMarkMs: number | null }[]> {
  const rows = await db
    .selectFrom('rollupDay')
    .select(['rollup', 'generation', 'countedGeneration', 'markedAtMs'])
    .execute();
  return ROLLUP_IDS.map((rollup) => {
    const own = rows.filter((row) => row.rollup === rollup);
    const dirty = own.filter((row) => row.countedGeneration !== row.generation);
    const marks = dirty.map(({ markedAtMs }) => markedAtMs);
    return {
      rollup,
      settled: own.length - dirty.length,
      dirty: dirty.length,
      oldestMarkMs: marks.length > 0 ? Math.min(...marks) : null,
    };
  });
}
