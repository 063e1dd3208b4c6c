// Answers a question about a metric from cells held in memory: the same rows in the same order as the statement of
// compile-metric.ts gives, or undefined where only the statement can tell.

import { CHINA_OFFSET_MS, HOUR_MS, MINUTE_MS, DAY_MS } from '../core/local-time.ts';
import { METRIC_ROWS_MAX, type MetricQuery, type RegionSpan } from './compile-metric.ts';
import { shiftAt } from './metric-shifts.ts';
import type { Grain } from './metric.ts';
import { narrowBlock } from './narrow-block.ts';
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
  const whole = blocksFor(stand, query);
  if (!whole) return undefined;
  const keys = keysLookedAt(rollup, query, within !== undefined);
  const blocks = whole.map((block) =>
    keys && isWithin(block, query) ? narrowBlock(block, query.metric, metric, keys) : block,
  );
  const dimensions = [...new Set(query.dimensions ?? [])];
  const splits = dimensions.map((id) =>
    splitBy(rollup.dimensions[id] as RolledDimension, rollup, stand.words),
  );
  const width = splits.reduce((product, { values }) => product * values.length, 1);
  const buckets = createBuckets(query.grain, rollup.cellMs);
  const bucketOf = blocks.map(({ day }) => buckets.of(day));
  if (width * buckets.starts.length > PLACES_MAX) return undefined;
  const groups = createGroups(metric, width * buckets.starts.length);
  const filter = filterOf(rollup, query, { words: stand.words, within });
  for (const [index, block] of blocks.entries()) {
    const found = cellsThatCount(block, { rollup, query, filter, metric });
    if (found === undefined) return undefined;
    groups.add(block, found, placesOf(block, splits, bucketOf[index] as Uint32Array));
  }
  // Without a group there is one row, of nothing too.
  if (splits.length === 0 && query.grain === undefined) groups.ensure(0);
  const names = [...(query.grain ? ['bucket_ms'] : []), ...dimensions];
  const rowsMax = query.rowsMax ?? METRIC_ROWS_MAX;
  return groups
    .inOrder()
    .slice(0, rowsMax + 1)
    .map(({ place, group }) => {
      const row: Record<string, Cell> = {};
      const values = valuesAt(place, splits);
      if (query.grain) values.unshift(buckets.starts[Math.floor(place / width)] as number);
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

/** The keys a question splits or filters by; undefined where it looks at stretches of the day. */
function keysLookedAt(
  rollup: Rollup,
  { metric: id, dimensions = [], filters = {}, grain }: MetricQuery,
  isNarrowed: boolean,
): string[] | undefined {
  if (grain === 'hour') return undefined;
  const keys = new Set<string>(isNarrowed ? ['region'] : []);
  const metric = rollup.metrics[id] as RolledMetric;
  if (metric.kind === 'sum' && metric.only) keys.add(metric.only.key);
  for (const name of [...dimensions, ...Object.keys(filters)]) {
    const dimension = rollup.dimensions[name] as RolledDimension;
    if ('clock' in dimension) return undefined;
    keys.add('rank' in dimension ? 'region' : dimension.key);
  }
  return [...keys].sort();
}

const isWithin = (
  { day }: Block,
  { fromMs = -Infinity, untilMs = Infinity }: MetricQuery,
): boolean => dayStartMs(day) >= fromMs && dayStartMs(day + 1) <= untilMs;

/** A place for each bucket of time and each value of all dimensions together; more are left to the statement. */
const PLACES_MAX = 2 ** 22;

/** The place of each cell: places are in the order of the answer. */
function placesOf(block: Block, splits: readonly Split[], bucketOf: Uint32Array): Uint32Array {
  const { cells, slots } = block;
  const places = new Uint32Array(cells);
  for (let cell = 0; cell < cells; cell++) places[cell] = bucketOf[slots[cell] as number] as number;
  for (const { values, key, table } of splits) {
    const codes = key === undefined ? slots : (block.keys[key] as Uint16Array);
    const width = values.length;
    for (let cell = 0; cell < cells; cell++) {
      places[cell] = (places[cell] as number) * width + (table[codes[cell] as number] as number);
    }
  }
  return places;
}

function valuesAt(place: number, splits: readonly Split[]): (string | number)[] {
  const values: (string | number)[] = [];
  let rest = place;
  for (const split of splits.toReversed()) {
    values.unshift(split.values[rest % split.values.length] as string | number);
    rest = Math.floor(rest / split.values.length);
  }
  return values;
}

/** The blocks in which the time asked for lies, by day; undefined when one of them is not held. */
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
  return [...blocks, ...others.filter(({ day }) => isAsked(day))].toSorted((a, b) => a.day - b.day);
}

type Filter = {
  /** By key: which of its words count. */
  readonly keys: readonly (readonly [key: string, counts: Uint8Array])[];
  /** Which stretches of the day count; undefined where all do. */
  readonly slots: Uint8Array | undefined;
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
  const isPartial = (counts: Uint8Array) => counts.includes(0);
  return {
    keys: [...keys].filter(([, counts]) => isPartial(counts)),
    slots: isPartial(slots) ? slots : undefined,
  };
}

/** Whether a county is the region of the code or lies in it. */
function isIn(region: number, code: number): boolean {
  if (code % 10_000 === 0) return Math.floor(region / 10_000) * 10_000 === code;
  if (code % 100 === 0) return Math.floor(region / 100) * 100 === code;
  return region === code;
}

/** 1 for each cell that counts; undefined when the time asked for cuts through one. */
function cellsThatCount(
  block: Block,
  asked: { rollup: Rollup; query: MetricQuery; filter: Filter; metric: RolledMetric },
): Uint8Array | undefined {
  const { rollup, query, filter, metric } = asked;
  const { cells, slots } = block;
  const found = new Uint8Array(cells);
  if (metric.kind === 'quantile') {
    const { offsets } = block.lists[metric.of] as Lists;
    for (let cell = 0; cell < cells; cell++) {
      found[cell] = offsets[cell] === offsets[cell + 1] ? 0 : 1;
    }
  } else if (metric.kind === 'sum' && metric.only) {
    found.fill(1);
  } else {
    const measure = block.measures[metric.of] as Float64Array;
    for (let cell = 0; cell < cells; cell++) found[cell] = (measure[cell] as number) > 0 ? 1 : 0;
  }
  for (const [key, counts] of filter.keys) {
    const codes = block.keys[key] as Uint16Array;
    for (let cell = 0; cell < cells; cell++) {
      found[cell] = (found[cell] as number) & (counts[codes[cell] as number] as number);
    }
  }
  if (filter.slots) {
    for (let cell = 0; cell < cells; cell++) {
      found[cell] = (found[cell] as number) & (filter.slots[slots[cell] as number] as number);
    }
  }
  return cutToTime(block, found, { query, cellMs: rollup.cellMs });
}

/** Takes out what lies outside the time asked for; undefined when the time cuts through a cell that counts. */
function cutToTime(
  block: Block,
  found: Uint8Array,
  { query, cellMs }: { query: MetricQuery; cellMs: number },
): Uint8Array | undefined {
  if (isWithin(block, query)) return found;
  const { cells, slots, lastMs } = block;
  const { fromMs = -Infinity, untilMs = Infinity } = query;
  const startMs = dayStartMs(block.day);
  for (let cell = 0; cell < cells; cell++) {
    if (found[cell] === 0) continue;
    const cellFromMs = startMs + (slots[cell] as number) * cellMs;
    const cellUntilMs = cellFromMs + cellMs;
    if (cellUntilMs <= fromMs || cellFromMs >= untilMs) {
      found[cell] = 0;
      continue;
    }
    const latestMs = lastMs[cell] as number;
    const isAllBefore = cellUntilMs <= untilMs || (latestMs >= 0 && latestMs < untilMs);
    if (cellFromMs < fromMs || !isAllBefore) return undefined;
  }
  return found;
}

/** The values of a dimension in their order, and which of them a cell has. */
type Split = {
  readonly values: readonly (string | number)[];
  /** The key whose words `table` goes by; undefined where it goes by the stretch of the day. */
  readonly key: string | undefined;
  readonly table: Uint32Array;
};

function splitBy(dimension: RolledDimension, { cellMs }: Rollup, words: WordsOf): Split {
  if ('clock' in dimension) {
    return { key: undefined, ...inOrder(clockOf(dimension.clock, cellMs)) };
  }
  const key = 'rank' in dimension ? 'region' : dimension.key;
  const own = (words[key] as Words).values.map((word) => {
    if ('rank' in dimension) {
      return String(Math.floor(Number(word) / dimension.rank) * dimension.rank);
    }
    return dimension.isNumber ? Number(word) : word;
  });
  return { key, ...inOrder(own) };
}

/** Each value once, and for each of `all` its place among them. */
function inOrder(all: readonly (string | number)[]): Pick<Split, 'values' | 'table'> {
  const values = [...new Set(all)].toSorted(compareAsTheEngine);
  const places = new Map(values.map((value, place) => [value, place]));
  return { values, table: Uint32Array.from(all, (value) => places.get(value) as number) };
}

/** Texts in the order of their bytes. */
function compareAsTheEngine(a: string | number, b: string | number): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The hour or shift of each stretch of a day. */
const clockOf = (clock: 'hour' | 'shift', cellMs: number): (string | number)[] =>
  Array.from({ length: DAY_MS / cellMs }, (_, slot) =>
    clock === 'hour'
      ? Math.floor((slot * cellMs) / HOUR_MS)
      : shiftAt(Math.floor((slot * cellMs) / MINUTE_MS)),
  );

/** Numbers the buckets of time as they are met; without a grain there is one. */
function createBuckets(grain: Grain | undefined, cellMs: number) {
  const starts: number[] = grain === undefined ? [0] : [];
  const numbers = new Map<number, number>();
  const numberOf = (startMs: number) => {
    const known = numbers.get(startMs);
    if (known !== undefined) return known;
    numbers.set(startMs, starts.length);
    return starts.push(startMs) - 1;
  };
  const slots = DAY_MS / cellMs;
  return {
    starts,
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

/** Adds cells up by the place they belong to. */
function createGroups(metric: RolledMetric, placesMax: number) {
  /** By place: its group and one, or 0. */
  const groupAt = new Uint32Array(placesMax);
  const places: number[] = [];
  const [first, second]: [number[], number[]] = [[], []];
  const lists: number[][] = [];
  const ensure = (place: number): number => {
    const known = groupAt[place] as number;
    if (known > 0) return known - 1;
    groupAt[place] = places.push(place);
    first.push(0);
    second.push(0);
    if (metric.kind === 'quantile') lists.push([]);
    return places.length - 1;
  };
  const at = (column: readonly number[], group: number) => column[group] as number;
  return {
    ensure,
    add(block: Block, counts: Uint8Array, placeOf: Uint32Array) {
      if (metric.kind === 'quantile') {
        const { offsets, values } = block.lists[metric.of] as Lists;
        for (let cell = 0; cell < block.cells; cell++) {
          if (counts[cell] === 0) continue;
          const into = lists[ensure(placeOf[cell] as number)] as number[];
          const end = offsets[cell + 1] as number;
          for (let item = offsets[cell] as number; item < end; item++) {
            into.push(values[item] as number);
          }
        }
        return;
      }
      const of = block.measures[metric.of] as Float64Array;
      const other = metric.kind === 'sum' ? metric.counted : metric.part;
      const others = block.measures[other] as Float64Array;
      for (let cell = 0; cell < block.cells; cell++) {
        if (counts[cell] === 0) continue;
        const group = ensure(placeOf[cell] as number);
        first[group] = at(first, group) + (of[cell] as number);
        second[group] = at(second, group) + (others[cell] as number);
      }
    },
    inOrder: () =>
      places.map((place, group) => ({ place, group })).toSorted((a, b) => a.place - b.place),
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
function quantile(all: readonly number[], share: number): number | null {
  if (all.length === 0) return null;
  const values = Float64Array.from(all);
  const place = Math.trunc(share * values.length);
  // Hoare's selection: only the side the place is on is gone on with.
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = swapped;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return values[place] as number;
}
