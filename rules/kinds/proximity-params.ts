// Parameters of the kind `proximity`: two persons of whom one may not contact the other.

import { z } from 'zod';
import { FIX_KINDS } from '../../core/position-codes.ts';
import { durationSchema } from '../../core/duration.ts';
import { windowSchema } from '../window.ts';

export const proximityParamsSchema = z
  .strictObject({
    /** They are surely near when their distance and both error circles fit into this radius. */
    radiusM: z.number().min(10).max(5_000),
    /** They are surely apart when even their error circles are this far beyond the radius. */
    rearmM: z.number().min(0).max(10_000),
    /** Raised when they were surely near for so long … */
    lasts: durationSchema,
    /** … with no longer than this between two moments at which they were. */
    gapMax: windowSchema,
    /** Two fixes tell of one moment when they are at most this far apart in time. */
    pairWithin: windowSchema,
    /** The episode ends when nothing was heard of one of the two for so long. */
    lostAfter: windowSchema,
    /** Fixes of other kinds prove nothing to this rule. */
    fixKinds: z.array(z.enum(FIX_KINDS)).min(1),
  })
  .superRefine(({ lasts, gapMax, pairWithin, lostAfter }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (lasts <= pairWithin)
      refuse('lasts', 'must be longer than pairWithin, or a passing-by counts');
    if (gapMax < pairWithin) refuse('gapMax', 'must not be shorter than pairWithin');
    if (lostAfter < gapMax) refuse('lostAfter', 'must not be shorter than gapMax');
  });

export type ProximityParams = z.infer<typeof proximityParamsSchema>;
