// Makes one ClickHouse statement of a question about a metric. Names are looked up in the catalogue, never
// put into the SQL; values go in as parameters.

import { z } from 'zod';
import { UserError, assert } from '../core/errors.ts';
import { instantSchema } from '../core/instant.ts';
import { text, type Text } from '../core/text.ts';
import { GRAINS, type Dimension, type Grain, type Relation } from './metric.ts';
import { dimensionsOf, METRICS, RELATIONS, type Metric } from './metrics-catalogue.ts';
import { rolledRows, type SettledDays } from './compile-rollup.ts';
import type { OlapParam } from './olap.ts';
import { ROLLUPS, rolledSql, type RolledSql, type Rollup, type RollupId } from './rollups.ts';

export const METRIC_ROWS_MAX = 50_000;
const FILTER_VALUES_MAX = 1_000;

/** A question as it comes from a screen or an analyst. */
export const metricQuerySchema = z.strictObject({
  metric: z.string(),
  /** What to split by, in the order of the columns. */
  dimensions: z.array(z.string()).default([]),
  /** Width of the time buckets; without it the whole time is one. */
  grain: z.enum(GRAINS).optional(),
  /** From this instant on. */
  fromMs: instantSchema.optional(),
  /** Up to and without this instant. */
  untilMs: instantSchema.optional(),
  /** Values that count, by dimension; a city or province stands for the counties in it. */
  filters: z.record(z.string(), z.array(z.string()).min(1).max(FILTER_VALUES_MAX)).default({}),
  rowsMax: z.number().int().min(1).max(METRIC_ROWS_MAX).default(METRIC_ROWS_MAX),
});

export type MetricQuery = z.input<typeof metricQuerySchema>;

export type MetricColumn = {
  readonly key: string;
  readonly name: Text;
  /** `count` is what a value was counted from, for the privacy floor; never shown. */
  readonly role: 'time' | 'dimension' | 'value' | 'count';
};

export type CompiledMetric = {
  readonly sql: string;
  readonly params: Readonly<Record<string, OlapParam>>;
  readonly columns: readonly MetricColumn[];
};

export type CompileOptions = {
  /** Only rows of these regions count. */
  readonly within?: readonly RegionSpan[] | undefined;
  /** Up to when the warehouse knows what happened: the instant a state is of, when the time asked for ends later. */
  readonly knownUntilMs?: number | undefined;
  /** Days of a roll-up that covers the question; they lie in the time asked for as a whole. */
  readonly settled?: SettledDays | undefined;
  /** Adds what each value was counted from, as `counted_0` and so on. */
  readonly counts?: boolean;
};

/** Counties from one GB/T 2260 code to another, both included: what of the organisation may be seen. */
export type RegionSpan = { readonly from: number; readonly to: number };

/**
 * The counties a unit stands for: itself, and with `below` all that lies in it by the structure of the code.
 */
export function regionSpan(unit: string, { below }: { below: boolean }): RegionSpan {
  const from = Number(unit);
  if (!below) return { from, to: from };
  if (unit.endsWith('0000')) return { from, to: from + 9_999 };
  return { from, to: unit.endsWith('00') ? from + 99 : from };
}

/**
 * The statement for a question, with the columns of its answer: `bucket_ms` when a grain is asked for, the
 * dimensions, and `value`. It gives one row more than `rowsMax`, so that a cut can be noticed. With `within`,
 * only rows of those regions count. Throws UserError `bad-input` that lists what may be asked for, and
 * `forbidden` for a metric that is not counted by region when not everything may be seen.
 */
export function compileMetric(
  query: MetricQuery,
  { within, knownUntilMs, settled, counts = false }: CompileOptions = {},
): CompiledMetric {
  const asked = parse(query);
  const metric = find(METRICS, asked.metric, METRIC);
  const relation: Relation = RELATIONS[metric.relation];
  const available = dimensionsOf(metric);
  const dimensions = [...new Set(asked.dimensions)].map(
    (id) => [id, find(available, id, DIMENSION)] as const,
  );
  const params: Record<string, OlapParam> = {};
  const time = relation.timeColumn;

  const select: string[] = [];
  const columns: MetricColumn[] = [];
  if (asked.grain) {
    if (time === undefined) throw noTime(metric);
    select.push(`${bucket(asked.grain, `r.${time}`)} AS bucket_ms`);
    columns.push({ key: 'bucket_ms', name: text('时间', 'time'), role: 'time' });
  }
  for (const [id, dimension] of dimensions) {
    select.push(`${dimension.sql} AS ${id}`);
    columns.push({ key: id, name: dimension.name, role: 'dimension' });
  }
  const groups = columns.map(({ key }) => key);
  const rolled = settled && rolledMetric(settled.rollup, asked.metric);
  select.push(`${(rolled ?? metric).sql} AS value`);
  columns.push({ key: 'value', name: metric.name, role: 'value' });
  if (counts) {
    ((rolled ?? metric).countedBy ?? ['count()']).forEach((sql, index) => {
      select.push(`${sql} AS counted_${index}`);
      columns.push({ key: `counted_${index}`, name: metric.name, role: 'count' });
    });
  }

  const { where, from } = conditionsOf(metric, asked, {
    params,
    within,
    knownUntilMs,
    settled,
  });
  params['rows'] = asked.rowsMax + 1;

  const lines = [
    `SELECT\n  ${select.join(',\n  ')}`,
    `FROM ${from} AS r`,
    ...(where.length > 0 ? [`WHERE ${where.join('\n  AND ')}`] : []),
    ...(groups.length > 0
      ? [`GROUP BY ${groups.join(', ')}`, `ORDER BY ${groups.join(', ')}`]
      : []),
    'LIMIT {rows:UInt32}',
  ];
  return { sql: lines.join('\n'), params, columns };
}

