// Orders recorded as void, as the console reads and makes them.

import { z } from 'zod';
import { regionCodeSchema } from '../../core/region.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { VOID_BECAUSE } from '../../warehouse/records-void.ts';

const words = (max: number) => z.string().max(max);

export const voidSchema = z.strictObject({
  id: z.string(),
  subject: subjectKeySchema,
  county: regionCodeSchema,
  because: z.enum(VOID_BECAUSE),
  documentNumber: z.string(),
  reason: z.string(),
  proposedBy: textSchema,
  proposedAtMs: z.number(),
  confirmer: textSchema,
  /** `deleting`: confirmed; when all is deleted it is in no list any more. */
  state: z.enum(['waiting', 'deleting', 'refused']),
  may: z.strictObject({ confirm: z.boolean(), refuse: z.boolean() }),
});

/** GET /api/voids */
export const voidsSchema = z.strictObject({
  voids: z.array(voidSchema),
  confirmers: z.array(z.strictObject({ id: z.string(), name: textSchema })),
});

/** POST /api/voids */
export const newVoidSchema = z.strictObject({
  subject: subjectKeySchema,
  because: z.enum(VOID_BECAUSE),
  documentNumber: words(100),
  confirmer: z.string().min(1).max(64),
  reason: words(300),
});

export type VoidAnswer = z.infer<typeof voidSchema>;
export type Voids = z.infer<typeof voidsSchema>;
export type NewVoidBody = z.infer<typeof newVoidSchema>;
