// Alerts as the officer console reads and handles them.

import { z } from 'zod';
import {
  ALERT_CORRECTION_REASONS,
  alertEventSchema,
  FEEDBACK_RESULTS,
} from '../../core/alert-event.ts';
import { checkedLeaveSchema, correctedFindingSchema, levelSchema } from '../../core/finding.ts';
import { observationSchema } from '../../core/observation.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { actsSchema, afterDetailShape } from './answers.ts';

export const ALERT_STATUSES = ['new', 'acknowledged', 'closed'] as const;

/** One row of the list. */
export const alertSummarySchema = z.strictObject({
  id: z.string(),
  /** Short reference for talking about the alert: last six characters of the id, upper case. */
  reference: z.string(),
  ruleId: z.string(),
  level: levelSchema,
  title: textSchema,
  subject: z.string(),
  subjectClass: z.enum(SUBJECT_CLASSES),
  /** The county that answers. */
  region: regionCodeSchema,
  /** Event time at which the condition was met. */
  openedAtMs: z.number(),
  /** When it was recorded here. */
  recordedAtMs: z.number(),
  /** Event time at which the condition ended by itself. */
  clearedAtMs: z.number().nullable(),
  late: z.boolean(),
  status: z.enum(ALERT_STATUSES),
  acknowledgedAtMs: z.number().nullable(),
  closedAtMs: z.number().nullable(),
  repeats: z.number(),
  episodeId: z.string(),
  /** As it was when the alert opened; `level` is as it is now. */
  raisedLevel: levelSchema,
  /** Since when it is known that the alert was none; null while it stands. */
  withdrawnAtMs: z.number().nullable(),
  /** Why it was corrected last; null when it never was. */
  correctedBecause: z.enum(ALERT_CORRECTION_REASONS).nullable(),
  /** The silence that hides it now, so that it tells nobody. */
  silencedBy: z.string().nullable(),
  /** Event time of the repeat that made it graver by one. */
  repeatsRaisedAtMs: z.number().nullable(),
  /** A drill: the title is marked, and it counts nowhere. */
  isDrill: z.boolean(),
});

/** GET /api/alerts */
export const alertListQuerySchema = z.strictObject({
  status: z.enum(['open', ...ALERT_STATUSES]).default('open'),
  level: z.coerce.number().int().min(1).max(3).optional(),
  region: regionCodeSchema.optional(),
  /** Cursor given with the page before. */
  before: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const alertListSchema = z.strictObject({
  alerts: z.array(alertSummarySchema),
  /** Cursor of the next page; null at the end. */
  before: z.string().nullable(),
  /** Open alerts that stand, by level over everything the account sees, whatever the filter. */
  open: z.strictObject({ 1: z.number(), 2: z.number(), 3: z.number() }),
  /** How many of all open ones a silence hides now, likewise. */
  silenced: z.number(),
});

export const ATTEMPT_STAGES = [
  'begun',
  'accepted',
  'rejected',
  'refused',
  'uncertain',
  'unknown',
  'unanswered',
  'receipt',
  'late-receipt',
  'undelivered',
  'no-receipt',
  'unreconciled',
  'held',
  'covered',
  'carried',
] as const;

/** One step of a notice on its way: which attempt, which provider, what came of it. */
export const noticeStepSchema = z.strictObject({
  /** Which hand-over, from 1; 0 before the first. */
  attempt: z.number(),
  /** Empty when no provider had to do with it. */
  provider: z.string(),
  what: z.enum(ATTEMPT_STAGES),
  /** Why; the state of a receipt; the notice that covers this one. */
  code: z.string().nullable(),
  atMs: z.number(),
  /** Until when it is held back. */
  untilMs: z.number().nullable(),
});

/** One notice to one person. */
export const noticeSchema = z.strictObject({
  id: z.string(),
  channel: z.enum(['phone', 'sms', 'push']),
  recipient: z.string(),
  recipientName: textSchema,
  text: textSchema,
  state: z.string(),
  attempts: z.number(),
  createdAtMs: z.number(),
  sentAtMs: z.number().nullable(),
  deliveredAtMs: z.number().nullable(),
  answeredAtMs: z.number().nullable(),
  lastErrorCode: z.string().nullable(),
  /** Who has it, or had it last. */
  provider: z.string().nullable().optional(),
  /** Everything that happened to it on its way, the oldest first. */
  steps: z.array(noticeStepSchema).optional(),
});

/** GET /api/alerts/:id */
export const alertDetailSchema = alertSummarySchema.extend({
  ruleVersion: z.string(),
  article: z.string(),
  duty: textSchema,
  /** Observations from which alone the rule speaks again, the order first, then by time. */
  evidence: z.array(observationSchema),
  /** Measured values with the unit in the name, for example outsideM, silentMs. */
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  checkedLeaves: z.array(checkedLeaveSchema),
  /** What turned out later, the oldest first. */
  corrections: z.array(
    correctedFindingSchema
      .pick({
        id: true,
        outcome: true,
        was: true,
        wasLevel: true,
        level: true,
        article: true,
        because: true,
        evidence: true,
        values: true,
      })
      .extend({ atMs: z.number(), raiseId: z.string() }),
  ),
  timeline: z.array(alertEventSchema),
  notices: z.array(noticeSchema),
  /** Names of the people who act in the timeline, by the id it carries. */
  actors: z.record(z.string(), textSchema),
  acknowledgedBy: textSchema.nullable(),
  /** Who still has to acknowledge; a level-1 alert needs the city and the county. */
  awaiting: z.array(z.enum(['city', 'county'])),
  feedback: z
    .strictObject({
      result: z.enum(FEEDBACK_RESULTS),
      note: z.string(),
      atMs: z.number(),
      by: textSchema,
    })
    .nullable(),
  ...afterDetailShape,
  /** A command that derives the alert again from its evidence. */
  verifyCommand: z.string(),
});

/** GET /api/alerts/:id/track: positions of the person around the alert, oldest first. */
export const trackSchema = z.strictObject({
  fromMs: z.number(),
  untilMs: z.number(),
  /** Columns of equal length. */
  atMs: z.array(z.number()),
  lng: z.array(z.number()),
  lat: z.array(z.number()),
  accuracyM: z.array(z.number()),
  fix: z.array(z.number()),
  labels: z.array(z.number()),
});

/** POST /api/alerts/:id/acknowledge */
export const acknowledgeSchema = z.strictObject({
  note: z.string().max(500).default(''),
  acts: actsSchema,
});

/** POST /api/alerts/:id/close: only after acknowledgement and feedback. */
export const closeSchema = z.strictObject({
  note: z.string().max(500).default(''),
  acts: actsSchema,
});

export type AlertSummary = z.infer<typeof alertSummarySchema>;
export type AlertList = z.infer<typeof alertListSchema>;
export type AlertListQuery = z.infer<typeof alertListQuerySchema>;
export type AlertDetail = z.infer<typeof alertDetailSchema>;
export type NoticeStep = z.infer<typeof noticeStepSchema>;
export type Notice = z.infer<typeof noticeSchema>;
export type Track = z.infer<typeof trackSchema>;
export { FEEDBACK_RESULTS, type FeedbackResult } from '../../core/alert-event.ts';