/**
 * The statements for the rows behind a question, the newest first, and for how many there are. Throws like
 * compileMetric, and `bad-input` for a metric whose rows cannot be listed.
 */
export function compileRecords(
  query: MetricQuery,
  { within, knownUntilMs }: Omit<CompileOptions, 'counts' | 'settled'> = {},
): { sql: string; countSql: string; params: CompiledMetric['params'] } {
  const asked = parse(query);
  const metric = find(METRICS, asked.metric, METRIC);
  const relation: Relation = RELATIONS[metric.relation];
  const time = relation.timeColumn;
  if (relation.records === undefined) {
    throw new UserError(
      'bad-input',
      text(`“${metric.name.zh}”没有可列出的明细`, `"${metric.name.en}" has no records to list`),
    );
  }
  const params: Record<string, OlapParam> = { rows: asked.rowsMax };
  const { where, from: table } = conditionsOf(metric, asked, { params, within, knownUntilMs });
  const from = [
    `FROM ${table} AS r`,
    ...(where.length > 0 ? [`WHERE ${where.join('\n  AND ')}`] : []),
  ];
  const columns = Object.entries(relation.records).map(([id, { sql }]) => `${sql} AS ${id}`);
  return {
    sql: [
      `SELECT\n  ${columns.join(',\n  ')}`,
      ...from,
      `ORDER BY ${[...(time ? [`r.${time} DESC`] : []), ...Object.keys(relation.records)].join(', ')}`,
      'LIMIT {rows:UInt32}',
    ].join('\n'),
    countSql: ['SELECT count() AS total', ...from].join('\n'),
    params,
  };
}

/** Which rows count, and the relation they are of. */
function conditionsOf(
  metric: Metric,
  asked: z.output<typeof metricQuerySchema>,
  { params, within, knownUntilMs, settled }: Omit<CompileOptions, 'counts'> & { params: Params },
): { where: string[]; from: string } {
  const available = dimensionsOf(metric);
  const relation: Relation = RELATIONS[metric.relation];
  const counting = settled ? rolledMetric(settled.rollup, asked.metric) : metric;
  const where = counting.where === undefined ? [] : [counting.where];
  const rolled = settled && rolledRows(settled, asked, params);
  where.push(...(rolled?.where ?? []));
  const from = rolled?.from ?? withinTime(relation, asked, { where, params, knownUntilMs });
  for (const [id, values] of Object.entries(asked.filters).sort()) {
    where.push(condition(id, find(available, id, DIMENSION), { values, params }));
  }
  if (within) where.push(scopeCondition(metric, { within, params }));
  return { where, from };
}

function rolledMetric(rollup: RollupId, metric: string): RolledSql {
  const rolled = (ROLLUPS[rollup] as Rollup).metrics[metric];
  assert(rolled !== undefined, 'a roll-up is chosen for a metric it has');
  return rolledSql(rolled);
}

type Params = Record<string, OlapParam>;

/** Adds what the time asked for means for the rows; gives the relation they are of. */
function withinTime(
  relation: Relation,
  { fromMs, untilMs }: z.output<typeof metricQuerySchema>,
  options: { where: string[]; params: Params; knownUntilMs: number | undefined },
): string {
  const { where, params, knownUntilMs } = options;
  const { timeColumn: time, narrowed, keptIn } = relation;
  if (time === undefined) {
    const asOfMs = Math.min(untilMs ?? Infinity, knownUntilMs ?? Infinity);
    if (asOfMs === Infinity) {
      throw new UserError(
        'bad-input',
        text('须说明截至何时', 'a state needs an instant it is of: say until when'),
      );
    }
    params['asOfMs'] = asOfMs;
    return relation.sql;
  }
  const bounds = [
    ['fromMs', '>=', fromMs],
    ['untilMs', '<', untilMs],
  ] as const;
  const given = bounds.filter(([, , atMs]) => atMs !== undefined);
  for (const [name, comparison, atMs] of given) {
    where.push(`r.${time} ${comparison} {${name}:Int64}`);
    params[name] = atMs as number;
  }
  if (narrowed === undefined || given.length === 0) return relation.sql;
  return narrowed(
    given
      .map(([name, comparison]) => `${keptIn.column} ${comparison} {${name}:Int64}`)
      .join(' AND '),
  );
}

