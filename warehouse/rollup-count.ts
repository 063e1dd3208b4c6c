// Counts days of roll-ups again: each from the rows themselves, under a version of its own that is read only
// once the records name it. Cut short anywhere, it leaves the days as they were and rows nobody reads.

import type { Clock } from '../core/time.ts';
import { RELATIONS } from './metrics-catalogue.ts';
import type { Relation } from './metric.ts';
import type { Olap, OlapParam } from './olap.ts';
import type { Records, RecordsTransaction } from './records.ts';
import { markAll, type RollupMarks } from './rollup-days.ts';
import {
  ROLLUPS,
  ROLLUP_IDS,
  VERSION_KEY_SQL,
  dayNumber,
  dayStartMs,
  versionKey,
  type Rollup,
  type RollupId,
} from './rollups.ts';

export type CountDeps = {
  readonly records: Records;
  readonly olap: Olap;
  readonly marks: RollupMarks;
  readonly clock: Clock;
};

export type CountOptions = {
  /** Days of one roll-up that are counted in one go. */
  readonly daysMax: number;
  /** A day is left alone for so long after something was written about it. */
  readonly quietMs: number;
};

export const COUNT_DEFAULTS: CountOptions = { daysMax: 31, quietMs: 30_000 };

/** Counts what is due, of days that are over; gives how many days it settled. Rejects like Olap.run. */
export async function countDue(
  deps: CountDeps,
  options: CountOptions = COUNT_DEFAULTS,
): Promise<number> {
  let settled = 0;
  for (const rollup of ROLLUP_IDS) {
    await noteForgotten(deps, rollup);
    const due = await dueDays(deps, rollup, options);
    if (due.length > 0) settled += await countDays(deps, rollup, due);
  }
  return settled;
}

/**
 * For the start: makes days of which nothing was noted yet known, those of a warehouse that is older than its
 * roll-ups. Records that are older than the warehouse do not know what was written since: all is counted again.
 */
export async function noteDays({ records, olap, clock }: CountDeps): Promise<void> {
  for (const rollup of ROLLUP_IDS) {
    const { relation }: Rollup = ROLLUPS[rollup];
    const { keptIn }: Relation = RELATIONS[relation];
    const [row] = await olap.rows<{ rows: number; first: number; last: number }>(
      `SELECT count() AS rows, min(${keptIn.column}) AS first, max(${keptIn.column}) AS last FROM ${keptIn.table}`,
    );
    if (!row || row.rows === 0) continue;
    const [first, last] = [dayNumber(row.first), dayNumber(row.last)];
    const used = await newestVersion(olap, rollup);
    await records.transaction(async (trx) => {
      await ensureState(trx, rollup);
      if (used > (await stateOf(trx, rollup)).attempt) await markAll(trx, rollup);
      const known = await trx
        .selectFrom('rollupDay')
        .select('day')
        .where('rollup', '=', rollup)
        .execute();
      const isKnown = new Set(known.map(({ day }) => day));
      for (let day = first; day <= last; day++) {
        if (isKnown.has(day)) continue;
        await trx
          .insertInto('rollupDay')
          .values({
            rollup,
            day,
            generation: 1,
            markedAtMs: clock.now(),
            version: null,
            countedGeneration: null,
            countedAtMs: null,
          })
          .execute();
      }
    });
  }
}

/** Rows that were deleted on purpose are missing from days nobody marked: all are counted again. */
async function noteForgotten({ records, olap }: CountDeps, rollup: RollupId): Promise<void> {
  const { targets }: Relation = RELATIONS[ROLLUPS[rollup].relation];
  const [row] = await olap.rows<{ forgotten: number }>(
    'SELECT sum(rows) AS forgotten FROM forgotten_rows WHERE target IN {targets:Array(String)}',
    { targets },
  );
  const forgottenRows = row?.forgotten ?? 0;
  const known = await records.db
    .selectFrom('rollupState')
    .select('forgottenRows')
    .where('rollup', '=', rollup)
    .executeTakeFirst();
  if (known?.forgottenRows === forgottenRows) return;
  await records.transaction(async (trx) => {
    await ensureState(trx, rollup);
    await trx
      .updateTable('rollupState')
      .set({ forgottenRows })
      .where('rollup', '=', rollup)
      .execute();
    if (forgottenRows > 0) await markAll(trx, rollup);
  });
}

const ensureState = (trx: RecordsTransaction, rollup: RollupId) =>
  trx
    .insertInto('rollupState')
    .values({ rollup, attempt: 0, forgottenRows: 0 })
    .onConflict((conflict) => conflict.column('rollup').doNothing())
    .execute();

const stateOf = (trx: RecordsTransaction, rollup: RollupId) =>
  trx
    .selectFrom('rollupState')
    .select('attempt')
    .where('rollup', '=', rollup)
    .executeTakeFirstOrThrow();

async function newestVersion(olap: Olap, rollup: RollupId): Promise<number> {
  const [row] = await olap.rows<{ version: number }>(
    `SELECT max(version) AS version FROM ${ROLLUPS[rollup].table}`,
  );
  return row?.version ?? 0;
}

