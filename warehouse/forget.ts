// Forgetting in the warehouse: whole months that are older than they are kept, and persons out of the rows
// that stay. Rows are rewritten, not masked, and what is rewritten is gone from the disk before it counts as
// done. A statement that changes rows is kept on the disk by the engine, so none names a person: the keys
// lie in a table that exists in memory only.

import type { Forgotten } from '../core/forgotten.ts';
import { elapsedMs, ioClock, sleep } from '../core/time.ts';
import type { Olap } from './olap.ts';
import { SEGMENT_RECORDS } from './recovery-plan.ts';

/** Tables that hold rows about persons, each with the instant its months go by. */
export const PERSONAL_TABLES = {
  position: 'at_ms',
  fact: 'received_at_ms',
  finding: 'at_ms',
  alert_event: 'at_ms',
} as const;

export type PersonalTable = keyof typeof PERSONAL_TABLES;

const TABLES = Object.keys(PERSONAL_TABLES) as PersonalTable[];

/** Tables whose rows may name others in their JSON. */
const WITH_BODY = ['fact', 'finding', 'alert_event'] as const;

const SETTLE_MS_MAX = 90_000;
const SETTLE_LOOK_MS = 200;

export const oldestRow = async (olap: Olap, table: PersonalTable): Promise<number | undefined> => {
  const column = PERSONAL_TABLES[table];
  const [row] = await olap.rows<{ oldest: number; rows: number }>(
    `SELECT min(${column}) AS oldest, count() AS rows FROM ${table}`,
  );
  return row && row.rows > 0 ? row.oldest : undefined;
};

/** Rows about the persons, by table, and rows about others that name one of them. */
export async function countPersons(
  olap: Olap,
  persons: readonly Forgotten[],
): Promise<Record<PersonalTable, { rows: number; mentions: number }>> {
  const subjects = persons.map(({ subject }) => subject);
  const quoted = subjects.map((subject) => JSON.stringify(subject));
  const counts = await Promise.all(
    TABLES.map(async (table) => {
      const names = table === 'position' ? '0' : 'multiSearchAny(body, {quoted:Array(String)})';
      const [row] = await olap.rows<{ rows: number; mentions: number }>(
        `SELECT countIf(subject IN {subjects:Array(String)}) AS rows,
           countIf(subject NOT IN {subjects:Array(String)} AND ${names}) AS mentions FROM ${table}`,
        { subjects, quoted },
      );
      return [table, row ?? { rows: 0, mentions: 0 }] as const;
    }),
  );
  return Object.fromEntries(counts) as Record<PersonalTable, { rows: number; mentions: number }>;
}

/** A person with the id of the deletion, by which what is deleted is noted once. */
export type ErasedPerson = Forgotten & { readonly task: string };

/** Takes the persons out. May be cut short anywhere and done again. */
export async function erasePersons(olap: Olap, persons: readonly ErasedPerson[]): Promise<void> {
  const counts = await countPersons(olap, persons);
  await withTable(olap, PERSONS_TABLE, async () => {
    for (const { subject, placeholder } of persons) {
      await olap.run(
        `INSERT INTO ${PERSONS_TABLE} VALUES ({subject:String}, {placeholder:String})`,
        {
          subject,
          placeholder,
        },
      );
    }
    for (const table of WITH_BODY) {
      if (counts[table].mentions > 0) await overwriteMentions(olap, table, persons);
    }
    for (const table of TABLES) {
      if (counts[table].rows === 0) continue;
      for (const { task, subject } of persons) {
        await noteForgotten(olap, { task, table, subject }, 'subject = {subject:String}');
      }
      if (table === 'position' || table === 'fact') await adjustRecords(olap, table);
      await olap.run(
        `ALTER TABLE ${table} DELETE WHERE subject IN (SELECT subject FROM ${PERSONS_TABLE})`,
      );
    }
  });
}

