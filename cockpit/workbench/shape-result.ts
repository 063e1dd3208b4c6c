// From rows of an answer to series of a chart and shades of a map. What was kept back stays kept back: it is
// neither zero nor a gap one could overlook. A count of nothing is zero, any other figure of nothing is unknown.

import type { MetricAnswerBody, MetricList } from '../../app/api/metrics.ts';
import { localDate, localDateTime } from '../../core/local-time.ts';
import type { Language, Text } from '../../core/text.ts';
import { bucketsIn, type Grain } from '../../models/workbench/buckets.ts';

export type Cell = MetricAnswerBody['rows'][number][number];

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

export type Shaped = { readonly along: readonly string[]; readonly series: readonly Series[] };

/** What a value of a column is called. */
export type Namer = (column: number, cell: Cell) => string;

/** Names of the values of dimensions; days, hours and months for instants. */
export function namerOf(
  { columns }: Pick<MetricAnswerBody, 'columns'>,
  {
    dimensions,
    language,
    grain,
  }: {
    dimensions: MetricList['dimensions'];
    language: Language;
    grain: Grain | undefined;
  },
): Namer {
  const names = columns.map(
    ({ id }) => new Map(dimensions[id]?.values?.map(({ value, name }) => [value, name[language]])),
  );
  return (column, cell) => {
    if (cell === null || cell === '') return language === 'zh' ? '未注明' : 'not given';
    if (columns[column]?.type === 'time' && typeof cell === 'number')
      return bucketName(grain, cell);
    return names[column]?.get(String(cell)) ?? String(cell);
  };
}

function bucketName(grain: Grain | undefined, atMs: number): string {
  if (grain === 'minute' || grain === 'hour') return localDateTime(atMs).slice(0, 16);
  return grain === 'month' ? localDate(atMs).slice(0, 7) : localDate(atMs);
}

export const isSuppressedIn = (
  result: MetricAnswerBody,
): ((row: number, column: number) => boolean) => {
  const kept = new Set(result.suppressed.map(({ row, column }) => `${row} ${column}`));
  return (row, column) => kept.has(`${row} ${column}`);
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
  const along =
    placed.find(({ type }) => type === 'time') ?? placed.find(({ type }) => type !== 'value');
  const others = placed.filter((column) => column.type !== 'value' && column !== along);
  const metrics = placed.filter(({ type }) => type === 'value');
  const places = new Map<string, number>();
  if (along?.type === 'time' && grain) {
    for (const atMs of bucketsIn(grain, coverage, BUCKETS_MAX) ?? []) {
      places.set(nameOf(along.i, atMs), places.size);
    }
  }
  const series = new Map<
    string,
    { id: string; unit: Text | undefined; points: (Point | undefined)[] }
  >();
  for (const [row, cells] of rows.entries()) {
    const at = along ? nameOf(along.i, cells[along.i] ?? null) : '';
    const place = places.get(at) ?? places.size;
    places.set(at, place);
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
    along: [...places.keys()],
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

/** What a row is about, for notes and reading aloud. */
export const labelOf = ({ columns, rows }: MetricAnswerBody, row: number, nameOf: Namer): string =>
  columns
    .flatMap(({ type }, i) => (type === 'value' ? [] : [nameOf(i, rows[row]?.[i] ?? null)]))
    .join(' · ');

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

/** Spreadsheets run what begins like a formula; a quote before it makes it a text again. */
const harmless = (value: string): string => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

const quoted = (value: string): string =>
  /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** With the mark Excel needs to read Chinese; numbers as they are, kept-back cells said to be so. */
export function csvOf(
  result: MetricAnswerBody,
  nameOf: Namer,
  { language, suppressed, lead }: { language: Language; suppressed: string; lead: string[] },
): string {
  const isSuppressed = isSuppressedIn(result);
  const head = result.columns.map(({ name }) => name[language]);
  const lines = result.rows.map((cells, row) =>
    result.columns.map(({ type }, i) => {
      if (isSuppressed(row, i)) return suppressed;
      const cell = cells[i] ?? null;
      if (type === 'value') return cell === null ? '' : String(cell);
      return harmless(nameOf(i, cell));
    }),
  );
  const all = [...lead.map((line) => [harmless(line)]), head.map(harmless), ...lines];
  return `\ufeff${all.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}
