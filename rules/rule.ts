// The form of a rule file: one YAML file, one rule, with the law it rests on and its tests inside.

import { z } from 'zod';
import { calendarDaySchema } from '../core/calendar.ts';
import { levelSchema } from '../core/finding.ts';
import { SUBJECT_CLASSES } from '../core/order.ts';
import { textSchema } from '../core/text.ts';
import { celSchema, factPatternSchema } from './fact-pattern.ts';
import { absenceParamsSchema } from './kinds/absence-params.ts';
import { countParamsSchema } from './kinds/count-params.ts';
import { deadlineParamsSchema } from './kinds/deadline-params.ts';
import { keywordParamsSchema } from './kinds/keyword-params.ts';
import { proximityParamsSchema } from './kinds/proximity-params.ts';
import { sequenceParamsSchema } from './kinds/sequence-params.ts';
import { thresholdParamsSchema } from './kinds/threshold-params.ts';
import { zoneParamsSchema } from './kinds/zone-params.ts';
import { keyPeriodSchema, packZoneSchema, uniqueIds } from './pack-zones.ts';
import { ruleTestSchema } from './rule-test-form.ts';
import { keysMaxSchema, windowSchema } from './window.ts';

/** A condition on one fact; see kinds/match.ts. */
export const matchParamsSchema = z.strictObject({
  /** What raises. */
  ...factPatternSchema.shape,
  /** CEL; true ends the episode with the same key. */
  clearWhen: celSchema.optional(),
  /** CEL giving a text: facts with the same key belong to one episode. */
  key: celSchema.optional(),
  /** So many open episodes are kept per person; the one longest open is given up first. */
  keysMax: keysMaxSchema,
  /** Where and when the fact takes the person, so that a leave can cover it. CEL: text and number. */
  place: celSchema.optional(),
  placeAtMs: celSchema.optional(),
});

/** What one text message leaves room for. */
const DUTY_CHARS_MAX = 70;

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
  duty: textSchema
    .refine(({ zh }) => zh.length <= DUTY_CHARS_MAX, {
      path: ['zh'],
      message: `is longer than ${DUTY_CHARS_MAX} characters and would not fit one text message; shorten it`,
    })
    .meta({ charsMax: { zh: DUTY_CHARS_MAX } }),
  /** After an alert about a person was cleared, so long no new one is raised; see kinds in docs. */
  cooldown: windowSchema.optional(),
  exceptions: z.array(z.enum(['leave'])).default([]),
  /**
   * What becomes of what version `from` remembered, where that means something else under this text: it is
   * kept, dropped (what is open is ended), or only the open episodes are kept. See docs/rule-lifecycle.md.
   */
  migrate: z
    .strictObject({
      from: z.number().int().min(1),
      state: z.enum(['keep', 'drop', 'episodes']),
    })
    .optional(),
  /** As texts said it before there was `migrate`: kept, whatever the number. */
  keepsState: z.boolean().optional(),
  tests: z.array(ruleTestSchema).min(1),
};

export const ruleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('zone'), params: zoneParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('match'), params: matchParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('absence'), params: absenceParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('count'), params: countParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('sequence'), params: sequenceParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('keyword'), params: keywordParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('deadline'), params: deadlineParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('threshold'), params: thresholdParamsSchema }),
    z.strictObject({ ...common, kind: z.literal('proximity'), params: proximityParamsSchema }),
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
    if (!rule.who.some((subjectClass) => rule.level[subjectClass] !== undefined)) {
      const message = 'no class of person under who has a level, so the rule would never speak';
      context.addIssue({ code: 'custom', path: ['level'], message });
    }
    if (rule.exceptions.includes('leave') && rule.kind !== 'zone' && rule.kind !== 'match') {
      const message = `a leave says nothing to the kind ${rule.kind}; remove it`;
      context.addIssue({ code: 'custom', path: ['exceptions'], message });
    }
    if (rule.cooldown !== undefined && !isEverCleared(rule)) {
      const message = 'nothing clears an alert of this rule, so a cooldown never begins; remove it';
      context.addIssue({ code: 'custom', path: ['cooldown'], message });
    }
    const { migrate, number } = rule;
    if (migrate && migrate.from >= number) {
      const message = `names no version before ${number}; write the number of the one this follows`;
      context.addIssue({ code: 'custom', path: ['migrate', 'from'], message });
    }
    if (migrate && rule.keepsState !== undefined) {
      const message = 'says what migrate says; remove it';
      context.addIssue({ code: 'custom', path: ['keepsState'], message });
    }
    if (migrate?.state === 'episodes' && !keepsEpisodesAlone(rule)) {
      const message = `of the kind ${rule.kind} the state is kept or dropped as a whole; write keep or drop`;
      context.addIssue({ code: 'custom', path: ['migrate', 'state'], message });
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

/** Kinds whose open alerts can go on while everything that was being gathered begins anew. */
const keepsEpisodesAlone = (rule: { kind: string; params: object }): boolean =>
  rule.kind === 'sequence' || (rule.kind === 'count' && !('visits' in rule.params));

/** True for rules that ask which bases there are: without the papers their evidence proves nothing. */
export const asksForBases = ({ kind, params }: { kind: string; params: object }): boolean =>
  kind === 'absence'
    ? 'sources' in params
    : kind === 'deadline' && 'term' in params && params.term !== 'leave';

/** False for rules whose alerts only an officer ends. */
export const isEverCleared = ({ kind, params }: { kind: string; params: object }): boolean =>
  kind === 'match'
    ? (params as { clearWhen?: string }).clearWhen !== undefined
    : kind !== 'keyword';

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
  /** Places rules and prohibition orders name by their id. */
  zones: z.array(packZoneSchema).superRefine(uniqueIds).default([]),
  /** Times of special attention. */
  keyPeriods: z.array(keyPeriodSchema).superRefine(uniqueIds).default([]),
  /** Days off and make-up workdays that are not, or otherwise, in datasets/workdays. */
  calendar: z.array(calendarDaySchema).default([]),
  /** An alert is corrected by what becomes known up to so many days after it; 30 when left out. */
  correctableDays: z.number().int().min(1).max(400).optional(),
});

export type Pack = z.infer<typeof packSchema>;
