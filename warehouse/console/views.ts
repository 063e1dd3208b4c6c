// What analysts may ask in SQL and take away: declared views, each counted by region so that it can be narrowed
// to whose rights reach where, none with the key of a person. Small counts of alerts and incidents are left out.

import { text, type Text } from '../../core/text.ts';
import { duckName, type Duck } from '../duck.ts';
import { UserError } from '../../core/errors.ts';
import { RELATIONS } from '../metrics-catalogue.ts';
import type { Olap, OlapParams } from '../olap.ts';

export type ViewColumn = {
  readonly name: string;
  readonly type: 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'DATE' | 'VARCHAR';
  readonly says: Text;
};

export type View = {
  readonly name: string;
  readonly says: Text;
  readonly columns: readonly ViewColumn[];
  /** For ClickHouse. `SCOPED` stands for the regions that are reached; `FLOOR(x)` for a count x or NULL. */
  readonly sql: string;
};

const region = {
  name: 'region',
  type: 'INTEGER',
  says: text('行政区划代码', 'GB/T 2260 code'),
} as const;
const day = { name: 'day', type: 'DATE', says: text('日期', 'day in China') } as const;
const month = {
  name: 'month',
  type: 'DATE',
  says: text('月份首日', 'first of the month'),
} as const;
const level = { name: 'level', type: 'INTEGER', says: text('级别', 'level') } as const;
const counted = (name: string, says: Text): ViewColumn => ({ name, type: 'BIGINT', says });
const word = (name: string, says: Text): ViewColumn => ({ name, type: 'VARCHAR', says });

const SMALL = text('低于下限为空', 'NULL below the floor');
const alerts = counted('alerts', text(`预警数，${SMALL.zh}`, `alerts, ${SMALL.en}`));

const dayOf = (column: string) =>
  `toString(toDate(fromUnixTimestamp64Milli(${column}, 'Asia/Shanghai')))`;
const monthOf = (column: string) =>
  `toString(toStartOfMonth(fromUnixTimestamp64Milli(${column}, 'Asia/Shanghai')))`;

export const VIEWS: readonly View[] = [
  {
    name: 'alerts_by_day',
    says: text('每日预警数', 'alerts by day, county and level'),
    columns: [day, region, level, alerts],
    sql: `SELECT ${dayOf('r.recorded_at_ms')} AS day, r.region AS region, r.level AS level, FLOOR(count()) AS alerts
      FROM ${RELATIONS.alerts.sql} AS r WHERE NOT r.is_withdrawn AND SCOPED(r.region) GROUP BY 1, 2, 3`,
  },
  {
    name: 'alerts_by_month',
    says: text('每月预警数（分规则、对象类别）', 'alerts by month, county, rule, level and class'),
    columns: [
      month,
      region,
      word('rule', text('规则', 'rule')),
      level,
      word('class', text('对象类别', 'class of person')),
      alerts,
    ],
    sql: `SELECT ${monthOf('r.recorded_at_ms')} AS month, r.region AS region, r.rule_id AS rule, r.level AS level, r.subject_class AS class, FLOOR(count()) AS alerts
      FROM ${RELATIONS.alerts.sql} AS r WHERE NOT r.is_withdrawn AND SCOPED(r.region) GROUP BY 1, 2, 3, 4, 5`,
  },
  {
    name: 'incidents_by_month',
    says: text('每月案件数（导入）', 'imported incidents by month, region and kind'),
    columns: [
      month,
      region,
      word('kind', text('类别', 'kind')),
      counted('incidents', text(`案件数，${SMALL.zh}`, `incidents, ${SMALL.en}`)),
    ],
    sql: `SELECT ${monthOf('r.at_ms')} AS month, r.region AS region, r.kind AS kind, FLOOR(count()) AS incidents
      FROM incident AS r WHERE SCOPED(r.region) GROUP BY 1, 2, 3`,
  },
  {
    name: 'measures',
    says: text('指标数值（导入）', 'imported measures'),
    columns: [
      region,
      word('period', text('期间：2026 或 2026-01', 'period: 2026 or 2026-01')),
      word('name', text('指标', 'measure')),
      { name: 'value', type: 'DOUBLE', says: text('数值', 'value') },
    ],
    sql: `SELECT r.region AS region, r.period AS period, r.column AS name, r.value AS value
      FROM index_measure AS r WHERE SCOPED(r.region)`,
  },
  {
    name: 'observations_by_day',
    says: text('每日接收数据量', 'observations received by day, county, kind and source'),
    columns: [
      day,
      region,
      word('kind', text('类型', 'kind')),
      word('source', text('来源', 'source')),
      counted('observations', text('条数', 'observations')),
    ],
    sql: `SELECT ${dayOf('r.received_minute_ms')} AS day, r.region AS region, r.kind AS kind, r.source AS source, sum(r.observations) AS observations
      FROM observation_minute AS r WHERE SCOPED(r.region) GROUP BY 1, 2, 3, 4`,
  },
];

