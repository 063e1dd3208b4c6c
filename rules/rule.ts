// The form of a rule file: one YAML file, one rule, with the law it rests on and its tests inside.

import { z } from 'zod';
import { durationSchema } from '../core/duration.ts';
import { levelSchema } from '../core/finding.ts';
import { OBSERVATION_KINDS } from '../core/observation.ts';
import { FIX_KINDS } from '../core/position-codes.ts';
import { SUBJECT_CLASSES } from '../core/order.ts';
import { sourceKindSchema } from '../core/source.ts';
import { textSchema } from '../core/text.ts';
import { ruleTestSchema } from './rule-test-form.ts';

const metres = z.number().min(0).max(100_000);

/** Outside the area of the order for long enough, surely enough; see kinds/zone.ts. */
export const zoneParamsSchema = z.strictObject({
  zone: z.literal('order-area'),
  relation: z.literal('outside'),
  /** Raised by so many fixes surely outside with none inside between … */
  fixesMin: z.number().int().min(1).max(20),
  /** … or by two such fixes this far apart, whichever comes first. */
  outsideFor: durationSchema,
  /** A fix is surely outside when it lies beyond the border by more than its error radius plus this. */
  marginM: metres,
  /** Cleared only by fixes at least this far inside. */
  rearmM: metres,
  /** So many such fixes in a row clear it. */
  clearFixesMin: z.number().int().min(1).max(20),
  /** Fixes of other kinds prove nothing to this rule. */
  fixKinds: z.array(z.enum(FIX_KINDS)).min(1),
  /** Coming back this much after a leave ended is not yet a breach. */
  leaveGrace: durationSchema,
});

/** A condition on one fact; see kinds/match.ts. */
export const matchParamsSchema = z.strictObject({
  fact: z.enum(OBSERVATION_KINDS).exclude(['position', 'order', 'leave']),
  /** CEL over `fact` and `order`; true raises. */
  when: z.string().min(1),
  /** CEL; true ends the episode with the same key. */
  clearWhen: z.string().min(1).optional(),
  /** CEL giving a text: facts with the same key belong to one episode. */
  key: z.string().min(1).optional(),
  /** Where and when the fact takes the person, so that a leave can cover it. CEL: text and number. */
  place: z.string().min(1).optional(),
  placeAtMs: z.string().min(1).optional(),
});

/** Nothing heard from a source that ought to speak; see kinds/absence.ts. */
export const absenceParamsSchema = z.strictObject({
  /** Expected while a basis in force opens one of these. */
  sources: z.array(sourceKindSchema).min(1),
  silentFor: durationSchema,
});

const byClass = <Schema extends z.ZodType>(schema: Schema) =>
  z.partialRecord(z.enum(SUBJECT_CLASSES), schema);

const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]{2,60}$/, 'a rule id is lower-case words joined by dashes'),
  /** Raised by one with every change of meaning. */
  number: z.number().int().min(1),
  status: z.enum(['draft', 'shadow', 'active', 'retired']),
  title: textSchema,
  /** Who answers for the rule. */
  owner: z.string().min(1).max(100),
  /** Classes of persons it looks at. A class without a level is logged as ungraded. */
  who: z.array(z.enum(SUBJECT_CLASSES)).min(1),
  level: byClass(levelSchema),
  /** The article of law for each class. */
  article: byClass(z.string().min(1).max(200)),
  /** What the officer is to do. */
  duty: textSchema,
  exceptions: z.array(z.enum(['leave'])).default([]),
  /**
   * True when what the version before remembered still means the same under changed parameters, so that
   * it is taken over. Without it a rule whose parameters changed starts anew; see docs/rule-lifecycle.md.
   */
  keepsState: z.boolean().optional(),
  tests: z.array(ruleTestSchema).min(1),
};

export const ruleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('zone'), params: zoneParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('match'), params: matchParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('absence'), params: absenceParamsSchema }),
  ])
  .superRefine((rule, context) => {
    for (const subjectClass of rule.who) {
      if (rule.level[subjectClass] !== undefined && rule.article[subjectClass] === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['article'],
          message: `no article of law for ${subjectClass}, which has a level`,
        });
      }
    }
    if (!rule.tests.some((test) => test.expect.some((expected) => 'raised' in expected))) {
      context.addIssue({
        code: 'custom',
        path: ['tests'],
        message: 'no test in which the rule fires',
      });
    }
    if (!rule.tests.some((test) => !test.expect.some((expected) => 'raised' in expected))) {
      context.addIssue({
        code: 'custom',
        path: ['tests'],
        message: 'no test in which it stays silent',
      });
    }
  });

export type Rule = z.infer<typeof ruleSchema>;
export type RuleOf<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>;

/** What a pack of rules shares. */
export const packSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: textSchema,
  /**
   * Districts of one city count as one area: moving between them is not leaving it. Implementation
   * measures art. 26 as commonly read; not verified against the official text, so it is a setting.
   */
  sameCityDistricts: z.array(z.array(z.string().regex(/^\d{6}$/)).min(2)).default([]),
});

export type Pack = z.infer<typeof packSchema>;
