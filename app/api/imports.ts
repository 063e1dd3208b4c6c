// Files of incidents and measures over HTTP: what is understood of one, what would come of it, what was taken in.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { DELIMITERS } from '../../warehouse/import/delimited.ts';
import { ENCODINGS } from '../../warehouse/import/encoding.ts';
import { IMPORT_KINDS, mappingSchema } from '../../warehouse/import/mapping.ts';

/** A mapping travels beside the file, which is the body. */
export const importQuerySchema = z.strictObject({
  /** Of the file, without folders. */
  file: z.string().trim().min(1).max(200),
  /** As JSON; guessed without one. */
  mapping: z.string().max(6_000).optional(),
  /** Of a text, where it is not what it looks like. */
  encoding: z.enum(ENCODINGS).optional(),
  delimiter: z.enum(DELIMITERS).optional(),
});

const rowFaultSchema = z.strictObject({
  column: z.string(),
  says: textSchema,
  cure: textSchema,
});

export type ImportQuery = z.infer<typeof importQuerySchema>;

export const importReportSchema = z.strictObject({
  records: z.number(),
  rows: z.number(),
  refused: z.number(),
  /** Rows of regions the asker's scope does not reach; with any the file is not taken in. */
  outside: z.number(),
  regions: z.number(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  /** Kinds of incidents or names of measures, with their rows. */
  words: z.array(z.strictObject({ name: z.string(), rows: z.number() })),
  moreWords: z.number(),
  byFault: z.array(z.strictObject({ says: textSchema, count: z.number() })),
  /** The first ones. */
  errors: z.array(z.strictObject({ line: z.number(), faults: z.array(rowFaultSchema) })),
});

export const importFormSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    encoding: z.enum(ENCODINGS),
    delimiter: z.enum(DELIMITERS),
    /** Null when the bytes are text in none of them. */
    recognised: z.strictObject({
      encoding: z.enum(ENCODINGS).nullable(),
      delimiter: z.enum(DELIMITERS),
    }),
  }),
  z.strictObject({ kind: z.literal('xlsx') }),
  z.strictObject({ kind: z.literal('parquet') }),
]);
export type ImportForm = z.infer<typeof importFormSchema>;

/** POST /api/imports/check: a dry run; nothing is kept. */
export const importCheckSchema = z.strictObject({
  form: importFormSchema,
  bytes: z.number(),
  headerLine: z.number(),
  doubled: z.array(z.string()),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      /** Why it is left out: it is about persons. */
      personal: textSchema.nullable(),
      samples: z.array(z.string()),
    }),
  ),
  /** The one given, or guessed; null when none can be guessed. */
  mapping: mappingSchema.nullable(),
  report: importReportSchema.nullable(),
});
export type ImportCheck = z.infer<typeof importCheckSchema>;

/** POST /api/imports */
export const importedSchema = z.strictObject({ id: z.string(), report: importReportSchema });
export type Imported = z.infer<typeof importedSchema>;

/** GET /api/imports: the newest first. */
export const importListSchema = z.strictObject({
  imports: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(IMPORT_KINDS),
      fileName: z.string(),
      state: z.enum(['writing', 'done', 'undoing', 'undone']),
      rows: z.number(),
      refused: z.number(),
      by: textSchema,
      startedAtMs: z.number(),
      /** Whoever brought it may take it back. */
      may: z.strictObject({ undo: z.boolean() }),
    }),
  ),
  bytesMax: z.number(),
  workbookBytesMax: z.number(),
  /** What one's own file is at while it is read; null when none is. */
  doing: z
    .strictObject({
      step: z.enum(['receive', 'look', 'check', 'write', 'undo']),
      records: z.number(),
      of: z.number().nullable(),
    })
    .nullable(),
});
export type ImportList = z.infer<typeof importListSchema>;

export const importParamsSchema = z.strictObject({ id: z.string().min(1).max(80) });