function parse(query: MetricQuery): z.output<typeof metricQuerySchema> {
  const { success, data, error } = metricQuerySchema.safeParse(query);
  if (success) return data;
  throw new UserError('bad-input', text('查询格式不正确', 'the question is not well formed'), {
    detail: z.prettifyError(error),
  });
}

/** The start of the bucket an instant falls into, in China, in ms. Weeks begin on Monday. */
function bucket(grain: Grain, column: string): string {
  // The clock of China is the same all year, so plain arithmetic is exact, and many times as fast as dates.
  const day = `intDiv(${column} + 28800000, 86400000)`;
  switch (grain) {
    case 'minute':
      return `intDiv(${column}, 60000) * 60000`;
    case 'hour':
      return `intDiv(${column}, 3600000) * 3600000`;
    case 'day':
      return `${day} * 86400000 - 28800000`;
    case 'week':
      // 1 January 1970 was a Thursday.
      return `(intDiv(${day} + 3, 7) * 7 - 3) * 86400000 - 28800000`;
    case 'month':
      return `toInt64(toStartOfMonth(toDate(${day}))) * 86400000 - 28800000`;
  }
}

function condition(
  id: string,
  dimension: Dimension,
  { values, params }: { values: readonly string[]; params: Record<string, OlapParam> },
): string {
  const name = `only_${id}`;
  switch (dimension.type) {
    case 'text':
      params[name] = values;
      return `${dimension.sql} IN {${name}:Array(String)}`;
    case 'number':
      params[name] = values.map((value) => wholeNumber(id, value));
      return `${dimension.sql} IN {${name}:Array(UInt32)}`;
    case 'region':
      return regionCondition(
        name,
        values.map((value) => wholeNumber(id, value)),
        params,
      );
  }
}

/** Rows of the counties, and of those in the cities and provinces. */
function regionCondition(
  name: string,
  codes: readonly number[],
  params: Record<string, OlapParam>,
): string {
  const ranks = [
    { part: 'province', divisor: 10_000, own: codes.filter((code) => code % 10_000 === 0) },
    {
      part: 'city',
      divisor: 100,
      own: codes.filter((code) => code % 100 === 0 && code % 10_000 !== 0),
    },
    { part: 'county', divisor: 1, own: codes.filter((code) => code % 100 !== 0) },
  ].filter(({ own }) => own.length > 0);
  const conditions = ranks.map(({ part, divisor, own }) => {
    params[`${name}_${part}`] = own.map((code) => code / divisor);
    const place = divisor === 1 ? 'r.region' : `intDiv(r.region, ${divisor})`;
    return `${place} IN {${name}_${part}:Array(UInt32)}`;
  });
  return `(${conditions.join(' OR ')})`;
}

/** Rows of units outside the scope do not count, whatever else was asked. */
function scopeCondition(
  metric: Metric,
  { within, params }: { within: readonly RegionSpan[]; params: Record<string, OlapParam> },
): string {
  const isByRegion = Object.values(dimensionsOf(metric)).some(({ type }) => type === 'region');
  if (!isByRegion) {
    throw new UserError(
      'forbidden',
      text(
        `"${metric.name.zh}" 不分区县统计，只有可查看全部数据的账户能查`,
        `"${metric.name.en}" is not counted by county; only who may see everything can ask for it`,
      ),
    );
  }
  if (within.length === 0) return '0';
  const spans = within.map(({ from, to }, index) => {
    params[`scope_from_${index}`] = from;
    params[`scope_to_${index}`] = to;
    return `r.region BETWEEN {scope_from_${index}:UInt32} AND {scope_to_${index}:UInt32}`;
  });
  return `(${spans.join(' OR ')})`;
}

function wholeNumber(id: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new UserError(
    'bad-input',
    text(`"${value}" 不是 "${id}" 的取值`, `"${value}" is no value of "${id}"`),
  );
}

const METRIC = text('指标', 'metric');
const DIMENSION = text('维度', 'dimension');

function find<Item>(items: Readonly<Record<string, Item>>, id: string, what: Text): Item {
  if (Object.hasOwn(items, id)) return items[id] as Item;
  const known = Object.keys(items).sort().join(', ');
  throw new UserError('bad-input', text(`没有${what.zh} "${id}"`, `no ${what.en} "${id}"`), {
    hint: text(`可用${what.zh}:${known}`, `Known ${what.en}s: ${known}.`),
  });
}

const noTime = (metric: Metric): UserError =>
  new UserError(
    'bad-input',
    text(
      `“${metric.name.zh}”是截至某时的数，不能按时间分段`,
      `"${metric.name.en}" is a state at an instant and has no time buckets`,
    ),
  );
