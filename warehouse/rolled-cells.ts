// Rows of a roll-up as columns in memory, one block for each day: what evaluate-rollup.ts answers from.

import * as arrow from 'apache-arrow';
import { assert } from '../core/errors.ts';
import type { CellStatement } from './compile-rollup.ts';
import type { Olap } from './olap.ts';
import { ROLLUPS, dayNumber, dayStartMs, isList, timeKeyOf, type Rollup } from './rollups.ts';
import type { RollupId } from './rollups.ts';

/** The values of a key in the order they were met; cells hold their places in it. */
export type Words = { readonly values: string[]; readonly codes: Map<string, number> };

export type WordsOf = Readonly<Record<string, Words>>;

/** Values of a measure that is a list: those of a cell are from its offset to that of the next. */
export type Lists = { readonly offsets: Uint32Array; readonly values: Float64Array };

/** The cells of one day in China. */
export type Block = {
  readonly day: number;
  readonly cells: number;
  /** Which stretch of the day a cell is of, from 0. */
  readonly slots: Uint8Array;
  readonly keys: Readonly<Record<string, Uint16Array>>;
  readonly measures: Readonly<Record<string, Float64Array>>;
  readonly lists: Readonly<Record<string, Lists>>;
  /** The last instant counted in a cell; -1 where that is not known. */
  readonly lastMs: Float64Array;
  readonly bytes: number;
};

const WORDS_MAX = 65_536;
/** Since then the clock of China has been the same all year, which is what hours are counted by here. */
const FIRST_DAY = dayNumber(Date.UTC(1992, 0, 1));

export const createWords = (id: RollupId): WordsOf => {
  const rollup: Rollup = ROLLUPS[id];
  return Object.fromEntries(
    keysOf(rollup).map((key) => [key, { values: [], codes: new Map<string, number>() }]),
  );
};

/** Of a day on which there was nothing. */
export function emptyBlock(id: RollupId, day: number): Block {
  const rollup: Rollup = ROLLUPS[id];
  const names = Object.keys(rollup.measures);
  return {
    day,
    cells: 0,
    slots: new Uint8Array(0),
    keys: byName(keysOf(rollup), () => new Uint16Array(0)),
    measures: byName(names, () => new Float64Array(0)),
    lists: byName(names, () => ({ offsets: new Uint32Array(1), values: new Float64Array(0) })),
    lastMs: new Float64Array(0),
    bytes: 0,
  };
}

const keysOf = (rollup: Rollup): string[] =>
  Object.keys(rollup.keys).filter((key) => key !== timeKeyOf(rollup));

/** The blocks of a statement of compile-rollup.ts; undefined for what cannot be held. Rejects like Olap.arrow. */
export async function readCells(
  olap: Olap,
  { sql, params }: CellStatement,
  { id, words }: { id: RollupId; words: WordsOf },
): Promise<Block[] | undefined> {
  const table = arrow.tableFromIPC(await olap.arrow(sql, params));
  const rollup: Rollup = ROLLUPS[id];
  const fromMs = doubles(table, 'cell_from_ms');
  if (fromMs.length === 0) return [];
  const last = dayNumber(fromMs.at(-1) as number);
  if (dayNumber(fromMs[0] as number) < FIRST_DAY || !Number.isSafeInteger(last)) return undefined;
  const keys: Record<string, Uint16Array> = {};
  for (const key of keysOf(rollup)) {
    const codes = codesOf(table, `cell_${key}`, words[key] as Words);
    if (codes === undefined) return undefined;
    keys[key] = codes;
  }
  const names = Object.keys(rollup.measures);
  const columns = {
    fromMs,
    lastMs: doubles(table, 'cell_last_ms'),
    keys,
    measures: byName(
      names.filter((name) => !isList(rollup, name)),
      (name) => doubles(table, `cell_${name}`),
    ),
    lists: byName(
      names.filter((name) => isList(rollup, name)),
      (name) => listsOf(table, `cell_${name}`),
    ),
  };
  const blocks: Block[] = [];
  for (let start = 0; start < fromMs.length;) {
    const day = dayNumber(fromMs[start] as number);
    let end = start + 1;
    while (end < fromMs.length && dayNumber(fromMs[end] as number) === day) end++;
    blocks.push(cut(columns, { day, start, end, cellMs: rollup.cellMs }));
    start = end;
  }
  return blocks;
}

