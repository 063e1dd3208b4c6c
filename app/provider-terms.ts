// What every provider of a channel may say about itself in the configuration, whatever its kind.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';

/** A time for each level; what is left out is as the channel has it. */
export const timesByLevel = z.strictObject({
  1: durationSchema.optional(),
  2: durationSchema.optional(),
  3: durationSchema.optional(),
});

export const providerTerms = {
  /** Part of its call-back path, and what it is called on screens. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'small letters, digits and "-", as in "sms-two"')
    .optional(),
  /** How long it has for a receipt before another is turned to. */
  receiptWithin: timesByLevel.optional(),
  /** Notices it takes in a second, and at once. */
  perSecond: z.number().positive().max(1_000).optional(),
  concurrent: z.number().int().min(1).max(1_000).optional(),
};
