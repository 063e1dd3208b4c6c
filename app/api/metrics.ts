// The metrics over HTTP: what may be asked, and what an answer says of itself. The workbench is built on this.

import { z } from 'zod';
import { instantSchema } from '../../core/instant.ts';
import { textSchema } from '../../core/text.ts';

export const METRIC_GRAINS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export const METRIC_COMPARISONS = ['previous', 'last-year'] as const;

const METRICS_MAX = 8;
const SPLITS_MAX = 4;
const VALUES_MAX = 1_000;
const ROWS_MAX = 50_000;
const RECORDS_MAX = 500;

/** GET /api/metrics */
export const metricListSchema = z.strictObject({
  metrics: z.array(
    z.strictObject({
      id: z.string(),
      name: textSchema,
      meaning: textSchema,
      unit: textSchema,
      /** Whether more is better, worse, or neither. */
      direction: z.enum(['more-is-better', 'less-is-better', 'neutral']),
      /** A count: what is nowhere is 0, and cells add up. */
      isCount: z.boolean(),
      owner: textSchema,
      /** How soon a figure knows of what happened. */
      refresh: textSchema,
      /** Cells counted from fewer than this are not shown to whoever may not see the records; 0 for none. */
      privacyFloor: z.number(),
      dimensions: z.array(z.string()),
      grains: z.array(z.enum(METRIC_GRAINS)),
      /** Null while nothing was recorded, and where the figure needs a wider right. */
      coveredFromMs: z.number().nullable(),
      /** False where the records behind a cell cannot be listed. */
      hasRecords: z.boolean(),
    }),
  ),
  dimensions: z.record(
    z.string(),
    z.strictObject({
      name: textSchema,
      type: z.enum(['text', 'number', 'region']),
      values: z
        .array(
          z.strictObject({
            value: z.string(),
            name: textSchema,
            /** Of a region: the city or province it lies in. */
            parent: z.string().optional(),
          }),
        )
        .optional(),
    }),
  ),
});

export type MetricList = z.infer<typeof metricListSchema>;

const whereSchema = z
  .array(
    z.strictObject({
      dimension: z.string().max(60),
      /** A city or province stands for the counties in it. */
      values: z.array(z.string().max(100)).min(1).max(VALUES_MAX),
    }),
  )
  .max(8)
  .default([]);

/** POST /api/metrics/query; an Arrow stream with `Accept: application/vnd.apache.arrow.stream`. */
export const metricQuestionSchema = z.strictObject({
  /** What it is for, in the words of whoever asks; kept in the trail. */
  purpose: z.string().trim().min(1).max(500),
  metrics: z.array(z.string().max(60)).min(1).max(METRICS_MAX),
  by: z.array(z.string().max(60)).max(SPLITS_MAX).default([]),
  /** Width of the time buckets; without it the whole time is one. */
  grain: z.enum(METRIC_GRAINS).optional(),
  /** From this instant on, up to and without `toMs`. */
  fromMs: instantSchema,
  toMs: instantSchema,
  where: whereSchema,
  compare: z.enum(METRIC_COMPARISONS).optional(),
  limit: z.number().int().min(1).max(ROWS_MAX).default(5_000),
});

export type MetricQuestion = z.input<typeof metricQuestionSchema>;

const cellSchema = z.union([z.string(), z.number(), z.null()]);

/** Why a change is what it is (facts of 同比 and 环比). */
export const CHANGE_NOTES = [
  'flat',
  'zero-base',
  'negative-base',
  'low-base',
  'no-base',
  'suppressed',
] as const;

/** The answer to POST /api/metrics/query */
export const metricAnswerSchema = z.strictObject({
  /** `bucketMs` when a grain is asked for, the dimensions, then the metrics by their ids. */
  columns: z.array(
    z.strictObject({
      id: z.string(),
      name: textSchema,
      type: z.enum(['time', 'text', 'number', 'region', 'value']),
      /** Of values only. */
      unit: textSchema.optional(),
    }),
  ),
  /** Null is a suppressed value, or a figure without anything to count from. */
  rows: z.array(z.array(cellSchema)),
  /** One entry for each row, in it one cell for each metric. */
  comparison: z
    .strictObject({
      kind: z.enum(METRIC_COMPARISONS),
      fromMs: z.number(),
      toMs: z.number(),
      rows: z.array(
        z.array(
          z.strictObject({
            before: z.number().nullable(),
            difference: z.number().nullable(),
            /** As a share of `before`; null where a share would say nothing. */
            change: z.number().nullable(),
            notes: z.array(z.enum(CHANGE_NOTES)),
            /** Of counts: the difference over its standard deviation. */
            z: z.number().nullable(),
          }),
        ),
      ),
    })
    .optional(),
  /** Row and column of the values that are not shown because they count too few. */
  suppressed: z.array(z.strictObject({ row: z.number(), column: z.number() })),
  /** Rows beyond `limit` are left out; how many there are. */
  rowsTotal: z.number(),
  coverage: z.strictObject({ fromMs: z.number(), untilMs: z.number() }),
  /** The instant up to which what was recorded is in the answer. */
  freshness: z.strictObject({ knownUntilMs: z.number() }),
  /** The same as long as nothing the answer is made of has changed. */
  dataVersion: z.string(),
  /** The statements that give these figures, values as parameters. */
  sql: z.array(z.string()),
  /** The roll-up that answered; null for the rows themselves. */
  rollup: z.string().nullable(),
  /** True when cells held in memory answered as the statements would have, and none was run. */
  fromMemory: z.boolean(),
});

export type MetricAnswerBody = z.infer<typeof metricAnswerSchema>;
export type MetricChange = NonNullable<MetricAnswerBody['comparison']>['rows'][number][number];

/** POST /api/metrics/records: the records behind a cell; the cell's dimensions go into `where`. */
export const metricRecordsQuestionSchema = z.strictObject({
  purpose: z.string().trim().min(1).max(500),
  metric: z.string().max(60),
  fromMs: instantSchema,
  toMs: instantSchema,
  where: whereSchema,
  limit: z.number().int().min(1).max(RECORDS_MAX).default(100),
});

export type MetricRecordsQuestion = z.input<typeof metricRecordsQuestionSchema>;

export const metricRecordsSchema = z.strictObject({
  columns: z.array(
    z.strictObject({
      id: z.string(),
      name: textSchema,
      type: z.enum(['time', 'text', 'number', 'region', 'alert', 'subject']),
    }),
  ),
  rows: z.array(z.array(cellSchema)),
  /** How many there are, shown or not. */
  total: z.number(),
});

export type MetricRecordsBody = z.infer<typeof metricRecordsSchema>;
