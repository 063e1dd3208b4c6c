// The records behind a cell, for who may see them.

import type { z } from 'zod';
import { compileRecords } from '../../warehouse/compile-metric.ts';
import type { Relation } from '../../warehouse/metric.ts';
import { METRICS, RELATIONS, type Metric } from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { MetricRecordsBody, metricRecordsQuestionSchema } from '../api/metrics.ts';
import { assertRegions, queryOf } from './answer.ts';
import { readCoverage } from './coverage.ts';
import { withinFor, type FigureScope } from './scope.ts';

/** Rejects with UserError `bad-input` or `forbidden`, and like Olap.rows. */
export async function listRecords(
  olap: Olap,
  question: z.output<typeof metricRecordsQuestionSchema>,
  scope: FigureScope,
): Promise<MetricRecordsBody> {
  const { metric: id, limit } = question;
  assertRegions({ metrics: [id], where: question.where }, scope);
  const known = Object.hasOwn(METRICS, id) ? (METRICS[id] as Metric) : undefined;
  const knownUntilMs = known && (await readCoverage(olap, known.relation)).knownUntilMs;
  const { sql, countSql, params } = compileRecords(
    { ...queryOf(question), metric: id, rowsMax: limit },
    { ...withinFor(id, scope), knownUntilMs },
  );
  const { rows: _limit, ...counting } = params;
  const [rows, [counted]] = await Promise.all([
    olap.rows<Record<string, string | number>>(sql, params),
    olap.rows<{ total: number }>(countSql, counting),
  ]);
  const { records = {} }: Relation = RELATIONS[(known as Metric).relation];
  const columns = Object.entries(records).map(([key, { name, type }]) => ({ id: key, name, type }));
  return {
    columns,
    rows: rows.map((row) => columns.map(({ id: key }) => row[key] ?? null)),
    total: counted?.total ?? 0,
  };
}
