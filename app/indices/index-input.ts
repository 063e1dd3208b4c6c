// What an index is computed from: a file of incidents, counted by region, month and kind in the engine, and a
// file of measures such as population. Rows that cannot be used are counted by reason, not dropped in silence.

import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as arrow from 'apache-arrow';
import { UserError } from '../../core/errors.ts';
import { contentHash } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import type { Definition } from '../../models/composite/definition.ts';
import type { PeriodColumns } from '../../models/composite/indicator-values.ts';
import type { Olap } from '../../warehouse/olap.ts';
import { monthName, type MonthNumber } from './months.ts';

export type InputFiles = {
  /** CSV or Parquet with a row per incident: region, at, kind. */
  readonly incidents: string;
  /** CSV or Parquet with a row per figure: region, period (2026 or 2026-01), column, value. */
  readonly measures?: string | undefined;
};

export type IndexInput = {
  /** GB/T 2260 codes, rising; columns are in this order. */
  readonly regions: readonly number[];
  readonly first: MonthNumber;
  readonly last: MonthNumber;
  /** Changes with any row of the month; the same whatever the order of rows. */
  versionOf(month: MonthNumber): string;
  /** Columns of the months asked for; a month outside of the data has none. */
  read(months: readonly MonthNumber[]): Promise<Map<MonthNumber, PeriodColumns>>;
  readonly rows: number;
  /** Rows that were not used, by reason. */
  readonly refused: Readonly<Record<string, number>>;
};

type Deps = {
  readonly olap: Olap;
  /** For what the engine hands over; emptied by whoever made it. */
  readonly folder: string;
};

/** Looks through the files once. Throws UserError for files that are not there or lack a column. */
export async function openIndexInput(
  deps: Deps,
  definition: Definition,
  files: InputFiles,
): Promise<IndexInput> {
  const incidents = await incidentRelation(deps.olap, definition, files.incidents);
  const measures = files.measures
    ? await measureRelation(deps.olap, definition, files.measures)
    : undefined;
  const summary = await summarise(deps.olap, incidents, measures);
  const { regions, first, last, versions } = summary;
  const counted = Object.entries(definition.columns)
    .filter(([, { count }]) => count)
    .map(([name]) => name);
  // Whose regions change, changes every month: peers and ranks are among all of them.
  const shape = contentHash(`${regions.join(',')} ${Object.keys(definition.columns).join(',')}`);
  const at = new Map(regions.map((region, i) => [region, i]));
  return {
    regions,
    first,
    last,
    rows: summary.rows,
    refused: summary.refused,
    versionOf: (month) => contentHash(`${shape} ${versions.get(month) ?? 'nothing'}`),
    async read(months) {
      const found = new Map<MonthNumber, Record<string, Float64Array>>();
      for (const month of months) {
        if (month < first || month > last) continue;
        const columns = Object.fromEntries(
          Object.keys(definition.columns).map((name) => [
            name,
            // Within the data a region without incidents had none; a measure nobody gave is unknown.
            new Float64Array(regions.length).fill(counted.includes(name) ? 0 : Number.NaN),
          ]),
        );
        found.set(month, columns);
      }
      await fill(deps, incidents.cells([...found.keys()]), (cell) => {
        const column = found.get(cell.month)?.[cell.column];
        if (column) column[at.get(cell.region) as number] = cell.value;
      });
      if (measures) {
        await fill(deps, measures.cells([...found.keys()]), (cell) => {
          const column = found.get(cell.month)?.[cell.column];
          if (column) column[at.get(cell.region) as number] = cell.value;
        });
      }
      return new Map(
        [...found].map(([month, columns]) => [month, { regions: regions.length, columns }]),
      );
    },
  };
}

type Relation = {
  /** A SELECT of month, version and rows. */
  readonly monthsSql: string;
  readonly regionsSql: string;
  /** A SELECT of how many rows there are and how many are refused, by reason. */
  readonly refusedSql: string;
  /** A SELECT of month, region, column, value. */
  cells(months: readonly MonthNumber[]): string;
};

