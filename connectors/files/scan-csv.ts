// The fast way through a positions table: straight from bytes into columns, no object and no string per
// row. It takes only plainly written rows; every other row goes to csv-row.ts, which reads it or says
// what is wrong.

import { FIX_KINDS } from '../../core/position-codes.ts';
import type { PositionColumn } from './csv-header.ts';
import { numberSlotOf } from './csv-header.ts';
import { readCsvRow } from './csv-row.ts';
import { beginsKey, isIdentityAt, KEY_BYTES, KEY_BYTES_MAX } from './key-bytes.ts';
import { areWithinLimits, NUMBER_FIELDS } from './position-fields.ts';
import type { PositionSheet } from './position-sheet.ts';
import { decodeLine, LINE_FEED } from './read-lines.ts';
import type { ReadReport } from './read-report.ts';
import { scanDecimal } from './scan-decimal.ts';

const CARRIAGE_RETURN = 13;
const COMMA = 44;

const FIX_WORDS = FIX_KINDS.map((kind) => Buffer.from(kind, 'latin1'));

const SUBJECT_CELL = -1;
const FIX_CELL = -2;

export type CsvScannerOptions = {
  readonly columns: readonly PositionColumn[];
  readonly source: string;
  readonly sheet: PositionSheet;
  readonly report: ReadReport;
};

export class CsvScanner {
  /** Number of the line last read; the header is line 1. */
  line: number;
  readonly #options: CsvScannerOptions;
  /** What stands in each column: a slot of the scratch row, or one of the two other kinds of cell. */
  readonly #cells: Int8Array;
  readonly #numbers = new Float64Array(NUMBER_FIELDS.length).fill(Number.NaN);
  readonly #codes: { subject: number; source: number; fix: number };

  constructor(options: CsvScannerOptions, line: number) {
    this.#options = options;
    this.line = line;
    this.#cells = Int8Array.from(options.columns, (column) =>
      column === 'subject' ? SUBJECT_CELL : column === 'fix' ? FIX_CELL : numberSlotOf(column),
    );
    this.#codes = { subject: 0, source: options.sheet.sourceCode(options.source), fix: 0 };
  }

  /**
   * Reads whole lines from `from` on until the sheet is full or the bytes end; gives where it stopped.
   * Every line ends with a line feed.
   */
  scan(bytes: Uint8Array, from: number): number {
    const { sheet, report } = this.#options;
    let at = from;
    while (at < bytes.length && sheet.room > 0) {
      this.line++;
      const next = this.#scanRow(bytes, at);
      if (next < 0) {
        at = this.#readSlowly(bytes, at);
        continue;
      }
      sheet.addScanned(this.#codes, this.#numbers);
      report.lines++;
      report.taken++;
      at = next;
    }
    return at;
  }

  /** Where the line after the row at `start` begins, or -1 when the row is not plainly written. */
  #scanRow(bytes: Uint8Array, start: number): number {
    const cells = this.#cells;
    const numbers = this.#numbers;
    const last = cells.length - 1;
    let at = start;
    let subjectStart = 0;
    let subjectEnd = 0;
    this.#codes.fix = 0;
    for (let column = 0; column <= last; column++) {
      const cell = cells[column] as number;
      if (cell >= 0) {
        const byte = bytes[at] as number;
        if (byte === COMMA || byte === LINE_FEED || byte === CARRIAGE_RETURN) {
          numbers[cell] = Number.NaN;
        } else {
          at = scanDecimal(bytes, at, numbers, cell);
          if (at < 0) return -1;
        }
      } else if (cell === SUBJECT_CELL) {
        subjectStart = at;
        if (!beginsKey(bytes[at] as number)) return -1;
        while (KEY_BYTES[bytes[at] as number] !== 0) at++;
        subjectEnd = at;
      } else {
        at = this.#scanFix(bytes, at);
        if (at < 0) return -1;
      }
      if (column < last) {
        if (bytes[at] !== COMMA) return -1;
        at++;
      }
    }
    if (bytes[at] === CARRIAGE_RETURN) at++;
    if (bytes[at] !== LINE_FEED || !areWithinLimits(numbers)) return -1;
    const subjectBytes = subjectEnd - subjectStart;
    if (subjectBytes > KEY_BYTES_MAX || isIdentityAt(bytes, subjectStart, subjectEnd)) return -1;
    const { sheet } = this.#options;
    this.#codes.subject = sheet.subjectCodeOfBytes(bytes, subjectStart, subjectEnd);
    return at + 1;
  }

  #scanFix(bytes: Uint8Array, start: number): number {
    const first = bytes[start] as number;
    if (first === COMMA || first === LINE_FEED || first === CARRIAGE_RETURN) return start;
    for (let fix = 0; fix < FIX_WORDS.length; fix++) {
      const word = FIX_WORDS[fix] as Uint8Array;
      if (word[0] !== first || !standsAt(bytes, start, word)) continue;
      // Both `cell` and `check-in` begin with c; the byte behind decides in the caller.
      this.#codes.fix = fix;
      return start + word.length;
    }
    return -1;
  }

  #readSlowly(bytes: Uint8Array, at: number): number {
    const { columns, source, sheet, report } = this.#options;
    const end = bytes.indexOf(LINE_FEED, at);
    const line = decodeLine(bytes, at, end);
    if (line === undefined) {
      report.lines++;
      report.add(this.line, { reason: 'not-utf-8' });
      return end + 1;
    }
    const reading = readCsvRow(line, columns, source);
    if (reading.kind === 'blank') return end + 1;
    report.lines++;
    if (reading.kind === 'fault') {
      report.add(this.line, reading.fault);
    } else {
      sheet.add(reading.position);
      report.taken++;
    }
    return end + 1;
  }
}

/** True when `word` stands in `bytes` at `at`. */
function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
