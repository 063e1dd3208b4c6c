// Reports over HTTP: what is asked and answered. A report holds numbers only, no person.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';

/** GET /api/reports: `period` as 2026-W47 or 2026-10, or both days; the last whole week without. */
export const reportQuerySchema = z.strictObject({
  period: z.string().max(20).optional(),
  from: z.string().max(20).optional(),
  to: z.string().max(20).optional(),
  region: z.string().max(12).optional(),
});

/** POST /api/reports */
export const makeReportSchema = reportQuerySchema.extend({ purpose: z.string().max(500) });

export const FILE_FORMATS = ['xlsx', 'docx', 'pdf'] as const;

/** POST /api/reports/:id/files */
export const takeFileSchema = z.strictObject({
  format: z.enum(FILE_FORMATS),
  purpose: z.string().max(500),
  language: z.enum(['zh', 'en']).default('zh'),
});

const cellSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    value: z.strictObject({ zh: z.string(), en: z.string() }),
    isFigure: z.literal(true).optional(),
  }),
  z.strictObject({
    kind: z.literal('number'),
    value: z.number().nullable(),
    digits: z.literal(1).optional(),
  }),
  z.strictObject({ kind: z.literal('share'), value: z.number().nullable() }),
  z.strictObject({ kind: z.literal('span'), ms: z.number().nullable() }),
  z.strictObject({ kind: z.literal('change'), value: z.number().nullable() }),
]);

const documentSchema = z.strictObject({
  title: textSchema,
  facts: z.array(
    z.strictObject({ name: textSchema, value: textSchema, atMs: z.number().optional() }),
  ),
  notices: z.array(textSchema),
  tables: z.array(
    z.strictObject({
      id: z.string(),
      title: textSchema,
      note: textSchema.optional(),
      columns: z.array(z.strictObject({ name: textSchema, width: z.number() })),
      rows: z.array(
        z.strictObject({ cells: z.array(cellSchema), isTotal: z.literal(true).optional() }),
      ),
    }),
  ),
  footnotes: z.array(textSchema),
});

const periodSchema = z.strictObject({
  kind: z.enum(['week', 'month', 'days']),
  fromMs: z.number(),
  untilMs: z.number(),
});

/** A report as tables, with what it is about. */
export const shownReportSchema = z.strictObject({
  /** As a query names it. */
  period: z.string(),
  span: periodSchema,
  region: regionCodeSchema,
  isWhole: z.boolean(),
  /** The server's time: what has begun, and what a printed page is marked with. */
  nowMs: z.number(),
  document: documentSchema,
});

export type ShownReportAnswer = z.infer<typeof shownReportSchema>;

export const keptReportSchema = z.strictObject({
  id: z.string(),
  period: z.string(),
  span: periodSchema,
  name: textSchema,
  region: regionCodeSchema,
  /** False where the period was still running when the report was made. */
  isWhole: z.boolean(),
  origin: z.enum(['schedule', 'demand']),
  /** SHA-256 of the kept numbers. */
  hash: z.string(),
  /** Undefined for the schedule. */
  madeBy: textSchema.optional(),
  purpose: z.string(),
  madeAtMs: z.number(),
});

export type KeptReportAnswer = z.infer<typeof keptReportSchema>;

export const keptListSchema = z.strictObject({
  reports: z.array(keptReportSchema),
  /** The formats files come in, with why one is not to be had. */
  formats: z.array(
    z.strictObject({ format: z.enum(FILE_FORMATS), missing: textSchema.optional() }),
  ),
});

export type KeptList = z.infer<typeof keptListSchema>;

export const keptDetailSchema = shownReportSchema.extend({ kept: keptReportSchema });

export type KeptDetail = z.infer<typeof keptDetailSchema>;
