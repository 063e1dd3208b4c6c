// Incidents counted into dense arrays, row by row as the engine reads them: six bytes each, no object and no
// hash. Which regions and months there are is found on the way.

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
  /** Writes the counts of a month into its cells, column after column; nothing where none was counted. */
  putInto(
    cells: Float64Array,
    at: { readonly month: MonthNumber; readonly regions: readonly number[] },
  ): void;
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
  const placeOf = new Int32Array(REGION_MAX - REGION_MIN + 2).fill(-1);
  const seen: number[] = [];
  let room = 4_096;
  // Filled, or an array with so far an index would be a hash.
  let months = Array.from<Uint32Array | undefined>({ length: 65_536 });
  const grow = () => {
    const wider = room * 2;
    months = months.map((counts) => {
      if (!counts) return undefined;
      const moved = new Uint32Array(columns * wider);
      for (let column = 0; column < columns; column++)
        moved.set(counts.subarray(column * room, (column + 1) * room), column * wider);
      return moved;
    });
    room = wider;
  };
  let [rows, badRegion, badTime, badKind] = [0, 0, 0, 0];
  const reader = await arrow.RecordBatchReader.from(
    createReadStream(path, { highWaterMark: READ_BYTES }),
  );
  for await (const record of reader) {
    const month = record.getChildAt(0)?.toArray() as Uint16Array;
    const packed = record.getChildAt(1)?.toArray() as Uint32Array;
    rows += record.numRows;
    for (let row = 0; row < month.length; row++) {
      const code = packed[row] as number;
      const region = code >>> 12;
      const column = (code & 4_095) - 1;
      const m = month[row] as number;
      if (region === 0) badRegion++;
      else if (m === 0) badTime++;
      else if (column < 0) badKind++;
      else {
        let place = placeOf[region] as number;
        if (place < 0) {
          place = seen.length;
          placeOf[region] = place;
          seen.push(region + REGION_MIN - 1);
          if (place >= room) grow();
        }
        const counts = (months[m] ??= new Uint32Array(columns * room));
        (counts[column * room + place] as number)++;
      }
    }
  }
  await rm(path, { force: true });
  const known = [...months.keys()].filter((month) => months[month] !== undefined);
  const refused = Object.entries({
    bad_region: badRegion,
    [reasons.month]: badTime,
    [reasons.column]: badKind,
  }).filter(([, count]) => count > 0);
  return {
    regions: new Set(seen),
    first: known[0] ?? Number.POSITIVE_INFINITY,
    last: known.at(-1) ?? Number.NEGATIVE_INFINITY,
    rows,
    refused: Object.fromEntries(refused),
    putInto(cells, { month, regions }) {
      const counts = months[month];
      if (!counts) return;
      const places = Int32Array.from(
        regions,
        (region) => placeOf[region - REGION_MIN + 1] as number,
      );
      for (let column = 0; column < columns; column++) {
        const from = column * room;
        const to = column * regions.length;
        for (let i = 0; i < places.length; i++) {
          const place = places[i] as number;
          const count = place < 0 ? 0 : (counts[from + place] as number);
          if (count > 0) cells[to + i] = count;
        }
      }
    },
  };
}
