// Writes what a file holds into the warehouse, in pieces, and takes it out again. Killed at any moment it goes on
// where it was: the pieces of a file are the same every time, and one that may be half there is taken out first.

import { UserError } from '../../core/errors.ts';
import { contentId, canonicalJson } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { epochMs, type Clock } from '../../core/time.ts';
import { jsonColumn } from '../json-column.ts';
import { encodeBlock, numberColumn, textColumn, wideColumn } from '../native-block.ts';
import type { Olap } from '../olap.ts';
import type { DataImportTable } from '../records-imports.ts';
import type { Records, RecordsTransaction } from '../records.ts';
import { assertMapping, checkFile, type CheckReport, type GoodRows } from './check-file.ts';
import { mappingSchema, type Mapping } from './mapping.ts';
import type { IncidentRow, MeasureRow } from './read-row.ts';
import type { ImportSource } from './source.ts';

const mappingColumn = jsonColumn(mappingSchema);

/** Rows of a piece; they are what is in memory. */
export const PIECE_ROWS = 100_000;

export type ImportDeps = {
  readonly records: Records;
  readonly olap: Olap;
  readonly clock: Clock;
  /** Tells the trail, in the transaction that makes it so. */
  readonly tell: (trx: RecordsTransaction, act: ImportAct) => Promise<void>;
  readonly pieceRows?: number;
};

export type ImportAct = {
  readonly kind: 'begun' | 'done' | 'undone';
  readonly id: string;
  readonly by: string;
  readonly digest: string;
  readonly rows: number;
};

const TABLES = { incidents: 'incident', measures: 'index_measure' } as const;

/** The same file read the same way is the same import. */
export function importIdOf({ digest, form }: ImportSource, mapping: Mapping): string {
  const otherwise =
    form.kind === 'text' &&
    (form.encoding !== form.recognised.encoding || form.delimiter !== form.recognised.delimiter);
  return contentId('im', [
    digest,
    canonicalJson(mapping),
    ...(otherwise ? [form.encoding, form.delimiter] : []),
  ]);
}

export type Applied = { readonly id: string; readonly report: CheckReport };

/**
 * Imports the good rows. Throws UserError `conflict` when it is there already. Stopped by the signal it leaves
 * whole pieces and goes on with the next call.
 */
export async function applyImport(
  deps: ImportDeps,
  { source, mapping, fileName, by }: AskedImport,
  watch: { signal?: AbortSignal; progress?: (records: number) => void } = {},
): Promise<Applied> {
  const { records, olap, clock, tell, pieceRows = PIECE_ROWS } = deps;
  assertMapping(source, mapping);
  const id = importIdOf(source, mapping);
  const table = TABLES[mapping.as];
  const begun = await begin(deps, { id, source, mapping, fileName, by });
  if (begun > 0 || begun === RESUMED) await dropPieces(olap, { table, id, from: begun });
  let piece = 0;
  // Where pieces end must not depend on how the file was read.
  let rows: { incidents: IncidentRow[]; measures: MeasureRow[] } = { incidents: [], measures: [] };
  const flush = async () => {
    watch.signal?.throwIfAborted();
    if (rows.incidents.length + rows.measures.length === 0) return;
    if (piece >= begun) {
      await olap.insert(table, blockOf(rows, { id, piece }));
      await records.db
        .updateTable('dataImport')
        .set({ pieces: piece + 1 })
        .where('id', '=', id)
        .execute();
    }
    piece++;
    rows = { incidents: [], measures: [] };
  };
  const report = await checkFile(source, mapping, {
    ...watch,
    onRows: async ({ incidents, measures }) => {
      for (const row of incidents) {
        rows.incidents.push(row);
        if (rows.incidents.length >= pieceRows) await flush();
      }
      for (const row of measures) {
        rows.measures.push(row);
        if (rows.measures.length >= pieceRows) await flush();
      }
    },
  });
  await flush();
  watch.signal?.throwIfAborted();
  await records.transaction(async (trx) => {
    await trx
      .updateTable('dataImport')
      .set({
        state: 'done',
        rowCount: report.rows,
        refused: report.refused,
        endedAtMs: epochMs(clock.now()),
      })
      .where('id', '=', id)
      .execute();
    await tell(trx, { kind: 'done', id, by, digest: source.digest, rows: report.rows });
  });
  return { id, report };
}

export type AskedImport = {
  readonly source: ImportSource;
  readonly mapping: Mapping;
  /** Without the folders it lies in. */
  readonly fileName: string;
  /** Account, or `system` for the command line. */
  readonly by: string;
};

/** Begun before, with no piece noted: the first one may be there all the same. */
const RESUMED = -0.5;

