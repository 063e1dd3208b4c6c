// Views of the workbench somebody keeps under a name: for themselves, their unit, or everybody who may look.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';

export const VISIBILITIES = ['private', 'unit', 'all'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

const QUERY_CHARS_MAX = 4_000;

/** POST /api/views: `query` is the query of the workbench's address. */
export const newViewSchema = z.strictObject({
  title: z.string().trim().min(1).max(60),
  query: z
    .string()
    .max(QUERY_CHARS_MAX)
    .regex(/^\?[\x21-\x7e]*$/, 'the query of an address'),
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
});

/** GET /api/views: those the reader may open, the newest first. */
export const savedViewListSchema = z.strictObject({ views: z.array(savedViewSchema) });

export type NewView = z.infer<typeof newViewSchema>;
export type SavedView = z.infer<typeof savedViewSchema>;
export type SavedViewList = z.infer<typeof savedViewListSchema>;
