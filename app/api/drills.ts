// Drills as officers start, watch and end them.

import { z } from 'zod';
import { levelSchema } from '../../core/finding.ts';
import { regionCodeSchema } from '../../core/region.ts';
import { textSchema } from '../../core/text.ts';

export const DRILL_STATES = ['starting', 'running', 'acknowledged', 'ended'] as const;

export const drillSchema = z.strictObject({
  id: z.string(),
  /** As officers read it in the notices. */
  reference: z.string(),
  alertId: z.string(),
  level: levelSchema,
  ruleId: z.string(),
  region: regionCodeSchema,
  purpose: z.string(),
  state: z.enum(DRILL_STATES),
  startedBy: textSchema,
  startedAtMs: z.number(),
  endedBy: textSchema.nullable(),
  endedAtMs: z.number().nullable(),
});

/** GET /api/drills */
export const drillListSchema = z.strictObject({
  atMs: z.number(),
  drills: z.array(drillSchema),
  /** What this officer may start. */
  may: z.strictObject({
    levels: z.array(levelSchema),
    regions: z.array(regionCodeSchema),
  }),
  rules: z.array(z.strictObject({ id: z.string(), title: textSchema, level: levelSchema })),
});

/** POST /api/drills */
export const startDrillSchema = z.strictObject({
  level: levelSchema,
  ruleId: z.string().min(1).max(80),
  region: z.string().min(1).max(12),
  purpose: z.string().max(500),
});

const afterMs = z.number().nullable();

const reachSchema = z.strictObject({
  channel: z.enum(['phone', 'sms', 'push']),
  state: z.enum(['answered', 'delivered', 'sent', 'waiting', 'failed', 'not-needed']),
  sentAfterMs: afterMs,
  reachedAfterMs: afterMs,
  attempts: z.number(),
  code: z.string().nullable(),
});

/** GET /api/drills/:id. Times are from the start of the drill, in ms. */
export const drillReportSchema = z.strictObject({
  atMs: z.number(),
  drill: drillSchema,
  openedAfterMs: afterMs,
  persons: z.array(
    z.strictObject({
      officer: textSchema,
      /** 0: told at the opening; else the rung of the ladder. */
      rung: z.number(),
      reaches: z.array(reachSchema),
      reachedAfterMs: afterMs,
    }),
  ),
  sides: z.array(
    z.strictObject({
      side: z.enum(['city', 'county']),
      acknowledgedAfterMs: afterMs,
      by: textSchema.nullable(),
      via: z.string().nullable(),
    }),
  ),
  acknowledgedAfterMs: afterMs,
  missed: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('not-opened') }),
      z.strictObject({ kind: z.literal('nobody-told') }),
      z.strictObject({ kind: z.literal('not-reached'), officer: textSchema }),
      z.strictObject({ kind: z.literal('not-acknowledged'), side: z.enum(['city', 'county']) }),
    ]),
  ),
});

export type DrillAnswer = z.infer<typeof drillSchema>;
export type DrillListAnswer = z.infer<typeof drillListSchema>;
export type DrillReportAnswer = z.infer<typeof drillReportSchema>;
export type StartDrill = z.infer<typeof startDrillSchema>;
