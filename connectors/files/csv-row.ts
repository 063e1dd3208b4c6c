// One line of a positions table, read the plain way: split, then look at each cell. Slower than the byte
// scanner and the judge of what is right: the scanner takes only rows this reads to the same values.

import { FIX_KINDS, type FixKind } from '../../core/position-codes.ts';
import type { PositionArrival } from '../../core/position-builder.ts';
import { text } from '../../core/text.ts';
import type { PositionColumn } from './csv-header.ts';
import {
  faultOfFix,
  faultOfNumber,
  faultOfPlace,
  faultOfSubject,
  NUMBER_FIELDS,
} from './position-fields.ts';
import { quotable, type ReadFault } from './read-report.ts';

/**
 * The cells of one line without its line feed, by RFC 4180 with one limit: a quoted cell ends on its
 * line, so that a stray quote spoils one line and not the rest of the file. Undefined when a quote is
 * not closed or is followed by something else than a comma.
 */
export function splitRow(line: string): string[] | undefined {
  const cells: string[] = [];
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const [cell, next] = quotedCell(line, at);
      if (cell === undefined || (next < end && line[next] !== ',')) return undefined;
      cells.push(cell);
      at = next;
    } else {
      const comma = line.indexOf(',', at);
      const next = comma < 0 ? end : comma;
      cells.push(line.slice(at, next));
      at = next;
    }
    if (at >= end) return cells;
    at++;
  }
}

/** The cell whose opening quote stands at `start`, and where it ends. */
function quotedCell(line: string, start: number): [cell: string | undefined, next: number] {
  let from = start + 1;
  let cell = '';
  for (;;) {
    const quote = line.indexOf('"', from);
    if (quote < 0) return [undefined, line.length];
    cell += line.slice(from, quote);
    if (line[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    from = quote + 2;
  }
}

export type RowReading =
  | { readonly kind: 'row'; readonly position: PositionArrival }
  | { readonly kind: 'blank' }
  | { readonly kind: 'fault'; readonly fault: ReadFault };

/** What one line says under the columns of the header; the first thing wrong with it, if any. */
export function readCsvRow(
  line: string,
  columns: readonly PositionColumn[],
  source: string,
): RowReading {
  if (line.trim() === '') return { kind: 'blank' };
  const cells = splitRow(line);
  if (!cells) return { kind: 'fault', fault: { reason: 'unclosed-quote' } };
  if (cells.length !== columns.length) {
    const says = text(
      `有 ${cells.length} 列，表头有 ${columns.length} 列`,
      `${cells.length} cells where the header has ${columns.length} columns`,
    );
    return { kind: 'fault', fault: { reason: 'cell-count', says } };
  }
  const cellOf = (column: PositionColumn) => cells[columns.indexOf(column)]?.trim() ?? '';
  const position: PositionArrival = { subject: '', source, atMs: 0, lng: 0, lat: 0 };
  const fault =
    readSubject(cellOf('subject'), position) ??
    readNumbers(cellOf, position) ??
    readFix(cellOf('fix'), position);
  return fault ? { kind: 'fault', fault } : { kind: 'row', position };
}

function readSubject(cell: string, into: PositionArrival): ReadFault | undefined {
  if (cell === '') return { reason: 'missing-value', field: 'subject' };
  into.subject = cell;
  return faultOfSubject(cell);
}

/** A plain decimal. No exponent: a spreadsheet that writes 1.76377E+12 has lost the minutes. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function readNumbers(
  cellOf: (column: PositionColumn) => string,
  into: PositionArrival,
): ReadFault | undefined {
  let placeFault: ReadFault | undefined;
  for (const field of NUMBER_FIELDS) {
    if (field.name === 'sequence') continue;
    const cell = cellOf(field.name);
    if (cell === '') {
      if (field.isRequired) return { reason: 'missing-value', field: field.name };
      continue;
    }
    if (!DECIMAL.test(cell)) {
      const value = quotable(cell);
      const shown = value === undefined ? {} : { value };
      return { reason: 'not-a-number', field: field.name, ...shown };
    }
    const value = Number(cell);
    into[field.name] = value;
    const fault = faultOfNumber(field, value);
    // A longitude where a latitude belongs shows only once both are read.
    if (fault && (field.name === 'lng' || field.name === 'lat')) placeFault ??= fault;
    else if (fault) return fault;
  }
  return placeFault && (faultOfPlace(into.lng, into.lat) ?? placeFault);
}

function readFix(cell: string, into: PositionArrival): ReadFault | undefined {
  if (cell === '') return undefined;
  if (!(FIX_KINDS as readonly string[]).includes(cell)) return faultOfFix(cell);
  into.fix = cell as FixKind;
  return undefined;
}
