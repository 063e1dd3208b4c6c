// Alerts as the officer console reads them: list, detail, counts. Who may see what is part of every query,
// so that no row leaves the records for eyes it is not meant for.

import { sql, type ExpressionBuilder, type Expression, type SqlBool } from 'kysely';
import { z } from 'zod';
import { UserError } from '../core/errors.ts';
import type { Level } from '../core/finding.ts';
import { isWithin, type RegionCode } from '../core/region.ts';
import { text, type Text } from '../core/text.ts';
import { epochMs } from '../core/time.ts';
import type { RecordsDb } from '../warehouse/records.ts';
import type { AlertStatus, AlertTable, RecordsSchema } from '../warehouse/records-schema.ts';
import { referenceOf } from './texts.ts';

/** What an account may see: the persons of a city or county with all below it, or no person at all … */
export type DeskScope =
  | { readonly kind: 'within'; readonly region: RegionCode }
  | { readonly kind: 'none' }
  /** … or of one unit without those below, of several units, or those whose task somebody has. */
  | { readonly kind: 'exactly'; readonly region: RegionCode }
  | { readonly kind: 'among'; readonly regions: readonly RegionCode[] }
  | { readonly kind: 'own'; readonly owners: readonly string[] };

/** True when alerts of `region` are within the scope; one of own tasks is asked alert by alert. */
export function reaches(scope: DeskScope, region: string): boolean {
  switch (scope.kind) {
    case 'within':
      return isWithin(region, scope.region);
    case 'exactly':
      return region === scope.region;
    case 'among':
      return scope.regions.some((unit) => isWithin(region, unit));
    case 'own':
    case 'none':
      return false;
  }
}

export type DeskQuery = {
  /** `open` is everything that is not closed. */
  readonly status: 'open' | AlertStatus;
  readonly level?: Level | undefined;
  readonly region?: RegionCode | undefined;
  /** Cursor of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
};

export type AlertSummary = Omit<SummaryRow, 'titleZh' | 'titleEn' | 'late' | 'exercise'> & {
  readonly reference: string;
  readonly title: Text;
  readonly late: boolean;
  /** Counts nowhere; the title is marked. */
  readonly isDrill: boolean;
};

export type AlertPage = {
  readonly alerts: AlertSummary[];
  /** Cursor of the next page; null at the end. */
  readonly before: string | null;
  /** Open alerts that stand, by level over everything the scope sees, whatever the filter. */
  readonly open: { 1: number; 2: number; 3: number };
  /** How many of all open ones a silence hides now, likewise. */
  readonly silenced: number;
};

export const LIST_LIMIT_MAX = 200;

/** Open alerts the gravest and oldest first, for it is age that must be seen; closed ones the newest first. */
export async function listAlerts(
  db: RecordsDb,
  query: DeskQuery,
  scope: DeskScope,
): Promise<AlertPage> {
  const isClosed = query.status === 'closed';
  const limit = Math.min(query.limit, LIST_LIMIT_MAX);
  const rows = await db
    .selectFrom('alert')
    .select(SUMMARY_COLUMNS)
    .where((eb) => mayBeSeen(eb, scope))
    .where(STATUS_IS[query.status])
    .where((eb) =>
      eb.and([
        ...(query.level === undefined ? [] : [eb('level', '=', query.level)]),
        ...(query.region === undefined ? [] : [isWithinRegion(eb, query.region)]),
        ...(query.before === undefined ? [] : [comesAfter(eb, readCursor(query.before, isClosed))]),
      ]),
    )
    .$if(isClosed, (all) => all.orderBy('closedAtMs', 'desc').orderBy('id', 'desc'))
    .$if(!isClosed, (all) => all.orderBy('level').orderBy('openedAtMs').orderBy('id'))
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    alerts: page.map(summaryOf),
    before: rows.length > limit && last ? cursorOf(last, isClosed) : null,
    open: await countOpen(db, scope),
    silenced: await countSilenced(db, scope),
  };
}

/** One alert with everything in its row; undefined when there is none or the scope does not see it. */
export async function findAlert(
  db: RecordsDb,
  id: string,
  scope: DeskScope,
): Promise<AlertTable | undefined> {
  return db
    .selectFrom('alert')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => mayBeSeen(eb, scope))
    .executeTakeFirst();
}

/** Summaries of some alerts, for those a live stream tells of; without those the scope does not see. */
export async function summariesOf(
  db: RecordsDb,
  ids: readonly string[],
  scope: DeskScope,
): Promise<AlertSummary[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('alert')
    .select(SUMMARY_COLUMNS)
    .where('id', 'in', ids)
    .where((eb) => mayBeSeen(eb, scope))
    .orderBy('level')
    .orderBy('openedAtMs')
    .orderBy('id')
    .execute();
  return rows.map(summaryOf);
}

export const SUMMARY_COLUMNS = [
  'id',
  'ruleId',
  'level',
  'titleZh',
  'titleEn',
  'subject',
  'subjectClass',
  'region',
  'openedAtMs',
  'recordedAtMs',
  'clearedAtMs',
  'late',
  'status',
  'acknowledgedAtMs',
  'closedAtMs',
  'repeats',
  'episodeId',
  'raisedLevel',
  'withdrawnAtMs',
  'correctedBecause',
  'silencedBy',
  'repeatsRaisedAtMs',
  'exercise',
] as const;

type SummaryRow = Pick<AlertTable, (typeof SUMMARY_COLUMNS)[number]>;

