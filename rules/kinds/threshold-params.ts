// Parameters of the kind `threshold`: a measured value beyond a limit for some periods in a row.

import { z } from 'zod';

export const thresholdParamsSchema = z
  .strictObject({
    /** Ids of the measures looked at, each for itself. */
    index: z.array(z.string().min(1).max(64)).min(1).max(100),
    /** Beyond means greater than this … */
    above: z.number().optional(),
    /** … or less than this; exactly one of the two is given. */
    below: z.number().optional(),
    /** Ends when a value comes back to this or better; the limit itself when left out. */
    clearAt: z.number().optional(),
    /** So many periods in a row must be beyond. */
    forPeriods: z.number().int().min(1).max(60).default(1),
  })
  .superRefine(({ above, below, clearAt }, context) => {
    const complain = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if ((above === undefined) === (below === undefined)) {
      complain([], 'give exactly one of above and below');
    }
    if (clearAt === undefined) return;
    if (above !== undefined && clearAt > above) {
      complain(['clearAt'], `must not lie above ${above}, or the alert would end where it begins`);
    }
    if (below !== undefined && clearAt < below) {
      complain(['clearAt'], `must not lie below ${below}, or the alert would end where it begins`);
    }
  });

export type ThresholdParams = z.infer<typeof thresholdParamsSchema>;
