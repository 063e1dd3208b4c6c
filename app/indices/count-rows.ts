// Incidents as counts: the engine counts the months of each region and year into one short array of columns,
// with no key per cell, and what it hands over is put in order here without an object per cell.

import { readFile, rm } from 'node:fs/promises';
import * as arrow from 'apache-arrow';
import type { Olap } from '../../warehouse/olap.ts';
import type { MonthNumber } from './months.ts';

/** GB/T 2260 codes of counties lie within. */
export const REGION_MIN = 110_000;
export const REGION_MAX = 829_999;

const MONTHS_OF_YEAR = 12;
/** Beyond this the engine counts on disk what it has; 12 × 8 bytes for each region, year and column. */
const COUNTING_BYTES_MAX = 1024 ** 3;

/**
 * The statement countRows reads, over a relation of `region`, `month` and `column` by number; 0 is what is
 * wrong in a row.
 */
export const countingSql = (
  { region, month, column }: { region: string; month: string; column: string },
  { source, columns }: { source: string; columns: number },
): string =>
  `SELECT r, y, CAST(countResample(0, ${MONTHS_OF_YEAR * (columns + 1)}, 1)(cell) AS Array(UInt32)) AS counts FROM (SELECT toUInt32(${region}) AS r, ${month} AS m, toUInt16(intDiv(m, ${MONTHS_OF_YEAR})) AS y, (m % ${MONTHS_OF_YEAR}) * ${columns + 1} + ${column} AS cell FROM ${source}) GROUP BY r, y SETTINGS max_bytes_before_external_group_by = ${COUNTING_BYTES_MAX}`;

export type CountedRows = {
  readonly regions: ReadonlySet<number>;
  readonly first: MonthNumber;
  readonly last: MonthNumber;
  readonly rows: number;
  readonly refused: Readonly<Record<string, number>>;
  /**
   * Writes the counts into cells laid out by month, then column, then region; nothing where none was counted.
   * The first month of the cells is the first one counted.
   */
  putInto(cells: Float64Array, regions: readonly number[]): void;
};

/** Counts of a region in a year: column after column within month after month, before each the unknown ones. */
type YearOfRegion = {
  readonly region: number;
  readonly year: number;
  readonly counts: Uint32Array;
};

/** Counts the rows of a countingSql, whose result goes through the file at `path`. */
export async function countRows(
  { olap }: { olap: Olap },
  {
    sql,
    reasons,
  }: {
    readonly sql: string;
    readonly reasons: { readonly month: string; readonly column: string };
  },
  { columns, path }: { columns: number; path: string },
): Promise<CountedRows> {
  await olap.export(sql, {}, path);
  const years = yearsOf(await readFile(path));
  await rm(path, { force: true });
  const regions = new Set<number>();
  const good: YearOfRegion[] = [];
  let [rows, badRegion, badTime, badKind] = [0, 0, 0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const one of years) {
    const { region, year, counts } = one;
    let [all, unknown] = [0, 0];
    const isWhole = region !== 0 && year !== 0;
    for (let month = 0; month < MONTHS_OF_YEAR; month++) {
      const from = month * (columns + 1);
      let known = 0;
      for (let cell = from + 1; cell <= from + columns; cell++) known += counts[cell] as number;
      all += known + (counts[from] as number);
      unknown += counts[from] as number;
      if (known === 0 || !isWhole) continue;
      first = Math.min(first, year * MONTHS_OF_YEAR + month);
      last = Math.max(last, year * MONTHS_OF_YEAR + month);
    }
    rows += all;
    if (region === 0) badRegion += all;
    else if (year === 0) badTime += all;
    else badKind += unknown;
    if (!isWhole || all === unknown) continue;
    regions.add(region);
    good.push(one);
  }
  const refused = Object.entries({
    bad_region: badRegion,
    [reasons.month]: badTime,
    [reasons.column]: badKind,
  }).filter(([, count]) => count > 0);
  return {
    regions,
    first,
    last,
    rows,
    refused: Object.fromEntries(refused),
    putInto: (cells, order) => putYears(good, cells, { regions: order, columns, first, last }),
  };
}

function* yearsOf(bytes: Uint8Array): Iterable<YearOfRegion> {
  for (const record of arrow.RecordBatchReader.from(bytes)) {
    const [regions, years] = [record.getChildAt(0)?.toArray(), record.getChildAt(1)?.toArray()];
    const { valueOffsets, children } = record.data.children[2] as arrow.Data<arrow.List>;
    const values = children[0]?.values as Uint32Array;
    for (let row = 0; row < record.numRows; row++)
      yield {
        region: regions[row] as number,
        year: years[row] as number,
        counts: values.subarray(valueOffsets[row], valueOffsets[row + 1]),
      };
  }
}

/** Regions whose cells are written beside each other: two lines of the cache. */
const REGIONS_AT_ONCE = 16;

function putYears(
  years: readonly YearOfRegion[],
  cells: Float64Array,
  {
    regions,
    columns,
    first,
    last,
  }: Pick<CountedRows, 'first' | 'last'> & { regions: readonly number[]; columns: number },
): void {
  const placeOf = new Map(regions.map((region, place) => [region, place]));
  const nothing = new Uint32Array(MONTHS_OF_YEAR * (columns + 1));
  const byYear = new Map<number, Uint32Array[]>();
  for (const { region, year, counts } of years) {
    const ofYear = byYear.get(year) ?? regions.map(() => nothing);
    ofYear[placeOf.get(region) as number] = counts;
    byYear.set(year, ofYear);
  }
  for (const [year, ofYear] of byYear) {
    for (let from = 0; from < regions.length; from += REGIONS_AT_ONCE) {
      const some = ofYear.slice(from, from + REGIONS_AT_ONCE);
      for (let month = 0; month < MONTHS_OF_YEAR; month++) {
        const at = year * MONTHS_OF_YEAR + month;
        if (at < first || at > last) continue;
        const start = (at - first) * columns * regions.length + from;
        for (let column = 0; column < columns; column++) {
          const to = start + column * regions.length;
          const cell = month * (columns + 1) + 1 + column;
          for (let i = 0; i < some.length; i++) {
            const count = (some[i] as Uint32Array)[cell] as number;
            if (count > 0) cells[to + i] = count;
          }
        }
      }
    }
  }
}
