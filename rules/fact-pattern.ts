// Which facts a rule means: a kind of fact and a condition on it.

import { z } from 'zod';
import { OBSERVATION_KINDS } from '../core/observation.ts';

/** Facts a condition can look at; the others have rules and records of their own. */
export const factKindSchema = z
  .enum(OBSERVATION_KINDS)
  .exclude(['position', 'order', 'leave', 'basis', 'retraction']);

export const celSchema = z.string().min(1).max(2_000).meta({ format: 'cel' });

export const factPatternSchema = z.strictObject({
  fact: factKindSchema,
  /** CEL over `fact` and `order`. */
  when: celSchema,
});

export type FactPattern = z.infer<typeof factPatternSchema>;
