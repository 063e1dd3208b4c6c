// A report as a workbook (ECMA-376, SpreadsheetML): a sheet about the report, then one for each table, with
// real numbers, dates and lengths of time. The few parts a workbook needs are written here by hand: the
// bytes are the same for the same report, and no text can become a formula.

import { CHINA_OFFSET_MS, DAY_MS } from '../../core/local-time.ts';
import type { Language, Text } from '../../core/text.ts';
import { describeCell } from '../../models/report/describe-cell.ts';
import {
  isFigureColumn,
  type Cell,
  type ReportDocument,
  type Table,
} from '../../models/report/layout.ts';
import { digestLine, markLine, type ExportMark } from '../../security/exports/export-mark.ts';
import {
  CUSTOM_PATH,
  CUSTOM_RELATION,
  CUSTOM_TYPE,
  customProperties,
} from '../../security/exports/office-mark.ts';
import { escapeXml, XML_HEAD } from './xml.ts';
import { zip, type ZipPart } from './zip.ts';

/** The cell formats, in the order of `cellXfs` in the styles below. */
export const STYLE = {
  plain: 0,
  title: 1,
  head: 2,
  words: 3,
  quoted: 4,
  whole: 5,
  decimal: 6,
  share: 7,
  span: 8,
  change: 9,
  instant: 10,
  faint: 11,
  headRight: 12,
  wordsRight: 13,
  unknown: 14,
} as const;

/** Styles of the line of totals stand behind the others, in the same order. */
const TOTAL = 15;

export const xlsxOf = (document: ReportDocument, mark: ExportMark, language: Language): Buffer =>
  zip(xlsxParts(document, mark, language));

/** What is inside, in its order. */
export function xlsxParts(
  document: ReportDocument,
  mark: ExportMark,
  language: Language,
): ZipPart[] {
  const sheets = [
    { name: ABOUT[language], content: aboutSheet(document, mark, language) },
    ...document.tables.map((table) => ({
      name: table.title[language],
      content: tableSheet(table, mark, language),
    })),
  ];
  return [
    ...workbookParts({
      title: document.title[language],
      names: sheets.map(({ name }) => name),
      mark,
    }),
    ...sheets.map(({ content }, index) => ({ path: sheetPath(index), content })),
  ];
}

