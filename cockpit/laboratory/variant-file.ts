// A variant as a file somebody keeps or sends on, and what is read back from one. A file may come from anywhere:
// whatever does not fit the definition is refused with the place where it does not.

import { z } from 'zod';
import { text, type Text } from '../../core/text.ts';
import { AGGREGATIONS } from '../../models/composite/aggregate.ts';
import type { LabInput, Variant } from './lab-model.ts';

const finite = z.number();

const goalSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('between'), satisfactory: finite, notAllowed: finite }),
  z.strictObject({
    kind: z.literal('interval'),
    from: finite,
    to: finite,
    low: finite,
    high: finite,
  }),
]);

const fileSchema = z.strictObject({
  kind: z.literal('plumbline-index-variant'),
  index: z.string(),
  /** The version of the definition it was made from. */
  basedOn: z.string(),
  variant: z.strictObject({
    aggregation: z.enum(AGGREGATIONS),
    weights: z.record(z.string(), z.array(z.number().min(0))),
    goals: z.record(z.string(), goalSchema),
    bounds: z.array(finite),
  }),
});

export const writeVariant = (input: LabInput, variant: Variant): string =>
  `${JSON.stringify(
    {
      kind: 'plumbline-index-variant',
      index: input.definition.id,
      basedOn: input.version,
      variant,
    },
    null,
    2,
  )}\n`;

export type VariantRead =
  | { readonly kind: 'read'; readonly variant: Variant; readonly isOther: boolean }
  | { readonly kind: 'refused'; readonly says: Text };

const refused = (zh: string, en: string): VariantRead => ({ kind: 'refused', says: text(zh, en) });

/** `isOther` when the file was made from another version of the definition. */
export function readVariant(input: LabInput, content: string): VariantRead {
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch {
    return refused('文件不是 JSON 格式', 'The file is not JSON');
  }
  const parsed = fileSchema.safeParse(given);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join('.') ?? '';
    return refused(`文件不是指数方案，问题在：${place}`, `The file is no variant; see: ${place}`);
  }
  const { index, basedOn, variant } = parsed.data;
  const { definition } = input;
  if (index !== definition.id) {
    return refused(`方案属于另一指数：${index}`, `The variant is of another index: ${index}`);
  }
  const misfit = Object.entries(definition.nodes).find(
    ([name, { parts }]) => variant.weights[name]?.length !== parts.length,
  );
  if (misfit) {
    return refused(
      `“${misfit[1].title.zh}”的权重个数与定义不符，请用同一版本的方案`,
      `The weights of "${misfit[1].title.en}" do not fit the definition; use a variant of its version`,
    );
  }
  const goal = Object.keys(input.goals).find((name) => variant.goals[name] === undefined);
  if (goal) return refused(`方案缺少指标 ${goal} 的阈值`, `The variant has no goal for ${goal}`);
  if (variant.bounds.length !== definition.grading.bands.length - 1) {
    return refused(
      '方案的分级个数与定义不符',
      'The grades of the variant do not fit the definition',
    );
  }
  return { kind: 'read', variant, isOther: basedOn !== input.version };
}
