// Answers a question about a metric from cells held in memory: the same rows in the same order as the statement of
// compile-metric.ts gives, or undefined where only the statement can tell.

import { CHINA_OFFSET_MS, HOUR_MS, MINUTE_MS, DAY_MS } from '../core/local-time.ts';
import { METRIC_ROWS_MAX, type MetricQuery, type RegionSpan } from './compile-metric.ts';
import { shiftAt } from './metric-shifts.ts';
import type { Grain } from './metric.ts';
import type { Block, Lists, Words, WordsOf } from './rolled-cells.ts';
import {
  ROLLUPS,
  dayNumber,
  dayStartMs,
  type RolledDimension,
  type RolledMetric,
  type Rollup,
  type RollupId,
  type SettledDay,
} from './rollups.ts';

/** A roll-up as it stood at one moment. */
export type Stand = {
  readonly rollup: RollupId;
  readonly words: WordsOf;
  /** The days that are counted ahead, all of them in their order, with their cells where those are held. */
  readonly settled: readonly (SettledDay & { readonly block: Block | undefined })[];
  /** The cells of all other time, in the order of days; undefined where they are too many. */
  readonly others: readonly Block[] | undefined;
};

type Cell = string | number | null;

type Row = Readonly<Record<string, Cell>>;

export type EvaluateOptions = {
  readonly within?: readonly RegionSpan[] | undefined;
  readonly counts?: boolean | undefined;
};

/**
 * The rows, one more than `rowsMax` where there are more. The question must have been compiled: what is wrong with
 * it is said there.
 */
export function evaluateRolled(
  stand: Stand,
  query: MetricQuery,
  { within, counts = false }: EvaluateOptions,
): readonly Row[] | undefined {
  const rollup: Rollup = ROLLUPS[stand.rollup];
  const metric = rollup.metrics[query.metric] as RolledMetric;
  const blocks = blocksFor(stand, query);
  const dimensions = [...new Set(query.dimensions ?? [])];
  const splits = dimensions.map((id) =>
    splitBy(rollup.dimensions[id] as RolledDimension, rollup, stand.words),
  );
  const width = splits.reduce((product, { values }) => product * values.length, 1);
  if (!blocks || width > GROUPS_WIDTH_MAX) return undefined;
  const filter = filterOf(rollup, query, { words: stand.words, within });
  const buckets = createBuckets(query.grain, rollup.cellMs);
  const groups = createGroups(metric);
  for (const block of blocks) {
    const cells = cellsOf(block, { rollup, query, filter, metric });
    if (cells === undefined) return undefined;
    const bucketAt = buckets.of(block.day);
    for (const cell of cells) {
      const slot = block.slots[cell] as number;
      let key = bucketAt[slot] as number;
      for (const { values, codes, slots } of splits) {
        const code = codes
          ? (codes.table[(block.keys[codes.key] as Uint16Array)[cell] as number] as number)
          : (slots[slot] as number);
        key = key * values.length + code;
      }
      groups.add(key, block, cell);
    }
  }
  // Without a group there is one row, of nothing too.
  if (splits.length === 0 && query.grain === undefined) groups.ensure(0);
  const keyed = groups.keys.map((key, group) => {
    const values: (string | number)[] = [];
    let rest = key;
    for (const split of splits.toReversed()) {
      values.unshift(split.values[rest % split.values.length] as string | number);
      rest = Math.floor(rest / split.values.length);
    }
    if (query.grain) values.unshift(buckets.startMs(rest));
    return { values, group };
  });
  const names = [...(query.grain ? ['bucket_ms'] : []), ...dimensions];
  const rowsMax = query.rowsMax ?? METRIC_ROWS_MAX;
  return keyed
    .toSorted((a, b) => compareAsTheEngine(a.values, b.values))
    .slice(0, rowsMax + 1)
    .map(({ values, group }) => {
      const row: Record<string, Cell> = {};
      for (const [index, name] of names.entries()) row[name] = values[index] as Cell;
      row['value'] = groups.value(group);
      if (counts) {
        for (const [index, count] of groups.counted(group).entries()) {
          row[`counted_${index}`] = count;
        }
      }
      return row;
    });
}

/** So many values of all dimensions together, times buckets of time, are told apart by one number. */
const GROUPS_WIDTH_MAX = 2 ** 40;

/** The blocks in which the time asked for lies; undefined when one of them is not held. */
function blocksFor(
  { settled, others }: Stand,
  { fromMs = -Infinity, untilMs = Infinity }: MetricQuery,
): Block[] | undefined {
  const isAsked = (day: number) => dayStartMs(day + 1) > fromMs && dayStartMs(day) < untilMs;
  const blocks: Block[] = [];
  let days = 0;
  for (const { day, block } of settled) {
    if (!isAsked(day)) continue;
    if (block === undefined) return undefined;
    blocks.push(block);
    days++;
  }
  const isSettled = days === dayNumber(untilMs - 1) - dayNumber(fromMs) + 1;
  if (isSettled) return blocks;
  if (others === undefined) return undefined;
  return [...blocks, ...others.filter(({ day }) => isAsked(day))];
}

