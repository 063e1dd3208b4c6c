// Parameters of the kind `count`: so many facts, or so many different values, within a sliding window.

import { z } from 'zod';
import { celSchema, factPatternSchema } from '../fact-pattern.ts';
import { windowSchema } from '../window.ts';

export const countParamsSchema = z.strictObject({
  ...factPatternSchema.shape,
  /** CEL giving a text: facts with the same value count once, by the newest of them. */
  distinct: celSchema.optional(),
  /** Raised by the fact that makes so many. */
  factsMin: z.number().int().min(2).max(100),
  /** Counted are facts younger than this; one exactly so old no longer counts. */
  within: windowSchema,
});
