// Identities as the console reads them: masked, revealed for a purpose, looked up, asked for in bulk.

import { z } from 'zod';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { REVEAL_PURPOSE_CODES } from './purposes.ts';

export const IDENTITY_FIELD_NAMES = ['name', 'id-number', 'phone', 'address', 'face'] as const;

const fieldSchema = z.enum(IDENTITY_FIELD_NAMES);

/** In one's own words: a single character is none. */
const reasonSchema = z.string().trim().min(4).max(300);

const grounds = { purpose: z.enum(REVEAL_PURPOSE_CODES), reason: reasonSchema };

/** POST /api/identities/masked */
export const maskedQuerySchema = z.strictObject({
  subjects: z.array(subjectKeySchema).min(1).max(200),
});

/** POST /api/identities/reveal */
export const revealSchema = z.strictObject({
  ...grounds,
  subjects: z.array(subjectKeySchema).min(1).max(1_000),
  fields: z.array(fieldSchema).min(1).max(IDENTITY_FIELD_NAMES.length),
});

/** POST /api/identities/look-up: in the body, so that no number stands in an address. */
export const lookUpSchema = z.strictObject({
  ...grounds,
  by: z.enum(['id-number', 'phone']),
  value: z.string().min(1).max(60),
});

/** POST /api/identities/requests */
export const askManySchema = revealSchema.extend({
  subjects: z.array(subjectKeySchema).min(1).max(5_000),
});

/** POST /api/identities/requests/:id/decide */
export const decideManySchema = z.strictObject({ decision: z.enum(['approved', 'rejected']) });

export const shownPersonSchema = z.strictObject({
  subject: z.string(),
  /** Invented, as every person of the demonstration. */
  synthetic: z.boolean(),
  values: z.partialRecord(fieldSchema, z.string()),
  /** There, but altered or without a key. */
  unreadable: z.array(fieldSchema),
});

export const maskedSchema = z.strictObject({ persons: z.array(shownPersonSchema) });

export const revealedSchema = z.strictObject({
  persons: z.array(shownPersonSchema),
  /** The screen hides the values after so long. */
  shownMs: z.number(),
});

export const bulkRequestSchema = z.strictObject({
  id: z.string(),
  requestedBy: textSchema,
  isOwn: z.boolean(),
  /** What the reader may do with it now. */
  may: z.strictObject({ decide: z.boolean(), open: z.boolean() }),
  region: z.string(),
  persons: z.number(),
  fields: z.array(fieldSchema),
  purpose: z.string(),
  reason: z.string(),
  requestedAtMs: z.number(),
  state: z.enum(['waiting', 'approved', 'rejected', 'opened', 'lapsed']),
  decidedBy: textSchema.nullable(),
  decidedAtMs: z.number().nullable(),
  untilMs: z.number(),
});

export const bulkRequestsSchema = z.strictObject({ requests: z.array(bulkRequestSchema) });

/** GET /api/vault */
export const vaultStateSchema = z.strictObject({
  current: z.string(),
  old: z.array(z.strictObject({ id: z.string(), values: z.number() })),
  stuck: z.number(),
});

export type IdentityFieldName = (typeof IDENTITY_FIELD_NAMES)[number];
export type ShownPerson = z.infer<typeof shownPersonSchema>;
export type Masked = z.infer<typeof maskedSchema>;
export type Revealed = z.infer<typeof revealedSchema>;
export type BulkRequest = z.infer<typeof bulkRequestSchema>;
export type VaultState = z.infer<typeof vaultStateSchema>;
