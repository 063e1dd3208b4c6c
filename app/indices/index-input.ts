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
import { countingSql, countRows, REGION_MAX, REGION_MIN, type CountedRows } from './count-rows.ts';
import { monthAt, monthName, type MonthNumber } from './months.ts';

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
  /** Changes with any figure of the month and with the regions there are; not with the order of rows. */
  versionOf(month: MonthNumber): string;
  /** What is known of a month; nothing outside of the data. */
  columnsOf(month: MonthNumber): PeriodColumns;
  readonly rows: number;
  /** Rows that were not used, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** How the cells were counted. */
  readonly sql: readonly string[];
};

type Deps = {
  readonly olap: Olap;
  /** For what the engine hands over; emptied by whoever made it. */
  readonly folder: string;
};

/**
 * Counts the files, each in one pass of the engine. Cells stay in memory: 8 bytes for each region, month and
 * column. Throws UserError for files that are not there or lack a column.
 */
export async function openIndexInput(
  deps: Deps,
  definition: Definition,
  files: InputFiles,
): Promise<IndexInput> {
  const names = Object.keys(definition.columns);
  const { olap } = deps;
  const incidents = await incidentCells(olap, names, files.incidents);
  const measures = files.measures ? await measureCells(olap, names, files.measures) : undefined;
  return readInput(deps, definition, { incidents, measures });
}

/** The same from the tables of the warehouse, up to the month that `untilMs` lies in. */
export function openWarehouseInput(
  deps: Deps,
  definition: Definition,
  { untilMs }: { untilMs: number },
): Promise<IndexInput> {
  const names = Object.keys(definition.columns);
  return readInput(deps, definition, {
    incidents: incidentQuery(names, {
      source: `incident WHERE month < ${monthAt(untilMs)}`,
      month: 'month',
      kind: 'kind',
      region: 'UInt32',
    }),
    measures: measureQuery(names, 'index_measure'),
  });
}

async function readInput(
  deps: Deps,
  definition: Definition,
  { incidents, measures }: { incidents: CellQuery; measures: CellQuery | undefined },
): Promise<IndexInput> {
  const names = Object.keys(definition.columns);
  const counted = await countRows(deps, incidents, {
    columns: names.length,
    path: join(deps.folder, `rows-${exports++}.arrow`),
  });
  const measured = measures ? await readCells(deps, measures) : undefined;
  const { first, last } = counted;
  const refused = { ...counted.refused };
  for (const [reason, count] of Object.entries(measured?.refused ?? {})) {
    refused[reason] = (refused[reason] ?? 0) + count;
  }
  if (first > last) {
    throw new UserError('bad-input', text('没有可用的数据行', 'no row of the input can be used'), {
      detail:
        Object.entries(refused)
          .map(([reason, count]) => `${REFUSED_WORDS[reason]?.en ?? reason}: ${count}`)
          .join(', ') || 'the file is empty',
    });
  }
  const found = new Set([...counted.regions, ...(measured?.regions ?? [])]);
  const regions = [...found].sort((a, b) => a - b);
  const months = denseMonths(definition, { regions, first, last }, { counted, measured });
  // Whose regions change, changes every month: peers and ranks are among all of them.
  const shape = `${regions.join(',')} ${names.join(',')}`;
  const versions = months.map((cells) =>
    contentHash(
      `${contentHash(shape)} ${contentHash(new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength))}`,
    ),
  );
  const nothing: PeriodColumns = { regions: regions.length, columns: {} };
  const columnsAt = months.map((cells): PeriodColumns => ({
    regions: regions.length,
    columns: Object.fromEntries(
      names.map((name, i) => [name, cells.subarray(i * regions.length, (i + 1) * regions.length)]),
    ),
  }));
  return {
    regions,
    first,
    last,
    rows: counted.rows + (measured?.rows ?? 0),
    refused,
    sql: [incidents, ...(measures ? [measures] : [])].map(({ sql }) => sql),
    versionOf: (month) => versions[month - first] ?? 'nothing',
    columnsOf: (month) => columnsAt[month - first] ?? nothing,
  };
}

/** Cells of each month, column after column, in one piece of memory. */
function denseMonths(
  definition: Definition,
  { regions, first, last }: Pick<IndexInput, 'regions' | 'first' | 'last'>,
  { counted, measured }: { counted: CountedRows; measured: Cells | undefined },
): Float64Array[] {
  const columns = Object.values(definition.columns);
  // Within the data a region without incidents had none; a measure nobody gave is unknown.
  const empty = new Float64Array(columns.length * regions.length);
  for (const [i, { count }] of columns.entries()) {
    if (!count) empty.fill(Number.NaN, i * regions.length, (i + 1) * regions.length);
  }
  const size = empty.length;
  const all = new Float64Array(size * (last - first + 1));
  if (Object.values(definition.columns).some(({ count }) => !count))
    for (let at = 0; at < all.length; at += size) all.set(empty, at);
  counted.putInto(all, regions);
  const months = Array.from({ length: last - first + 1 }, (_, i) =>
    all.subarray(i * size, (i + 1) * size),
  );
  const placeOf = new Int32Array(REGION_MAX + 1);
  for (const [place, region] of regions.entries()) placeOf[region] = place;
  for (const batch of measured?.batches ?? []) {
    for (let row = 0; row < batch.length; row++) {
      const month = months[(batch.month[row] as number) - first];
      const column = (batch.column[row] as number) - 1;
      if (!month || column < 0) continue;
      month[column * regions.length + (placeOf[batch.region[row] as number] as number)] = batch
        .value[row] as number;
    }
  }
  return months;
}

type CellBatch = {
  readonly length: number;
  readonly month: ArrayLike<number>;
  readonly region: ArrayLike<number>;
  /** From 1 on in the order of the definition; 0 for one it does not know. */
  readonly column: ArrayLike<number>;
  readonly value: ArrayLike<number>;
};

