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

export type WorkbookLimits = {
  readonly fileBytesMax: number;
  /** What one part may be when it is unpacked: a few kilobytes can hold gigabytes. */
  readonly partBytesMax: number;
  /** Empty cells count: one at the far right of each row makes a row of thousands. */
  readonly cellsMax: number;
};

/** For whoever has the machine. */
export const WORKBOOK_LIMITS: WorkbookLimits = {
  fileBytesMax: 200 * 1024 * 1024,
  partBytesMax: 400 * 1024 * 1024,
  cellsMax: 50_000_000,
};

const COLUMNS_MAX = 16_384;
/** Cells filled from merged ones: ranges that lie over each other could be filled without end. */
const MERGED_MAX = 5_000_000;

export async function readXlsx(
  path: string,
  limits: WorkbookLimits = WORKBOOK_LIMITS,
): Promise<ReadXlsx> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > limits.fileBytesMax) return { kind: 'wrong', fault: 'too-large' };
    const bytes = await handle.readFile();
    // The container of Office with a password is no ZIP.
    if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
      return { kind: 'wrong', fault: 'encrypted' };
    }
    return { kind: 'ok', rows: rowsIn(readParts(bytes, limits.partBytesMax), limits.cellsMax) };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return { kind: 'wrong', fault: isTooLarge ? 'too-large' : 'broken' };
  } finally {
    await handle.close();
  }
}

type Parts = ReadonlyMap<string, () => string>;

/** The central directory of a ZIP. Throws for what is none. */
function readParts(bytes: Buffer, partBytesMax: number): Parts {
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
      const plain = method === 0 ? body : inflateRawSync(body, { maxOutputLength: partBytesMax });
      return plain.toString('utf8');
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return parts;
}

function rowsIn(parts: Parts, cellsMax: number): XlsxRow[] {
  const sheet = parts.get(firstSheet(parts));
  if (!sheet) throw new Error('no sheet');
  const shared = parts.get('xl/sharedStrings.xml');
  const words = shared ? [...elementsIn(shared(), 'si')].map(({ inner }) => textIn(inner)) : [];
  const rows: { line: number; cells: string[] }[] = [];
  let used = 0;
  for (const row of elementsIn(sheet(), 'row')) {
    const line = Number(/\br="(\d+)"/.exec(row.attributes)?.[1] ?? rows.length + 1);
    const cells: string[] = [];
    for (const { attributes, inner } of elementsIn(row.inner, 'c')) {
      const column = columnOf(/\br="([A-Z]{1,3})\d+"/.exec(attributes)?.[1]) ?? cells.length;
      if (column >= COLUMNS_MAX) throw new Error('no such column');
      while (cells.length < column) cells.push('');
      cells[column] = cellText(/\bt="(\w+)"/.exec(attributes)?.[1], inner, words);
    }
    if ((used += cells.length) > cellsMax) throw new RangeError('more cells than may be');
    if (cells.some((cell) => cell.trim() !== '')) rows.push({ line, cells });
  }
  fillMerged(sheet(), rows);
  return rows;
}

type Element = { readonly attributes: string; readonly inner: string };

/**
 * The elements of a name that lie beside each other, in one pass over the text: a pattern would look through all
 * of it again for every element that does not end. Throws at such a one. Knows no entities but the five of XML,
 * and no declarations.
 */
function* elementsIn(xml: string, name: string): Generator<Element> {
  const begin = `<${name}`;
  const end = `</${name}>`;
  for (let at = xml.indexOf(begin); at !== -1; at = xml.indexOf(begin, at)) {
    const from = at + begin.length;
    at = from;
    // The name goes on: it is another element's.
    if (!/^[\s/>]$/.test(xml[from] ?? '')) continue;
    const close = xml.indexOf('>', from);
    if (close === -1) throw new Error(`"${name}" does not end`);
    at = close + 1;
    if (xml[close - 1] === '/') {
      yield { attributes: xml.slice(from, close - 1), inner: '' };
      continue;
    }
    const until = xml.indexOf(end, at);
    if (until === -1) throw new Error(`"${name}" does not end`);
    yield { attributes: xml.slice(from, close), inner: xml.slice(at, until) };
    at = until + end.length;
  }
}

/**
 * A cell merged over several rows holds for each of them; the workbook stores it in the first. Rows with
 * nothing of their own stay out, and what is merged over columns, as titles are, stays in the first.
 */
function fillMerged(sheet: string, rows: readonly { line: number; cells: string[] }[]): void {
  const placeOf = new Map(rows.map(({ line }, place) => [line, place]));
  let filled = 0;
  for (const { attributes } of elementsIn(sheet, 'mergeCell')) {
    const [, letters, from, until] =
      /\bref="([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)"/.exec(attributes) ?? [];
    const column = columnOf(letters);
    if (column === undefined) continue;
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
  const [sheet] = elementsIn(parts.get('xl/workbook.xml')?.() ?? '', 'sheet');
  const id = /\br:id="([^"]+)"/.exec(sheet?.attributes ?? '')?.[1];
  const relations = parts.get('xl/_rels/workbook.xml.rels')?.() ?? '';
  for (const { attributes } of elementsIn(relations, 'Relationship')) {
    if (!attributes.includes(`Id="${id}"`)) continue;
    const target = /\bTarget="([^"]+)"/.exec(attributes)?.[1] ?? '';
    return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  }
  return 'xl/worksheets/sheet1.xml';
}

function cellText(type: string | undefined, inner: string, words: readonly string[]): string {
  if (type === 'inlineStr') return textIn(inner);
  const [first] = elementsIn(inner, 'v');
  const value = unescapeXml(first?.inner ?? '');
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
function textIn(xml: string): string {
  const aids = [...elementsIn(xml, 'rPh')].map(({ inner }) => inner);
  const plain = aids.reduce((rest, aid) => rest.replace(aid, ''), xml);
  return [...elementsIn(plain, 't')].map(({ inner }) => unescapeXml(inner)).join('');
}

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