async function incidentRelation(
  olap: Olap,
  definition: Definition,
  path: string,
): Promise<Relation> {
  const { source, types } = await sourceOf(olap, path, ['region', 'at', 'kind']);
  const kinds = Object.keys(definition.columns);
  const month = monthSql('at', types.get('at') ?? 'String');
  const rows = `(SELECT ifNull(toUInt32OrZero(toString(region)), 0) AS r, ${month} AS m, toString(kind) AS k FROM ${source})`;
  const known = `k IN (${kinds.map(quoted).join(', ')})`;
  const isGood = `r >= 110000 AND r <= 829999 AND m > 0 AND ${known}`;
  return {
    monthsSql: `SELECT m, toString(sum(cityHash64(r, k))) AS version, count() AS n FROM ${rows} WHERE ${isGood} GROUP BY m`,
    regionsSql: `SELECT DISTINCT r FROM ${rows} WHERE ${isGood}`,
    refusedSql: `SELECT count() AS n, countIf(NOT (r >= 110000 AND r <= 829999)) AS bad_region, countIf(r >= 110000 AND r <= 829999 AND m = 0) AS bad_time, countIf(r >= 110000 AND r <= 829999 AND m > 0 AND NOT ${known}) AS unknown_kind FROM ${rows}`,
    cells: (months) =>
      `SELECT m, r, toUInt16(indexOf([${kinds.map(quoted).join(', ')}], k)) AS c, toFloat64(count()) AS v FROM ${rows} WHERE ${isGood} AND m IN (${listed(months)}) GROUP BY m, r, c`,
  };
}

async function measureRelation(
  olap: Olap,
  definition: Definition,
  path: string,
): Promise<Relation> {
  const { source } = await sourceOf(olap, path, ['region', 'period', 'column', 'value']);
  const kinds = Object.keys(definition.columns);
  // A figure of a year holds for each of its months, unless the month has its own.
  const rows = `(SELECT ifNull(toUInt32OrZero(toString(region)), 0) AS r, toString(period) AS p, toString(column) AS k, toFloat64OrNull(toString(value)) AS v,
    multiIf(match(p, '^[0-9]{4}$'), arrayMap(i -> toUInt32(toUInt32OrZero(p) * 12 + i), range(12)), match(p, '^[0-9]{4}-(0[1-9]|1[0-2])$'), [toUInt32(toUInt32OrZero(substring(p, 1, 4)) * 12 + toUInt32OrZero(substring(p, 6, 2)) - 1)], emptyArrayUInt32()) AS ms FROM ${source})`;
  const known = `k IN (${kinds.map(quoted).join(', ')})`;
  const isGood = `r >= 110000 AND r <= 829999 AND notEmpty(ms) AND ${known} AND v IS NOT NULL AND isFinite(v)`;
  const spread = `(SELECT r, k, v, length(p) AS own, arrayJoin(ms) AS m FROM ${rows} WHERE ${isGood})`;
  return {
    monthsSql: `SELECT m, toString(sum(cityHash64(r, k, v, own))) AS version, count() AS n FROM ${spread} GROUP BY m`,
    regionsSql: `SELECT DISTINCT r FROM ${rows} WHERE ${isGood}`,
    refusedSql: `SELECT count() AS n, countIf(NOT (r >= 110000 AND r <= 829999)) AS bad_region, countIf(r >= 110000 AND r <= 829999 AND empty(ms)) AS bad_period, countIf(r >= 110000 AND r <= 829999 AND notEmpty(ms) AND NOT ${known}) AS unknown_column, countIf(r >= 110000 AND r <= 829999 AND notEmpty(ms) AND ${known} AND (v IS NULL OR NOT isFinite(v))) AS bad_value FROM ${rows}`,
    cells: (months) =>
      `SELECT m, r, toUInt16(indexOf([${kinds.map(quoted).join(', ')}], k)) AS c, toFloat64(argMax(v, (own, v))) AS v FROM ${spread} WHERE m IN (${listed(months)}) GROUP BY m, r, c`,
  };
}

/** The file as a relation; Parquet by its name, everything else as CSV with a header. */
async function sourceOf(olap: Olap, path: string, wanted: readonly string[]) {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new UserError('not-found', text('文件不存在', 'the file is not there'), {
      detail: path,
      hint: text('请检查路径', 'Look at the path.'),
    });
  }
  const isParquet = /\.parquet$/i.test(file);
  const inferred = `file(${quoted(file)}, ${isParquet ? 'Parquet' : 'CSVWithNames'})`;
  const columns = await olap.rows<{ name: string; type: string }>(`DESCRIBE TABLE ${inferred}`);
  const types = new Map(columns.map(({ name, type }) => [name, isParquet ? type : 'String']));
  const missing = wanted.filter((name) => !types.has(name));
  if (missing.length > 0) {
    throw new UserError('bad-input', text('文件缺少所需的列', 'the file lacks columns'), {
      detail: `${path}: ${missing.join(', ')}; it has ${[...types.keys()].slice(0, 20).join(', ')}`,
      hint: text(
        `需要的列：${wanted.join('、')}`,
        `Needed are ${wanted.join(', ')}; rename the columns of the file.`,
      ),
    });
  }
  // The engine guesses types by the first rows and times by the zone of the machine: CSV is read as text.
  const structure = [...types.keys()].map((name) => `\`${name.replaceAll('`', '')}\` String`);
  const source = isParquet
    ? inferred
    : `file(${quoted(file)}, CSVWithNames, ${quoted(structure.join(', '))})`;
  return { source, types };
}

