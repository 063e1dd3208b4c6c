// Parameters of the kind `sequence`: one fact after the other within a time.

import { z } from 'zod';
import { celSchema, factPatternSchema, type FactPattern } from '../fact-pattern.ts';
import { keysMaxSchema, windowSchema } from '../window.ts';

const nameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'a step name is a lower-case word');

export const sequenceParamsSchema = z
  .strictObject({
    steps: z
      .array(z.strictObject({ name: nameSchema, ...factPatternSchema.shape }))
      .min(2)
      .max(10),
    /** One after the other as listed, in any order, or groups of names whose members may come in any. */
    order: z.union([z.enum(['strict', 'any']), z.array(z.array(nameSchema).min(1)).min(1)]),
    /** From the first step to the last, at most. */
    within: windowSchema,
    /** A fact that must not come between the first step and the last. */
    without: factPatternSchema.optional(),
    /** CEL giving a text: only facts with the same key make a sequence. */
    key: celSchema.optional(),
    /** So many facts are kept per person and key; the oldest is given up first. */
    keptMax: z.number().int().min(2).max(200).default(32),
    /** So many keys are told apart per person; the one longest without a fact is given up first. */
    keysMax: keysMaxSchema,
    /** A fact that ends the episode … */
    clearWhen: factPatternSchema.optional(),
    /** … or the time after which it ends by itself. */
    clearAfter: windowSchema.optional(),
  })
  .superRefine(({ steps, order, keptMax, clearWhen, clearAfter }, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [index, step] of steps.entries()) {
      const earlier = steps.slice(0, index);
      if (earlier.some(({ name }) => name === step.name)) {
        complain(['steps', index, 'name'], `two steps are named "${step.name}"; rename one`);
      }
      const same = earlier.find((other) => isSame(other, step));
      if (same) {
        const message = `means the same facts as the step "${same.name}"; use kind count instead`;
        complain(['steps', index, 'when'], message);
      }
    }
    if (Array.isArray(order)) {
      const listed = order.flat();
      for (const name of new Set(listed)) {
        if (!steps.some((step) => step.name === name)) {
          complain(['order'], `there is no step "${name}"`);
        }
        if (listed.filter((other) => other === name).length > 1) {
          complain(['order'], `the step "${name}" would come before itself; list it once`);
        }
      }
      for (const { name } of steps) {
        if (!listed.includes(name)) complain(['order'], `the step "${name}" is in no group`);
      }
    }
    if (keptMax < steps.length) {
      complain(
        ['keptMax'],
        `keeps fewer facts than there are steps; write ${steps.length} or more`,
      );
    }
    if (!clearWhen && clearAfter === undefined) {
      complain([], 'nothing ends the episode; give clearWhen, clearAfter or both');
    }
  });

const isSame = (a: FactPattern, b: FactPattern) =>
  a.fact === b.fact && a.when.replaceAll(/\s+/g, ' ') === b.when.replaceAll(/\s+/g, ' ');
