// Reports as they were made, and the files that were taken of them; both only ever added to.

import { contentHash, contentId } from '../core/ids.ts';
import { regionsWithin, type RegionCode } from '../core/region.ts';
import type { EpochMs } from '../core/time.ts';
import type { RecordsDb } from './records.ts';
import { flag, type ReportFileTable, type ReportTable } from './records-schema.ts';

/** A report in a list: without its numbers. */
export type KeptReport = Omit<ReportTable, 'body'>;

export type NewReport = Pick<
  ReportTable,
  'kind' | 'fromMs' | 'untilMs' | 'region' | 'origin' | 'body' | 'madeBy' | 'purpose' | 'madeAtMs'
> & { readonly isWhole: boolean };

/** Most reports a list shows. */
export const KEPT_MAX = 200;

/** Who makes reports when no person does. */
export const SCHEDULE = 'schedule';

/** The id a scheduled report of a period has, made or not. */
export const scheduledId = (report: Pick<ReportTable, 'kind' | 'fromMs' | 'region'>): string =>
  contentId('re', [SCHEDULE, report.kind, report.fromMs, report.region]);

/**
 * Keeps a report. A scheduled one is kept once for its period and region, by whichever process comes
 * first: what is there stays. Gives the report as it is kept.
 */
export async function keepReport(db: RecordsDb, report: NewReport): Promise<ReportTable> {
  const hash = contentHash(report.body);
  const id =
    report.origin === 'schedule'
      ? scheduledId(report)
      : contentId('re', [hash, report.madeBy, report.madeAtMs]);
  const row = { ...report, id, contentHash: hash, isWhole: flag(report.isWhole) };
  await db
    .insertInto('report')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db.selectFrom('report').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Of some ids those that are kept. */
export async function keptIds(db: RecordsDb, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom('report').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

const COLUMNS = [
  'id',
  'kind',
  'fromMs',
  'untilMs',
  'region',
  'isWhole',
  'origin',
  'contentHash',
  'madeBy',
  'purpose',
  'madeAtMs',
] as const;

/** Reports of a region and all within it, newest first. */
export const listReports = (db: RecordsDb, region: RegionCode): Promise<KeptReport[]> =>
  db
    .selectFrom('report')
    .select(COLUMNS)
    .where('region', 'in', [region, ...regionsWithin(region).map(({ code }) => code)])
    .orderBy('madeAtMs', 'desc')
    .orderBy('id')
    .limit(KEPT_MAX)
    .execute();

export const findReport = (db: RecordsDb, id: string): Promise<ReportTable | undefined> =>
  db.selectFrom('report').selectAll().where('id', '=', id).executeTakeFirst();

/** Notes that a file was taken. */
export async function noteFile(db: RecordsDb, file: Omit<ReportFileTable, 'id'>): Promise<void> {
  const { reportId, format, contentHash: hash, takenBy, takenAtMs } = file;
  await db
    .insertInto('reportFile')
    .values({ ...file, id: contentId('rf', [reportId, format, hash, takenBy, takenAtMs]) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Who took a report away, newest first. */
export const filesOf = (
  db: RecordsDb,
  reportId: string,
): Promise<{ format: string; takenBy: string; purpose: string; takenAtMs: EpochMs }[]> =>
  db
    .selectFrom('reportFile')
    .select(['format', 'takenBy', 'purpose', 'takenAtMs'])
    .where('reportId', '=', reportId)
    .orderBy('takenAtMs', 'desc')
    .orderBy('id')
    .limit(KEPT_MAX)
    .execute();
