// A frozen reference as it is stored and sent: what index-plan.ts takes from the peers of a year.

import { z } from 'zod';

const goalSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('between'),
    satisfactory: z.number(),
    notAllowed: z.number(),
  }),
  z.strictObject({
    kind: z.literal('interval'),
    from: z.number(),
    to: z.number(),
    low: z.number(),
    high: z.number(),
  }),
]);

export const referenceSchema = z.strictObject({
  id: z.string(),
  from: z.string(),
  until: z.string(),
  goals: z.record(z.string(), goalSchema),
  weights: z.record(z.string(), z.array(z.number())),
});
