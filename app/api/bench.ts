// The bench: a rule, which may be one nobody saved yet, held against a track somebody drew or against one
// person's day, and what it says.

import { z } from 'zod';
import { findingSchema, levelSchema } from '../../core/finding.ts';
import { conditionsSchema, SUBJECT_CLASSES } from '../../core/order.ts';
import { FIX_KINDS } from '../../core/position-codes.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { sourceKindSchema } from '../../core/source.ts';
import { subjectKeySchema } from '../../core/subject.ts';
import { reasonsSchema } from './rules.ts';

/** More than a person draws; a minute's fixes of eight hours. */
export const POINTS_MAX = 500;

const DAY_MS = 86_400_000;

const pointSchema = z.strictObject({
  /** Whole seconds. */
  atMs: z.number().int().multipleOf(1_000),
  lng: z.number().min(73).max(136),
  lat: z.number().min(3).max(54),
  accuracyM: z.number().min(1).max(20_000),
  fix: z.enum(FIX_KINDS),
});

const drawnSchema = z.strictObject({
  kind: z.literal('drawn'),
  person: z.strictObject({
    class: z.enum(SUBJECT_CLASSES),
    county: regionCodeSchema,
    source: sourceKindSchema,
    conditions: conditionsSchema.default({}),
    onLeave: z.boolean(),
  }),
  points: z
    .array(pointSchema)
    .min(1)
    .max(POINTS_MAX)
    .refine(
      (points) => points.every(({ atMs }, i) => i === 0 || atMs >= (points[i - 1]?.atMs ?? 0)),
      'the points are not in order of time',
    )
    .refine(
      (points) => (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0) <= 14 * DAY_MS,
      'the points span more than 14 days',
    ),
  watchMs: z
    .number()
    .int()
    .multipleOf(1_000)
    .min(0)
    .max(31 * DAY_MS),
});

const pastSchema = z.strictObject({
  kind: z.literal('past'),
  subject: subjectKeySchema,
  date: z.iso.date(),
});

/** POST /api/rules/:id/bench */
export const benchSchema = z.strictObject({
  text: z.string().min(1).max(200_000),
  track: z.discriminatedUnion('kind', [drawnSchema, pastSchema]),
});

const writtenSchema = z.record(z.string(), z.unknown());

export const benchedSchema = z.strictObject({
  version: z.string(),
  /** Of a past day those of the day alone. */
  findings: z.array(
    z.strictObject({
      kind: z.enum(findingSchema.options.map(({ shape }) => shape.kind.value)),
      atMs: z.number(),
      level: levelSchema.nullable(),
      /** Why it was suppressed, cleared by the rule or corrected. */
      because: z.string().nullable(),
      values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      /** Places in `points`, from 0. */
      evidence: z.array(z.number().int()),
    }),
  ),
  /** The points as drawn, or the positions of the day. */
  points: z.array(
    z.strictObject({
      atMs: z.number(),
      lng: z.number(),
      lat: z.number(),
      accuracyM: z.number(),
      fix: z.enum(FIX_KINDS),
    }),
  ),
  person: z.strictObject({ class: z.enum(SUBJECT_CLASSES), county: z.string() }),
  /** Why the rule raised nothing; null where it did. */
  whyNot: reasonsSchema.nullable(),
  /** The drawn track as a test that expects these findings; a past day belongs in no file. */
  test: z
    .strictObject({
      person: writtenSchema,
      firstDay: z.string().optional(),
      steps: z.array(writtenSchema),
      expect: z.array(writtenSchema),
    })
    .nullable(),
});

export type Bench = z.input<typeof benchSchema>;
export type BenchPoint = z.infer<typeof pointSchema>;
export type DrawnBench = z.input<typeof drawnSchema>;
export type Benched = z.infer<typeof benchedSchema>;
