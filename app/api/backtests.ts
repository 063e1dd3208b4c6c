// Backtests as the console starts them, watches them and shows what came of them.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { backtestReportSchema } from './backtest-report.ts';
import { problemSchema } from './session.ts';

const count = z.number().int().min(0);

/**
 * `interrupted`: the product ended while it ran. `stopped`: by hand. Both are resumed from the last
 * checkpoint. `failed` says why.
 */
export const BACKTEST_STATES = [
  'queued',
  'running',
  'stopped',
  'interrupted',
  'failed',
  'done',
] as const;

export const backtestProgressSchema = z.strictObject({
  /** Reading the history, then telling the two sides apart. */
  phase: z.enum(['reading', 'comparing']),
  /** Of the history that has been read, from 0 to 1. */
  share: z.number(),
  observations: count,
  perSecond: count,
  /** Event time reached; null before the first record. */
  reachedMs: z.number().nullable(),
  /** Null while too little has been read to say. */
  leftMs: z.number().nullable(),
});

/** What there is of the history, by event time. */
export const keptHistorySchema = z.strictObject({ fromMs: z.number(), untilMs: z.number() });

export const backtestJobSchema = z.strictObject({
  id: z.string(),
  ruleId: z.string(),
  candidate: z.strictObject({ version: z.string(), status: z.enum(['active', 'retired']) }),
  /** Null for a new rule. */
  baseline: z.strictObject({ version: z.string() }).nullable(),
  fromMs: z.number(),
  untilMs: z.number(),
  startedBy: textSchema,
  askedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  state: z.enum(BACKTEST_STATES),
  /** How many are served before it; 0 unless it waits. */
  ahead: count,
  progress: backtestProgressSchema.nullable(),
  failure: problemSchema.nullable(),
  /** Of one that is done, whether an approval would take its report now, and if not why. */
  approvable: z.union([z.literal(true), problemSchema]).nullable(),
});

/** GET /api/rules/:id/backtests */
export const backtestListSchema = z.strictObject({
  /** Null for a log without a record. */
  kept: keptHistorySchema.nullable(),
  /** What an approval wants of a report. */
  wanted: z.strictObject({ spanMinMs: z.number(), ageMaxMs: z.number() }),
  /** Of this rule, the newest first. */
  jobs: z.array(backtestJobSchema),
});

/** POST /api/rules/:id/backtests: a text, or a version that is kept; local dates and times. */
export const startBacktestSchema = z.strictObject({
  candidate: z.union([
    z.strictObject({ text: z.string().min(1).max(200_000) }),
    z.strictObject({ version: z.string().min(1).max(80) }),
  ]),
  from: z.string().min(1).max(40),
  to: z.string().min(1).max(40),
});

export const CHANGE_KINDS = ['added', 'removed', 'regraded'] as const;

/** One alert that is not what it was, for the map: of whom is not said. */
export const changeSchema = z.strictObject({
  kind: z.enum(CHANGE_KINDS),
  id: z.string(),
  /** Levels before and after; null where there is no alert. */
  before: levelSchema.nullable(),
  after: levelSchema.nullable(),
  region: regionCodeSchema,
  openedAtMs: z.number(),
  /** Longitude and latitude of the last fix it rests on, to about a hundred metres; null without one. */
  place: z.tuple([z.number(), z.number()]).nullable(),
});

/** Of each kind at most so many are kept, chosen by their ids. */
export const CHANGES_MAX = 1_500;

/** GET /api/rules/:id/backtests/:job; `result` is null until it is done. */
export const backtestDetailSchema = z.strictObject({
  job: backtestJobSchema,
  result: z
    .strictObject({
      /** As the command writes it, but for samples of counties the account does not see. */
      report: backtestReportSchema,
      changes: z.array(changeSchema),
      /** False for an account that sees a part of the city only. */
      isWhole: z.boolean(),
    })
    .nullable(),
});

export type BacktestState = (typeof BACKTEST_STATES)[number];
export type BacktestProgress = z.infer<typeof backtestProgressSchema>;
export type BacktestJobAnswer = z.infer<typeof backtestJobSchema>;
export type BacktestList = z.infer<typeof backtestListSchema>;
export type BacktestDetail = z.infer<typeof backtestDetailSchema>;
export type StartBacktest = z.infer<typeof startBacktestSchema>;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
export type Change = z.infer<typeof changeSchema>;
