// The mirror of a person (个人镜像): what is held about them, table by table, as counts and periods. Never a
// content: whoever may see that sees it where it belongs.

import type { SubjectKey } from '../../core/subject.ts';
import { partitionOf, type Log } from '../../ingest/log.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

export type HeldTable = {
  readonly store: 'records' | 'warehouse' | 'log';
  readonly table: string;
  readonly count: number;
  /** Of the oldest and newest row; null where there is none. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
};

export type MirrorDeps = {
  readonly db: RecordsDb;
  readonly log: Log;
  readonly olap: Olap | undefined;
};

/** Tables of the records with rows about a person, and what they count time by. */
const RECORDS = [
  ['supervisionOrder', 'atMs'],
  ['leaveVersion', 'atMs'],
  ['basisVersion', 'atMs'],
  ['basisProposal', 'proposedAtMs'],
  ['voidProposal', 'proposedAtMs'],
  ['alert', 'openedAtMs'],
  ['suppressedFinding', 'atMs'],
] as const;

const WAREHOUSE = ['position', 'fact', 'finding', 'alert_event'] as const;

export async function readMirror(deps: MirrorDeps, subject: SubjectKey): Promise<HeldTable[]> {
  const records = await Promise.all(
    RECORDS.map(([table, column]) => heldInRecords(deps.db, { table, column, subject })),
  );
  const { olap } = deps;
  if (!olap) return records;
  const warehouse = await Promise.all(
    WAREHOUSE.map((table) => heldInWarehouse(olap, table, subject)),
  );
  return [...records, ...warehouse, await heldInLog(deps.log, olap, subject)];
}

async function heldInRecords(
  db: RecordsDb,
  of: {
    table: (typeof RECORDS)[number][0];
    column: (typeof RECORDS)[number][1];
    subject: SubjectKey;
  },
): Promise<HeldTable> {
  // The tables differ in one column only, which the list above names.
  const { ref } = db.dynamic;
  const row = (await db
    .selectFrom(of.table as 'alert')
    .select(({ fn }) => [
      fn.countAll().as('count'),
      fn.min(ref<'openedAtMs'>(of.column)).as('fromMs'),
      fn.max(ref<'openedAtMs'>(of.column)).as('untilMs'),
    ])
    .where('subject', '=', of.subject)
    .executeTakeFirst()) as { count: unknown; fromMs: unknown; untilMs: unknown } | undefined;
  return held('records', of.table, row);
}

async function heldInWarehouse(
  olap: Olap,
  table: (typeof WAREHOUSE)[number],
  subject: SubjectKey,
): Promise<HeldTable> {
  const [row] = await olap.rows<Counted>(
    `SELECT count() AS count, min(at_ms) AS fromMs, max(at_ms) AS untilMs
     FROM ${table} WHERE subject = {subject:String}`,
    { subject },
  );
  return held('warehouse', table, row);
}

/**
 * The log holds its records in the order of time, not by person: counted are the observations the
 * warehouse took from records that are still there.
 */
async function heldInLog(log: Log, olap: Olap, subject: SubjectKey): Promise<HeldTable> {
  const partition = partitionOf(subject, log.partitions);
  const { start } = await log.bounds('observations', partition);
  const of = (table: string) =>
    `SELECT at_ms FROM ${table} WHERE subject = {subject:String} AND log_offset >= {start:UInt64}`;
  const [row] = await olap.rows<Counted>(
    `SELECT count() AS count, min(at_ms) AS fromMs, max(at_ms) AS untilMs
     FROM (${of('position')} UNION ALL ${of('fact')})`,
    { subject, start },
  );
  return held('log', 'observations', row);
}

type Counted = { count: unknown; fromMs: unknown; untilMs: unknown };

function held(store: HeldTable['store'], table: string, row: Counted | undefined): HeldTable {
  const count = Number(row?.count ?? 0);
  const instant = (value: unknown) => (count === 0 ? null : Number(value));
  return { store, table, count, fromMs: instant(row?.fromMs), untilMs: instant(row?.untilMs) };
}
