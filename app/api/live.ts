// The live stream, GET /api/live: server-sent events in batches of 5 to 10 a second. Every event has a
// rising sequence as its SSE id; a client that reconnects sends Last-Event-ID and gets what it missed,
// or `reset` when that is too long ago, and then reads the snapshots again.

import { z } from 'zod';
import { alertSummarySchema } from './alerts.ts';
import { pointsSchema, wallAlertSchema, wallSchema } from './wall.ts';

/** Query of GET /api/live: which events the client wants, joined by commas. */
export const LIVE_TOPICS = ['wall', 'points', 'alerts'] as const;

export const liveEventSchemas = {
  /** First event of a connection. `serverId` changes when the server restarts. */
  hello: z.strictObject({ atMs: z.number(), serverId: z.string(), sequence: z.number() }),
  /** Every second, so that a silent connection can be told from a quiet city. */
  ping: z.strictObject({ atMs: z.number() }),
  /** What the client missed is no longer kept: read the snapshots again. */
  reset: z.strictObject({ atMs: z.number() }),
  /** The wall's numbers, at most once a second. */
  wall: wallSchema,
  points: pointsSchema,
  /** Alerts that were opened or changed, for those who may see persons. */
  alerts: z.strictObject({ atMs: z.number(), alerts: z.array(alertSummarySchema) }),
  /** The same without persons. */
  'wall-alerts': z.strictObject({ atMs: z.number(), alerts: z.array(wallAlertSchema) }),
} as const;

export type LiveEventName = keyof typeof liveEventSchemas;
export type LiveEvent<Name extends LiveEventName> = z.infer<(typeof liveEventSchemas)[Name]>;
