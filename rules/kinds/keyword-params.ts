// Parameters of the kind `keyword`: terms of named lists in what was said in a call.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';

export const keywordParamsSchema = z.strictObject({
  /** Names of term lists. */
  lists: z
    .array(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'a list name is lower-case words joined by dashes'),
    )
    .min(1)
    .max(50),
  /** Heeds terms of this level and graver ones; 1 is the gravest. */
  levelMin: levelSchema,
});
