// Spans of time and numbers of keys in rule parameters: never nothing, never endless, so that what a rule
// remembers is bounded.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';

const DAY_MS = 86_400_000;
export const WINDOW_MS_MAX = 400 * DAY_MS;

/** Of one person a rule tells so many keys apart at most, unless it says otherwise. */
export const keysMaxSchema = z.number().int().min(1).max(1_000).default(64);

/** A duration of at least a second and at most 400 days. */
export const windowSchema = durationSchema.superRefine((ms, context) => {
  if (ms >= 1_000 && ms <= WINDOW_MS_MAX) return;
  context.addIssue({
    code: 'custom',
    message: 'is outside 1s to 400d; write a span in which the facts can come together',
  });
});
