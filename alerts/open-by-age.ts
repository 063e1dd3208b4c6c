// The supervisor's view: everything that is not closed, by how long it has been open, with who has it and since
// when. A backlog grows where only what is new is looked at; here the oldest comes first.

import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AGE_DAYS } from '../core/age-bands.ts';
import { UserError } from '../core/errors.ts';
import type { Level } from '../core/finding.ts';
import { DAY_MS } from '../core/local-time.ts';
import type { RegionCode } from '../core/region.ts';
import { text } from '../core/text.ts';
import type { Text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import type { Named } from './after-detail.ts';
import {
  isWithinRegion,
  mayBeSeen,
  summariesOf,
  type AlertSummary,
  type DeskScope,
} from './desk-rows.ts';
import { loadNames } from './names.ts';

export type OpenQuery = {
  readonly region?: RegionCode | undefined;
  readonly level?: Level | undefined;
  /** A band of core/age-bands; all when left out. */
  readonly band?: number | undefined;
  /** Only those whose task is overdue. */
  readonly overdue?: boolean | undefined;
  /** Those that were withdrawn and only have to be closed, instead of those that stand. */
  readonly withdrawn?: boolean | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

export type OpenCount = {
  readonly region: RegionCode;
  readonly band: number;
  readonly level: Level;
  readonly alerts: number;
  readonly overdue: number;
};

export type OpenRow = {
  readonly alert: AlertSummary;
  readonly band: number;
  /** Who has it, and of which bureau; null while nobody has acknowledged. */
  readonly holder: (Named & { readonly bureau: RegionCode | null }) | null;
  readonly sinceMs: number | null;
  readonly dueAtMs: number | null;
  readonly isOverdue: boolean;
  /** On its way to somebody who has not taken it. */
  readonly isOffered: boolean;
};

export type OpenObjection = {
  readonly id: string;
  readonly alert: AlertSummary;
  readonly what: string;
  readonly raisedAtMs: number;
  readonly dueAtMs: number;
  readonly isOverdue: boolean;
};

export type OpenView = {
  /** The instant ages are counted to; the pages that follow keep it. */
  readonly atMs: number;
  /** Open alerts that stand, over everything the scope sees, whatever the filter; zeros are left out. */
  readonly counts: OpenCount[];
  /** Those that were withdrawn and are not closed yet. */
  readonly withdrawn: number;
  readonly rows: OpenRow[];
  readonly before: string | null;
  /** Undecided objections, the first due first, also to alerts that are closed. */
  readonly objections: OpenObjection[];
};

const OBJECTIONS_MAX = 200;

export async function openByAge(
  db: RecordsDb,
  query: OpenQuery,
  { scope, nowAtMs }: { scope: DeskScope; nowAtMs: number },
): Promise<OpenView> {
  const cursor = query.before === undefined ? undefined : readCursor(query.before);
  const atMs = cursor?.[0] ?? nowAtMs;
  const { rows, before } = await readRows(db, query, { scope, atMs, cursor });
  return {
    atMs,
    counts: await readCounts(db, scope, atMs),
    withdrawn: await countWithdrawn(db, scope),
    rows,
    before,
    objections: await readObjections(db, scope, nowAtMs),
  };
}

/** The band of a row, as core/age-bands counts it. */
const bandOf = (atMs: number): RawBuilder<number> =>
  sql<number>`CASE ${sql.join(
    AGE_DAYS.map(
      (days, band) =>
        sql`WHEN alert.recorded_at_ms > ${sql.lit(atMs - days * DAY_MS)} THEN ${sql.lit(band)}`,
    ),
    sql` `,
  )} ELSE ${sql.lit(AGE_DAYS.length)} END`;

/** Oldest band first. */
const rankOf = (atMs: number) => sql<number>`${sql.lit(AGE_DAYS.length)} - ${bandOf(atMs)}`;

const isOverdueAt = (atMs: number) =>
  sql<number>`CASE WHEN alert_task.due_at_ms <= ${sql.lit(atMs)} THEN 1 ELSE 0 END`;

const openIn = (db: RecordsDb, scope: DeskScope) =>
  db
    .selectFrom('alert')
    .leftJoin('alertTask', 'alertTask.alertId', 'alert.id')
    .where((eb) => mayBeSeen(eb, scope))
    .where(sql<boolean>`alert.status <> 'closed'`);

async function readCounts(db: RecordsDb, scope: DeskScope, atMs: number): Promise<OpenCount[]> {
  const rows = await openIn(db, scope)
    .where('alert.withdrawnAtMs', 'is', null)
    .select(({ fn }) => [
      'alert.region',
      'alert.level',
      bandOf(atMs).as('band'),
      fn.countAll<number>().as('alerts'),
      fn.sum<number>(isOverdueAt(atMs)).as('overdue'),
    ])
    .groupBy(['alert.region', 'alert.level', 'band'])
    .orderBy('alert.region')
    .orderBy('band', 'desc')
    .orderBy('alert.level')
    .execute();
  return rows.map((row) => ({
    region: row.region,
    level: row.level,
    band: Number(row.band),
    alerts: Number(row.alerts),
    overdue: Number(row.overdue),
  }));
}

async function countWithdrawn(db: RecordsDb, scope: DeskScope): Promise<number> {
  const row = await openIn(db, scope)
    .where('alert.withdrawnAtMs', 'is not', null)
    .select(({ fn }) => fn.countAll<number>().as('alerts'))
    .executeTakeFirst();
  return Number(row?.alerts ?? 0);
}

type Cursor = z.infer<typeof cursorSchema>;

async function readRows(
  db: RecordsDb,
  query: OpenQuery,
  { scope, atMs, cursor }: { scope: DeskScope; atMs: number; cursor: Cursor | undefined },
): Promise<{ rows: OpenRow[]; before: string | null }> {
  const rank = rankOf(atMs);
  const found = await openIn(db, scope)
    .where('alert.withdrawnAtMs', query.withdrawn ? 'is not' : 'is', null)
    .where((eb) =>
      eb.and([
        ...(query.level === undefined ? [] : [eb('alert.level', '=', query.level)]),
        ...(query.region === undefined ? [] : [isWithinRegion(eb, query.region)]),
        ...(query.band === undefined ? [] : [eb(bandOf(atMs), '=', query.band)]),
        ...(query.overdue ? [eb(isOverdueAt(atMs), '=', 1)] : []),
        ...(cursor
          ? [
              sql<boolean>`(${rank}, alert.level, alert.recorded_at_ms, alert.id) > (${sql.join(
                cursor.slice(1).map((part) => sql.val(part)),
              )})`,
            ]
          : []),
      ]),
    )
    .select([
      'alert.id',
      'alert.level',
      'alert.recordedAtMs',
      'alert.acknowledgedBy',
      'alert.acknowledgedAtMs',
      'alertTask.officer',
      'alertTask.bureau',
      'alertTask.sinceMs',
      'alertTask.dueAtMs',
      'alertTask.offeredBureau',
      rank.as('rank'),
    ])
    .orderBy('rank')
    .orderBy('alert.level')
    .orderBy('alert.recordedAtMs')
    .orderBy('alert.id')
    .limit(query.limit + 1)
    .execute();
  const page = found.slice(0, query.limit);
  const summaries = await summariesOf(
    db,
    page.map(({ id }) => id),
    scope,
  );
  const byId = new Map(summaries.map((summary) => [summary.id, summary]));
  const holderOf = (row: (typeof page)[number]) => row.officer ?? row.acknowledgedBy;
  const names = await loadNames(db, [...new Set(page.flatMap((row) => holderOf(row) ?? []))]);
  const last = page.at(-1);
  return {
    rows: page.flatMap((row): OpenRow[] => {
      const alert = byId.get(row.id);
      if (!alert) return [];
      const id = holderOf(row);
      const name: Text = (id && names.get(id)) || text(id ?? '', id ?? '');
      return [
        {
          alert,
          band: AGE_DAYS.length - Number(row.rank),
          holder: id ? { id, name, bureau: row.bureau } : null,
          sinceMs: row.sinceMs ?? row.acknowledgedAtMs,
          dueAtMs: row.dueAtMs,
          isOverdue: row.dueAtMs !== null && row.dueAtMs <= atMs,
          isOffered: row.offeredBureau !== null,
        },
      ];
    }),
    before:
      found.length > query.limit && last
        ? cursorOf([atMs, Number(last.rank), last.level, last.recordedAtMs, last.id])
        : null,
  };
}

async function readObjections(
  db: RecordsDb,
  scope: DeskScope,
  nowAtMs: number,
): Promise<OpenObjection[]> {
  const rows = await db
    .selectFrom('alert')
    .innerJoin('objection', 'objection.alertId', 'alert.id')
    .select([
      'objection.id',
      'objection.alertId',
      'objection.what',
      'objection.raisedAtMs',
      'objection.dueAtMs',
    ])
    .where((eb) => mayBeSeen(eb, scope))
    .where(sql<boolean>`objection.state = 'open'`)
    .orderBy('objection.dueAtMs')
    .orderBy('objection.id')
    .limit(OBJECTIONS_MAX)
    .execute();
  const summaries = await summariesOf(
    db,
    rows.map(({ alertId }) => alertId),
    scope,
  );
  const byId = new Map(summaries.map((summary) => [summary.id, summary]));
  return rows.flatMap(({ alertId, ...objection }): OpenObjection[] => {
    const alert = byId.get(alertId);
    const isOverdue = objection.dueAtMs <= epochMs(nowAtMs);
    return alert ? [{ ...objection, alert, isOverdue }] : [];
  });
}

const cursorSchema = z.tuple([
  z.int(),
  z.int().min(0).max(AGE_DAYS.length),
  z.int().min(1).max(3),
  z.int(),
  z.string().max(80),
]);

const cursorOf = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readCursor(given: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(given, 'base64url').toString()));
  } catch {
    throw new UserError('bad-input', text('翻页位置无效', 'the cursor is not one of this list'), {
      hint: text('请从第一页重新读取。', 'Read again from the first page.'),
    });
  }
}
