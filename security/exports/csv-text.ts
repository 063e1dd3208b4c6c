// CSV as Chinese Excel opens it: UTF-8 with BOM, CRLF, every text that could become a formula made harmless
// (CWE-1236; RFC 4180). The mark stands in lines that begin with "#", before the head and after the last row:
// the last line also shows that the file is whole.

import { digestLine, markLine, type ExportMark } from './export-mark.ts';

export const BOM = '\ufeff';
export const LINE_END = '\r\n';

/**
 * A field. What a spreadsheet would take for a formula, also behind blanks, gets an apostrophe in front; so do
 * texts that begin with "#", which would pass for a line of the mark.
 */
export function csvField(value: string): string {
  const harmless =
    /^[\s\u200b\ufeff]*[=+\-@＝＋－＠#|]/u.test(value) || /^[\t\r\n]/.test(value)
      ? `'${value}`
      : value;
  return /[",\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A number is written as it is: a sign before digits is no formula. */
export const csvNumber = (value: number): string => (Number.isFinite(value) ? String(value) : '');

export const csvLine = (fields: readonly string[]): string => `${fields.join(',')}${LINE_END}`;

const comment = (words: string): string => `# ${words.replaceAll(/[\r\n]+/g, ' ')}${LINE_END}`;

/** What stands before the content. */
export const csvHead = (mark: ExportMark): string =>
  [BOM, comment(markLine(mark).zh), comment(`内容摘要 content ${digestLine(mark)}`)].join('');

/** What stands behind it: without this line a file is cut. */
export const csvEnd = (mark: ExportMark, rows: number): string =>
  comment(`完 end ${mark.number} ${rows} #`);
