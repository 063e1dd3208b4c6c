// Files brought over HTTP: what was seen in one, what would come of it, what was imported.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';
import { DELIMITERS } from '../../warehouse/import/delimited.ts';
import { ENCODINGS } from '../../warehouse/import/encoding.ts';
import { IMPORT_KINDS, mappingSchema } from '../../warehouse/import/mapping.ts';
import { problemSchema } from './session.ts';

const guessSchema = z.strictObject({
  mapping: mappingSchema.nullable(),
  /** Fields no column was found for. */
  missing: z.array(z.string()),
});

export const uploadSchema = z.strictObject({
  fileName: z.string(),
  bytes: z.number(),
  form: z.enum(['text', 'xlsx', 'parquet']),
  encoding: z.enum(ENCODINGS).nullable(),
  delimiter: z.enum(DELIMITERS).nullable(),
  headerLine: z.number(),
  /** Headers that stood there twice. */
  doubled: z.array(z.string()),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      /** Why the column is left out. */
      personal: textSchema.nullable(),
      samples: z.array(z.string()),
    }),
  ),
  guesses: z.strictObject({ incidents: guessSchema, measures: guessSchema }),
});

const reportSchema = z.strictObject({
  records: z.number(),
  rows: z.number(),
  refused: z.number(),
  regions: z.number(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  faults: z.array(z.strictObject({ says: textSchema, cure: textSchema, count: z.number() })),
  errors: z.array(
    z.strictObject({ line: z.number(), column: z.string(), says: textSchema, cure: textSchema }),
  ),
  words: z.array(z.strictObject({ name: z.string(), rows: z.number() })),
  moreWords: z.number(),
});

export const workSchema = z.strictObject({
  kind: z.enum(['check', 'apply']),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** Records read so far. */
  records: z.number(),
  report: reportSchema.nullable(),
  importId: z.string().nullable(),
  problem: problemSchema.nullable(),
});

export const importStateSchema = z.strictObject({
  upload: uploadSchema.nullable(),
  work: workSchema.nullable(),
  bytesMax: z.number(),
});

export const lookAskedSchema = z.strictObject({
  encoding: z.enum(ENCODINGS).optional(),
  delimiter: z.enum(DELIMITERS).optional(),
});

export const importAskedSchema = z.strictObject({ mapping: mappingSchema });

export const importListSchema = z.strictObject({
  imports: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(IMPORT_KINDS),
      fileName: z.string(),
      state: z.enum(['writing', 'done', 'undoing', 'undone']),
      rows: z.number(),
      refused: z.number(),
      startedAtMs: z.number(),
      /** Whether the asker may take it back. */
      isOwn: z.boolean(),
    }),
  ),
});

export type Upload = z.infer<typeof uploadSchema>;
export type ImportWork = z.infer<typeof workSchema>;
export type ImportState = z.infer<typeof importStateSchema>;
export type ImportList = z.infer<typeof importListSchema>;
