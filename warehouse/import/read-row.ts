// One row of somebody's file as rows of the warehouse, or why not: pure, so that the dry run and the import say
// the same.

import type { Mapping } from './mapping.ts';
import {
  isNothing,
  readInstant,
  readNumber,
  readPeriod,
  readRegion,
  readWord,
  type Read,
  type ValueFault,
} from './values.ts';

export type IncidentRow = {
  readonly region: number;
  readonly atMs: number;
  readonly kind: string;
};

export type MeasureRow = {
  readonly region: number;
  /** `2026` or `2026-01`. */
  readonly period: string;
  readonly name: string;
  readonly value: number;
};

export type RowFault = ValueFault | 'too-few-cells' | 'too-many-cells' | 'unclosed-quote';

export type CellFault = { readonly column: string; readonly fault: RowFault };

export type RowOutcome =
  | { readonly kind: 'ok'; readonly incidents: IncidentRow[]; readonly measures: MeasureRow[] }
  | { readonly kind: 'refused'; readonly faults: CellFault[] };

export type ReadRow = (cells: readonly string[]) => RowOutcome;

/** The reader for a mapping over these headers. The mapping names only headers that are there. */
export function createRowReader(mapping: Mapping, headers: readonly string[]): ReadRow {
  const placeOf = new Map(headers.map((name, i) => [name, i]));
  const regionOf = remembered(readRegion);
  const instantOf = remembered((value) => readInstant(value, mapping.dates));
  const periodOf = remembered((value) => readPeriod(value, mapping.dates));
  const wordOf = remembered(readWord);
  return (cells) => {
    const faults: CellFault[] = [];
    if (cells.slice(headers.length).some((cell) => cell.trim() !== '')) {
      return refused([{ column: '', fault: 'too-many-cells' }]);
    }
    const cell = (column: string) => cells[placeOf.get(column) ?? -1];
    const take = <Value>(column: string, read: (value: string) => Read<Value>) => {
      const given = cell(column);
      if (given === undefined) {
        faults.push({ column, fault: 'too-few-cells' });
        return undefined;
      }
      const outcome = read(given);
      if (outcome.kind === 'ok') return outcome.value;
      faults.push({ column, fault: outcome.fault });
      return undefined;
    };
    const region = take(mapping.region, regionOf);
    if (mapping.as === 'incidents') {
      const atMs = take(mapping.at, instantOf);
      const kind = take(mapping.kind, wordOf);
      if (region === undefined || atMs === undefined || kind === undefined) return refused(faults);
      return { kind: 'ok', incidents: [{ region, atMs, kind }], measures: [] };
    }
    const period = take(mapping.period, periodOf);
    const figures: { name: string; value: number }[] = [];
    if (mapping.name !== undefined && mapping.value !== undefined) {
      const name = take(mapping.name, wordOf);
      const value = take(mapping.value, readNumber);
      if (name !== undefined && value !== undefined) figures.push({ name, value });
    }
    for (const [column, name] of Object.entries(mapping.columns ?? {})) {
      // Of a row with several measures, those nobody gave are simply not there.
      const given = cell(column);
      if (given === undefined || isNothing(given)) continue;
      const value = take(column, readNumber);
      if (value !== undefined) figures.push({ name, value });
    }
    if (region === undefined || period === undefined || faults.length > 0) return refused(faults);
    if (figures.length === 0) return refused([{ column: '', fault: 'empty' }]);
    const measures = figures.map((figure) => ({ region, period, ...figure }));
    return { kind: 'ok', incidents: [], measures };
  };
}

const refused = (faults: CellFault[]): RowOutcome => ({ kind: 'refused', faults });

const REMEMBERED_MAX = 10_000;

/** The same few values come again and again in a column; so many are kept. */
function remembered<Value>(read: (cell: string) => Read<Value>): (cell: string) => Read<Value> {
  const known = new Map<string, Read<Value>>();
  return (cell) => {
    const found = known.get(cell);
    if (found) return found;
    // A cell is a view into a megabyte of the file, which would stay with it: what is kept is a copy.
    const own = Buffer.from(cell).toString();
    const made = read(own);
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(own, made);
    return made;
  };
}