type Filter = {
  /** By key: which of its words count. */
  readonly keys: readonly (readonly [key: string, counts: Uint8Array])[];
  /** Which stretches of the day count. */
  readonly slots: Uint8Array;
};

function filterOf(
  rollup: Rollup,
  { filters = {}, metric: id }: MetricQuery,
  { words, within }: { words: WordsOf; within: readonly RegionSpan[] | undefined },
): Filter {
  const slots = new Uint8Array(DAY_MS / rollup.cellMs).fill(1);
  const keys = new Map<string, Uint8Array>();
  const narrow = (key: string, counts: (value: string) => boolean) => {
    const { values } = words[key] as Words;
    const known = keys.get(key) ?? new Uint8Array(values.length).fill(1);
    for (const [code, value] of values.entries()) if (!counts(value)) known[code] = 0;
    keys.set(key, known);
  };
  const metric = rollup.metrics[id] as RolledMetric;
  if (metric.kind === 'sum' && metric.only) {
    const { key, value } = metric.only;
    narrow(key, (word) => word === value);
  }
  for (const [name, values] of Object.entries(filters)) {
    const dimension = rollup.dimensions[name] as RolledDimension;
    if ('rank' in dimension) {
      const codes = values.map(Number);
      narrow('region', (region) => codes.some((code) => isIn(Number(region), code)));
    } else if ('key' in dimension) {
      // Numbers may be written with zeros before them.
      const wanted = new Set(
        dimension.isNumber ? values.map((value) => `${Number(value)}`) : values,
      );
      narrow(dimension.key, (word) => wanted.has(word));
    } else {
      const isHour = dimension.clock === 'hour';
      const wanted = new Set<string | number>(isHour ? values.map(Number) : values);
      for (const [slot, value] of clockOf(dimension.clock, rollup.cellMs).entries()) {
        if (!wanted.has(value)) slots[slot] = 0;
      }
    }
  }
  if (within) {
    narrow('region', (region) =>
      within.some(({ from, to }) => from <= Number(region) && Number(region) <= to),
    );
  }
  return { keys: [...keys], slots };
}

/** Whether a county is the region of the code or lies in it. */
function isIn(region: number, code: number): boolean {
  if (code % 10_000 === 0) return Math.floor(region / 10_000) * 10_000 === code;
  if (code % 100 === 0) return Math.floor(region / 100) * 100 === code;
  return region === code;
}

/** The cells of a block that count; undefined when the time asked for cuts through one. */
function cellsOf(
  block: Block,
  asked: { rollup: Rollup; query: MetricQuery; filter: Filter; metric: RolledMetric },
): Uint32Array | undefined {
  const { rollup, query, filter, metric } = asked;
  const { fromMs = -Infinity, untilMs = Infinity } = query;
  const startMs = dayStartMs(block.day);
  const isWhole = startMs >= fromMs && dayStartMs(block.day + 1) <= untilMs;
  const masks = filter.keys.map(([key, counts]) => ({
    codes: block.keys[key] as Uint16Array,
    counts,
  }));
  const counting = metric.kind === 'sum' && metric.only ? undefined : block.measures[metric.of];
  const list = metric.kind === 'quantile' ? (block.lists[metric.of] as Lists) : undefined;
  const found = new Uint32Array(block.cells);
  let length = 0;
  next: for (let cell = 0; cell < block.cells; cell++) {
    if (counting && !((counting[cell] as number) > 0)) continue;
    if (list && list.offsets[cell] === list.offsets[cell + 1]) continue;
    const slot = block.slots[cell] as number;
    if (filter.slots[slot] === 0) continue;
    for (const { codes, counts } of masks) if (counts[codes[cell] as number] === 0) continue next;
    if (!isWhole) {
      const cellFromMs = startMs + slot * rollup.cellMs;
      const cellUntilMs = cellFromMs + rollup.cellMs;
      if (cellUntilMs <= fromMs || cellFromMs >= untilMs) continue;
      const lastMs = block.lastMs[cell] as number;
      const isAllBefore = cellUntilMs <= untilMs || (lastMs >= 0 && lastMs < untilMs);
      if (cellFromMs < fromMs || !isAllBefore) return undefined;
    }
    found[length++] = cell;
  }
  return found.subarray(0, length);
}

/** The values of a dimension, and which of them a cell has. */
type Split = {
  readonly values: readonly (string | number)[];
  /** By the word of a key. */
  readonly codes: { readonly key: string; readonly table: Uint32Array } | undefined;
  /** By the stretch of the day. */
  readonly slots: Uint32Array;
};

const NO_SLOTS = new Uint32Array(0);