/** How many pieces are in the warehouse for sure. */
async function begin(
  { records, clock, tell }: ImportDeps,
  { id, source, mapping, fileName, by }: AskedImport & { id: string },
): Promise<number> {
  const { digest } = source;
  return records.transaction(async (trx) => {
    const known = await trx
      .selectFrom('dataImport')
      .select(['state', 'pieces'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (known?.state === 'writing') return known.pieces === 0 ? RESUMED : known.pieces;
    if (known?.state === 'done') throw alreadyThere(id);
    if (known?.state === 'undoing') throw beingUndone(id);
    const row: DataImportTable = {
      id,
      kind: mapping.as,
      fileName,
      digest,
      mapping: mappingColumn.encode(mapping),
      state: 'writing',
      pieces: 0,
      rowCount: 0,
      refused: 0,
      importedBy: by,
      startedAtMs: epochMs(clock.now()),
      endedAtMs: null,
      undoneBy: null,
    };
    if (known) await trx.updateTable('dataImport').set(row).where('id', '=', id).execute();
    else await trx.insertInto('dataImport').values(row).execute();
    await tell(trx, { kind: 'begun', id, by, digest, rows: 0 });
    return 0;
  });
}

/** Takes an import out again, also one that was not finished. Killed, it is called again. */
export async function undoImport(
  { records, olap, clock, tell }: ImportDeps,
  { id, by }: { id: string; by: string },
): Promise<void> {
  const found = await records.db
    .selectFrom('dataImport')
    .select(['state', 'kind', 'digest', 'rowCount'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!found) {
    throw new UserError('not-found', text('没有这次导入', 'there is no such import'), {
      detail: `"${id}"`,
    });
  }
  if (found.state === 'undone') {
    throw new UserError('conflict', text('该导入已撤销', 'it was taken back already'), {
      detail: `"${id}"`,
    });
  }
  await records.db
    .updateTable('dataImport')
    .set({ state: 'undoing' })
    .where('id', '=', id)
    .execute();
  await dropPieces(olap, { table: TABLES[found.kind], id, from: 0 });
  await records.transaction(async (trx) => {
    await trx
      .updateTable('dataImport')
      .set({ state: 'undone', undoneBy: by, endedAtMs: epochMs(clock.now()) })
      .where('id', '=', id)
      .execute();
    await tell(trx, { kind: 'undone', id, by, digest: found.digest, rows: found.rowCount });
  });
}

const dropPieces = (
  olap: Olap,
  { table, id, from }: { table: string; id: string; from: number },
): Promise<void> =>
  olap.run(`DELETE FROM ${table} WHERE origin = {id:String} AND piece >= {from:UInt32}`, {
    id,
    from: Math.max(0, Math.ceil(from)),
  });

function blockOf(
  { incidents, measures }: GoodRows,
  { id, piece }: { id: string; piece: number },
): Uint8Array {
  return incidents.length > 0
    ? incidentBlock(incidents, { id, piece })
    : measureBlock(measures, { id, piece });
}

function marks(rows: number, { id, piece }: { id: string; piece: number }) {
  return [
    textColumn(
      'origin',
      Array.from({ length: rows }, () => id),
    ),
    numberColumn('piece', new Uint32Array(rows).fill(piece)),
  ];
}

const incidentBlock = (rows: readonly IncidentRow[], mark: { id: string; piece: number }) =>
  encodeBlock(rows.length, [
    ...marks(rows.length, mark),
    numberColumn(
      'region',
      Uint32Array.from(rows, ({ region }) => region),
    ),
    wideColumn(
      'at_ms',
      rows.map(({ atMs }) => atMs),
    ),
    textColumn(
      'kind',
      rows.map(({ kind }) => kind),
    ),
  ]);

const measureBlock = (rows: readonly MeasureRow[], mark: { id: string; piece: number }) =>
  encodeBlock(rows.length, [
    ...marks(rows.length, mark),
    numberColumn(
      'region',
      Uint32Array.from(rows, ({ region }) => region),
    ),
    textColumn(
      'period',
      rows.map(({ period }) => period),
    ),
    textColumn(
      'column',
      rows.map(({ name }) => name),
    ),
    numberColumn(
      'value',
      Float64Array.from(rows, ({ value }) => value),
    ),
  ]);

export type ListedImport = Omit<DataImportTable, 'mapping'>;

/** The id of the import of a file that was begun and not finished. */
export async function unfinishedImport(
  records: Records,
  { source, mapping }: Pick<AskedImport, 'source' | 'mapping'>,
): Promise<string | undefined> {
  const found = await records.db
    .selectFrom('dataImport')
    .select('id')
    .where('id', '=', importIdOf(source, mapping))
    .where('state', '=', 'writing')
    .executeTakeFirst();
  return found?.id;
}

/** The newest first. */
export const listImports = (records: Records, limit = 100): Promise<ListedImport[]> =>
  records.db
    .selectFrom('dataImport')
    .select([
      'id',
      'kind',
      'fileName',
      'digest',
      'state',
      'pieces',
      'rowCount',
      'refused',
      'importedBy',
      'startedAtMs',
      'endedAtMs',
      'undoneBy',
    ])
    .orderBy('startedAtMs', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();

const alreadyThere = (id: string) =>
  new UserError('conflict', text('该文件已导入过', 'this file was imported already'), {
    detail: `"${id}"`,
    hint: text('如需重新导入，请先撤销', 'Undo it first to import it again.'),
  });

const beingUndone = (id: string) =>
  new UserError('conflict', text('该导入正在撤销', 'this import is being taken back'), {
    detail: `"${id}"`,
    hint: text('请先完成撤销', 'Finish the undo first.'),
  });
