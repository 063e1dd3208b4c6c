// What other systems are answered: partners who push, providers who report.

import { z } from 'zod';

const pushProblemSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
});

const count = z.number().int().min(0);

/** POST /api/push: what became of the lines; see docs/input-formats.md. */
export const pushResultSchema = z.looseObject({
  received: count,
  valid: count,
  errors: z.array(z.strictObject({ line: count, reason: z.string(), message: z.string() })),
  errorsTotal: count,
  problem: pushProblemSchema.optional(),
  takenToLine: count.optional(),
});

/** The same when the body was not taken to its end, or not at all: in the language the partner asked for. */
export const pushRefusedSchema = z.union([
  pushResultSchema,
  z.strictObject({ problem: pushProblemSchema }),
]);

/** POST /api/receipts/:channel */
export const receiptTakenSchema = z.strictObject({ outcome: z.string() });
