// Views of the workbench somebody keeps under a name: for themselves, their unit, or everybody who may look; and
// what was counted of those that are scheduled.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { metricAnswerSchema } from './metrics.ts';

export const VISIBILITIES = ['private', 'unit', 'all'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Counted by itself after each whole week or month. */
export const SCHEDULES = ['none', 'week', 'month'] as const;
export type Schedule = (typeof SCHEDULES)[number];

const QUERY_CHARS_MAX = 4_000;

const querySchema = z
  .string()
  .max(QUERY_CHARS_MAX)
  .regex(/^\?[\x21-\x7e]*$/, 'the query of an address');

/** POST /api/views: `query` is the query of the workbench's address. */
export const newViewSchema = z.strictObject({
  title: z.string().trim().min(1).max(60),
  query: querySchema,
  visibility: z.enum(VISIBILITIES),
});

export const savedViewSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  query: z.string(),
  visibility: z.enum(VISIBILITIES),
  ownerName: textSchema,
  isMine: z.boolean(),
  savedAtMs: z.number(),
  schedule: z.enum(SCHEDULES),
});

/** POST /api/views/:id/schedule */
export const scheduleViewSchema = z.strictObject({ schedule: z.enum(SCHEDULES) });

/** GET /api/views: those the reader may open, the newest first. */
export const savedViewListSchema = z.strictObject({
  views: z.array(savedViewSchema),
  /** The server's time. */
  nowMs: z.number(),
});

/** Why a scheduled view could not be counted. */
export const viewReportProblemSchema = z.strictObject({
  says: textSchema,
  hint: textSchema.optional(),
});

export const viewReportSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  visibility: z.enum(VISIBILITIES),
  ownerName: textSchema,
  isMine: z.boolean(),
  /** The week or month it is about. */
  span: z.strictObject({
    kind: z.enum(['week', 'month']),
    fromMs: z.number(),
    untilMs: z.number(),
  }),
  name: textSchema,
  /** SHA-256 of the kept answer. */
  hash: z.string().nullable(),
  madeAtMs: z.number(),
  problem: viewReportProblemSchema.optional(),
});

/** GET /api/view-reports */
export const viewReportListSchema = z.strictObject({ reports: z.array(viewReportSchema) });

/** GET /api/view-reports/:id */
export const viewReportDetailSchema = z.strictObject({
  report: viewReportSchema,
  query: z.string(),
  answer: metricAnswerSchema.optional(),
});

export const VIEW_FORMATS = ['csv', 'xlsx', 'pdf', 'png'] as const;

const PICTURE_CHARS_MAX = 6_000_000;

/** POST /api/views/export: a view by its query, counted anew, or a scheduled one as it was counted. */
export const exportViewSchema = z.strictObject({
  query: querySchema,
  report: z.string().min(1).max(80).optional(),
  format: z.enum(VIEW_FORMATS),
  language: z.enum(['zh', 'en']).default('zh'),
  purpose: z.string().max(500),
  /** The chart or map as a PNG in base64; of `png` only. */
  picture: z
    .string()
    .max(PICTURE_CHARS_MAX)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64')
    .optional(),
});

/** POST /api/views/export-requests */
export const askForViewSchema = exportViewSchema
  .omit({ picture: true })
  .extend({ reason: z.string().max(1_000) });

export type ExportView = z.input<typeof exportViewSchema>;

export type NewView = z.infer<typeof newViewSchema>;
export type SavedView = z.infer<typeof savedViewSchema>;
export type SavedViewList = z.infer<typeof savedViewListSchema>;
export type ViewReport = z.infer<typeof viewReportSchema>;
export type ViewReportList = z.infer<typeof viewReportListSchema>;
export type ViewReportDetail = z.infer<typeof viewReportDetailSchema>;
