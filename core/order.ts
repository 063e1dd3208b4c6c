// The legal frame of one person's supervision: who they are to the law, which county answers for them,
// which sources a basis in force opens, where they may be, and which leaves were approved. Orders and
// leaves are observations like any other, so history can be replayed with the frame as it was.

import { z } from 'zod';
import { instantSchema } from './instant.ts';
import { regionCodeSchema } from './region.ts';
import { sourceKindSchema } from './source.ts';
import { subjectKeySchema } from './subject.ts';

/** A recorded ground for collecting from certain sources during a certain time. */
export const basisSchema = z.strictObject({
  id: z.string().min(1).max(64),
  /** The article of law, in the words an officer cites. */
  article: z.string().min(1).max(200),
  documentNumber: z.string().min(1).max(100),
  approvedBy: z.string().min(1).max(100),
  sources: z.array(sourceKindSchema).min(1),
  fromMs: instantSchema,
  untilMs: instantSchema,
});

export type Basis = z.infer<typeof basisSchema>;

const circleSchema = z.strictObject({
  lng: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
  radiusM: z.number().positive().max(100_000),
});

/** A local time of day, `22:00`. */
export const clockTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day reads 22:00');

export const conditionsSchema = z.strictObject({
  /** Stay inside `home` between these local times; the window may span midnight. */
  curfew: z
    .strictObject({ from: clockTimeSchema, until: clockTimeSchema, home: circleSchema })
    .optional(),
  /** Ids of zones a prohibition order closes to the person. */
  prohibitedZones: z.array(z.string().min(1)).optional(),
  /** Persons under supervision whom a prohibition order forbids the person to contact (禁止接触). */
  noContactWith: z.array(subjectKeySchema).min(1).max(20).optional(),
});

/**
 * The part of an `order` observation that is not common to all observations.
 * `start` and `change` state the whole frame anew from `atMs` on; `renew` does so with a later end;
 * `end` closes it at `atMs`.
 */
export const orderShape = {
  action: z.enum(['start', 'renew', 'change', 'end']),
  orderId: z.string().min(1).max(64),
  /** Community corrections (社区矫正对象) or resettlement (安置帮教对象). */
  category: z.enum(['cc', 'ra']),
  /** Key (重点) or ordinary (一般) person; of meaning for resettlement only. */
  group: z.enum(['key', 'ordinary']).default('ordinary'),
  /** 三无: without home, job and kin; graded like a key person. */
  withoutSupport: z.boolean().default(false),
  /** Which of the four kinds of community correction (Community Corrections Law art. 2). */
  correction: z
    .enum(['control', 'suspended-sentence', 'parole', 'temporary-execution-outside-prison'])
    .optional(),
  /** The county bureau that answers for the person. */
  county: regionCodeSchema,
  /** Where the person may be without leave; several regions count as one area. */
  area: z.array(regionCodeSchema).min(1),
  conditions: conditionsSchema.default({}),
  bases: z.array(basisSchema),
  fromMs: instantSchema,
  untilMs: instantSchema,
};

/** Rows of Dazhou's grading table: the person's category with key and 三无 persons told apart. */
export const SUBJECT_CLASSES = ['cc', 'raKey', 'raOrdinary'] as const;

export type SubjectClass = (typeof SUBJECT_CLASSES)[number];

/** The grading row a person belongs to. */
export const classOf = (order: {
  category: 'cc' | 'ra';
  group: 'key' | 'ordinary';
  withoutSupport: boolean;
}): SubjectClass =>
  order.category === 'cc'
    ? 'cc'
    : order.group === 'key' || order.withoutSupport
      ? 'raKey'
      : 'raOrdinary';

/** `regular`: a standing approval for those who cross the border again and again (经常性跨市、县活动). */
export const LEAVE_REASONS = [
  'medical',
  'schooling',
  'lawsuit',
  'family',
  'work',
  'regular',
  'other',
] as const;

/**
 * The part of a `leave` observation (外出请假) that is not common to all observations.
 * The person may be in `regions` (and, if given, must be within `circle`) from `fromMs` to `untilMs`;
 * being on the way is allowed everywhere for `transitMs` after the start and before the end.
 */
export const leaveShape = {
  action: z.enum(['start', 'renew', 'change', 'end']),
  leaveId: z.string().min(1).max(64),
  regions: z.array(regionCodeSchema).min(1),
  circle: circleSchema.optional(),
  transitMs: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .default(4 * 3_600_000),
  reason: z.enum(LEAVE_REASONS),
  approvedBy: z.string().min(1).max(100),
  documentNumber: z.string().min(1).max(100),
  fromMs: instantSchema,
  untilMs: instantSchema,
};