const byName = <Value>(names: readonly string[], of: (name: string) => Value) =>
  Object.fromEntries(names.map((name) => [name, of(name)]));

type Columns = Pick<Block, 'keys' | 'measures' | 'lists' | 'lastMs'> & {
  readonly fromMs: Float64Array;
};

function cut(
  { fromMs, lastMs, keys, measures, lists }: Columns,
  { day, start, end, cellMs }: { day: number; start: number; end: number; cellMs: number },
): Block {
  const cells = end - start;
  const startMs = dayStartMs(day);
  const own = {
    slots: Uint8Array.from({ length: cells }, (_, cell) =>
      Math.floor(((fromMs[start + cell] as number) - startMs) / cellMs),
    ),
    keys: byName(Object.keys(keys), (key) => (keys[key] as Uint16Array).slice(start, end)),
    measures: byName(Object.keys(measures), (name) =>
      (measures[name] as Float64Array).slice(start, end),
    ),
    lists: byName(Object.keys(lists), (name) => {
      const { offsets, values } = lists[name] as Lists;
      const [first, last] = [offsets[start] as number, offsets[end] as number];
      return {
        offsets: offsets.slice(start, end + 1).map((offset) => offset - first),
        values: values.slice(first, last),
      };
    }),
    lastMs: lastMs.slice(start, end),
  };
  const bytes = [
    own.slots,
    own.lastMs,
    ...Object.values(own.keys),
    ...Object.values(own.measures),
    ...Object.values(own.lists).flatMap(({ offsets, values }) => [offsets, values]),
  ].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { day, cells, ...own, bytes };
}

function columnOf(table: arrow.Table, name: string): arrow.Vector {
  const column = table.getChild(name);
  assert(column !== null, 'a statement for cells has the columns of the roll-up');
  return column;
}

const doubles = (table: arrow.Table, name: string): Float64Array =>
  columnOf(table, name).toArray() as Float64Array;

/** Undefined when there are more words than cells can tell apart. */
function codesOf(table: arrow.Table, name: string, words: Words): Uint16Array | undefined {
  const column = columnOf(table, name);
  const codes = new Uint16Array(column.length);
  let at = 0;
  for (const data of column.data) {
    const own = data.dictionary?.toArray() as readonly string[] | undefined;
    assert(own !== undefined, 'the warehouse gives low-cardinality texts as dictionaries');
    const known = own.map((word) => codeOf(words, word));
    const indices = data.values as Uint8Array | Uint16Array | Uint32Array;
    for (let row = 0; row < data.length; row++) codes[at++] = known[indices[row] as number] ?? 0;
  }
  return words.values.length > WORDS_MAX ? undefined : codes;
}

function codeOf({ values, codes }: Words, word: string): number {
  const known = codes.get(word);
  if (known !== undefined) return known;
  codes.set(word, values.length);
  return values.push(word) - 1;
}

function listsOf(table: arrow.Table, name: string): Lists {
  const column = columnOf(table, name);
  const offsets = new Uint32Array(column.length + 1);
  const parts: Float64Array[] = [];
  let [row, total] = [0, 0];
  for (const data of column.data) {
    const own = data.valueOffsets as Int32Array;
    const first = own[0] as number;
    for (let at = 1; at <= data.length; at++) {
      offsets[++row] = total + (own[at] as number) - first;
    }
    const until = own[data.length] as number;
    total += until - first;
    const values = data.children[0]?.values as Float64Array | undefined;
    if (values) parts.push(values.subarray(first, until));
  }
  const values = new Float64Array(total);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { offsets, values };
}
