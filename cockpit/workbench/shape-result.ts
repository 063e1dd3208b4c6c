// From rows of an answer to series of a chart and shades of a map. What was kept back stays kept back: it is
// neither zero nor a gap one could overlook. A count of nothing is zero, any other figure of nothing is unknown.

import type { MetricAnswerBody } from '../../app/api/metrics.ts';
import type { Language, Text } from '../../core/text.ts';
import { bucketsIn, type Grain } from '../../models/workbench/buckets.ts';
import {
  alongIn,
  isSuppressedIn,
  pointKey,
  type Cell,
  type Namer,
} from '../../models/workbench/name-cells.ts';

export type Point = {
  /** Null where nothing is known. */
  readonly value: number | null;
  readonly isSuppressed: boolean;
};

export type Series = {
  readonly name: string;
  readonly unit: Text | undefined;
  readonly points: readonly (Point | undefined)[];
};

export type Shaped = {
  /** Names of the points along the chart, and what notes call them. */
  readonly along: readonly string[];
  readonly keys: readonly string[];
  readonly series: readonly Series[];
};

/** An axis longer than this is not filled up. */
const BUCKETS_MAX = 1_000;

const NOTHING: Point = { value: 0, isSuppressed: false };

/** One series for each metric and value of the other dimensions, along time or the first dimension. */
export function shape(
  result: MetricAnswerBody,
  {
    nameOf,
    language,
    grain,
    isCount,
  }: {
    nameOf: Namer;
    language: Language;
    grain: Grain | undefined;
    isCount: (metric: string) => boolean;
  },
): Shaped {
  const { columns, rows, coverage } = result;
  const isSuppressed = isSuppressedIn(result);
  const placed = columns.map((column, i) => ({ ...column, i }));
  const along = placed[alongIn(result)];
  const others = placed.filter((column) => column.type !== 'value' && column !== along);
  const metrics = placed.filter(({ type }) => type === 'value');
  const places = new Map<string, number>();
  const names: string[] = [];
  const placeOf = (cell: Cell): number => {
    const name = along ? nameOf(along.i, cell) : '';
    const key = pointKey(along?.type, cell, name);
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    names[place] = name;
    return place;
  };
  if (along?.type === 'time' && grain) {
    for (const atMs of bucketsIn(grain, coverage, BUCKETS_MAX) ?? []) {
      placeOf(atMs);
    }
  }
  const series = new Map<
    string,
    { id: string; unit: Text | undefined; points: (Point | undefined)[] }
  >();
  for (const [row, cells] of rows.entries()) {
    const place = placeOf(along ? (cells[along.i] ?? null) : null);
    const group = others.map(({ i }) => nameOf(i, cells[i] ?? null)).join(' · ');
    for (const { i, id, name, unit } of metrics) {
      const title = [metrics.length > 1 || group === '' ? name[language] : '', group]
        .filter((part) => part !== '')
        .join(' · ');
      const own = series.get(title) ?? { id, unit, points: [] };
      series.set(title, own);
      const cell = cells[i];
      own.points[place] = {
        value: typeof cell === 'number' && !isSuppressed(row, i) ? cell : null,
        isSuppressed: isSuppressed(row, i),
      };
    }
  }
  return {
    along: names,
    keys: [...places.keys()],
    series: [...series].map(([name, { id, unit, points }]) => ({
      name,
      unit,
      points: Array.from(
        places.values(),
        (place) => points[place] ?? (isCount(id) ? NOTHING : undefined),
      ),
    })),
  };
}

/** The first figure of each region; of an answer by region alone. Of `known` regions nothing counted is zero. */
export function shadesOf(
  result: MetricAnswerBody,
  region: string,
  known: readonly string[] = [],
): Map<string, number | 'suppressed'> {
  const { columns, rows } = result;
  const isSuppressed = isSuppressedIn(result);
  const place = columns.findIndex(({ id }) => id === region);
  const metric = columns.findIndex(({ type }) => type === 'value');
  const shades = new Map<string, number | 'suppressed'>();
  if (place < 0) return shades;
  for (const code of known) shades.set(code, 0);
  for (const [row, cells] of rows.entries()) {
    const value = cells[metric];
    if (isSuppressed(row, metric)) shades.set(String(cells[place]), 'suppressed');
    else if (typeof value === 'number') shades.set(String(cells[place]), value);
  }
  return shades;
}
