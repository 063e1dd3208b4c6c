// The wall's snapshots and the live stream that keeps them current.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reaches } from '../../alerts/desk-rows.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { ioClock, type Clock } from '../../core/time.ts';
import { mayField } from '../../security/access/field-rights.ts';
import { reachOf } from '../../security/access/rights.ts';
import { LIVE_TOPICS, type LiveEventName } from '../api/live.ts';
import { problemSchema } from '../api/session.ts';
import { pointsSchema, wallSchema } from '../api/wall.ts';
import { coarsened } from '../live/coarse-points.ts';
import type { LiveHub } from '../live/hub.ts';
import type { Live } from '../live/live.ts';
import { deskScopeOf } from './access/desk-scope.ts';
import { lookAt } from '../audit/about.ts';
import type { Guard } from './sessions.ts';

/** Events behind each topic; the first three come to everyone. */
const EVENTS: Readonly<Record<(typeof LIVE_TOPICS)[number] | 'always', readonly LiveEventName[]>> =
  {
    always: ['hello', 'ping', 'reset'],
    wall: ['wall', 'wall-alerts'],
    points: ['points'],
    alerts: ['alerts'],
  };

/** How often an open stream is asked anew whether it may be. */
const STILL_ALLOWED_MS = 20_000;

const topicsSchema = z.strictObject({ topics: z.string().default('wall') });

export function registerLive(
  app: FastifyInstance,
  deps: { guard: Guard; live: Live; hub: LiveHub; clock: Clock },
): void {
  const { guard, live, hub, clock } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['live'];
  const problems = { 400: problemSchema, 401: problemSchema, 403: problemSchema };

  routes.get(
    '/api/wall/supervision',
    {
      schema: {
        summary: 'What the supervision wall shows: counts and unnamed alerts',
        tags,
        response: { 200: wallSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'wall.read');
      return live.wall();
    },
  );

  routes.get(
    '/api/live/points',
    {
      schema: {
        summary: 'Everyone as unnamed points',
        tags,
        response: { 200: pointsSchema, ...problems },
      },
    },
    async (request) => {
      const { role } = await guard.allow(request, 'wall.read');
      const points = live.points();
      return mayField(role, 'points.exact') ? points : coarsened(points);
    },
  );

  routes.get(
    '/api/live',
    {
      config: { audit: { ...lookAt('alert.follow', 'handling', ['topics']), isRepeated: true } },
      schema: {
        summary: `Server-sent events; topics joined by commas: ${LIVE_TOPICS.join(', ')}`,
        tags,
        querystring: topicsSchema,
        response: { 200: z.string(), ...problems },
      },
    },
    async (request, reply) => {
      const { role } = await guard.allow(request, 'wall.read');
      const wants = readTopics(request.query.topics);
      // A role that sees no persons gets no alerts with persons, asked for or not.
      if (reachOf(role, 'alert.read') === undefined) wants.delete('alerts');
      const scope = wants.has('alerts')
        ? deskScopeOf((await guard.allow(request, 'alert.read')).scope)
        : ({ kind: 'none' } as const);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const lastEventId = Number(request.headers['last-event-id'] ?? Number.NaN);
      const leave = hub.connect(
        {
          wants,
          sees: (region) => reaches(scope, region),
          exact: mayField(role, 'points.exact'),
          write: (piece) => raw.write(piece),
          close: () => raw.end(),
        },
        Number.isInteger(lastEventId) ? lastEventId : undefined,
        clock.now(),
      );
      // Whoever loses the right, or the session, while the stream is open gets no more of it.
      let next = ioClock.after(STILL_ALLOWED_MS, () => void lookAgain());
      async function lookAgain() {
        try {
          await guard.allow(request, 'wall.read');
          next = ioClock.after(STILL_ALLOWED_MS, () => void lookAgain());
        } catch {
          raw.end();
        }
      }
      raw.on('close', () => {
        next.cancel();
        leave();
      });
    },
  );
}

function readTopics(topics: string): Set<LiveEventName> {
  const wants = new Set<LiveEventName>(EVENTS.always);
  for (const topic of topics.split(',')) {
    const known = LIVE_TOPICS.find((one) => one === topic);
    if (known === undefined) {
      throw new UserError('bad-input', text('没有这个实时主题', 'there is no such live topic'), {
        detail: `"${topic}"; known: ${LIVE_TOPICS.join(', ')}`,
      });
    }
    for (const event of EVENTS[known]) wants.add(event);
  }
  return wants;
}