/** Codes from and until, both included; what somebody's rights reach. */
export type RegionRange = { readonly from: number; readonly until: number };

export type ViewLimits = {
  /** Counts below are NULL. */
  readonly floor: number;
  readonly rowsMax: number;
};

export const VIEW_LIMITS: ViewLimits = { floor: 5, rowsMax: 500_000 };

/** The statement of a view, with its values bound. */
export function viewStatement(
  { sql }: View,
  ranges: readonly RegionRange[],
  { floor, rowsMax }: ViewLimits,
): { sql: string; params: OlapParams } {
  const scoped = sql
    .replaceAll(
      /SCOPED\(([\w.]+)\)/g,
      'arrayExists((a, b) -> $1 BETWEEN a AND b, {from:Array(UInt32)}, {until:Array(UInt32)})',
    )
    .replaceAll(/FLOOR\((\w+\(\))\)/g, 'if($1 < {floor:UInt64}, NULL, $1)');
  return {
    sql: `${scoped} ORDER BY ALL LIMIT {rowsMax:UInt64}`,
    params: {
      from: ranges.map(({ from }) => from),
      until: ranges.map(({ until }) => until),
      ...(scoped.includes('{floor') && { floor }),
      rowsMax: rowsMax + 1,
    },
  };
}

/** Makes tables of views, as far as the ranges reach, in DuckDB. Throws UserError `too-large`. */
export async function fillViews(
  { olap, duck }: { olap: Olap; duck: Duck },
  views: readonly View[],
  { ranges, limits = VIEW_LIMITS }: { ranges: readonly RegionRange[]; limits?: ViewLimits },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const view of views) {
    const { sql, params } = viewStatement(view, ranges, limits);
    const rows = ranges.length === 0 ? [] : await olap.rows<Record<string, unknown>>(sql, params);
    if (rows.length > limits.rowsMax) {
      throw new UserError('too-large', text('数据量过大', 'there is too much of it'), {
        detail: view.name,
        hint: text('请在较小的辖区范围内查询', 'Ask within a smaller area.'),
      });
    }
    const columns = view.columns.map(({ name, type }) => `${duckName(name)} ${type}`);
    await duck.connection.run(`CREATE TABLE ${duckName(view.name)} (${columns.join(', ')})`);
    await append(duck, view, rows);
    counts[view.name] = rows.length;
  }
  return counts;
}

async function append(duck: Duck, view: View, rows: readonly Record<string, unknown>[]) {
  const texts = `${view.name}_texts`;
  const hasDates = view.columns.some(({ type }) => type === 'DATE');
  if (hasDates) {
    const columns = view.columns.map(
      ({ name, type }) => `${duckName(name)} ${type === 'DATE' ? 'VARCHAR' : type}`,
    );
    await duck.connection.run(`CREATE TEMP TABLE ${duckName(texts)} (${columns.join(', ')})`);
  }
  const appender = await duck.connection.createAppender(hasDates ? texts : view.name);
  for (const row of rows) {
    for (const { name, type } of view.columns) {
      const value = row[name];
      if (value === null || value === undefined) appender.appendNull();
      else if (type === 'INTEGER') appender.appendInteger(Number(value));
      else if (type === 'BIGINT') appender.appendBigInt(BigInt(value as number));
      else if (type === 'DOUBLE') appender.appendDouble(Number(value));
      else appender.appendVarchar(String(value));
    }
    appender.endRow();
  }
  appender.closeSync();
  if (!hasDates) return;
  await duck.connection.run(`INSERT INTO ${duckName(view.name)} SELECT * FROM ${duckName(texts)}`);
  await duck.connection.run(`DROP TABLE ${duckName(texts)}`);
}
