// What the supervision wall shows. No key of a person leaves the server here: a wall is seen by everyone
// in the room, so it gets counts and unnamed points.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';
import { ALERT_STATUSES } from './alerts.ts';

const byLevel = z.strictObject({ 1: z.number(), 2: z.number(), 3: z.number() });

/** An alert without the person: what a wall may show. */
export const wallAlertSchema = z.strictObject({
  id: z.string(),
  reference: z.string(),
  level: levelSchema,
  title: textSchema,
  subjectClass: z.enum(SUBJECT_CLASSES),
  region: regionCodeSchema,
  openedAtMs: z.number(),
  recordedAtMs: z.number(),
  clearedAtMs: z.number().nullable(),
  status: z.enum(ALERT_STATUSES),
  /** Place of the last fix in the evidence, rounded to about 100 m; null when the alert has none. */
  place: z.tuple([z.number(), z.number()]).nullable(),
});

export const countyCountsSchema = z.strictObject({
  region: regionCodeSchema,
  /** Persons under an order in force, by class. */
  persons: z.strictObject({ cc: z.number(), raKey: z.number(), raOrdinary: z.number() }),
  /** Persons with a fix within the last 15 minutes, of those with a position source open. */
  located: z.number(),
  locatable: z.number(),
  open: byLevel,
  unacknowledged: byLevel,
});

/** One feed into the system. */
export const streamHealthSchema = z.strictObject({
  source: z.string(),
  name: textSchema,
  /** Admitted and refused within the last full minute. */
  admittedPerMinute: z.number(),
  refusedPerMinute: z.number(),
  lastReceivedAtMs: z.number().nullable(),
  /** `quiet`: nothing came, which from a feed without a rhythm says nothing about the feed. */
  state: z.enum(['ok', 'quiet', 'slow', 'silent']),
});

/** One part of the system on the status strip. */
export const partHealthSchema = z.strictObject({
  part: z.enum(['ingest', 'rules', 'alerts', 'warehouse', 'gateway', 'live', 'watchdog']),
  name: textSchema,
  state: z.enum(['ok', 'behind', 'down']),
  /** How far behind its input the part is. */
  behindMs: z.number().nullable(),
  says: textSchema,
});

/** GET /api/wall/supervision, and the live event `wall` */
export const wallSchema = z.strictObject({
  atMs: z.number(),
  counties: z.array(countyCountsSchema),
  /** Open alerts, gravest and oldest first, at most 60. */
  alerts: z.array(wallAlertSchema),
  /** Open alerts by age: up to 5 minutes, 30 minutes, 2 hours, 24 hours, older. */
  openByAge: z.array(z.number()).length(5),
  today: z.strictObject({
    opened: byLevel,
    closed: z.number(),
    suppressedByLeave: z.number(),
    /** Of the closed ones, those confirmed true. */
    confirmedTrue: z.number(),
    /** Seconds from recording to acknowledgement; null while nothing was acknowledged. */
    acknowledgeP50S: z.number().nullable(),
    acknowledgeP90S: z.number().nullable(),
  }),
  streams: z.array(streamHealthSchema),
  parts: z.array(partHealthSchema),
  /** Milliseconds from receipt of the completing fact to the alert record, over the last hour. */
  alertLatencyP50Ms: z.number().nullable(),
  alertLatencyP99Ms: z.number().nullable(),
  /** The last 60 full minutes, oldest first; null where nothing is known, which is not zero. */
  minutes: z.strictObject({
    fromMs: z.number(),
    admitted: z.array(z.number().nullable()),
    refused: z.array(z.number().nullable()),
  }),
});

/** State of one person's point on the map. */
export const POINT_STATES = {
  normal: 0,
  level3: 1,
  level2: 2,
  level1: 3,
  stale: 4,
  onLeave: 5,
} as const;

/**
 * GET /api/live/points, and the live event `points`: all points, or those that changed. `point` is a
 * number that stands for one person as long as the server runs and means nothing elsewhere.
 */
export const pointsSchema = z.strictObject({
  atMs: z.number(),
  /** True when `point` lists every point there is. */
  complete: z.boolean(),
  point: z.array(z.number()),
  lng: z.array(z.number()),
  lat: z.array(z.number()),
  state: z.array(z.number()),
  /** 0 cc, 1 raKey, 2 raOrdinary */
  klass: z.array(z.number()),
});

export type Wall = z.infer<typeof wallSchema>;
export type WallAlert = z.infer<typeof wallAlertSchema>;
export type CountyCounts = z.infer<typeof countyCountsSchema>;
export type StreamHealth = z.infer<typeof streamHealthSchema>;
export type PartHealth = z.infer<typeof partHealthSchema>;
export type Points = z.infer<typeof pointsSchema>;
