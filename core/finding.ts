// ④→⑤ What the rules say about the stream. A finding is a value with a content id: the same log and the
// same rulebook give the same findings, so delivery at least once ends in one effect.

import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { observationSchema } from './observation.ts';
import { SUBJECT_CLASSES } from './order.ts';
import { regionCodeSchema } from './region.ts';
import { subjectKeySchema } from './subject.ts';

/** 1 is the gravest. */
export const levelSchema = z.literal([1, 2, 3], 'a level is 1, 2 or 3');

export type Level = z.infer<typeof levelSchema>;

/** What is no real alert: a drill officers take part in, or a canary that shows that alerts arrive. */
export const EXERCISES = ['drill', 'canary'] as const;

export type Exercise = (typeof EXERCISES)[number];

export const CORRECTION_OUTCOMES = ['withdrawn', 'regraded'] as const;

/** Why an alert was corrected. */
export const CORRECTION_REASONS = [
  /** A leave was recorded, changed or ended with effect before the alert (补办请假). */
  'leave',
  /** An order was recorded, changed or ended with effect before the alert. */
  'order',
  /** A source took back what the alert rests on. */
  'retraction',
  /** Something that had happened before the alert became known after it. */
  'late-fact',
  /** The alert was withdrawn, and what came after it shows the condition after all. */
  'met-again',
] as const;

/** A leave that was looked at and did not cover; part of the answer to "but they had leave?". */
export const checkedLeaveSchema = z.strictObject({
  leaveId: z.string(),
  because: z.enum(['other-place', 'ended']),
});

/** Numbers and names a person needs to see why the rule spoke, with units in the name. */
const valuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const common = {
  id: z.string(),
  ruleId: z.string(),
  /** `number@hash`: the rule's version number and the first 12 digits of its content hash. */
  ruleVersion: z.string(),
  subject: subjectKeySchema,
  subjectClass: z.enum(SUBJECT_CLASSES),
  /** The county that answers for the subject. */
  region: regionCodeSchema,
  /** Event time at which the condition was met; of a correction, from when on we knew. */
  atMs: instantSchema,
  /** Said by a rule on trial: it is counted and kept, and tells nobody. */
  shadow: z.literal(true).optional(),
  /** It goes the way of a real one, counts nowhere, and never meets a real one. */
  exercise: z.enum(EXERCISES).optional(),
};

/** What an alert turned out to be. */
export const correctedFindingSchema = z.strictObject({
  kind: z.literal('corrected'),
  ...common,
  /** The alert it corrects, which stays as it was raised. */
  alertId: z.string(),
  /** `withdrawn`: the rule would not have spoken. `regraded`: it speaks, otherwise or again. */
  outcome: z.enum(CORRECTION_OUTCOMES),
  /** What the alert was before this correction. */
  was: z.enum(['standing', 'withdrawn']),
  wasLevel: levelSchema,
  /** What counts from now on; for a withdrawn alert what it was. */
  level: levelSchema,
  article: z.string(),
  because: z.strictObject({
    reason: z.enum(CORRECTION_REASONS),
    /** The observation we learned of, and its kind. */
    observationId: z.string(),
    observationKind: z.string(),
  }),
  /** Of a withdrawn alert what shows that it was none; of another what it rests on now. */
  evidence: z.array(observationSchema),
  values: valuesSchema,
});

export const findingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('raised'),
    ...common,
    alertId: z.string(),
    level: levelSchema,
    /** The article of law for this class of person. */
    article: z.string(),
    /** Observations from which alone the rule speaks again, the order first, then by time. */
    evidence: z.array(observationSchema).min(1),
    values: valuesSchema,
    checkedLeaves: z.array(checkedLeaveSchema),
    /** True when the facts arrived so late that nobody can act at once. */
    late: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('cleared'),
    ...common,
    alertId: z.string(),
    evidence: z.array(observationSchema),
    values: valuesSchema,
    /** Given when not the condition but the rule ended: nobody watches the condition any more. */
    because: z.literal('rule-changed').optional(),
  }),
  correctedFindingSchema,
  z.strictObject({
    kind: z.literal('suppressed'),
    ...common,
    because: z.enum([
      /** An approved leave covers place and time. */
      'leave',
      /** The same condition is already an open alert. */
      'episode-open',
      /** The grading table has no level for this class of person. */
      'ungraded',
      /** The rule's last alert about the person was cleared too recently. */
      'cooldown',
    ]),
    /** The leave that covers, or the alert that is open or was cleared. */
    reference: z.string().optional(),
    values: valuesSchema,
  }),
]);

export type Finding = z.infer<typeof findingSchema>;
export type RaisedFinding = Extract<Finding, { kind: 'raised' }>;
export type CorrectedFinding = Extract<Finding, { kind: 'corrected' }>;
export type CorrectionReason = CorrectedFinding['because']['reason'];
export type ClearedFinding = Extract<Finding, { kind: 'cleared' }>;
export type SuppressedFinding = Extract<Finding, { kind: 'suppressed' }>;
