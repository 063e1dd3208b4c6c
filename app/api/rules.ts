// Rules as the console reads them, proposes and approves them.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { textSchema } from '../../core/text.ts';
import { gradingSchema } from '../../rules/grading.ts';
import { packZoneSchema } from '../../rules/pack-zones.ts';

const byClass = <Schema extends z.ZodType>(schema: Schema) =>
  z.partialRecord(z.enum(SUBJECT_CLASSES), schema);
const count = z.number().int().min(0);

export const RULE_STATUSES = ['draft', 'shadow', 'active', 'retired'] as const;

/** One row of the list. */
export const ruleSummarySchema = z.strictObject({
  id: z.string(),
  title: textSchema,
  owner: z.string(),
  kind: z.string(),
  /** `active` when a version of it raises alerts, whatever the file says. */
  status: z.enum(RULE_STATUSES),
  versions: z.strictObject({
    active: z.string().nullable(),
    /** Evaluated beside it, telling nobody. */
    onTrial: z.string().nullable(),
    inFile: z.string().nullable(),
  }),
  level: byClass(levelSchema),
  article: byClass(z.string()),
  alerts: z.strictObject({
    total: count,
    /** Over the last 30 days. */
    recent: count,
    perDay: z.number(),
    officerMinutesPerDay: z.number(),
  }),
  feedback: z.strictObject({
    given: count,
    confirmed: count,
    /** Share of alerts officers found true among those they said something about; null for none. */
    shareConfirmed: z.number().nullable(),
  }),
});

/** GET /api/rules */
export const ruleListSchema = z.strictObject({ rules: z.array(ruleSummarySchema) });

const act = {
  ruleVersion: z.string(),
  status: z.enum(['active', 'retired']),
  reason: z.string(),
  /** Names; the installation itself goes by its own. */
  proposedBy: textSchema,
};

/** GET /api/rules/:id */
export const ruleDetailSchema = ruleSummarySchema.extend({
  /** Texts of the versions named above. */
  texts: z.array(z.strictObject({ version: z.string(), text: z.string() })),
  /** Every version that was ever read, newest first. */
  history: z.array(
    z.strictObject({ version: z.string(), number: z.number(), loadedAtMs: z.number() }),
  ),
  /** Open ones, newest first. */
  proposals: z.array(z.strictObject({ ...act, proposedAtMs: z.number() })),
  /** Oldest first. */
  activations: z.array(
    z.strictObject({
      ...act,
      approvedBy: textSchema,
      reportId: z.string().nullable(),
      atMs: z.number(),
    }),
  ),
});

/** GET /api/rule-pack/grading; null where the pack has no table. */
export const gradingAnswerSchema = z.strictObject({ table: gradingSchema.nullable() });

const source = z.string().min(1).max(200_000);

/** POST /api/rules/check */
export const ruleCheckSchema = z.strictObject({ text: source });

/** What a text of a rule is worth: its version, and its tests run. A text that is no rule is refused. */
export const ruleCheckedSchema = z.strictObject({
  id: z.string(),
  version: z.string(),
  status: z.enum(RULE_STATUSES),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      passed: z.boolean(),
      /** A finding a line, as local time, what, and level or reason. */
      wanted: z.array(z.string()),
      got: z.array(z.string()),
    }),
  ),
});

/** GET /api/rule-pack/zones: the places of the pack, for drawing tracks around them. */
export const packZonesSchema = z.strictObject({ zones: z.array(packZoneSchema) });

/** GET /api/rule-pack/form: a RuleForm, whose fields lie in each other. */
export const ruleFormSchema = z.strictObject({
  common: z.array(z.unknown()),
  kinds: z.record(z.string(), z.unknown()),
});

const reason = z.string().max(1_000).default('');

/** POST /api/rules/:id/proposals */
export const proposalSchema = z.strictObject({ text: source, reason });

/**
 * POST /api/rules/:id/approvals, on the ground of a report, which is checked against BacktestReport, or of
 * a backtest that was run on the page.
 */
export const approvalSchema = z.strictObject({
  version: z.string().min(1).max(80),
  report: z.unknown().optional(),
  backtest: z.string().min(1).max(80).optional(),
  reason,
});

export type { FormField, NamedField, RuleForm } from '../../rules/rule-form.ts';
export type PackZones = z.infer<typeof packZonesSchema>;
const instant = z.number();

/** GET /api/rules/:id/why-not */
export const whyNotQuerySchema = z.strictObject({
  subject: subjectKeySchema,
  /** The instant, in milliseconds. */
  at: z.coerce.number().int().min(0),
  /** How much time around it counts, in hours; by the kind of rule when left out. */
  hours: z.coerce
    .number()
    .min(0.1)
    .max(24 * 62)
    .optional(),
});

/** What kept a rule from raising. */
export const reasonsSchema = z.strictObject({
  /** The first is the answer; each further one fails once those before are supposed away. */
  gates: z.array(
    z.strictObject({
      code: z.string(),
      name: textSchema,
      says: textSchema,
      nearest: textSchema.nullable(),
      /** What was supposed to look further. */
      relaxed: textSchema.nullable(),
      /** With that supposed the engine raised, or the next one failed. */
      proven: z.boolean(),
      /** The leave or alert that is the reason. */
      reference: z.string().nullable(),
    }),
  ),
  /** What the engine raises once all of them are supposed away. */
  wouldRaise: z.strictObject({ atMs: instant, level: levelSchema }).nullable(),
});

/** Why a rule did not raise, or the alert it raised after all. */
export const whyNotAnswerSchema = z.strictObject({
  ruleId: z.string(),
  /** Null for a rule that is not known. */
  ruleVersion: z.string().nullable(),
  title: textSchema.nullable(),
  subject: z.string(),
  atMs: instant,
  /** An alert counts that was raised within. */
  fromMs: instant,
  untilMs: instant,
  /** The records are complete up to here. */
  reachedMs: instant,
  raised: z
    .strictObject({
      alertId: z.string(),
      atMs: instant,
      level: levelSchema,
      /** It was taken back later. */
      withdrawn: z.boolean(),
      /** The alert it was counted to instead of making one of its own. */
      mergedInto: z.string().nullable(),
    })
    .nullable(),
  ...reasonsSchema.shape,
});

export type RuleSummary = z.infer<typeof ruleSummarySchema>;
export type RuleDetail = z.infer<typeof ruleDetailSchema>;
export type RuleChecked = z.infer<typeof ruleCheckedSchema>;
export type GradingAnswer = z.infer<typeof gradingAnswerSchema>;
export type Reasons = z.infer<typeof reasonsSchema>;
export type WhyNotAnswer = z.infer<typeof whyNotAnswerSchema>;
export type RuleList = z.infer<typeof ruleListSchema>;