export const sheetPath = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`;

/** All of a workbook but its sheets. */
export function workbookParts({
  title,
  names,
  mark,
}: {
  readonly title: string;
  readonly names: readonly string[];
  readonly mark: ExportMark;
}): ZipPart[] {
  const ids = names.map((_, index) => index + 1);
  return [
    { path: '[Content_Types].xml', content: contentTypes(ids) },
    { path: CUSTOM_PATH, content: customProperties(mark, escapeXml) },
    { path: '_rels/.rels', content: ROOT_RELATIONS },
    { path: 'docProps/core.xml', content: coreProperties(title, mark) },
    { path: 'xl/workbook.xml', content: workbook(names) },
    { path: 'xl/_rels/workbook.xml.rels', content: workbookRelations(ids) },
    { path: 'xl/styles.xml', content: STYLES },
  ];
}

export const ABOUT: Text = { zh: '说明', en: 'About' };

export function aboutSheet(
  document: Omit<ReportDocument, 'tables'>,
  mark: ExportMark,
  language: Language,
): string {
  const { title, facts, notices, footnotes } = document;
  const rows: string[][] = [
    [words(title[language], STYLE.title)],
    ...facts.map(({ name, value, atMs }) => [
      words(name[language]),
      atMs === undefined ? words(value[language]) : numeric(serialOf(atMs), STYLE.instant),
    ]),
    ...notices.map((notice) => [words(notice[language])]),
    ...footnotes.map((note) => [words(note[language], STYLE.faint)]),
    [words(markLine(mark)[language], STYLE.faint)],
    [words(digestLine(mark), STYLE.faint)],
  ];
  return sheet({ rows, widths: [14, 90], frozenRows: 1, mark, language });
}

function tableSheet(table: Table, mark: ExportMark, language: Language): string {
  const note = table.note ? `  ${table.note[language]}` : '';
  const rows: string[][] = [
    [words(`${table.title[language]}${note}`, STYLE.title)],
    table.columns.map(({ name }, column) =>
      words(name[language], isFigureColumn(table, column) ? STYLE.headRight : STYLE.head),
    ),
    ...table.rows.map(({ cells, isTotal }) =>
      cells.map((cell) => cellOf(cell, isTotal ? TOTAL : 0, language)),
    ),
    [words(markLine(mark)[language], STYLE.faint)],
  ];
  // A Han character is about two of the units in which widths are told.
  const widths = table.columns.map(({ width }) => width * 2);
  return sheet({ rows, widths, frozenRows: 2, mark, language });
}

function cellOf(cell: Cell, total: number, language: Language): string {
  const unknown = () => words(describeCell(cell)[language], STYLE.unknown, total);
  switch (cell.kind) {
    case 'text':
      return words(cell.value[language], cell.isFigure ? STYLE.wordsRight : STYLE.words, total);
    case 'number':
      if (cell.value === null) return unknown();
      return numeric(cell.value, (cell.digits === 1 ? STYLE.decimal : STYLE.whole) + total);
    case 'share':
      return cell.value === null ? unknown() : numeric(cell.value, STYLE.share + total);
    case 'span':
      return cell.ms === null ? unknown() : numeric(cell.ms / DAY_MS, STYLE.span + total);
    case 'change':
      return cell.value === null ? unknown() : numeric(cell.value, STYLE.change + total);
  }
}

/** An instant as spreadsheets count: days since 1899-12-30, by the clock in China. */
export const serialOf = (atMs: number): number => (atMs + CHINA_OFFSET_MS) / DAY_MS + 25_569;

export const numeric = (value: number, style: number): string => `s="${style}"><v>${value}</v></c>`;

/**
 * A cell of text. It is stored as a string and so never a formula; what begins like one is quoted as well,
 * so that it stays text when a person edits the cell.
 */
export function words(value: string, style: number = STYLE.words, total = 0): string {
  const used = /^[=+\-@\t\r]/.test(value) ? STYLE.quoted : style;
  return `s="${used + total}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`;
}

function sheet(given: {
  rows: readonly (readonly string[])[];
  widths: readonly number[];
  frozenRows: number;
  mark: ExportMark;
  language: Language;
}): string {
  const { rows, mark, language } = given;
  const lines = rows.map((cells, row) => sheetRow(row + 1, cells));
  return `${sheetHead(given)}${lines.join('\n')}${sheetFoot(mark, language)}`;
}