type Cells = {
  readonly batches: readonly CellBatch[];
  readonly regions: ReadonlySet<number>;
  readonly first: MonthNumber;
  readonly last: MonthNumber;
  readonly rows: number;
  readonly refused: Readonly<Record<string, number>>;
};

/**
 * A SELECT of month, region, column, value, and how many rows are in it. What is wrong in a row is 0 in the
 * cell it goes to, so that bad rows are counted in the same pass.
 */
type CellQuery = {
  readonly sql: string;
  readonly reasons: { readonly month: string; readonly column: string; readonly value?: string };
};

/** A number as it is; everything else as it is written. */
const regionSql = (type: string) =>
  /^(Nullable\()?U?Int/.test(type) ? 'region' : 'toUInt32OrZero(toString(region))';
const goodRegion = (type: string) =>
  `ifNull(if(${regionSql(type)} BETWEEN ${REGION_MIN} AND ${REGION_MAX}, toUInt32(${regionSql(type)}), 0), 0)`;

/** The place of a text in a list, from 1 on; 0 when it is not in it. */
const placeSql = (column: string, names: readonly string[]) =>
  `transform(${column}, [${names.map(quoted).join(', ')}], [${names.map((_, i) => `toUInt16(${i + 1})`).join(', ')}], toUInt16(0))`;

async function incidentCells(
  olap: Olap,
  names: readonly string[],
  path: string,
): Promise<CellQuery> {
  const { source, types } = await sourceOf(olap, path, ['region', 'at', 'kind']);
  return incidentQuery(names, {
    source,
    month: `toUInt16(${monthSql('at', types.get('at') ?? 'String')})`,
    kind: 'toString(kind)',
    region: types.get('region') ?? 'String',
  });
}

/** A row per region and year with a count for each of its months and columns. */
function incidentQuery(
  names: readonly string[],
  { source, month, kind, region }: { source: string; month: string; kind: string; region: string },
): CellQuery {
  const column = `ifNull(${placeSql(kind, names)}, 0)`;
  return {
    sql: countingSql(
      { region: goodRegion(region), month, column },
      { source, columns: names.length },
    ),
    reasons: { month: 'bad_time', column: 'unknown_kind' },
  };
}

async function measureCells(
  olap: Olap,
  names: readonly string[],
  path: string,
): Promise<CellQuery> {
  const { source } = await sourceOf(olap, path, ['region', 'period', 'column', 'value']);
  return measureQuery(names, source);
}

function measureQuery(names: readonly string[], source: string): CellQuery {
  // A figure of a year holds for each of its months, unless the month has its own.
  const months = `multiIf(match(p, '^[0-9]{4}$'), arrayMap(i -> toUInt32(toUInt32OrZero(p) * 12 + i), range(12)), match(p, '^[0-9]{4}-(0[1-9]|1[0-2])$'), [toUInt32(toUInt32OrZero(substring(p, 1, 4)) * 12 + toUInt32OrZero(substring(p, 6, 2)) - 1)], [toUInt32(0)])`;
  const read = `SELECT ${goodRegion('String')} AS r, toString(period) AS p, ifNull(${placeSql('toString(column)', names)}, 0) AS c, toFloat64OrNull(toString(value)) AS x FROM ${source}`;
  const spread = `SELECT arrayJoin(${months}) AS m, r, c, if(x IS NULL OR NOT isFinite(x), nan, x) AS v, length(p) AS own, if(own = 4 AND m % 12 > 0, 0, 1) AS one FROM (${read})`;
  return {
    sql: `SELECT m, r, c, toFloat64(argMax(v, (own, v))) AS v, toFloat64(sum(one)) AS n FROM (${spread}) GROUP BY m, r, c`,
    reasons: { month: 'bad_period', column: 'unknown_column', value: 'bad_value' },
  };
}

let exports = 0;

/** Reads the cells without making objects of them. */
async function readCells({ olap, folder }: Deps, { sql, reasons }: CellQuery): Promise<Cells> {
  const path = join(folder, `cells-${exports++}.arrow`);
  await olap.export(sql, {}, path);
  const batches: CellBatch[] = [];
  const regions = new Set<number>();
  const refused: Record<string, number> = {};
  let [rows, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const seen = new Uint8Array(REGION_MAX + 1);
  const reader = await arrow.RecordBatchReader.from(createReadStream(path));
  for await (const record of reader) {
    const [month, region, column, value, count] = [0, 1, 2, 3, 4].map(
      (i) => record.getChildAt(i)?.toArray() as ArrayLike<number>,
    ) as [ArrayLike<number>, ArrayLike<number>, Uint16Array, Float64Array, ArrayLike<number>];
    const good = column.slice();
    for (let row = 0; row < record.numRows; row++) {
      const [m, r] = [month[row] as number, region[row] as number];
      rows += count[row] as number;
      const reason =
        r === 0
          ? 'bad_region'
          : m === 0
            ? reasons.month
            : column[row] === 0
              ? reasons.column
              : Number.isNaN(value[row])
                ? reasons.value
                : undefined;
      if (reason !== undefined) {
        refused[reason] = (refused[reason] ?? 0) + (count[row] as number);
        good[row] = 0;
        continue;
      }
      if (m < first) first = m;
      if (m > last) last = m;
      seen[r] = 1;
    }
    batches.push({ length: record.numRows, month, region, column: good, value });
  }
  for (let region = 0; region < seen.length; region++) if (seen[region] === 1) regions.add(region);
  return { batches, regions, first, last, rows, refused };
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
  return `ifNull(toUInt32(toRelativeMonthNum(${instant}${zone}) - 1), 0)`;
}

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