export type MonthsToDrop = {
  readonly task: string;
  readonly table: PersonalTable;
  readonly cutoffMs: number;
  /** Persons whose rows stay. */
  readonly keep: readonly string[];
};

/** Months of a table that lie before the cut-off as a whole, as 202611, with their rows. */
export async function monthsBefore(
  olap: Olap,
  { table, cutoffMs, keep }: Omit<MonthsToDrop, 'task'>,
): Promise<{ month: string; rows: number }[]> {
  return olap.rows<{ month: string; rows: number }>(
    `SELECT _partition_id AS month, count() AS rows FROM ${table}
     WHERE _partition_id < {before:String} AND subject NOT IN {keep:Array(String)}
     GROUP BY month ORDER BY month`,
    { before: monthOf(cutoffMs), keep },
  );
}

/** Drops them; where somebody's rows stay, the others' are deleted from among them. */
export async function dropMonths(olap: Olap, asked: MonthsToDrop): Promise<void> {
  const { task, table, keep } = asked;
  for (const { month } of await monthsBefore(olap, asked)) {
    const which = `_partition_id = '${month}'`;
    if (keep.length === 0) {
      await noteForgotten(olap, { task: `${task}/${month}`, table }, which);
      await olap.run(`ALTER TABLE ${table} DROP PARTITION ID '${month}'`);
    } else {
      await withTable(olap, KEPT_TABLE, async () => {
        for (const subject of keep) {
          await olap.run(`INSERT INTO ${KEPT_TABLE} VALUES ({subject:String}, '')`, { subject });
        }
        const others = `subject NOT IN (SELECT subject FROM ${KEPT_TABLE})`;
        await noteForgotten(olap, { task: `${task}/${month}`, table }, `${which} AND ${others}`);
        await olap.run(`ALTER TABLE ${table} DELETE IN PARTITION ID '${month}' WHERE ${others}`);
      });
    }
    if (table === 'position' || table === 'fact') await dropRecords(olap, task, month);
  }
}

/**
 * Waits until nothing of what was deleted is on the disk any more. False when that takes too long, for
 * example because a long query still reads it.
 */
export async function settleDeleted(olap: Olap): Promise<boolean> {
  const lifetime = (seconds: number) =>
    Promise.all(
      TABLES.map((table) =>
        olap.run(`ALTER TABLE ${table} MODIFY SETTING old_parts_lifetime = ${seconds}`),
      ),
    );
  await lifetime(1);
  try {
    const startedMs = elapsedMs();
    for (;;) {
      const [left] = await olap.rows<{ parts: number }>(
        `SELECT count() AS parts FROM system.parts
         WHERE database = currentDatabase() AND NOT active AND table IN {tables:Array(String)}`,
        { tables: TABLES },
      );
      if (left?.parts === 0) return true;
      if (elapsedMs() - startedMs > SETTLE_MS_MAX) return false;
      await sleep(ioClock, SETTLE_LOOK_MS);
    }
  } finally {
    await lifetime(OLD_PARTS_LIFETIME_S);
  }
}

/** As schema/0004-forgetting.sql has it. */
const OLD_PARTS_LIFETIME_S = 60;

const PERSONS_TABLE = 'forget_person';
const KEPT_TABLE = 'forget_kept';
const ONE_TABLE = 'forget_one';

/** A table that is never on the disk. */
async function withTable(olap: Olap, name: string, run: () => Promise<void>): Promise<void> {
  await olap.run(`DROP TABLE IF EXISTS ${name} SYNC`);
  await olap.run(`CREATE TABLE ${name} (subject String, placeholder String) ENGINE = Memory`);
  try {
    await run();
  } finally {
    await olap.run(`DROP TABLE IF EXISTS ${name} SYNC`);
  }
}

