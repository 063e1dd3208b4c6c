// ⑥ What happens to an alert after it was raised, as it goes to screens and the warehouse: one line of the
// log's alert-events. The alert's own rows are in the records; an event repeats what counting needs.

import { z } from 'zod';
import { EXERCISES, levelSchema } from './finding.ts';
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
  'closed',
  'reopened',
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
