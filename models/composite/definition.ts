// A composite index as data: its indicators, how each is scored, how scores are brought together, and what
// colour follows. check-definition.ts holds what a schema cannot say.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { AGGREGATIONS } from './aggregate.ts';
import { PAIRWISE_MAX } from './weights.ts';

const finite = z.number();
const code = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a code has capital letters, digits and _');
const column = z.string().regex(/^[a-z][a-z0-9_]*$/, 'a column has small letters, digits and _');

/** What is read for every region and period. */
const columnSchema = z.strictObject({
  title: textSchema,
  unit: textSchema,
  /** Counts are whole and never negative, and may be smoothed as counts. */
  count: z.boolean().default(false),
});

/** `of` and `over` name columns, or indicators above by their code. */
const valueSchema = z.strictObject({
  of: z.union([column, code]),
  over: z.union([column, code]).optional(),
  /** The quotient times this: 10000 for "per ten thousand". */
  per: z.number().positive().default(1),
});

const pointsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear') }),
  z.strictObject({ kind: z.literal('exponential') }),
  z.strictObject({ kind: z.literal('logarithmic') }),
  z.strictObject({ kind: z.literal('log-value') }),
  z.strictObject({ kind: z.literal('power'), exponent: z.number().positive().max(10) }),
  z.strictObject({
    kind: z.literal('graded'),
    grades: z
      .array(z.strictObject({ standard: finite, points: z.number().min(0).max(100) }))
      .min(2)
      .max(10),
  }),
]);

/** The best or worst of the peers in the direction of the indicator, or a quantile of them, as `p90`. */
const peerPoint = z.union([
  z.literal('best'),
  z.literal('worst'),
  z.string().regex(/^p(\d|[1-9]\d|100)$/, 'a quantile is written as p10 or p90'),
]);

const goalSchema = z.union([
  z.strictObject({ satisfactory: finite, notAllowed: finite }),
  z.strictObject({ best: z.tuple([finite, finite]), low: finite, high: finite }),
  z.strictObject({
    peers: z.strictObject({
      satisfactory: peerPoint.default('best'),
      notAllowed: peerPoint.default('worst'),
      /** The peers of the period itself, or those of a reference frozen once a year. */
      reference: z.enum(['period', 'frozen']),
      /** When all peers are equal: everyone has reached the end, or nobody has a figure. */
      whenEqual: z.enum(['full', 'none']).default('full'),
    }),
  }),
]);

const treatmentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('bounds'),
    min: finite.nullable().default(null),
    max: finite.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal('winsorise'), pointsMax: z.number().int().min(1).max(50) }),
  z.strictObject({
    kind: z.literal('quantiles'),
    low: z.number().min(0).max(1),
    high: z.number().min(0).max(1),
  }),
]);

const missingSchema = z.discriminatedUnion('rule', [
  /** Weighs nothing; the others stand for the whole. */
  z.strictObject({ rule: z.literal('leave-out') }),
  /** The last known value, for so many periods; its age is shown. */
  z.strictObject({ rule: z.literal('carry'), periodsMax: z.number().int().min(1).max(60) }),
  /** The median of the regions that have one. */
  z.strictObject({ rule: z.literal('peer-median') }),
  /** Without it there is no index for the region. */
  z.strictObject({ rule: z.literal('required') }),
]);

const smoothingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Numerators and denominators summed over so many periods, the last one included. */
  z.strictObject({ kind: z.literal('rolling'), periods: z.number().int().min(2).max(60) }),
  /** Rates of small populations drawn towards the rate of all (Marshall 1991). */
  z.strictObject({ kind: z.literal('empirical-bayes') }),
]);

const indicatorSchema = z.strictObject({
  title: textSchema,
  meaning: textSchema.optional(),
  unit: textSchema,
  direction: z.enum(['positive', 'negative', 'moderate']),
  value: valueSchema,
  goal: goalSchema,
  points: pointsSchema.optional(),
  treatment: treatmentSchema.prefault({ kind: 'none' }),
  missing: missingSchema.prefault({ rule: 'leave-out' }),
  smoothing: smoothingSchema.prefault({ kind: 'none' }),
});

const pairwiseSchema = z
  .array(z.array(z.number().positive()).max(PAIRWISE_MAX))
  .min(1)
  .max(PAIRWISE_MAX);

/** Where the weights of a node's parts come from; without it each part gives its own. */
const weightingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pairwise'), matrix: pairwiseSchema }),
  /** From the spread of the parts' scores in the frozen reference. */
  z.strictObject({ kind: z.literal('entropy') }),
  z.strictObject({ kind: z.literal('critic') }),
  /** Those given (or of the matrix) with those of the data. */
  z.strictObject({
    kind: z.literal('combined'),
    data: z.enum(['entropy', 'critic']),
    how: z.enum(['linear', 'product']).default('linear'),
    /** Share of the given weights in a linear combination. */
    alpha: z.number().min(0).max(1).default(0.5),
    matrix: pairwiseSchema.optional(),
  }),
]);

const partSchema = z.strictObject({
  /** An indicator or a node below. */
  of: z.union([code, z.string().regex(/^[a-z][a-z0-9-]*$/)]),
  weight: z.number().min(0).max(1).optional(),
});

const nodeSchema = z.strictObject({
  title: textSchema,
  aggregation: z.enum(AGGREGATIONS).optional(),
  weighting: weightingSchema.optional(),
  parts: z.array(partSchema).min(1).max(60),
});

const gradingSchema = z.strictObject({
  hysteresis: z.number().min(0).max(20).default(0),
  bands: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z][a-z-]*$/),
        name: textSchema,
        colour: z.enum(['blue', 'green', 'yellow', 'orange', 'red']),
        from: z.number().nullable(),
      }),
    )
    .min(2)
    .max(8),
});

export const definitionSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Raised with every change of meaning. */
  number: z.number().int().min(1),
  title: textSchema,
  meaning: textSchema,
  owner: z.string().min(1),
  /** Where the parameters come from, and what of them is a proposal. */
  source: z.string().min(1),
  grain: z.enum(['month', 'quarter', 'year']),
  aggregation: z.enum(AGGREGATIONS).default('arithmetic'),
  points: pointsSchema.prefault({ kind: 'linear' }),
  clamp: z
    .strictObject({
      min: finite.nullable().default(0),
      max: finite.nullable().default(100),
    })
    .prefault({}),
  /** A node has no figure when more than this share of its weight is missing. */
  missingShareMax: z.number().min(0).max(1).default(0.4),
  columns: z.record(column, columnSchema),
  indicators: z.record(code, indicatorSchema),
  /** The node at the top of the tree. */
  top: z.string(),
  nodes: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), nodeSchema),
  grading: gradingSchema,
  escalation: z
    .array(
      z.strictObject({
        periods: z.number().int().min(1),
        id: z.string().regex(/^[a-z][a-z-]*$/),
        name: textSchema,
      }),
    )
    .default([]),
});

export type Definition = z.infer<typeof definitionSchema>;
export type IndicatorDefinition = Definition['indicators'][string];
export type NodeDefinition = Definition['nodes'][string];
export type PeerPoint = z.infer<typeof peerPoint>;
