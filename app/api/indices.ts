// Composite indices over HTTP: what is asked and answered. Figures of regions only; no person is in them.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { definitionSchema } from '../../models/composite/definition.ts';
import { receiptSchema } from '../../models/composite/receipt.ts';
import { referenceSchema } from '../../models/composite/reference.ts';

const periodSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month is written as 2026-01');
const name = z.string().min(1).max(80);
const figure = z.number().nullable();

const goalSchema = referenceSchema.shape.goals.valueType;

/** GET /api/indices/definitions */
export const definitionsSchema = z.strictObject({
  definitions: z.array(
    z.strictObject({
      id: z.string(),
      /** `number@hash`. */
      version: z.string(),
      title: textSchema,
      meaning: textSchema,
      /** Nodes below the top: the families of indicators. */
      families: z.array(
        z.strictObject({
          id: z.string(),
          title: textSchema,
          weight: z.number(),
          aggregation: z.string(),
        }),
      ),
      indicators: z.array(
        z.strictObject({
          code: z.string(),
          title: textSchema,
          unit: textSchema,
          family: z.string(),
          direction: z.enum(['positive', 'negative', 'moderate']),
          /** Within its family. */
          weight: z.number(),
          /** Null where the peers of each period set it. */
          goal: goalSchema.nullable(),
          efficacy: z.string(),
        }),
      ),
      aggregation: z.string(),
      efficacy: z.string(),
      /** Whole, for models/composite in the browser. */
      definition: definitionSchema,
      /** What is frozen of a reference year; null before the first computation and where nothing is. */
      reference: referenceSchema.nullable(),
      /** Whole months there are figures for; null without data. */
      periods: z.strictObject({ first: periodSchema, last: periodSchema }).nullable(),
      isSynthetic: z.boolean(),
    }),
  ),
});
export type DefinitionsAnswer = z.infer<typeof definitionsSchema>;

export const indexParamsSchema = z.strictObject({ id: name });

/**
 * GET /api/indices/:id/cells. `values` are those of indicators after everything that is done to them, which
 * scoring begins with; `columns` are the counts and measures they are made of, for evaluatePeriod. As an
 * Arrow file with `format=arrow`: a row per period and region, `period` as 202601.
 */
export const cellsQuerySchema = z.strictObject({
  from: periodSchema.optional(),
  to: periodSchema.optional(),
  of: z.enum(['values', 'columns']).default('values'),
  format: z.enum(['json', 'arrow']).default('json'),
});
export const cellsSchema = z.strictObject({
  id: z.string(),
  version: z.string(),
  of: z.enum(['values', 'columns']),
  /** Rows are periods by regions: row = period index × regions + region index. */
  periods: z.array(periodSchema),
  regions: z.array(z.strictObject({ code: regionCodeSchema, name: textSchema })),
  columns: z.record(z.string(), z.array(figure)),
});
export type CellsAnswer = z.infer<typeof cellsSchema>;

/** GET /api/indices/:id/results: the last period without one. */
export const resultsQuerySchema = z.strictObject({ period: periodSchema.optional() });

const publicationSchema = z.strictObject({
  id: z.string(),
  period: periodSchema,
  /** From 1; every restatement is the next one. */
  number: z.number().int(),
  kind: z.enum(['first', 'restatement']),
  state: z.enum(['proposed', 'published', 'refused']),
  version: z.string(),
  reason: z.string(),
  proposedBy: textSchema,
  proposedAtMs: z.number(),
  decidedBy: textSchema.nullable(),
  decidedAtMs: z.number().nullable(),
  note: z.string().nullable(),
  /** Of the frozen figures. */
  hash: z.string(),
  /** What a restatement changes. */
  changes: z.array(
    z.strictObject({ region: regionCodeSchema, node: z.string(), before: figure, after: figure }),
  ),
  may: z.strictObject({ decide: z.boolean() }),
});
export type PublicationAnswer = z.infer<typeof publicationSchema>;

export const regionResultSchema = z.strictObject({
  region: regionCodeSchema,
  name: textSchema,
  /** The published figure where the period is published, else the computed one. */
  index: figure,
  computed: figure,
  published: figure,
  grade: z.strictObject({ id: z.string(), name: textSchema, colour: z.string() }).nullable(),
  /** Periods in a row with the worst grade, this one included. */
  worstPeriods: z.number().int(),
  escalation: z.strictObject({ id: z.string(), name: textSchema, periods: z.number() }).nullable(),
  /** 0 without a figure. `low` to `high` holds nine of ten ranks drawn. */
  rank: z.strictObject({
    rank: z.number(),
    low: z.number(),
    median: z.number(),
    high: z.number(),
  }),
  nodes: z.record(
    z.string(),
    z.strictObject({ figure, rank: z.number().int(), contribution: figure }),
  ),
  indicators: z.record(
    z.string(),
    z.strictObject({
      value: figure,
      score: figure,
      /** Share of its family's figure among what is known; null where it is missing. */
      contribution: figure,
      /** Periods the value was carried on. */
      age: z.number().int(),
      imputed: z.boolean(),
      /** The value before an odd one was treated. */
      treatedFrom: figure,
    }),
  ),
});

export const resultsSchema = z.strictObject({
  id: z.string(),
  title: textSchema,
  version: z.string(),
  reference: z.string().nullable(),
  period: periodSchema,
  inputHash: z.string(),
  isSynthetic: z.boolean(),
  regions: z.array(regionResultSchema),
  publication: publicationSchema.nullable(),
  /** What waits for a second person. */
  proposal: publicationSchema.nullable(),
  restatements: z.array(publicationSchema),
  /** Figures computed now are others than those published: a restatement is due. */
  isOutdated: z.boolean(),
  uncertainty: z.strictObject({
    samples: z.number().int(),
    weightSpread: z.number(),
    meanShift: z.number(),
    /** Shares of the variance, and into which interval nine of ten estimates would fall; below 0 is noise. */
    sobol: z.array(
      z.strictObject({
        factor: z.string(),
        first: z.number(),
        total: z.number(),
        firstWithin: z.tuple([z.number(), z.number()]),
        totalWithin: z.tuple([z.number(), z.number()]),
      }),
    ),
  }),
  may: z.strictObject({ propose: z.boolean(), decide: z.boolean() }),
});
export type ResultsAnswer = z.infer<typeof resultsSchema>;

/** GET /api/indices/:id/receipt: `node` is a node or the code of an indicator; the top without one. */
export const receiptQuerySchema = z.strictObject({
  region: regionCodeSchema,
  period: periodSchema,
  node: name.optional(),
});
export const receiptAnswerSchema = z.strictObject({
  receipt: receiptSchema,
  /** Incidents that were counted, in the askers' own regions only; null elsewhere. */
  rows: z
    .strictObject({
      total: z.number(),
      shown: z.array(z.strictObject({ atMs: z.number(), kind: z.string() })),
    })
    .nullable(),
});
export type ReceiptAnswer = z.infer<typeof receiptAnswerSchema>;

const reason = z.string().trim().min(4).max(500);
/** POST /api/indices/:id/publish: proposes; a second person approves. */
export const publishSchema = z.strictObject({ period: periodSchema, reason });
/** POST /api/indices/:id/restate: proposes other figures for a published period. */
export const restateSchema = publishSchema;
/** POST /api/indices/:id/approve */
export const approveSchema = z.strictObject({
  publication: name,
  decision: z.enum(['publish', 'refuse']),
  note: z.string().trim().max(500).default(''),
});
export const publicationAnswerSchema = publicationSchema;
