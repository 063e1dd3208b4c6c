// Incidents counted into one dense array, row by row as the engine reads them: six bytes each, no object and
// no hash. Which regions and months there are is found on the way.

import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import * as arrow from 'apache-arrow';
import type { Olap } from '../../warehouse/olap.ts';
import type { MonthNumber } from './months.ts';

/** GB/T 2260 codes of counties lie within. */
export const REGION_MIN = 110_000;
export const REGION_MAX = 829_999;

/** Rows of an incident query carry region and column in one number. */
export const COLUMNS_MAX = 4_096;

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

const READ_BYTES = 1024 * 1024;

/**
 * Counts the rows of a query of `m`, the month, and `rc`, region and column in one number, which goes through
 * the file at `path`. What is wrong in a row is 0.
 */
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
  const counts = createCounts(columns);
  let rows = 0;
  const reader = await arrow.RecordBatchReader.from(
    createReadStream(path, { highWaterMark: READ_BYTES }),
  );
  for await (const record of reader) {
    const months = record.getChildAt(0)?.toArray() as Uint16Array;
    const packed = record.getChildAt(1)?.toArray() as Uint32Array;
    rows += record.numRows;
    counts.add(months, packed);
  }
  await rm(path, { force: true });
  const { badRegion, badTime, badKind, regions, first, last, putInto } = counts.end();
  const refused = Object.entries({
    bad_region: badRegion,
    [reasons.month]: badTime,
    [reasons.column]: badKind,
  }).filter(([, count]) => count > 0);
  return { regions, first, last, rows, refused: Object.fromEntries(refused), putInto };
}

const PLACES_START = 512;
const MONTHS_START = 64;

/**
 * One flat array of counts by place, column and month: rows sorted by region and kind, as the warehouse has
 * them, touch it from one end to the other. Both the places and the months it has room for grow as they come.
 */
function createCounts(columns: number) {
  const placeOf = new Int32Array(REGION_MAX - REGION_MIN + 2).fill(-1);
  const seen: number[] = [];
  let [places, room, start] = [PLACES_START, 0, 0];
  let counts = new Uint32Array(0);
  let [badRegion, badTime, badKind] = [0, 0, 0];

  const widen = (month: MonthNumber) => {
    const [from, until] = room === 0 ? [month, month] : [start, start + room - 1];
    const wider = Math.max(
      MONTHS_START,
      2 * room,
      Math.max(until, month) - Math.min(from, month) + 1,
    );
    // Room on the side it was missing, for months mostly come in order.
    const begin = month < from || room === 0 ? Math.max(0, until - wider + 1) : from;
    const moved = new Uint32Array(places * columns * wider);
    for (let cell = 0; cell < (room === 0 ? 0 : places * columns); cell++)
      moved.set(counts.subarray(cell * room, (cell + 1) * room), cell * wider + start - begin);
    [counts, room, start] = [moved, wider, begin];
  };
  const newPlace = (region: number): number => {
    const place = seen.length;
    placeOf[region] = place;
    seen.push(region + REGION_MIN - 1);
    if (place >= places) {
      places *= 2;
      const more = new Uint32Array(places * columns * room);
      more.set(counts);
      counts = more;
    }
    return place;
  };

  return {
    add(months: Uint16Array, packed: Uint32Array): void {
      for (let row = 0; row < months.length; row++) {
        const code = packed[row] as number;
        const region = code >>> 12;
        const month = months[row] as number;
        const column = (code & 4_095) - 1;
        if (region === 0 || month === 0 || column < 0) {
          if (region === 0) badRegion++;
          else if (month === 0) badTime++;
          else badKind++;
          continue;
        }
        if (month < start || month >= start + room) widen(month);
        let place = placeOf[region] as number;
        if (place < 0) place = newPlace(region);
        (counts[(place * columns + column) * room + month - start] as number)++;
      }
    },
    end() {
      const isIn = new Uint8Array(room);
      for (let cell = 0; cell < seen.length * columns; cell++) {
        for (let i = 0; i < room; i++) if (counts[cell * room + i] !== 0) isIn[i] = 1;
      }
      const first = isIn.includes(1) ? start + isIn.indexOf(1) : Number.POSITIVE_INFINITY;
      const last = isIn.includes(1) ? start + isIn.lastIndexOf(1) : Number.NEGATIVE_INFINITY;
      return {
        badRegion,
        badTime,
        badKind,
        first,
        last,
        regions: new Set(seen),
        putInto(cells: Float64Array, regions: readonly number[]): void {
          if (first > last) return;
          const months = last - first + 1;
          const [columnSize, monthSize] = [regions.length, columns * regions.length];
          for (const [i, region] of regions.entries()) {
            const place = placeOf[region - REGION_MIN + 1] as number;
            if (place < 0) continue;
            for (let column = 0; column < columns; column++) {
              const from = (place * columns + column) * room + first - start;
              const to = column * columnSize + i;
              for (let month = 0; month < months; month++) {
                const count = counts[from + month] as number;
                if (count > 0) cells[to + month * monthSize] = count;
              }
            }
          }
        },
      };
    },
  };
}
