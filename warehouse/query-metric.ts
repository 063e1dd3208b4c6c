// Asks the warehouse for a metric.

import {
  METRIC_ROWS_MAX,
  compileMetric,
  type MetricColumn,
  type MetricQuery,
  type CompileOptions,
} from './compile-metric.ts';
import type { Olap } from './olap.ts';

export type MetricAnswer = {
  readonly columns: readonly MetricColumn[];
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly sql: string;
  /** True when there was more than `rowsMax` rows. */
  readonly cut: boolean;
};

/**
 * The answer to a question, in the order of its dimensions, counted from the rows of `within` only where that
 * is given. Rejects like compileMetric and Olap.rows.
 */
export async function queryMetric(
  olap: Olap,
  query: MetricQuery,
  options: CompileOptions = {},
): Promise<MetricAnswer> {
  const { sql, params, columns } = compileMetric(query, options);
  const rows = await olap.rows<MetricAnswer['rows'][number]>(sql, params);
  const rowsMax = query.rowsMax ?? METRIC_ROWS_MAX;
  return { sql, columns, rows: rows.slice(0, rowsMax), cut: rows.length > rowsMax };
}
