// A table as CSV, workbook or page. Rows are read once, as they come: a CSV goes to the disk, a sheet is packed
// while it is written, so that a long table needs little memory.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { once } from 'node:events';
import { UserError } from '../../core/errors.ts';
import { localDateTime } from '../../core/local-time.ts';
import { text, type Language, type Text } from '../../core/text.ts';
import type { Cell, ReportDocument } from '../../models/report/layout.ts';
import type { Hashing } from '../../security/audit/hashing.ts';
import { csvField, csvLine, csvNumber } from '../../security/exports/csv-text.ts';
import type { ExportMark } from '../../security/exports/export-mark.ts';
import {
  ABOUT,
  aboutSheet,
  numeric,
  serialOf,
  sheetFoot,
  sheetHead,
  sheetPath,
  sheetRow,
  STYLE,
  words,
  workbookParts,
} from '../reports/xlsx.ts';
import { zip, type PackedPart } from '../reports/zip.ts';
import type { ExportTable, ExportValue } from './export-content.ts';

/** A worksheet has 1,048,576 rows; much less is comfortable to open. */
export const XLSX_ROWS_MAX = 200_000;
export const PDF_ROWS_MAX = 5_000;

/** What was read: rows, and the digest of the table as CSV, which every format shares. */
export type ReadTable = { readonly rows: number; readonly contentDigest: string };

type Given = {
  readonly table: ExportTable;
  readonly language: Language;
  readonly hashing: Hashing;
};

const asText = (value: ExportValue, language: Language): string => {
  if (value === null) return '';
  if (typeof value === 'string') return csvField(value);
  if (typeof value === 'number') return csvNumber(value);
  if (typeof value === 'boolean') return YES_NO[`${value}`][language];
  return localDateTime(value.atMs);
};

const YES_NO = { true: text('是', 'yes'), false: text('否', 'no') };

const headLine = ({ table, language }: Given): string =>
  csvLine(table.columns.map(({ name }) => csvField(name[language])));

/** Reads the rows once; `each` gets each of them and its line. Throws UserError beyond `rowsMax`. */
async function readRows(
  given: Given,
  rowsMax: number,
  each: (row: readonly ExportValue[], line: string) => void | Promise<void>,
): Promise<ReadTable> {
  const hash = createHash(given.hashing).update(headLine(given));
  let rows = 0;
  for await (const row of given.table.rows) {
    if (++rows > rowsMax) throw tooManyRows(rowsMax);
    const line = csvLine(row.map((value) => asText(value, given.language)));
    hash.update(line);
    await each(row, line);
  }
  return { rows, contentDigest: hash.digest('hex') };
}

const tooManyRows = (rowsMax: number) =>
  new UserError(
    'too-large',
    text(`此格式最多 ${rowsMax} 行`, `this format takes at most ${rowsMax} rows`),
    { hint: text('请改用 CSV 格式，或缩小范围', 'Take it as CSV, or narrow it down.') },
  );

/** Writes the content of a CSV, without the mark, into the folder. */
export async function spoolCsv(
  given: Given & { readonly folder: string },
): Promise<ReadTable & { readonly path: string; readonly byteCount: number }> {
  const path = join(given.folder, 'content.csv');
  const out = createWriteStream(path, { mode: 0o600 });
  const put = async (line: string) => {
    if (!out.write(line)) await once(out, 'drain');
  };
  try {
    await put(headLine(given));
    const read = await readRows(given, Number.MAX_SAFE_INTEGER, (_row, line) => put(line));
    out.end();
    await finished(out);
    return { ...read, path, byteCount: (await stat(path)).size };
  } finally {
    out.destroy();
  }
}

/** The spooled content between what stands before and behind it. */
export async function* csvBytes(path: string, head: string, end: string): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  yield* createReadStream(path) as AsyncIterable<Buffer>;
  yield Buffer.from(end);
}

/** A sheet packed while the rows come; the mark is known after them and goes in then. */
export async function packSheet(
  given: Given,
): Promise<ReadTable & { readonly finish: (about: WorkbookAbout) => Promise<Buffer> }> {
  const packing = packPart(sheetPath(1));
  const { columns } = given.table;
  await packing.put(
    sheetHead({ widths: columns.map(({ width }) => (width ?? 9) * 2), frozenRows: 1 }),
  );
  await packing.put(
    sheetRow(
      1,
      columns.map(({ name }) => words(name[given.language], STYLE.head)),
    ),
  );
  let at = 1;
  const read = await readRows(given, XLSX_ROWS_MAX, (row) =>
    packing.put(
      `\n${sheetRow(
        ++at,
        row.map((value) => sheetCell(value, given.language)),
      )}`,
    ),
  );
  return {
    ...read,
    async finish({ mark, title, notes, facts }) {
      const { language } = given;
      await packing.put(sheetFoot(mark, language));
      const about = { title, facts, notices: notes, footnotes: [] };
      return zip([
        ...workbookParts({
          title: title[language],
          names: [ABOUT[language], title[language]],
          mark,
        }),
        { path: sheetPath(0), content: aboutSheet(about, mark, language) },
        await packing.end(),
      ]);
    },
  };
}

export type WorkbookAbout = {
  readonly mark: ExportMark;
  readonly title: Text;
  readonly notes: readonly Text[];
  readonly facts: ReportDocument['facts'];
};

function sheetCell(value: ExportValue, language: Language): string {
  if (value === null) return words('', STYLE.words);
  if (typeof value === 'string') return words(value);
  if (typeof value === 'boolean') return words(YES_NO[`${value}`][language]);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return words('');
    return numeric(value, Number.isInteger(value) ? STYLE.whole : STYLE.plain);
  }
  return numeric(serialOf(value.atMs), STYLE.instant);
}

function packPart(path: string): {
  put(content: string): Promise<void>;
  end(): Promise<PackedPart>;
} {
  const deflate = createDeflateRaw();
  const packed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => packed.push(chunk));
  let crc = 0;
  let byteCount = 0;
  return {
    async put(content) {
      const bytes = Buffer.from(content);
      crc = crc32(bytes, crc);
      byteCount += bytes.length;
      if (!deflate.write(bytes)) await once(deflate, 'drain');
    },
    async end() {
      deflate.end();
      await finished(deflate);
      return { path, packed: Buffer.concat(packed), byteCount, crc };
    },
  };
}

/** The table as the one table of a page to be printed. */
export async function pageTable(
  given: Given & { readonly title: Text },
): Promise<ReadTable & { readonly tables: ReportDocument['tables'] }> {
  const rows: { readonly cells: readonly Cell[] }[] = [];
  const read = await readRows(given, PDF_ROWS_MAX, (row) => {
    rows.push({ cells: row.map(pageCell) });
  });
  const columns = given.table.columns.map(({ name, width = 9 }) => ({ name, width }));
  return { ...read, tables: [{ id: 'table', title: given.title, columns, rows }] };
}

function pageCell(value: ExportValue): Cell {
  if (typeof value === 'number' && Number.isInteger(value)) return { kind: 'number', value };
  if (typeof value === 'boolean') return { kind: 'text', value: YES_NO[`${value}`] };
  const written =
    value === null
      ? ''
      : typeof value === 'object'
        ? localDateTime(value.atMs).slice(0, 16)
        : String(value);
  return { kind: 'text', value: text(written, written) };
}
