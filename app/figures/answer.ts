// Answers a question about metrics: within the scope of whoever asks, refused where it is not covered, compared
// with an earlier period, without what counts too few. Says what it is made of.

import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import { compareFigures } from '../../warehouse/compare-periods.ts';
import { compileMetric, type MetricQuery } from '../../warehouse/compile-metric.ts';
import {
  METRICS,
  dimensionsOf,
  type Metric,
  type RelationId,
} from '../../warehouse/metrics-catalogue.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { MetricAnswerBody, MetricChange, metricQuestionSchema } from '../api/metrics.ts';
import { assertCovered, readCoverage, type Coverage } from './coverage.ts';
import { shiftFor, type Comparison, type Shift } from './earlier-period.ts';
import { assertInScope, withinFor, type FigureScope } from './scope.ts';
import { countFigures, type CountOptions, type FigureRow } from './table.ts';

export type Question = z.output<typeof metricQuestionSchema>;

export type AnswerOptions = Omit<CountOptions, 'knownUntilMs'> & {
  /** Instead of reading it anew for every question. */
  readonly coverageOf?: ((id: RelationId) => Promise<Coverage>) | undefined;
};

/** A base of fewer cases than this is low (facts of 同比); a parameter of ours. */
const LOW_BASE = 30;

/** Rejects with UserError `bad-input`, `forbidden` or `too-large`, and like Olap.rows. */
export async function answerMetrics(
  olap: Olap,
  question: Question,
  options: AnswerOptions,
): Promise<MetricAnswerBody> {
  const { fromMs, toMs, compare, grain, limit } = question;
  assertPeriod(question);
  const metrics = [...new Set(question.metrics)];
  const query = queryOf(question);
  assertRegions(question, options.scope);
  // First, so that what is no metric or no dimension of one is said before anything is looked up.
  for (const metric of metrics)
    compileMetric({ ...query, metric }, withinFor(metric, options.scope));
  const relations = [...new Set(metrics.map((id) => (METRICS[id] as Metric).relation))];
  const { coverageOf = (id: RelationId) => readCoverage(olap, id) } = options;
  const coverages = await Promise.all(relations.map(coverageOf));
  const coveredFromMs = assertCovered(coverages, fromMs);
  const knownUntilMs = Math.min(...coverages.map((coverage) => coverage.knownUntilMs));
  const counting = { ...options, knownUntilMs };
  const table = await countFigures(olap, metrics, query, counting);

  const earlier =
    compare === undefined
      ? undefined
      : await countEarlier(olap, { question, metrics, coveredFromMs }, counting);
  const rows = withEarlierRows(table.rows, earlier, metrics);
  const shown = rows.slice(0, limit);
  const width = new Set(question.by).size + (grain ? 1 : 0);
  return {
    columns: columnsOf(metrics, question),
    rows: shown.map(({ key, values }) => [
      ...key,
      ...values.map((value) => (value === 'hidden' ? null : value)),
    ]),
    ...(earlier && {
      comparison: {
        kind: earlier.kind,
        fromMs: earlier.fromMs,
        toMs: earlier.toMs,
        rows: shown.map((row) => changesOf(row, earlier, metrics)),
      },
    }),
    suppressed: shown.flatMap(({ values }, row) =>
      values.flatMap((value, index) =>
        value === 'hidden' ? [{ row, column: width + index }] : [],
      ),
    ),
    rowsTotal: rows.length,
    coverage: {
      fromMs: Math.max(fromMs, coveredFromMs),
      untilMs: Math.max(fromMs, Math.min(toMs, knownUntilMs)),
    },
    freshness: { knownUntilMs },
    dataVersion: versionOf(coverages),
    sql: [...table.sql, ...(earlier?.sql ?? [])],
    rollup: table.rollups.length > 0 ? table.rollups.join(' ') : null,
    fromMemory: table.fromMemory && (earlier?.fromMemory ?? true),
  };
}

function assertPeriod({ fromMs, toMs }: Question): void {
  if (fromMs < toMs) return;
  throw new UserError(
    'bad-input',
    text('结束时间必须晚于开始时间', 'the time must end after it begins'),
  );
}

/** What is asked of every metric, over the time asked for or an earlier one. */
export function queryOf({
  where,
  fromMs,
  toMs,
  ...rest
}: Pick<Question, 'where' | 'fromMs' | 'toMs'> & Partial<Question>): Omit<MetricQuery, 'metric'> {
  const filters: Record<string, string[]> = {};
  for (const { dimension, values } of where) {
    if (Object.hasOwn(filters, dimension)) {
      throw new UserError(
        'bad-input',
        text('同一维度只能筛选一次', 'a dimension can be narrowed down once'),
        { detail: `"${dimension}"` },
      );
    }
    filters[dimension] = values;
  }
  return {
    dimensions: rest.by ?? [],
    ...(rest.grain && { grain: rest.grain }),
    fromMs,
    untilMs: toMs,
    filters,
  };
}