/** Notes what is about to go, once for each deletion. */
async function noteForgotten(
  olap: Olap,
  { task, table, subject = '' }: { task: string; table: string; subject?: string },
  which: string,
): Promise<void> {
  const [noted] = await olap.rows<{ rows: number }>(
    `SELECT count() AS rows FROM forgotten_rows WHERE task = {task:String} AND target = {table:String}`,
    { task, table },
  );
  if (noted && noted.rows > 0) return;
  await olap.run(
    `INSERT INTO forgotten_rows
     SELECT {task:String}, '${table}', log_partition, intDiv(log_offset, ${SEGMENT_RECORDS}) AS segment, count()
     FROM ${table} WHERE ${which} GROUP BY log_partition, segment`,
    { task, subject },
  );
}

/** Tells the records how many rows they have left, so that a history read from here is whole. */
async function adjustRecords(olap: Olap, table: 'position' | 'fact'): Promise<void> {
  const left = 'forget_left';
  // A mutation has no database of its own.
  const [named] = await olap.rows<{ database: string }>('SELECT currentDatabase() AS database');
  const database = named?.database ?? 'default';
  await olap.run(`DROP TABLE IF EXISTS ${left} SYNC`);
  await olap.run(
    `CREATE TABLE ${left} (place UInt64, rows UInt32)
     ENGINE = Join(ANY, LEFT, place) SETTINGS persistent = 0`,
  );
  try {
    const gone = `subject IN (SELECT subject FROM ${PERSONS_TABLE})`;
    await olap.run(
      `INSERT INTO ${left} SELECT ${RECORD} AS place, countIf(NOT (${gone})) FROM ${table}
       WHERE place IN (SELECT ${RECORD} FROM ${table} WHERE ${gone})
       GROUP BY place`,
    );
    await olap.run(
      `ALTER TABLE observation_record
       UPDATE rows = joinGet('${database}.${left}', 'rows', ${RECORD})
       WHERE kind = '${table === 'position' ? 'positions' : 'lines'}'
         AND ${RECORD} IN (SELECT place FROM ${left})`,
    );
  } finally {
    await olap.run(`DROP TABLE IF EXISTS ${left} SYNC`);
  }
}

/** The place of a record in one number. */
const RECORD = 'toUInt64(log_partition) * 281474976710656 + log_offset';

/** A key in what is about others is overwritten. */
async function overwriteMentions(
  olap: Olap,
  table: (typeof WITH_BODY)[number],
  persons: readonly Forgotten[],
): Promise<void> {
  const quoted = (column: string) => `(SELECT concat('"', ${column}, '"') FROM ${ONE_TABLE})`;
  for (const { subject, placeholder } of persons) {
    await withTable(olap, ONE_TABLE, async () => {
      await olap.run(`INSERT INTO ${ONE_TABLE} VALUES ({subject:String}, {placeholder:String})`, {
        subject,
        placeholder,
      });
      await olap.run(
        `ALTER TABLE ${table}
         UPDATE body = replaceAll(body, ${quoted('subject')}, ${quoted('placeholder')})
         WHERE position(body, ${quoted('subject')}) > 0`,
      );
    });
  }
}

/**
 * The records of a month without rows are no history: those appended until the end of the month after,
 * because late rows come in later records.
 */
async function dropRecords(olap: Olap, task: string, month: string): Promise<void> {
  const until = monthAfter(month);
  const months = await olap.rows<{ month: string }>(
    `SELECT DISTINCT _partition_id AS month FROM observation_record
     WHERE _partition_id <= {until:String}`,
    { until },
  );
  for (const { month: own } of months) {
    const noted = { task: `${task}/${own}`, table: 'observation_record' };
    await noteForgotten(olap, noted, `_partition_id = '${own}'`);
    await olap.run(`ALTER TABLE observation_record DROP PARTITION ID '${own}'`);
  }
}

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** The month in China an instant lies in, as the engine names its partitions. */
export function monthOf(atMs: number): string {
  const date = new Date(atMs + CHINA_OFFSET_MS);
  return `${date.getUTCFullYear()}${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
}

function monthAfter(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(4))];
  return number === 12 ? `${year + 1}01` : `${year}${String(number + 1).padStart(2, '0')}`;
}
