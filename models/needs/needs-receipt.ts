// The receipt of an assessment of needs: the checklist as it was, the answers, and what they add up to. It
// names nobody; who it is about is with whoever keeps it.

import { z } from 'zod';
import { canonicalJson, contentHash } from '../../core/ids.ts';
import { textSchema } from '../../core/text.ts';
import { assessNeeds, checklistSchema } from './assess-needs.ts';

export const NEEDS_RECEIPT_FORMAT = 'plumbline-needs-receipt-1';

export const answersSchema = z.record(z.string(), z.enum(['yes', 'no', 'unknown']));

export const needsReceiptSchema = z.strictObject({
  format: z.literal(NEEDS_RECEIPT_FORMAT),
  checklist: checklistSchema,
  answers: answersSchema,
  points: z.number().int(),
  pointsMax: z.number().int(),
  band: textSchema,
  formula: z.array(z.string()),
  inputHash: z.string(),
});

export type NeedsReceipt = z.infer<typeof needsReceiptSchema>;
type Made = Pick<NeedsReceipt, 'checklist' | 'answers'>;

/** Throws RangeError for answers to items the list does not have. */
export function makeNeedsReceipt({ checklist, answers }: Made): NeedsReceipt {
  const { points, pointsMax, band, because } = assessNeeds(checklist, answers);
  const terms = because.map((item) => `${item.points} (${item.id})`).join(' + ') || '0';
  return needsReceiptSchema.parse({
    format: NEEDS_RECEIPT_FORMAT,
    checklist,
    answers,
    points,
    pointsMax,
    band,
    formula: [`${points} = ${terms}`],
    inputHash: hashOf({ checklist, answers }),
  });
}

export type NeedsMistake =
  | { readonly code: 'input-hash' | 'unknown-item' | 'band' }
  | { readonly code: 'value'; readonly is: number; readonly says: number };

/** Adds up again from the receipt alone; empty when it follows. */
export function verifyNeedsReceipt(receipt: NeedsReceipt): NeedsMistake[] {
  const known = new Set(receipt.checklist.areas.flatMap(({ items }) => items.map(({ id }) => id)));
  if (Object.keys(receipt.answers).some((id) => !known.has(id))) return [{ code: 'unknown-item' }];
  const mistakes: NeedsMistake[] = [];
  const again = makeNeedsReceipt(receipt);
  if (again.inputHash !== receipt.inputHash) mistakes.push({ code: 'input-hash' });
  if (again.points !== receipt.points)
    mistakes.push({ code: 'value', is: again.points, says: receipt.points });
  if (canonicalJson(again.band) !== canonicalJson(receipt.band)) mistakes.push({ code: 'band' });
  return mistakes;
}

const hashOf = ({ checklist, answers }: Made): string =>
  contentHash(canonicalJson({ checklist, answers }));