function splitBy(dimension: RolledDimension, { cellMs }: Rollup, words: WordsOf): Split {
  if ('clock' in dimension) {
    const { values, table } = distinct(clockOf(dimension.clock, cellMs));
    return { values, codes: undefined, slots: table };
  }
  const key = 'rank' in dimension ? 'region' : dimension.key;
  const own = (words[key] as Words).values;
  const { values, table } = distinct(
    own.map((word) => {
      if ('rank' in dimension) {
        return String(Math.floor(Number(word) / dimension.rank) * dimension.rank);
      }
      return dimension.isNumber ? Number(word) : word;
    }),
  );
  return { values, codes: { key, table }, slots: NO_SLOTS };
}

function distinct(all: readonly (string | number)[]) {
  const codes = new Map<string | number, number>();
  const table = Uint32Array.from(all, (value) => {
    const code = codes.get(value) ?? codes.size;
    codes.set(value, code);
    return code;
  });
  // One at least, so that places can be counted in it.
  return { values: codes.size > 0 ? [...codes.keys()] : [''], table };
}

/** The hour or shift of each stretch of a day. */
const clockOf = (clock: 'hour' | 'shift', cellMs: number): (string | number)[] =>
  Array.from({ length: DAY_MS / cellMs }, (_, slot) =>
    clock === 'hour'
      ? Math.floor((slot * cellMs) / HOUR_MS)
      : shiftAt(Math.floor((slot * cellMs) / MINUTE_MS)),
  );

/** Numbers the buckets of time as they are met. */
function createBuckets(grain: Grain | undefined, cellMs: number) {
  const starts: number[] = [];
  const numbers = new Map<number, number>();
  const numberOf = (startMs: number) => {
    const known = numbers.get(startMs);
    if (known !== undefined) return known;
    numbers.set(startMs, starts.length);
    return starts.push(startMs) - 1;
  };
  const slots = DAY_MS / cellMs;
  return {
    startMs: (bucket: number) => starts[bucket] as number,
    /** The bucket of each stretch of the day. */
    of(day: number): Uint32Array {
      if (grain === undefined) return new Uint32Array(slots);
      if (grain !== 'hour') return new Uint32Array(slots).fill(numberOf(bucketStart(grain, day)));
      return Uint32Array.from({ length: slots }, (_, slot) =>
        numberOf(dayStartMs(day) + Math.floor((slot * cellMs) / HOUR_MS) * HOUR_MS),
      );
    },
  };
}

function bucketStart(grain: Grain, day: number): number {
  // 1 January 1970 was a Thursday; weeks begin on Monday.
  if (grain === 'week') return dayStartMs(Math.floor((day + 3) / 7) * 7 - 3);
  if (grain !== 'month') return dayStartMs(day);
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) - CHINA_OFFSET_MS;
}

/** Adds cells up by group. */
function createGroups(metric: RolledMetric) {
  const places = new Map<number, number>();
  const keys: number[] = [];
  const [first, second]: [number[], number[]] = [[], []];
  const lists: number[][] = [];
  const ensure = (key: number): number => {
    const known = places.get(key);
    if (known !== undefined) return known;
    const group = keys.push(key) - 1;
    places.set(key, group);
    first.push(0);
    second.push(0);
    if (metric.kind === 'quantile') lists.push([]);
    return group;
  };
  const at = (column: readonly number[], group: number) => column[group] as number;
  return {
    keys,
    ensure,
    add(key: number, { measures, lists: ofBlock }: Block, cell: number) {
      const group = ensure(key);
      if (metric.kind === 'quantile') {
        const { offsets, values } = ofBlock[metric.of] as Lists;
        const into = lists[group] as number[];
        const end = offsets[cell + 1] as number;
        for (let item = offsets[cell] as number; item < end; item++) {
          into.push(values[item] as number);
        }
        return;
      }
      const other = metric.kind === 'sum' ? metric.counted : metric.part;
      first[group] = at(first, group) + ((measures[metric.of] as Float64Array)[cell] as number);
      second[group] = at(second, group) + ((measures[other] as Float64Array)[cell] as number);
    },
    value(group: number): number | null {
      switch (metric.kind) {
        case 'sum':
          return at(first, group);
        case 'share':
          return at(first, group) === 0 ? null : at(second, group) / at(first, group);
        case 'quantile':
          return quantile(lists[group] as number[], metric.share);
      }
    },
    /** What the privacy floor goes by, as `countedBy` of rolledSql. */
    counted(group: number): number[] {
      switch (metric.kind) {
        case 'sum':
          return [at(second, group)];
        case 'share':
          return [at(second, group), at(first, group) - at(second, group)];
        case 'quantile':
          return [(lists[group] as number[]).length];
      }
    },
  };
}

/** As quantileExact of the engine: the value at that place of the sorted ones, without interpolation. */
function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.trunc(share * sorted.length)] as number;
}

/** Texts in the order of their bytes. */
function compareAsTheEngine(
  a: readonly (string | number)[],
  b: readonly (string | number)[],
): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] as string | number;
    if (left === right) continue;
    if (typeof left === 'number' || typeof right === 'number') return left < right ? -1 : 1;
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return 0;
}
