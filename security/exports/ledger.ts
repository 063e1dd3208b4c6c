// The ledger of exports: an entry before a file leaves, whether it was taken, and finding entries again.

import type { EpochMs } from '../../core/time.ts';
import type { RegionCode } from '../../core/region.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import type { ExportFileTable, ExportSealTable } from '../../warehouse/records-exports.ts';

/** Entries of one page. */
export const LEDGER_PAGE_MAX = 200;

export async function enterFile(
  trx: RecordsTransaction,
  row: ExportFileTable,
  seal: string,
): Promise<void> {
  await trx.insertInto('exportFile').values(row).execute();
  await trx
    .insertInto('exportSeal')
    .values({ number: row.number, seal, stampedAtMs: null })
    .execute();
}

/** The seal of an entry; none for those of older versions. */
export const findSeal = (db: RecordsDb, number: string): Promise<ExportSealTable | undefined> =>
  db.selectFrom('exportSeal').selectAll().where('number', '=', number).executeTakeFirst();

/** What became of a file that was handed over; said once. */
export async function closeFile(
  db: RecordsDb,
  number: string,
  { state, atMs }: { readonly state: 'taken' | 'broken-off'; readonly atMs: EpochMs },
): Promise<void> {
  await db
    .updateTable('exportFile')
    .set({ state, takenAtMs: atMs })
    .where('number', '=', number)
    .where('state', '=', 'made')
    .execute();
}

export type LedgerQuery = {
  /** Only those of this account. */
  readonly exporter?: string | undefined;
  /** Only those of these regions. */
  readonly regions?: readonly RegionCode[] | undefined;
  readonly kind?: string | undefined;
  readonly format?: string | undefined;
  /** Begin of a number or of a digest. */
  readonly text?: string | undefined;
  readonly fromMs?: EpochMs | undefined;
  readonly untilMs?: EpochMs | undefined;
  /** The last entry of the page before. */
  readonly before?: { readonly madeAtMs: EpochMs; readonly number: string } | undefined;
  readonly limit: number;
};

/** Entries, the newest first. */
export async function readLedger(db: RecordsDb, query: LedgerQuery): Promise<ExportFileTable[]> {
  const { exporter, regions, kind, format, fromMs, untilMs, before, limit } = query;
  const begin = query.text?.trim();
  return db
    .selectFrom('exportFile')
    .selectAll()
    .where((eb) =>
      eb.and([
        ...(exporter === undefined ? [] : [eb('exporter', '=', exporter)]),
        ...(regions === undefined ? [] : [eb('region', 'in', [...regions])]),
        ...(kind === undefined ? [] : [eb('kind', '=', kind)]),
        ...(format === undefined ? [] : [eb('format', '=', format as ExportFileTable['format'])]),
        ...(fromMs === undefined ? [] : [eb('madeAtMs', '>=', fromMs)]),
        ...(untilMs === undefined ? [] : [eb('madeAtMs', '<', untilMs)]),
        ...(begin === undefined || begin === ''
          ? []
          : [
              eb.or([
                eb('number', 'like', `${escaped(begin.toUpperCase())}%`),
                eb('fileDigest', 'like', `${escaped(begin.toLowerCase())}%`),
                eb('contentDigest', 'like', `${escaped(begin.toLowerCase())}%`),
              ]),
            ]),
        ...(before === undefined
          ? []
          : [
              eb.or([
                eb('madeAtMs', '<', before.madeAtMs),
                eb.and([eb('madeAtMs', '=', before.madeAtMs), eb('number', '<', before.number)]),
              ]),
            ]),
      ]),
    )
    .orderBy('madeAtMs', 'desc')
    .orderBy('number', 'desc')
    .limit(Math.min(limit, LEDGER_PAGE_MAX))
    .execute();
}

/** What would be a pattern of LIKE matches nothing: numbers and digests have none of it. */
const escaped = (begin: string): string => begin.replaceAll(/[%_\\]/g, '');

export const findByNumber = (db: RecordsDb, number: string): Promise<ExportFileTable | undefined> =>
  db.selectFrom('exportFile').selectAll().where('number', '=', number).executeTakeFirst();

/** The entry of a file with one of these digests, the newest of them. */
export const findByDigest = (
  db: RecordsDb,
  digests: readonly string[],
): Promise<ExportFileTable | undefined> =>
  db
    .selectFrom('exportFile')
    .selectAll()
    .where('fileDigest', 'in', [...digests])
    .orderBy('madeAtMs', 'desc')
    .executeTakeFirst();
