// What the watchdog found, for everyone who signs in: whoever relies on alerts may know when they do not arrive.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readCanaries } from '../../alerts/canary/run-canary.ts';
import { referenceOf } from '../../alerts/texts.ts';
import { lastingStalls, pastStalls } from '../../alerts/watch/stall-store.ts';
import { wordsOf } from '../../alerts/watch/tell-operators.ts';
import { mayField } from '../../security/access/field-rights.ts';
import type { Clock } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { StallTable } from '../../warehouse/records-schema.ts';
import { problemSchema } from '../api/session.ts';
import { watchSchema, type StallAnswer } from '../api/watch.ts';
import type { Guard } from './sessions.ts';

const PAST_SHOWN = 50;

export function registerWatch(
  app: FastifyInstance,
  deps: { guard: Guard; db: RecordsDb; clock: Clock; canaryEveryMs: number },
): void {
  const { guard, db, clock, canaryEveryMs } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/api/watch',
    {
      schema: {
        summary: 'What should have moved and did not, and how canaries fare',
        tags: ['operations'],
        response: { 200: watchSchema, 401: problemSchema, 403: problemSchema },
      },
    },
    async (request) => {
      const { role } = await guard.allow(request, 'watch.read');
      const seesAlerts = mayField(role, 'watch.alert');
      const lasting = (await lastingStalls(db)).toSorted(
        (a, b) => (a.level ?? 4) - (b.level ?? 4) || a.sinceMs - b.sinceMs,
      );
      const past = await pastStalls(db, PAST_SHOWN);
      return {
        atMs: clock.now(),
        lasting: lasting.map((stall) => answerOf(stall, seesAlerts)),
        past: past.map((stall) => answerOf(stall, seesAlerts)),
        canary: {
          everyMs: canaryEveryMs > 0 ? canaryEveryMs : null,
          partitions: canaryEveryMs > 0 ? await readCanaries(db) : [],
        },
      };
    },
  );
}

const answerOf = (
  { id, kind, alertId, level, what, sinceMs, foundAtMs, overAtMs }: StallTable,
  seesAlerts: boolean,
): StallAnswer => ({
  id,
  kind,
  name: wordsOf(kind),
  alertId: seesAlerts ? alertId : null,
  reference: alertId === null ? null : referenceOf(alertId),
  level,
  what,
  sinceMs,
  foundAtMs,
  overAtMs,
});
