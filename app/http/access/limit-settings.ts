// How many requests a minute are answered, as a site may set it.

import { z } from 'zod';

const perMinute = z.number().int().min(1).max(1_000_000);

export const requestLimitsSchema = z.strictObject({
  /** Requests a minute of one session, or of one address without a session. */
  api: perMinute.default(3_000),
  /** Attempts to sign in a minute from one address; a bureau may stand behind a single one. */
  signIn: perMinute.default(300),
});

export type RequestLimits = z.infer<typeof requestLimitsSchema>;
