// The SQL console over HTTP: what there is to ask, a statement and its answer, what was asked before.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { LIST_FORMATS } from './exports.ts';

export const sqlViewsSchema = z.strictObject({
  views: z.array(
    z.strictObject({
      name: z.string(),
      says: textSchema,
      columns: z.array(z.strictObject({ name: z.string(), type: z.string(), says: textSchema })),
    }),
  ),
  floor: z.number(),
  rowsMax: z.number(),
  secondsMax: z.number(),
});

export const runSqlSchema = z.strictObject({
  sql: z.string().min(1).max(20_000),
  /** In the analyst's own words; names nobody. */
  purpose: z.string().trim().min(2).max(200),
});

/** POST /api/sql/export: the statement is run again, its answer becomes a file. */
export const exportSqlSchema = z.strictObject({
  sql: z.string().min(1).max(20_000),
  format: z.enum(LIST_FORMATS),
  language: z.enum(['zh', 'en']).default('zh'),
  purpose: z.string().max(500),
});

/** POST /api/sql/export-requests */
export const askForSqlSchema = exportSqlSchema.extend({ reason: z.string().max(1_000) });

export type ExportSql = z.input<typeof exportSqlSchema>;

export const sqlAnswerSchema = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  isCut: z.boolean(),
  durationMs: z.number(),
});

export const sqlCancelSchema = z.strictObject({ cancelled: z.boolean() });

export const sqlHistorySchema = z.strictObject({
  statements: z.array(
    z.strictObject({
      id: z.string(),
      statement: z.string(),
      purpose: z.string(),
      outcome: z.string(),
      rows: z.number(),
      durationMs: z.number(),
      atMs: z.number(),
    }),
  ),
});