export const summaryOf = (row: SummaryRow): AlertSummary => ({
  id: row.id,
  reference: referenceOf(row.id),
  ruleId: row.ruleId,
  level: row.level,
  title: { zh: row.titleZh, en: row.titleEn },
  subject: row.subject,
  subjectClass: row.subjectClass,
  region: row.region,
  openedAtMs: row.openedAtMs,
  recordedAtMs: row.recordedAtMs,
  clearedAtMs: row.clearedAtMs,
  late: row.late === 1,
  status: row.status,
  acknowledgedAtMs: row.acknowledgedAtMs,
  closedAtMs: row.closedAtMs,
  repeats: row.repeats,
  episodeId: row.episodeId,
  raisedLevel: row.raisedLevel,
  withdrawnAtMs: row.withdrawnAtMs,
  correctedBecause: row.correctedBecause,
  silencedBy: row.silencedBy,
  repeatsRaisedAtMs: row.repeatsRaisedAtMs,
  isDrill: row.exercise === 'drill',
});

/** Literals, so that the engines see that the indexes of open and of closed alerts fit. */
const STATUS_IS = {
  open: sql<SqlBool>`status <> 'closed'`,
  new: sql<SqlBool>`status <> 'closed' AND status = 'new'`,
  acknowledged: sql<SqlBool>`status <> 'closed' AND status = 'acknowledged'`,
  closed: sql<SqlBool>`status = 'closed'`,
} as const satisfies Record<DeskQuery['status'], Expression<SqlBool>>;

type AlertExpressions = ExpressionBuilder<RecordsSchema, 'alert'>;

/** A canary is for nobody's eyes. */
export const mayBeSeen = (eb: AlertExpressions, scope: DeskScope) =>
  scope.kind === 'none'
    ? sql<SqlBool>`1 = 0`
    : eb.and([isReached(eb, scope), sql<SqlBool>`exercise IS DISTINCT FROM 'canary'`]);

function isReached(eb: AlertExpressions, scope: Exclude<DeskScope, { kind: 'none' }>) {
  switch (scope.kind) {
    case 'within':
      return isWithinRegion(eb, scope.region);
    case 'exactly':
      return eb('region', '=', scope.region);
    case 'among':
      return eb.or(scope.regions.map((region) => isWithinRegion(eb, region)));
    case 'own':
      return sql<SqlBool>`id IN (SELECT alert_id FROM alert_task WHERE officer IN (${sql.join(scope.owners)}))`;
  }
}

/** A county itself, or all that begins like the city or province. */
export function isWithinRegion(eb: AlertExpressions, region: RegionCode) {
  if (!region.endsWith('00')) return eb('region', '=', region);
  const prefix = region.endsWith('0000') ? region.slice(0, 2) : region.slice(0, 4);
  return eb.between(
    'region',
    prefix.padEnd(6, '0') as RegionCode,
    prefix.padEnd(6, '9') as RegionCode,
  );
}

/** Open alerts a silence hides now and nobody has taken. */
async function countSilenced(db: RecordsDb, scope: DeskScope): Promise<number> {
  const row = await db
    .selectFrom('alert')
    .select(({ fn }) => fn.countAll<number>().as('alerts'))
    .where('silencedBy', 'is not', null)
    .where('status', '=', 'new')
    .where('withdrawnAtMs', 'is', null)
    .where((eb) => mayBeSeen(eb, scope))
    .executeTakeFirstOrThrow();
  return row.alerts;
}

async function countOpen(db: RecordsDb, scope: DeskScope): Promise<AlertPage['open']> {
  const rows = await db
    .selectFrom('alert')
    .select(({ fn }) => ['level', fn.countAll<number>().as('alerts')])
    .where((eb) => mayBeSeen(eb, scope))
    .where(STATUS_IS.open)
    .where('withdrawnAtMs', 'is', null)
    .where('exercise', 'is', null)
    .groupBy('level')
    .execute();
  const of = (level: Level) => rows.find((row) => row.level === level)?.alerts ?? 0;
  return { 1: of(1), 2: of(2), 3: of(3) };
}

const cursorSchema = z.union([
  z.tuple([
    z.literal('open'),
    z.union([z.literal(1), z.literal(2), z.literal(3)]),
    z.int(),
    z.string(),
  ]),
  z.tuple([z.literal('closed'), z.int(), z.string()]),
]);

type Cursor = z.infer<typeof cursorSchema>;

const cursorOf = (row: SummaryRow, isClosed: boolean): string => {
  const cursor: Cursor = isClosed
    ? ['closed', row.closedAtMs ?? 0, row.id]
    : ['open', row.level, row.openedAtMs, row.id];
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
};

function readCursor(given: string, isClosed: boolean): Cursor {
  const cursor = cursorSchema.safeParse(parseJson(Buffer.from(given, 'base64url').toString()));
  if (cursor.success && (cursor.data[0] === 'closed') === isClosed) return cursor.data;
  throw new UserError('bad-input', text('翻页位置无效', 'the cursor is not one of this list'), {
    hint: text('请从第一页重新读取。', 'Read again from the first page.'),
  });
}

function comesAfter(eb: AlertExpressions, cursor: Cursor) {
  return cursor[0] === 'closed'
    ? eb(eb.refTuple('closedAtMs', 'id'), '<', eb.tuple(epochMs(cursor[1]), cursor[2]))
    : eb(
        eb.refTuple('level', 'openedAtMs', 'id'),
        '>',
        eb.tuple(cursor[1], epochMs(cursor[2]), cursor[3]),
      );
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}
