// What the watchdog found and how canaries fare, for those who keep the system running and for every officer who
// relies on it. Names nobody.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { textSchema } from '../../core/text.ts';

export const stallSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  name: textSchema,
  /** Null when it is not about one alert, and for eyes that see no alerts. */
  alertId: z.string().nullable(),
  reference: z.string().nullable(),
  level: levelSchema.nullable(),
  /** Codes and numbers that say more, as `channel=sms notices=14`. */
  what: z.string(),
  sinceMs: z.number(),
  foundAtMs: z.number(),
  overAtMs: z.number().nullable(),
});

/** GET /api/watch */
export const watchSchema = z.strictObject({
  atMs: z.number(),
  lasting: z.array(stallSchema),
  /** The newest episodes that are over. */
  past: z.array(stallSchema),
  canary: z.strictObject({
    /** Null when none are sent. */
    everyMs: z.number().nullable(),
    partitions: z.array(
      z.strictObject({
        partition: z.number(),
        /** When the newest one that arrived was sent. */
        sentAtMs: z.number(),
        latencyMs: z.number(),
      }),
    ),
  }),
});

export type StallAnswer = z.infer<typeof stallSchema>;
export type WatchAnswer = z.infer<typeof watchSchema>;