/** What stands before the rows of a sheet. */
export function sheetHead({
  widths,
  frozenRows,
}: {
  readonly widths: readonly number[];
  readonly frozenRows: number;
}): string {
  const columns = widths.map(
    (width, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  return `${XML_HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0" showGridLines="0"><pane ySplit="${frozenRows}" topLeftCell="A${frozenRows + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/><cols>${columns.join('')}</cols><sheetData>\n`;
}

/** A row of cells, from 1. */
export const sheetRow = (row: number, cells: readonly string[]): string =>
  `<row r="${row}">${cells
    .map((cell, column) => `<c r="${columnName(column)}${row}" ${cell}`)
    .join('')}</row>`;

/** A, …, Z, AA, …: from 0. */
const columnName = (column: number): string =>
  (column < 26 ? '' : columnName(Math.floor(column / 26) - 1)) +
  String.fromCharCode(65 + (column % 26));

/** What stands behind the rows: the mark on every page that is printed. */
export function sheetFoot(mark: ExportMark, language: Language): string {
  // In a header "&" begins a code.
  const code = (line: string) => escapeXml(`&C&8${line.replaceAll('&', '&&')}`);
  return `\n</sheetData><pageMargins left="0.5" right="0.5" top="0.8" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/><headerFooter><oddHeader>${code(markLine(mark)[language])}</oddHeader><oddFooter>${code(digestLine(mark))}  &amp;P / &amp;N</oddFooter></headerFooter></worksheet>`;
}

const workbook = (names: readonly string[]): string => {
  const sheets = names.map(
    (name, index) =>
      `<sheet name="${escapeXml(name.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31))}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${XML_HEAD}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${sheets.join('')}</sheets></workbook>`;
};

const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const workbookRelations = (ids: readonly number[]): string =>
  `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${ids
    .map(
      (id) =>
        `<Relationship Id="rId${id}" Type="${RELATION}/worksheet" Target="worksheets/sheet${id}.xml"/>`,
    )
    .join(
      '',
    )}<Relationship Id="rIdStyles" Type="${RELATION}/styles" Target="styles.xml"/></Relationships>`;

const ROOT_RELATIONS = `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATION}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="${CUSTOM_RELATION}" Target="${CUSTOM_PATH}"/></Relationships>`;

const contentTypes = (ids: readonly number[]): string =>
  `${XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/${CUSTOM_PATH}" ContentType="${CUSTOM_TYPE}"/>${ids
    .map(
      (id) =>
        `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`,
    )
    .join('')}</Types>`;

/** Title, who and when, as both office formats keep them. */
export const coreProperties = (title: string, { name, login, atMs }: ExportMark): string =>
  `${XML_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapeXml(title)}</dc:title><dc:creator>${escapeXml(`${name.zh} (${login})`)}</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">${new Date(atMs).toISOString()}</dcterms:created></cp:coreProperties>`;

/** `font` 0 plain, 1 bold, 2 title, 3 faint; `fill` 2 head; `border` 1 a line below, 2 a line above. */
const xf = (
  numberFormat: number,
  given: { font?: number; fill?: number; border?: number; right?: boolean; quoted?: boolean } = {},
): string => {
  const { font = 0, fill = 0, border = 1, right = false, quoted = false } = given;
  return `<xf numFmtId="${numberFormat}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"${quoted ? ' quotePrefix="1"' : ''}><alignment horizontal="${right ? 'right' : 'left'}" vertical="center"/></xf>`;
};

const formats = (font: number, border: number): string[] => [
  xf(0, { font, border: 0 }),
  xf(0, { font: 2, border: 0 }),
  xf(0, { font: 1, fill: 2, border }),
  xf(49, { font, border }),
  xf(49, { font, border, quoted: true }),
  xf(3, { font, border, right: true }),
  xf(164, { font, border, right: true }),
  xf(9, { font, border, right: true }),
  xf(165, { font, border, right: true }),
  xf(166, { font, border, right: true }),
  xf(167, { font, border }),
  xf(49, { font: 3, border: 0 }),
  xf(0, { font: 1, fill: 2, border, right: true }),
  xf(49, { font, border, right: true }),
  xf(49, { font: 3, border, right: true }),
];

const FORMATS = [...formats(0, 1), ...formats(1, 2)];

const STYLES = `${XML_HEAD}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="4"><numFmt numFmtId="164" formatCode="0.0"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="+#,##0;\u2212#,##0;0"/><numFmt numFmtId="167" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="4"><font><sz val="11"/><color rgb="FF17202A"/><name val="等线"/></font><font><b/><sz val="11"/><color rgb="FF17202A"/><name val="等线"/></font><font><b/><sz val="14"/><color rgb="FF17202A"/><name val="等线"/></font><font><sz val="10"/><color rgb="FF5B6875"/><name val="等线"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE9EDF1"/></patternFill></fill></fills><borders count="3"><border><left/><right/><top/><bottom/></border><border><left/><right/><top/><bottom style="hair"><color rgb="FFA9B5C0"/></bottom></border><border><left/><right/><top style="thin"><color rgb="FF5B6875"/></top><bottom/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${FORMATS.length}">${FORMATS.join('')}</cellXfs></styleSheet>`;