async function dueDays(
  { records, clock }: CountDeps,
  rollup: RollupId,
  { daysMax, quietMs }: CountOptions,
): Promise<number[]> {
  const nowMs = clock.now();
  const rows = await records.db
    .selectFrom('rollupDay')
    .select('day')
    .where('rollup', '=', rollup)
    .where('day', '<', dayNumber(nowMs))
    .where('markedAtMs', '<=', (nowMs - quietMs) as typeof nowMs)
    .where((where) =>
      where.or([
        where('countedGeneration', 'is', null),
        where('countedGeneration', '<', where.ref('generation')),
      ]),
    )
    // The newest are asked for most.
    .orderBy('day', 'desc')
    .limit(daysMax)
    .execute();
  return rows.map(({ day }) => day);
}

async function countDays(
  { records, olap, marks, clock }: CountDeps,
  rollup: RollupId,
  due: readonly number[],
): Promise<number> {
  const used = await newestVersion(olap, rollup);
  const { version, generations } = await records.transaction(async (trx) => {
    await ensureState(trx, rollup);
    const { attempt } = await stateOf(trx, rollup);
    // Never one that has rows already, not even beside records that are older than the warehouse.
    const next = Math.max(attempt, used) + 1;
    await trx
      .updateTable('rollupState')
      .set({ attempt: next })
      .where('rollup', '=', rollup)
      .execute();
    const rows = await trx
      .selectFrom('rollupDay')
      .select(['day', 'generation'])
      .where('rollup', '=', rollup)
      .where('day', 'in', [...due])
      .execute();
    return { version: next, generations: rows };
  });
  // Looked at after the generations were read: who began to write before that is still at it, or is done; who
  // begins after it raises the generation.
  const days = generations.filter(({ day }) => !marks.isHeld(rollup, day));
  if (days.length === 0) return 0;
  const { sql, params } = countStatement(
    rollup,
    days.map(({ day }) => day),
    version,
  );
  await olap.run(sql, params);
  return records.transaction(async (trx) => {
    let settled = 0;
    for (const { day, generation } of days) {
      const { numUpdatedRows } = await trx
        .updateTable('rollupDay')
        .set({ version, countedGeneration: generation, countedAtMs: clock.now() })
        .where('rollup', '=', rollup)
        .where('day', '=', day)
        .where('generation', '=', generation)
        .executeTakeFirst();
      settled += Number(numUpdatedRows);
    }
    return settled;
  });
}

/** Inserts the rows of the days, counted from the relation. */
export function countStatement(
  id: RollupId,
  days: readonly number[],
  version: number,
): { sql: string; params: Record<string, OlapParam> } {
  const rollup: Rollup = ROLLUPS[id];
  const relation: Relation = RELATIONS[rollup.relation];
  const within = (column: string) =>
    `${column} >= {fromMs:Int64} AND ${column} < {untilMs:Int64}
  AND intDiv(${column} + 28800000, 86400000) IN {days:Array(UInt32)}`;
  const from = relation.narrowed?.(within(relation.keptIn.column)) ?? relation.sql;
  const columns = { ...rollup.keys, ...rollup.measures };
  const time = `r.${relation.timeColumn}`;
  return {
    sql: `INSERT INTO ${rollup.table} (day, version, ${Object.keys(columns).join(', ')})
SELECT toUInt32(intDiv(${time} + 28800000, 86400000)) AS on_day, {version:UInt32},
  ${Object.entries(columns)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(',\n  ')}
FROM ${from} AS r
WHERE ${within(time)}
GROUP BY on_day, ${Object.keys(rollup.keys).join(', ')}`,
    params: {
      version,
      days: [...days],
      fromMs: dayStartMs(Math.min(...days)),
      untilMs: dayStartMs(Math.max(...days) + 1),
    },
  };
}

/**
 * Clears away rows that no reader can want: neither of a version that counts now nor of one in `before`, which
 * counted when this was last done. Gives what counts now. Not while a calculation is under way.
 */
export async function clearReplaced(
  { records, olap }: Pick<CountDeps, 'records' | 'olap'>,
  rollup: RollupId,
  before: ReadonlySet<number> | undefined,
): Promise<ReadonlySet<number>> {
  const rows = await records.db
    .selectFrom('rollupDay')
    .select(['day', 'version'])
    .where('rollup', '=', rollup)
    .where('version', 'is not', null)
    .execute();
  const keys = new Set(
    rows.map(({ day, version }) => versionKey({ day, version: version as number })),
  );
  if (before === undefined) return keys;
  const { table } = ROLLUPS[rollup];
  const wanted = [...new Set([...keys, ...before])];
  const [left] = await olap.rows<{ rows: number }>(
    `SELECT count() AS rows FROM ${table} WHERE ${VERSION_KEY_SQL} NOT IN {wanted:Array(UInt64)}`,
    { wanted },
  );
  if (left && left.rows > 0) {
    await olap.run(`DELETE FROM ${table} WHERE ${VERSION_KEY_SQL} NOT IN {wanted:Array(UInt64)}`, {
      wanted,
    });
  }
  return keys;
}
