// Retention as administrators see it: what is kept where and for how long, holds, certificates.

import { z } from 'zod';
import { textSchema } from '../../core/text.ts';

export const HOLD_STATES = ['provisional', 'confirmed', 'lapsed', 'over', 'lifted'] as const;

export const holdSchema = z.strictObject({
  id: z.string(),
  subject: z.string(),
  alertId: z.string().nullable(),
  reason: z.string(),
  documentNumber: z.string(),
  placedBy: z.string(),
  placedAtMs: z.number(),
  untilMs: z.number(),
  approvedBy: z.string().nullable(),
  liftedBy: z.string().nullable(),
  liftReason: z.string().nullable(),
  state: z.enum(HOLD_STATES),
  /** The reader placed it: somebody else confirms or lifts it. */
  isMine: z.boolean(),
});

export const placeSchema = z.strictObject({
  store: z.enum(['records', 'warehouse', 'log', 'files']),
  name: z.string(),
  holds: textSchema,
  /** Undefined fields where nobody is named. */
  personal: z
    .strictObject({
      clock: textSchema,
      deleted: textSchema,
      periodMs: z.number().nullable(),
      oldestAtMs: z.number().nullable(),
      nextAtMs: z.number().nullable(),
    })
    .nullable(),
});

/** GET /api/retention */
export const retentionSchema = z.strictObject({
  atMs: z.number(),
  places: z.array(placeSchema),
  persons: z.strictObject({
    due: z.number(),
    period: z.number(),
    'open-alert': z.number(),
    hold: z.number(),
  }),
  nextPersonAtMs: z.number().nullable(),
  running: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['person', 'age']),
      rule: z.string(),
      stage: z.string(),
      place: z.string(),
      createdAtMs: z.number(),
    }),
  ),
  holds: z.array(holdSchema),
  certificates: z.array(
    z.strictObject({
      id: z.string(),
      rule: z.string(),
      because: z.string(),
      rows: z.number(),
      contentHash: z.string(),
      atMs: z.number(),
    }),
  ),
});

/** POST /api/retention/holds: a person, or the case of an alert. */
export const newHoldSchema = z.strictObject({
  subject: z.string().max(64).optional(),
  alertId: z.string().max(80).optional(),
  reason: z.string().min(1).max(500),
  documentNumber: z.string().min(1).max(100),
  untilMs: z.number().int(),
});

/** POST /api/retention/holds/:id/lift */
export const liftHoldSchema = z.strictObject({ reason: z.string().min(1).max(500) });

export type RetentionAnswer = z.infer<typeof retentionSchema>;
export type HoldAnswer = z.infer<typeof holdSchema>;
export type NewHoldBody = z.infer<typeof newHoldSchema>;
