// From rows of an answer to series of a chart, shades of a map and the text of a file. What was kept back stays
// kept back: it is neither zero nor a gap one could overlook.

import { localDate } from '../../core/local-time.ts';
import type { Language } from '../../core/text.ts';
import type { Cell, Dimension, MetricsResult } from './contract.ts';

export type Point = {
  /** Null where nothing is known. */
  readonly value: number | null;
  readonly isSuppressed: boolean;
  readonly row: number;
};

export type Series = { readonly name: string; readonly points: readonly (Point | undefined)[] };

export type Shaped = { readonly along: readonly string[]; readonly series: readonly Series[] };

export type Namer = (column: number, cell: Cell) => string;

/** Names of the values of dimensions, and days for instants. */
export function namerOf(
  { columns }: MetricsResult,
  dimensions: Readonly<Record<string, Dimension>>,
  language: Language,
): Namer {
  const names = columns.map(
    ({ id }) => new Map(dimensions[id]?.values?.map((value) => [value.id, value.name[language]])),
  );
  return (column, cell) => {
    if (cell === null) return language === 'zh' ? '未注明' : 'not given';
    if (columns[column]?.type === 'time' && typeof cell === 'number') return localDate(cell);
    return names[column]?.get(String(cell)) ?? String(cell);
  };
}

export const isSuppressedIn = (
  result: MetricsResult,
): ((row: number, column: number) => boolean) => {
  const kept = new Set(result.suppressed.map(([row, column]) => `${row} ${column}`));
  return (row, column) => kept.has(`${row} ${column}`);
};

/** One series for each metric and value of the second dimension, along time or the first one. */
export function shape(result: MetricsResult, nameOf: Namer, language: Language): Shaped {
  const { columns, rows } = result;
  const isSuppressed = isSuppressedIn(result);
  const placed = columns.map((column, i) => ({ ...column, i }));
  const along = placed.find(({ type }) => type === 'time') ?? placed.find(isDimension);
  const others = placed.filter((column) => column.type !== 'metric' && column !== along);
  const metrics = placed.filter(({ type }) => type === 'metric');
  const places = new Map<string, number>();
  const series = new Map<string, (Point | undefined)[]>();
  const sorted = Array.from(rows.keys());
  if (along?.type === 'time') {
    sorted.sort((a, b) => Number(rows[a]?.[along.i]) - Number(rows[b]?.[along.i]));
  }
  for (const row of sorted) {
    const cells = rows[row] ?? [];
    const at = along ? nameOf(along.i, cells[along.i] ?? null) : '';
    const place = places.get(at) ?? places.size;
    places.set(at, place);
    const group = others.map(({ i }) => nameOf(i, cells[i] ?? null)).join(' · ');
    for (const { i, name } of metrics) {
      const title = [metrics.length > 1 || group === '' ? name[language] : '', group]
        .filter((part) => part !== '')
        .join(' · ');
      const points = series.get(title) ?? [];
      series.set(title, points);
      const cell = cells[i];
      points[place] = {
        value: typeof cell === 'number' && !isSuppressed(row, i) ? cell : null,
        isSuppressed: isSuppressed(row, i),
        row,
      };
    }
  }
  return {
    along: [...places.keys()],
    series: [...series].map(([name, points]) => ({
      name,
      points: Array.from(places.values(), (place) => points[place]),
    })),
  };
}

const isDimension = ({ type }: { type: string }): boolean => type === 'dimension';

/** What a row is about, for notes and reading aloud. */
export const labelOf = ({ columns, rows }: MetricsResult, row: number, nameOf: Namer): string =>
  columns
    .flatMap(({ type }, i) => (type === 'metric' ? [] : [nameOf(i, rows[row]?.[i] ?? null)]))
    .join(' · ');

/** Summed by region; a region with a suppressed part is suppressed as a whole. */
export function shadesOf(
  result: MetricsResult,
  region: string,
): Map<string, number | 'suppressed'> {
  const { columns, rows } = result;
  const isSuppressed = isSuppressedIn(result);
  const place = columns.findIndex(({ id }) => id === region);
  const metric = columns.findIndex(({ type }) => type === 'metric');
  const shades = new Map<string, number | 'suppressed'>();
  for (const [row, cells] of rows.entries()) {
    const code = String(cells[place]);
    const before = shades.get(code);
    const value = cells[metric];
    if (isSuppressed(row, metric) || before === 'suppressed') shades.set(code, 'suppressed');
    else if (typeof value === 'number') shades.set(code, (before ?? 0) + value);
  }
  return shades;
}

/** Spreadsheets run what begins like a formula; a quote before it makes it a text again. */
const harmless = (value: string): string => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

const quoted = (value: string): string =>
  /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** With the mark Excel needs to read Chinese; numbers as they are, kept-back cells said to be so. */
export function csvOf(
  result: MetricsResult,
  nameOf: Namer,
  { language, suppressed, lead }: { language: Language; suppressed: string; lead: string[] },
): string {
  const isSuppressed = isSuppressedIn(result);
  const head = result.columns.map(({ name }) => name[language]);
  const lines = result.rows.map((cells, row) =>
    result.columns.map(({ type }, i) => {
      if (isSuppressed(row, i)) return suppressed;
      const cell = cells[i] ?? null;
      if (type === 'metric') return cell === null ? '' : String(cell);
      return harmless(nameOf(i, cell));
    }),
  );
  const all = [...lead.map((line) => [harmless(line)]), head.map(harmless), ...lines];
  return `\ufeff${all.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}
