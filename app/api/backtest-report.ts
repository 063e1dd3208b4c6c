// What a backtest says about a change of a rule: the form of report.json, and what an approval takes.

import { z } from 'zod';
import { CORRECTION_OUTCOMES, CORRECTION_REASONS, levelSchema } from '../../core/finding.ts';
import { observationSchema } from '../../core/observation.ts';
import { regionCodeSchema } from '../../core/region.ts';

const count = z.number().int().min(0);
const both = <Schema extends z.ZodType>(schema: Schema) =>
  z.strictObject({ baseline: schema, candidate: schema });

const changed = { added: count, removed: count, regraded: count };

/** Local hours of the three shifts of a day. */
export const SHIFTS = ['00-08', '08-16', '16-24'] as const;

export const minutesPerLevelSchema = z.strictObject({
  1: z.number().min(0).max(1_440),
  2: z.number().min(0).max(1_440),
  3: z.number().min(0).max(1_440),
});

/** An alert of level 1 is a call, a drive and a file; one of level 3 a look. Not measured: a setting. */
export const MINUTES_PER_LEVEL: z.infer<typeof minutesPerLevelSchema> = { 1: 45, 2: 20, 3: 5 };

const sampleSchema = z.strictObject({
  id: z.string(),
  ruleId: z.string(),
  ruleVersion: z.string(),
  level: levelSchema,
  subject: z.string(),
  region: regionCodeSchema,
  openedAtMs: z.number(),
  closedAtMs: z.number().nullable(),
  evidence: z.array(observationSchema),
  article: z.string(),
  /** What turned out later, the oldest first; left out where nothing did. See docs/replay.md. */
  corrections: z
    .array(
      z.strictObject({
        atMs: z.number(),
        outcome: z.enum(CORRECTION_OUTCOMES),
        level: levelSchema,
        article: z.string(),
        because: z.strictObject({
          reason: z.enum(CORRECTION_REASONS),
          observationId: z.string(),
          observationKind: z.string(),
        }),
      }),
    )
    .optional(),
});

/** Reports of another form are not read; a backtest is quickly made again. */
export const REPORT_FORMAT = 2;

export const backtestReportSchema = z.strictObject({
  format: z.literal(REPORT_FORMAT),
  /** Hash of everything else. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  ruleId: z.string(),
  /** `retired` compares with the rule gone. */
  candidate: z.strictObject({ version: z.string(), status: z.enum(['active', 'retired']) }),
  /** Null for a new rule. */
  baseline: z.strictObject({ version: z.string() }).nullable(),
  /** The stretch that was asked for: from ≤ t < until. */
  span: z.strictObject({ fromMs: z.number(), untilMs: z.number(), days: z.number() }),
  history: z.strictObject({
    /** Observations in the stretch, and before it, from which the state at its start was built. */
    observations: count,
    before: count,
    /** Event time of the first and last report in the stretch. */
    firstMs: z.number().nullable(),
    lastMs: z.number().nullable(),
    /** Depends on the observations only, not on where they were read from. */
    digest: z.string(),
  }),
  parameters: z.strictObject({
    /** What an alert of each level takes an officer. */
    minutesPerLevel: minutesPerLevelSchema,
    /** How findings are merged into alerts; see docs/alerts.md. */
    mergeWithinMs: z.number(),
  }),
  totals: z.strictObject({
    /** Those that stand in the end, here and below; levels are those that count in the end. */
    alerts: both(count),
    ...changed,
    kept: count,
    /** Of those kept, how many came at another moment. */
    moved: count,
    /** Raised in the stretch and taken back by what was learnt later, within it. */
    withdrawn: both(count),
  }),
  byLevel: z.array(z.strictObject({ level: levelSchema, alerts: both(count) })),
  byCounty: z.array(z.strictObject({ region: regionCodeSchema, alerts: both(count), ...changed })),
  /** How busy the officers' shifts are, county by county; only counties that have alerts. */
  byShift: z.array(
    z.strictObject({
      region: regionCodeSchema,
      shift: z.enum(SHIFTS),
      /** How many such shifts the stretch touches. */
      shifts: count,
      alerts: both(count),
      ...changed,
      /** The most alerts of any one shift. */
      most: both(count),
    }),
  ),
  load: both(z.strictObject({ alertsPerDay: z.number(), officerMinutesPerDay: z.number() })),
  /** Conditions met that made no alert, by reason. */
  suppressed: both(z.record(z.string(), count)),
  /** Up to SAMPLES_MAX of each, chosen by their ids, in order of time. */
  samples: z.strictObject({
    added: z.array(sampleSchema),
    removed: z.array(sampleSchema),
    regraded: z.array(z.strictObject({ before: sampleSchema, after: sampleSchema })),
  }),
});

export const SAMPLES_MAX = 20;

export type BacktestSample = z.infer<typeof sampleSchema>;
export type BacktestReport = z.infer<typeof backtestReportSchema>;
export type MinutesPerLevel = z.infer<typeof minutesPerLevelSchema>;