/** The month number of a column, 0 where it cannot be read. Times without a zone are local. */
function monthSql(column: string, type: string): string {
  const bare = type.replaceAll(/Nullable\(|LowCardinality\(|\)+$/g, '');
  const instant = /^U?Int(32|64)|^Float64/.test(bare)
    ? `fromUnixTimestamp64Milli(toInt64(${column}), 'Asia/Shanghai')`
    : bare.startsWith('Date')
      ? column
      : `parseDateTime64BestEffortOrNull(toString(${column}), 3, 'Asia/Shanghai')`;
  const zone = /^Date(32)?$/.test(bare) ? '' : `, 'Asia/Shanghai'`;
  return `ifNull(toUInt32(toYear(${instant}${zone}) * 12 + toMonth(${instant}${zone}) - 1), 0)`;
}

async function summarise(olap: Olap, incidents: Relation, measures: Relation | undefined) {
  const relations = measures ? [incidents, measures] : [incidents];
  const refused: Record<string, number> = {};
  let rows = 0;
  const versions = new Map<MonthNumber, string>();
  const regions = new Set<number>();
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const relation of relations) {
    const [months, found, [counts = {}]] = await Promise.all([
      olap.rows<{ m: number; version: string; n: number }>(relation.monthsSql),
      olap.rows<{ r: number }>(relation.regionsSql),
      olap.rows<Record<string, number>>(relation.refusedSql),
    ]);
    for (const { m, version, n } of months) {
      versions.set(m, `${versions.get(m) ?? ''} ${version}/${n}`);
      // Months that only have measures are none: figures begin and end with what happened.
      if (relation !== incidents) continue;
      first = Math.min(first, m);
      last = Math.max(last, m);
    }
    for (const { r } of found) regions.add(r);
    for (const [reason, count] of Object.entries(counts)) {
      if (reason === 'n') rows += count;
      else if (count > 0) refused[reason] = (refused[reason] ?? 0) + count;
    }
  }
  if (!Number.isFinite(first)) {
    const why = Object.entries(refused).map(([reason, count]) => `${reason} ${count}`);
    throw new UserError('bad-input', text('没有可用的数据行', 'no row of the input can be used'), {
      detail: why.join(', ') || 'the file is empty',
    });
  }
  return { regions: [...regions].sort((a, b) => a - b), first, last, versions, rows, refused };
}

type Cell = { month: MonthNumber; region: number; column: string; value: number };

let exports = 0;

/** Reads the cells of a SELECT without making objects of its rows. */
async function fill(
  { olap, folder }: Deps,
  sql: string,
  take: (cell: Cell) => void,
): Promise<void> {
  const path = join(folder, `cells-${exports++}.arrow`);
  const columns = namesIn(sql);
  await olap.export(sql, {}, path);
  const cell: Cell = { month: 0, region: 0, column: '', value: 0 };
  const reader = await arrow.RecordBatchReader.from(createReadStream(path));
  for await (const batch of reader) {
    const [months, regions, kinds, values] = [0, 1, 2, 3].map(
      (i) => batch.getChildAt(i)?.toArray() as ArrayLike<number>,
    );
    for (let row = 0; row < batch.numRows; row++) {
      cell.month = months?.[row] as number;
      cell.region = regions?.[row] as number;
      cell.column = columns[(kinds?.[row] as number) - 1] as string;
      cell.value = values?.[row] as number;
      take(cell);
    }
  }
}

/** The names the engine numbered, in its order. */
const namesIn = (sql: string): string[] =>
  [...(/indexOf\(\[(.*?)\]/.exec(sql)?.[1] ?? '').matchAll(/'([^']*)'/g)].map(
    ([, name]) => name ?? '',
  );

const listed = (months: readonly MonthNumber[]) => (months.length > 0 ? months.join(', ') : 'NULL');

/** A text in SQL. Column names are checked by the definition's schema, paths are escaped. */
const quoted = (value: string) => `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;

/** What is refused, as people read it. */
export const REFUSED_WORDS: Readonly<Record<string, { zh: string; en: string }>> = {
  bad_region: text('行政区划代码有误', 'no region code'),
  bad_time: text('时间无法识别', 'a time that cannot be read'),
  bad_period: text('期间写法有误', 'a period that cannot be read'),
  unknown_kind: text('定义中没有的案件类别', 'a kind the definition does not know'),
  unknown_column: text('定义中没有的列', 'a column the definition does not know'),
  bad_value: text('数值有误', 'no number'),
};

/** `2025-01 … 2026-12`. */
export const spanOf = ({ first, last }: IndexInput): string =>
  `${monthName(first)} … ${monthName(last)}`;
