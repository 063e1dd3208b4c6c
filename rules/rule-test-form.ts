// The form of the tests inside a rule file: a person, what happens minute by minute, what must follow.

import { z } from 'zod';
import { calendarTableSchema } from '../core/calendar.ts';
import { levelSchema } from '../core/finding.ts';
import { FIX_KINDS } from '../core/position-codes.ts';
import { conditionsSchema, LEAVE_REASONS, SUBJECT_CLASSES } from '../core/order.ts';
import { sourceKindSchema } from '../core/source.ts';
import { subjectKeySchema } from '../core/subject.ts';

/** `08:30`, `08:30:15`, or with whole days after the first: `+1d 02:00`. */
const timeSchema = z
  .string()
  .regex(/^(\+\d+d )?\d\d:\d\d(:\d\d)?$/, 'a time reads 08:30, 08:30:15 or +1d 02:00');

const lngLatSchema = z.tuple([z.number(), z.number()]);

const stepSchema = z.union([
  z.strictObject({
    time: timeSchema,
    position: lngLatSchema,
    accuracyM: z.number().default(10),
    fix: z.enum(FIX_KINDS).default('gnss'),
    source: sourceKindSchema.optional(),
    label: z.string().optional(),
    /** Not the person's own, but that of another one whom the order forbids to contact. */
    of: subjectKeySchema.optional(),
  }),
  z.strictObject({
    time: timeSchema,
    /**
     * A fact without subject, instant and source, which the test fills in. Fields that end in AtMs may
     * be written as times.
     */
    fact: z.looseObject({ kind: z.string() }),
    source: sourceKindSchema,
  }),
  z.strictObject({
    time: timeSchema,
    leave: z.strictObject({
      regions: z.array(z.string()).min(1),
      from: timeSchema,
      until: timeSchema,
      transitMs: z.number().int().optional(),
      /** Reporting back and cancelling are `end`. */
      action: z.enum(['start', 'renew', 'change', 'end']).optional(),
      leaveId: z.string().optional(),
      reason: z.enum(LEAVE_REASONS).optional(),
    }),
  }),
  z.strictObject({
    time: timeSchema,
    /** The order is stated anew, with these bases beside the one of the person. */
    bases: z.array(
      z.strictObject({
        id: z.string().default('test-measure'),
        documentNumber: z.string().default('测试'),
        sources: z.array(sourceKindSchema).min(1),
        from: timeSchema,
        until: timeSchema,
      }),
    ),
  }),
  z.strictObject({
    time: timeSchema,
    /** A basis recorded beside the order; lifting is `end`. */
    recorded: z.strictObject({
      action: z.enum(['start', 'renew', 'end']).default('start'),
      basisId: z.string().default('test-recorded'),
      documentNumber: z.string().default('测试'),
      sources: z.array(sourceKindSchema).min(1),
      from: timeSchema,
      until: timeSchema,
    }),
  }),
  z.strictObject({ time: timeSchema, orderEnds: z.literal(true) }),
  /** Nothing happens, but time passes. */
  z.strictObject({ time: timeSchema, nothing: z.literal(true) }),
]);

export type RuleTestStep = z.infer<typeof stepSchema>;

const expectedSchema = z.union([
  z.strictObject({
    time: timeSchema,
    raised: levelSchema,
    /** Of the values the alert states, those that matter here. */
    values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  }),
  z.strictObject({ time: timeSchema, cleared: z.literal(true) }),
  z.strictObject({
    time: timeSchema,
    suppressed: z.enum(['leave', 'episode-open', 'ungraded', 'cooldown']),
  }),
]);

export const ruleTestSchema = z.strictObject({
  name: z.string().min(1),
  person: z.strictObject({
    class: z.enum(SUBJECT_CLASSES),
    county: z.string().default('511722'),
    area: z.array(z.string()).optional(),
    sources: z.array(sourceKindSchema).default(['phone']),
    /** Curfew, closed zones and forbidden contacts of the order. */
    conditions: conditionsSchema.default({}),
  }),
  /** The day the times count from; a Monday without a holiday when left out. */
  firstDay: z.iso.date().optional(),
  /** Instead of the calendar of the country. */
  calendar: calendarTableSchema.omit({ version: true, until: true }).optional(),
  /** What stands in the term lists of a keyword rule. */
  terms: z
    .array(
      z.strictObject({
        list: z.string().min(1),
        termId: z.string().min(1),
        category: z.string().min(1),
        level: levelSchema,
        text: z.string().min(1),
      }),
    )
    .optional(),
  steps: z.array(stepSchema).min(1),
  /** Every finding of the rule, in order of time. */
  expect: z.array(expectedSchema),
});

export type RuleTest = z.infer<typeof ruleTestSchema>;