export function assertRegions(
  { metrics, where }: Pick<Question, 'metrics' | 'where'>,
  scope: FigureScope,
): void {
  for (const { dimension, values } of where) {
    const isRegion = metrics.some((id) => {
      if (!Object.hasOwn(METRICS, id)) return false;
      const dimensions = dimensionsOf(METRICS[id] as Metric);
      return Object.hasOwn(dimensions, dimension) && dimensions[dimension]?.type === 'region';
    });
    if (isRegion) assertInScope(values, scope);
  }
}

const versionOf = (coverages: readonly Coverage[]): string =>
  createHash('sha256')
    .update(coverages.map(({ version }) => version).join(' '))
    .digest('hex')
    .slice(0, 16);

type Earlier = {
  readonly kind: Comparison;
  readonly fromMs: number;
  readonly toMs: number;
  /** The rows by their keys, buckets moved to those they are compared with; undefined when not known. */
  readonly rows: ReadonlyMap<string, FigureRow> | undefined;
  readonly keyOf: (key: FigureRow['key']) => string;
  readonly sql: readonly string[];
  readonly fromMemory: boolean;
};

async function countEarlier(
  olap: Olap,
  asked: { question: Question; metrics: readonly string[]; coveredFromMs: number },
  options: CountOptions,
): Promise<Earlier> {
  const { question, metrics, coveredFromMs } = asked;
  const kind = question.compare as Comparison;
  const shift = shiftFor(kind, question, question.grain);
  const period = { fromMs: shift(question.fromMs), toMs: shift(question.toMs) };
  const keyOf = (key: FigureRow['key']) => JSON.stringify(shiftKey(key, question, shift));
  // A part of a period is no base.
  if (period.fromMs < coveredFromMs) {
    return { kind, ...period, rows: undefined, keyOf, sql: [], fromMemory: true };
  }
  const query = queryOf({
    ...question,
    fromMs: epochMs(period.fromMs),
    toMs: epochMs(period.toMs),
  });
  const table = await countFigures(olap, metrics, query, options);
  const rows = new Map(table.rows.map((row) => [JSON.stringify(row.key), row]));
  return { kind, ...period, rows, keyOf, sql: table.sql, fromMemory: table.fromMemory };
}

const shiftKey = (key: FigureRow['key'], { grain }: Question, shift: Shift): FigureRow['key'] =>
  grain ? [shift(key[0] as number), ...key.slice(1)] : key;

/** What was there before and is not now is a row as well, unless time stands in it. */
function withEarlierRows(
  rows: readonly FigureRow[],
  earlier: Earlier | undefined,
  metrics: readonly string[],
): readonly FigureRow[] {
  if (!earlier?.rows) return rows;
  const matched = new Set(rows.map(({ key }) => earlier.keyOf(key)));
  const gone = [...earlier.rows.values()].filter(
    ({ key }) => earlier.keyOf(key) === JSON.stringify(key) && !matched.has(JSON.stringify(key)),
  );
  const nothing = metrics.map((id) => ((METRICS[id] as Metric).isCount ? 0 : null));
  return [...rows, ...gone.map(({ key }) => ({ key, values: nothing }))];
}

function changesOf(
  { key, values }: FigureRow,
  earlier: Earlier,
  metrics: readonly string[],
): MetricChange[] {
  const before = earlier.rows?.get(earlier.keyOf(key));
  return values.map((now, index) => {
    const { isCount } = METRICS[metrics[index] as string] as Metric;
    const base = before?.values[index] ?? (earlier.rows && !before && isCount ? 0 : null);
    if (now === 'hidden' || base === 'hidden') return HIDDEN;
    return { ...compareFigures(now, base, { isCount, lowBase: LOW_BASE }) } as MetricChange;
  });
}

const HIDDEN: MetricChange = {
  before: null,
  difference: null,
  change: null,
  notes: ['suppressed'],
  z: null,
};

function columnsOf(
  metrics: readonly string[],
  { by, grain }: Question,
): MetricAnswerBody['columns'] {
  const first = dimensionsOf(METRICS[metrics[0] as string] as Metric);
  return [
    ...(grain ? [{ id: 'bucketMs', name: text('时间', 'time'), type: 'time' as const }] : []),
    ...[...new Set(by)].map((id) => {
      const dimension = first[id];
      return { id, name: dimension?.name ?? text(id, id), type: dimension?.type ?? 'text' };
    }),
    ...metrics.map((id) => {
      const { name, unit } = METRICS[id] as Metric;
      return { id, name, type: 'value' as const, unit };
    }),
  ];
}
