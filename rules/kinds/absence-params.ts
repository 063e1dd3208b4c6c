// Parameters of the kind `absence`, which has two forms: nothing heard from a source that ought to speak,
// and a fact that ought to be followed by another.

import { z } from 'zod';
import { sourceKindSchema } from '../../core/source.ts';
import { celSchema, factPatternSchema } from '../fact-pattern.ts';
import { twoForms } from '../two-forms.ts';
import { keysMaxSchema, windowSchema } from '../window.ts';

const silenceSchema = z.strictObject({
  /** Expected while a basis in force opens one of these. */
  sources: z.array(sourceKindSchema).min(1),
  silentFor: windowSchema,
  /**
   * `any`, also when left out: every observation breaks the silence, so the rule speaks of lost
   * communication. `placed`: only a fix with a place does, and the rule speaks only while the device
   * does: its place is lost, not the device.
   */
  heed: z.enum(['any', 'placed']).optional(),
});

const unansweredSchema = z.strictObject({
  /** A fact that asks … */
  after: factPatternSchema,
  /** … for a fact that answers … */
  until: factPatternSchema,
  /** … at most so much later. */
  within: windowSchema,
  /** CEL giving a text: an answer answers what has the same key. */
  key: celSchema.optional(),
  /** So many keys are remembered per person; answered ones are forgotten first, then those told of. */
  keysMax: keysMaxSchema,
});

/** The two forms, as whoever fills them in chooses between them. */
export const absenceFormsSchema = z.union([silenceSchema, unansweredSchema]);

export type SilenceParams = z.infer<typeof silenceSchema>;
export type UnansweredParams = z.infer<typeof unansweredSchema>;

/** Which form is meant shows by `after`; mistakes are told in terms of that form. */
export const absenceParamsSchema = twoForms<typeof silenceSchema, typeof unansweredSchema>(
  (params) => ('after' in params || 'until' in params ? unansweredSchema : silenceSchema),
);
