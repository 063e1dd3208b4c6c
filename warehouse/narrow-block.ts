// A day's cells added up over everything a question does not look at: questions about whole days split by a county
// or a rule go through tens of cells instead of thousands. Made when first asked for and kept with the day.

import type { Block, Lists } from './rolled-cells.ts';
import type { RolledMetric } from './rollups.ts';

/** For each day how many such tables are kept, the last used. */
const KEPT_MAX = 16;
/** Below this share of the day's cells a table is worth keeping. */
const SHARE_MAX = 1 / 4;

const kept = new WeakMap<Block, Map<string, Block>>();

/**
 * The cells of `block` that count for `metric`, one for each combination of words of `keys`, all on the first
 * stretch of the day; `block` itself where that would not be much less.
 */
export function narrowBlock(block: Block, id: string, metric: RolledMetric, keys: string[]): Block {
  const name = [id, ...keys].join(' ');
  const known = kept.get(block) ?? new Map<string, Block>();
  kept.set(block, known);
  const found = known.get(name) ?? worthwhile(block, addUp(block, metric, keys));
  known.delete(name);
  known.set(name, found);
  if (known.size > KEPT_MAX) known.delete(known.keys().next().value as string);
  return found;
}

const worthwhile = (block: Block, narrow: Block): Block =>
  narrow.cells <= block.cells * SHARE_MAX ? narrow : block;

function addUp(block: Block, metric: RolledMetric, keys: readonly string[]): Block {
  const columns = keys.map((key) => block.keys[key] as Uint16Array);
  const groupOf = new Int32Array(block.cells).fill(-1);
  const groups = new Map<number, number>();
  const firsts: number[] = [];
  for (let cell = 0; cell < block.cells; cell++) {
    if (!countsIn(block, metric, cell)) continue;
    let words = 0;
    for (const column of columns) words = words * 65_536 + (column[cell] as number);
    const known = groups.get(words);
    if (known !== undefined) {
      groupOf[cell] = known;
      continue;
    }
    groupOf[cell] = firsts.length;
    groups.set(words, firsts.push(cell) - 1);
  }
  const cells = firsts.length;
  const measures = metric.kind === 'quantile' ? [] : measuresOf(metric);
  return {
    day: block.day,
    cells,
    slots: new Uint8Array(cells),
    keys: Object.fromEntries(
      keys.map((key) => {
        const codes = block.keys[key] as Uint16Array;
        return [key, Uint16Array.from(firsts, (cell) => codes[cell] as number)];
      }),
    ),
    measures: Object.fromEntries(
      measures.map((measure) => {
        const values = block.measures[measure] as Float64Array;
        const sums = new Float64Array(cells);
        for (let cell = 0; cell < block.cells; cell++) {
          const group = groupOf[cell] as number;
          if (group >= 0) sums[group] = (sums[group] as number) + (values[cell] as number);
        }
        return [measure, sums];
      }),
    ),
    lists:
      metric.kind === 'quantile'
        ? { [metric.of]: joined(block.lists[metric.of] as Lists, groupOf, cells) }
        : {},
    // Whoever asks for part of a day looks at the cells themselves.
    lastMs: new Float64Array(cells).fill(-1),
    bytes: 0,
  };
}

/** As the statement of a metric leaves rows of the roll-up out; see rolledSql. */
function countsIn(block: Block, metric: RolledMetric, cell: number): boolean {
  if (metric.kind === 'quantile') {
    const { offsets } = block.lists[metric.of] as Lists;
    return offsets[cell] !== offsets[cell + 1];
  }
  if (metric.kind === 'sum' && metric.only) return true;
  return ((block.measures[metric.of] as Float64Array)[cell] as number) > 0;
}

const measuresOf = (metric: Exclude<RolledMetric, { kind: 'quantile' }>): string[] => [
  ...new Set([metric.of, metric.kind === 'sum' ? metric.counted : metric.part]),
];

function joined({ offsets, values }: Lists, groupOf: Int32Array, cells: number): Lists {
  const out = new Uint32Array(cells + 1);
  const lengthOf = (cell: number) => (offsets[cell + 1] as number) - (offsets[cell] as number);
  for (let cell = 0; cell < groupOf.length; cell++) {
    const group = groupOf[cell] as number;
    if (group >= 0) out[group + 1] = (out[group + 1] as number) + lengthOf(cell);
  }
  for (let group = 0; group < cells; group++) {
    out[group + 1] = (out[group + 1] as number) + (out[group] as number);
  }
  const at = out.slice();
  const all = new Float64Array(out[cells] as number);
  for (let cell = 0; cell < groupOf.length; cell++) {
    const group = groupOf[cell] as number;
    if (group < 0) continue;
    const from = offsets[cell] as number;
    all.set(values.subarray(from, from + lengthOf(cell)), at[group]);
    at[group] = (at[group] as number) + lengthOf(cell);
  }
  return { offsets: out, values: all };
}
