// ⑥ What happens to an alert after it was raised, as it goes to screens and the warehouse: one line of the
// log's alert-events. The alert's own rows are in the records; an event repeats what counting needs.

import { z } from 'zod';
import { CORRECTION_REASONS, EXERCISES, levelSchema } from './finding.ts';
import { instantSchema } from './instant.ts';
import { SUBJECT_CLASSES } from './order.ts';
import { regionCodeSchema } from './region.ts';
import { subjectKeySchema } from './subject.ts';

export const ALERT_EVENT_KINDS = [
  'opened',
  /** The same condition was met again while the alert was open. */
  'repeated',
  /** A notice went to a person. */
  'notified',
  /** One of those who must acknowledge has done so; others have not yet. */
  'answered',
  /** Everyone who must acknowledge has done so. */
  'acknowledged',
  'escalated',
  /** An officer wrote down what was found. */
  'feedback',
  /** The condition ended by itself. */
  'cleared',
  /** Later facts changed what the alert said. */
  'corrected',
  /** Repeats made it graver by one, or what showed them was taken back. */
  'regraded',
  /** A silence hides it: it tells nobody. */
  'silenced',
  /** The silence is over, or does not cover what the alert has become. */
  'unsilenced',
  'closed',
  'reopened',
  /** Somebody of the same bureau is responsible from now on. */
  'assigned',
  /** The task was offered to another officer or bureau … */
  'handed-over',
  /** … who took it, did not take it, or from whom it was taken back. */
  'accepted',
  'declined',
  'taken-back',
  /** The time for the task ran out. */
  'overdue',
  /** The supervised person objects to the alert. */
  'objected',
  'objection-decided',
  'objection-overdue',
] as const;

export type AlertEventKind = (typeof ALERT_EVENT_KINDS)[number];

/** What an officer found out; kept per rule as its ledger of true and false alerts. */
export const FEEDBACK_RESULTS = [
  'true',
  'drift',
  'device-fault',
  'leave-missing',
  'data-error',
  'other',
] as const;

export type FeedbackResult = (typeof FEEDBACK_RESULTS)[number];

/** Why an alert was corrected: facts that came later, or an objection that was upheld. */
export const ALERT_CORRECTION_REASONS = [...CORRECTION_REASONS, 'objection'] as const;

export type AlertCorrectionReason = (typeof ALERT_CORRECTION_REASONS)[number];

export const alertEventSchema = z.strictObject({
  /** Content id: doing the same thing twice gives one event. */
  id: z.string(),
  alertId: z.string(),
  kind: z.enum(ALERT_EVENT_KINDS),
  /** When it happened here; for `opened`, when the alert was recorded. */
  atMs: instantSchema,
  /** An account id, or the part of the system that acted. */
  actor: z.string(),
  ruleId: z.string(),
  level: levelSchema,
  subject: subjectKeySchema,
  subjectClass: z.enum(SUBJECT_CLASSES),
  /** The county that answers for the subject. */
  region: regionCodeSchema,
  /** Event time at which the alert's condition was met. */
  openedAtMs: instantSchema,
  /** Of a drill or canary: counts nowhere. */
  exercise: z.enum(EXERCISES).optional(),
  /** What this kind of event has to say besides. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export type AlertEvent = z.infer<typeof alertEventSchema>;
