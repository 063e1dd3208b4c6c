// A report as one HTML page that needs nothing from anywhere: what the browser prints to PDF. No script, no
// request; the watermark stands on every sheet because fixed boxes are repeated in print.

import type { Language } from '../../core/text.ts';
import { describeCell } from '../../models/report/describe-cell.ts';
import { isFigureColumn, type ReportDocument, type Table } from '../../models/report/layout.ts';
import { digestLine, markLine, type ExportMark } from '../../security/exports/export-mark.ts';
import { escapeXml } from './xml.ts';

export function htmlOf(document: ReportDocument, marked: ExportMark, language: Language): string {
  const { title, facts, notices, tables, footnotes } = document;
  const mark = escapeXml(markLine(marked)[language]);
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title[language])}</title>
<style>${STYLE}</style>
<div class="marks" aria-hidden="true">${`<span>${mark}</span>`.repeat(MARKS)}</div>
<h1>${escapeXml(title[language])}</h1>
<dl>${facts.map(({ name, value }) => `<div><dt>${escapeXml(name[language])}</dt><dd>${escapeXml(value[language])}</dd></div>`).join('')}</dl>
${notices.map((notice) => `<p class="notice">${escapeXml(notice[language])}</p>`).join('\n')}
${tables.map((table) => tableOf(table, language)).join('\n')}
${footnotes.map((note) => `<p class="note">${escapeXml(note[language])}</p>`).join('\n')}
<p class="note">${mark}</p>
<p class="note">${escapeXml(digestLine(marked))}</p>
</html>
`;
}

const MARKS = 6;

function tableOf(table: Table, language: Language): string {
  const { title, note, columns, rows } = table;
  const side = (index: number) => (isFigureColumn(table, index) ? ' class="right"' : '');
  const head = columns.map(
    ({ name }, index) => `<th scope="col"${side(index)}>${escapeXml(name[language])}</th>`,
  );
  const lines = rows.map(
    ({ cells, isTotal }) =>
      `<tr${isTotal ? ' class="total"' : ''}>${cells
        .map((cell, index) => `<td${side(index)}>${escapeXml(describeCell(cell)[language])}</td>`)
        .join('')}</tr>`,
  );
  return `<section><h2>${escapeXml(title[language])}</h2>${note ? `<p class="note">${escapeXml(note[language])}</p>` : ''}
<table><thead><tr>${head.join('')}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></section>`;
}

const STYLE = `
@page { size: A4 landscape; margin: 14mm 14mm 12mm; }
body { margin: 0; color: #17202a; font: 9.5pt/1.45 'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 3mm; font-size: 16pt; }
h2 { margin: 6mm 0 1.5mm; font-size: 11.5pt; break-after: avoid; }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; margin: 0 0 2mm; }
dl div { display: flex; gap: 3mm; }
dt { color: #5b6875; }
dd { margin: 0; }
.notice { margin: 1mm 0; padding: 1mm 2.5mm; border-inline-start: 2pt solid #8a5a00; background: #fbf0d9; }
.note { margin: 0 0 1mm; color: #5b6875; font-size: 8.5pt; }
section { break-inside: avoid; }
table { width: 100%; border-collapse: collapse; border-block: 1pt solid #5b6875; }
th, td { padding: .7mm 1.4mm; text-align: start; border-bottom: .4pt solid #d3dae1; }
th { font-weight: 600; background: #eef1f4; }
.right { text-align: end; }
.total td { font-weight: 600; border-top: .8pt solid #5b6875; }
.marks { position: fixed; inset: 0; z-index: 1; display: grid; grid-template-columns: 1fr 1fr; align-items: center; justify-items: center; }
.marks span { color: rgb(60 75 90 / 16%); font-size: 11pt; white-space: nowrap; transform: rotate(-24deg); }
`;
