// A report as a document (ECMA-376, WordprocessingML) on landscape A4, with the watermark across every page
// and in the foot. Written by hand for the same reasons as the workbook: see xlsx.ts.

import type { Language } from '../../core/text.ts';
import { describeCell } from '../../models/report/describe-cell.ts';
import { isFigureColumn, type ReportDocument, type Table } from '../../models/report/layout.ts';
import { coreProperties } from './xlsx.ts';
import { digestLine, markLine, type ExportMark } from '../../security/exports/export-mark.ts';
import {
  CUSTOM_PATH,
  CUSTOM_RELATION,
  CUSTOM_TYPE,
  customProperties,
} from '../../security/exports/office-mark.ts';
import { escapeXml, XML_HEAD } from './xml.ts';
import { zip, type ZipPart } from './zip.ts';

export const docxOf = (document: ReportDocument, mark: ExportMark, language: Language): Buffer =>
  zip(docxParts(document, mark, language));

/** What is inside, in its order. */
export function docxParts(
  document: ReportDocument,
  mark: ExportMark,
  language: Language,
): ZipPart[] {
  const line = markLine(mark)[language];
  return [
    { path: '[Content_Types].xml', content: CONTENT_TYPES },
    { path: CUSTOM_PATH, content: customProperties(mark, escapeXml) },
    { path: '_rels/.rels', content: ROOT_RELATIONS },
    { path: 'docProps/core.xml', content: coreProperties(document.title[language], mark) },
    { path: 'word/document.xml', content: body(document, language) },
    { path: 'word/_rels/document.xml.rels', content: DOCUMENT_RELATIONS },
    { path: 'word/styles.xml', content: STYLES },
    { path: 'word/header1.xml', content: header(line) },
    { path: 'word/footer1.xml', content: footer(line, digestLine(mark)) },
  ];
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';

const paragraph = (style: string, words: string): string =>
  `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr>${run(words)}</w:p>`;

const run = (words: string): string =>
  `<w:r><w:t xml:space="preserve">${escapeXml(words)}</w:t></w:r>`;

function body(document: ReportDocument, language: Language): string {
  const { title, facts, notices, tables, footnotes } = document;
  const told = facts.map(({ name, value }) => `${name[language]}：${value[language]}`);
  return `${XML_HEAD}<w:document ${W} ${R}><w:body>
${[
  paragraph('Title', title[language]),
  ...told.map((fact) => paragraph('Fact', language === 'en' ? fact.replace('：', ': ') : fact)),
  ...notices.map((notice) => paragraph('Notice', notice[language])),
  ...tables.flatMap((table) => [
    paragraph('Heading1', table.title[language]),
    ...(table.note ? [paragraph('Note', table.note[language])] : []),
    tableOf(table, language),
  ]),
  ...footnotes.map((note) => paragraph('Note', note[language])),
].join('\n')}
<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1000" w:right="900" w:bottom="900" w:left="900" w:header="500" w:footer="450" w:gutter="0"/></w:sectPr></w:body></w:document>`;
}

/** Twentieths of a point between the margins, and what a Han character of a table takes. */
const PAGE_WIDTH = 16_838 - 2 * 900;
const CHARACTER_WIDTH = 200;

function tableOf(table: Table, language: Language): string {
  const { columns, rows } = table;
  const asked = columns.reduce((sum, { width }) => sum + width * CHARACTER_WIDTH, 0);
  const scale = Math.min(1, PAGE_WIDTH / asked);
  const widths = columns.map(({ width }) => Math.floor(width * CHARACTER_WIDTH * scale));
  const line = (
    words: readonly string[],
    style: string,
    isHead: boolean,
    right: readonly boolean[],
  ) =>
    `<w:tr><w:trPr><w:cantSplit/>${isHead ? '<w:tblHeader/>' : ''}</w:trPr>${words
      .map(
        (word, index) =>
          `<w:tc><w:tcPr><w:tcW w:w="${widths[index]}" w:type="dxa"/>${isHead ? '<w:shd w:val="clear" w:color="auto" w:fill="E9EDF1"/>' : ''}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="${style}"/>${right[index] ? '<w:jc w:val="right"/>' : ''}</w:pPr>${run(word)}</w:p></w:tc>`,
      )
      .join('')}</w:tr>`;
  const isRight = columns.map((_, index) => isFigureColumn(table, index));
  return `<w:tbl><w:tblPr><w:tblW w:w="${widths.reduce((sum, width) => sum + width, 0)}" w:type="dxa"/><w:tblBorders><w:top w:val="single" w:sz="8" w:color="5B6875"/><w:bottom w:val="single" w:sz="8" w:color="5B6875"/><w:insideH w:val="single" w:sz="4" w:color="D3DAE1"/></w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>${widths
    .map((width) => `<w:gridCol w:w="${width}"/>`)
    .join('')}</w:tblGrid>
${[
  line(
    columns.map(({ name }) => name[language]),
    'CellHead',
    true,
    isRight,
  ),
  ...rows.map(({ cells, isTotal }) =>
    line(
      cells.map((cell) => describeCell(cell)[language]),
      isTotal ? 'CellTotal' : 'Cell',
      false,
      isRight,
    ),
  ),
].join('\n')}</w:tbl>`;
}

/** Grey letters across the page, behind the text: WordArt as Word itself writes a watermark. */
const header = (mark: string): string =>
  `${XML_HEAD}<w:hdr ${W} ${R} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:p><w:pPr><w:pStyle w:val="Foot"/></w:pPr><w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype><v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:640pt;height:22pt;rotation:330;z-index:-251658240;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#c9d1d9" stroked="f"><v:fill opacity=".5"/><v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="${escapeXml(mark)}"/></v:shape></w:pict></w:r></w:p></w:hdr>`;

const field = (code: string): string =>
  `<w:fldSimple w:instr=" ${code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>`;

const footer = (mark: string, digest: string): string =>
  `${XML_HEAD}<w:ftr ${W} ${R}><w:p><w:pPr><w:pStyle w:val="Foot"/></w:pPr>${run(mark)}</w:p><w:p><w:pPr><w:pStyle w:val="Foot"/></w:pPr>${run(`${digest}    `)}${field('PAGE')}${run(' / ')}${field('NUMPAGES')}</w:p></w:ftr>`;

const style = (
  id: string,
  given: {
    size: number;
    bold?: boolean;
    color?: string;
    before?: number;
    after?: number;
    center?: boolean;
    keep?: boolean;
  },
): string => {
  const {
    size,
    bold = false,
    color = '17202A',
    before = 0,
    after = 0,
    center = false,
    keep = false,
  } = given;
  return `<w:style w:type="paragraph" w:customStyle="1" w:styleId="${id}"><w:name w:val="${id}"/><w:pPr>${keep ? '<w:keepNext/>' : ''}<w:spacing w:before="${before}" w:after="${after}"/>${center ? '<w:jc w:val="center"/>' : ''}</w:pPr><w:rPr>${bold ? '<w:b/>' : ''}<w:color w:val="${color}"/><w:sz w:val="${size}"/><w:szCs w:val="${size}"/></w:rPr></w:style>`;
};

const STYLES = `${XML_HEAD}<w:styles ${W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="宋体" w:cs="Arial"/><w:sz w:val="19"/><w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>${[
  style('Title', { size: 34, bold: true, after: 120, center: true }),
  style('Heading1', { size: 24, bold: true, before: 240, after: 60, keep: true }),
  style('Fact', { size: 19, after: 20 }),
  style('Notice', { size: 19, color: '8A5A00', before: 40, after: 20 }),
  style('Note', { size: 17, color: '5B6875', after: 40, keep: true }),
  style('Cell', { size: 18, before: 20, after: 20 }),
  style('CellHead', { size: 18, bold: true, before: 30, after: 30 }),
  style('CellTotal', { size: 18, bold: true, before: 20, after: 20 }),
  style('Foot', { size: 15, color: '5B6875', center: true }),
].join('')}</w:styles>`;

const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const ROOT_RELATIONS = `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATION}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="${CUSTOM_RELATION}" Target="${CUSTOM_PATH}"/></Relationships>`;

const DOCUMENT_RELATIONS = `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdStyles" Type="${RELATION}/styles" Target="styles.xml"/><Relationship Id="rIdHeader" Type="${RELATION}/header" Target="header1.xml"/><Relationship Id="rIdFooter" Type="${RELATION}/footer" Target="footer1.xml"/></Relationships>`;

const CONTENT_TYPES = `${XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/${CUSTOM_PATH}" ContentType="${CUSTOM_TYPE}"/><Override PartName="/word/document.xml" ContentType="${MAIN}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${MAIN}.styles+xml"/><Override PartName="/word/header1.xml" ContentType="${MAIN}.header+xml"/><Override PartName="/word/footer1.xml" ContentType="${MAIN}.footer+xml"/></Types>`;
