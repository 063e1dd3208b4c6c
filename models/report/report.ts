// A report as it is kept: nothing but numbers about a period and a region, no person, no key that stands
// for one. Everything a page or a file shows comes from this value alone.

import { z } from 'zod';
import { CONFIRMING_CAUSES } from '../../core/alert-cause.ts';
import { FEEDBACK_RESULTS } from '../../core/alert-event.ts';
import { levelSchema } from '../../core/finding.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { periodSchema } from './period.ts';

const count = z.int().min(0);

/** Raises whenever a kept report could no longer be read as it was meant. */
export const REPORT_FORMAT = 1;

export const tallySchema = z.strictObject({
  /** Alerts recorded in the period, withdrawn ones included. */
  raised: count,
  /** Taken back because later facts showed that they should not have been raised; neither true nor false. */
  withdrawn: count,
  /** Acknowledged by everyone who must, and how long that took: null where nothing was acknowledged. */
  acknowledged: count,
  acknowledgeP50Ms: z.number().nullable(),
  acknowledgeP90Ms: z.number().nullable(),
  /**
   * Of those withdrawn: because the person objected and was right. Null in reports kept before objections
   * were counted.
   */
  upheld: count.nullable().default(null),
  /** Neither acknowledged nor withdrawn nor closed. */
  waiting: count,
  closed: count,
  /** What officers found out; withdrawn alerts are left out. */
  results: z.record(z.enum(FEEDBACK_RESULTS), count),
  /** No feedback yet, not withdrawn. */
  unjudged: count,
});

export type Tally = z.infer<typeof tallySchema>;

const comparedSchema = z.strictObject({
  now: tallySchema,
  /** The period before; null where the records do not reach back. */
  before: tallySchema.nullable(),
});

export type Compared = z.infer<typeof comparedSchema>;

export const bureauLoadSchema = z.strictObject({
  bureau: regionCodeSchema,
  /** Officer-shifts that began in the period. */
  shifts: count,
  /** Alerts an officer was told of in a shift: mean, median and the most. */
  mean: z.number().nullable(),
  median: z.number().nullable(),
  most: count.nullable(),
  /** Shifts at or over the budget. */
  over: count,
});

export const FORECAST_VERDICTS = ['within', 'may-exceed', 'exceeds', 'unknown'] as const;

export const forecastSchema = z.strictObject({
  bureau: regionCodeSchema,
  /** `2026-11-23` */
  date: z.string(),
  /** Same weekdays it is made of. */
  days: count,
  /** Expected alerts in the busiest officer-shift of the day, with the range of one day in ten outside each end. */
  expected: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  verdict: z.enum(FORECAST_VERDICTS),
});

export type Forecast = z.infer<typeof forecastSchema>;

export const loadSchema = z.strictObject({
  /** Alerts per officer-shift that should not be reached. */
  budget: count,
  /** By duty roster, or by the day where there is none. */
  shiftsBy: z.enum(['roster', 'day']),
  bureaus: z.array(bureauLoadSchema),
  forecast: z.array(forecastSchema),
});

const objectionTallySchema = z.strictObject({
  /** Objections taken down in the period, and in the one before; null where the records do not reach back. */
  recorded: count,
  before: count.nullable(),
  /** What became of those of the period. */
  upheld: count,
  rejected: count,
  undecided: count,
  /** Of those of the period: decided after the end of their time, or still undecided after it. */
  overdue: count,
  /** Of any period: undecided at the end of what is counted. */
  pending: count,
});

export type ObjectionTally = z.infer<typeof objectionTallySchema>;

export const reportSchema = z.strictObject({
  format: z.literal(REPORT_FORMAT),
  period: periodSchema,
  region: regionCodeSchema,
  /** When the numbers were read. */
  asOfMs: z.int(),
  /** Up to where they count: the end of the period, or the instant of reading while it runs. */
  countedUntilMs: z.int(),
  /** The first alert on record, of any region; null when there is none. */
  knownSinceMs: z.int().nullable(),
  /** What is compared with; of a running period only as much of the one before as has passed of it. */
  before: z.strictObject({
    fromMs: z.int(),
    untilMs: z.int(),
    /** `none`: older than the first alert on record; `part`: the record begins within. */
    known: z.enum(['whole', 'part', 'none']),
  }),
  total: comparedSchema,
  byLevel: z.array(comparedSchema.extend({ level: levelSchema })),
  byRule: z.array(comparedSchema.extend({ ruleId: z.string(), title: textSchema })),
  /** Of a city: its counties. */
  byCounty: z.array(comparedSchema.extend({ region: regionCodeSchema })),
  /** Alerts open at the end of what is counted, by level and age group. */
  openByAge: z.array(z.strictObject({ level: levelSchema, ages: z.array(count) })),
  /** Of a city by county, of a county alone; null in reports kept before objections were counted. */
  objections: z
    .strictObject({
      byCounty: z.array(objectionTallySchema.extend({ region: regionCodeSchema })),
      total: objectionTallySchema,
    })
    .nullable()
    .default(null),
  load: loadSchema.nullable(),
});

export type Report = z.infer<typeof reportSchema>;

/** Feedback given, of any kind. */
export const judgedOf = ({ results }: Tally): number =>
  FEEDBACK_RESULTS.reduce((sum, result) => sum + results[result], 0);

/** Alerts officers found to be as they said. */
export const confirmedOf = ({ results }: Tally): number =>
  CONFIRMING_CAUSES.reduce((sum, result) => sum + results[result], 0);

/** Share of the judged alerts that were true; null without any: no data is not zero. */
export const precisionOf = (tally: Tally): number | null =>
  judgedOf(tally) === 0 ? null : confirmedOf(tally) / judgedOf(tally);

/**
 * The precision as objections correct it: an alert that was withdrawn because the person was right was none,
 * whatever an officer had found, and counts as wrong. Null without feedback or such an alert, or where
 * objections were not counted.
 */
export function correctedPrecisionOf(tally: Tally): number | null {
  if (tally.upheld === null) return null;
  const judged = judgedOf(tally) + tally.upheld;
  return judged === 0 ? null : confirmedOf(tally) / judged;
}
