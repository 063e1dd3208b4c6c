// The first sheet of an Excel workbook (ECMA-376) as rows of texts, without extension or package: a ZIP of
// XML. Numbers come as they are stored, dates as serials. Workbooks stay in memory; Excel itself ends at a
// million rows.

import { open } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

export type XlsxFault = 'broken' | 'encrypted' | 'too-large';

export type XlsxRow = { readonly line: number; readonly cells: readonly string[] };

export type ReadXlsx =
  | { readonly kind: 'ok'; readonly rows: XlsxRow[] }
  | { readonly kind: 'wrong'; readonly fault: XlsxFault };

const FILE_BYTES_MAX = 200 * 1024 * 1024;
/** What one part may be when it is unpacked: a few kilobytes can hold gigabytes. */
const PART_BYTES_MAX = 400 * 1024 * 1024;
const COLUMNS_MAX = 16_384;
/** Cells filled from merged ones: ranges that lie over each other could be filled without end. */
const MERGED_MAX = 5_000_000;

export async function readXlsx(path: string): Promise<ReadXlsx> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > FILE_BYTES_MAX) return { kind: 'wrong', fault: 'too-large' };
    const bytes = await handle.readFile();
    // The container of Office with a password is no ZIP.
    if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
      return { kind: 'wrong', fault: 'encrypted' };
    }
    return { kind: 'ok', rows: rowsIn(readParts(bytes)) };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return { kind: 'wrong', fault: isTooLarge ? 'too-large' : 'broken' };
  } finally {
    await handle.close();
  }
}

type Parts = ReadonlyMap<string, () => string>;

/** The central directory of a ZIP. Throws for what is none. */
function readParts(bytes: Buffer): Parts {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end === -1) throw new Error('no end of a ZIP');
  const parts = new Map<string, () => string>();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error('no entry of a ZIP');
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8');
    parts.set(name, () => {
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const body = bytes.subarray(start, start + packed);
      const plain = method === 0 ? body : inflateRawSync(body, { maxOutputLength: PART_BYTES_MAX });
      return plain.toString('utf8');
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return parts;
}

function rowsIn(parts: Parts): XlsxRow[] {
  const sheet = parts.get(firstSheet(parts));
  if (!sheet) throw new Error('no sheet');
  const shared = parts.get('xl/sharedStrings.xml');
  const words = shared
    ? [...shared().matchAll(/<si\b[^>]*?(?:\/>|>([\s\S]*?)<\/si>)/g)].map(([, inner]) =>
        textIn(inner ?? ''),
      )
    : [];
  const rows: { line: number; cells: string[] }[] = [];
  for (const [, attributes = '', body = ''] of sheet().matchAll(
    /<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g,
  )) {
    const line = Number(/\br="(\d+)"/.exec(attributes)?.[1] ?? rows.length + 1);
    const cells: string[] = [];
    for (const [, about = '', inner = ''] of body.matchAll(
      /<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g,
    )) {
      const column = columnOf(/\br="([A-Z]+)\d+"/.exec(about)?.[1]) ?? cells.length;
      if (column >= COLUMNS_MAX) throw new Error('no such column');
      while (cells.length < column) cells.push('');
      cells[column] = cellText(/\bt="(\w+)"/.exec(about)?.[1], inner, words);
    }
    if (cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells });
  }
  fillMerged(sheet(), rows);
  return rows;
}

/**
 * A cell merged over several rows holds for each of them; the workbook stores it in the first. Rows with
 * nothing of their own stay out, and what is merged over columns, as titles are, stays in the first.
 */
function fillMerged(sheet: string, rows: readonly { line: number; cells: string[] }[]): void {
  const placeOf = new Map(rows.map(({ line }, place) => [line, place]));
  let filled = 0;
  for (const [, letters, from, until] of sheet.matchAll(
    /<mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):[A-Z]+(\d+)"/g,
  )) {
    const column = columnOf(letters) as number;
    const first = placeOf.get(Number(from));
    const value = first === undefined ? undefined : rows[first]?.cells[column];
    if (first === undefined || !value || column >= COLUMNS_MAX) continue;
    for (let place = first + 1; place < rows.length; place++) {
      const row = rows[place] as { line: number; cells: string[] };
      if (row.line > Number(until)) break;
      if (++filled > MERGED_MAX) throw new RangeError('more merged cells than a sheet has');
      while (row.cells.length <= column) row.cells.push('');
      row.cells[column] ||= value;
    }
  }
}

/** The sheet that comes first in the workbook, which is not always sheet1. */
function firstSheet(parts: Parts): string {
  const id = /<sheet\b[^>]*\br:id="([^"]+)"/.exec(parts.get('xl/workbook.xml')?.() ?? '')?.[1];
  const relations = parts.get('xl/_rels/workbook.xml.rels')?.() ?? '';
  for (const [relation] of relations.matchAll(/<Relationship\b[^>]*>/g)) {
    if (!relation.includes(`Id="${id}"`)) continue;
    const target = /\bTarget="([^"]+)"/.exec(relation)?.[1] ?? '';
    return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  }
  return 'xl/worksheets/sheet1.xml';
}

function cellText(type: string | undefined, inner: string, words: readonly string[]): string {
  if (type === 'inlineStr') return textIn(inner);
  const value = unescapeXml(/<v\b[^>]*>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? '');
  if (type === 's') return words[Number(value)] ?? '';
  // What a formula could not work out is nothing.
  if (type === 'e') return '';
  // A spreadsheet stores 0.1 + 0.2 with all its digits; codes and counts are short.
  return type === undefined || type === 'n' ? shortNumber(value) : value;
}

const shortNumber = (value: string): string =>
  /\d{15,}|e/i.test(value) && Number.isFinite(Number(value))
    ? String(Number(Number(value).toPrecision(15)))
    : value;

/** Runs of a rich text joined; the reading aid of Japanese is left out. */
const textIn = (xml: string): string =>
  [...xml.replaceAll(/<rPh\b[\s\S]*?<\/rPh>/g, '').matchAll(/<t\b[^>]*?(?:\/>|>([\s\S]*?)<\/t>)/g)]
    .map(([, inner = '']) => unescapeXml(inner))
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  quot: '"',
};

const unescapeXml = (xml: string): string =>
  xml.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });

function columnOf(letters: string | undefined): number | undefined {
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
