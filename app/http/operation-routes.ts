// For operators and monitoring: is it up, how far is each part, what was counted.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Clock } from '../../core/time.ts';
import { partHealthSchema } from '../api/wall.ts';
import type { Health } from '../health.ts';
import type { Metrics } from '../metrics.ts';
import { fileAnswer } from './file-answer.ts';

const healthSchema = z.strictObject({
  product: z.literal('plumbline'),
  status: z.enum(['ok', 'behind', 'down']),
  atMs: z.number(),
  parts: z.array(partHealthSchema),
});

export type HealthAnswer = z.infer<typeof healthSchema>;

/** GET /health answers 503 only when a part is down: being behind heals by itself. */
export function registerOperations(
  app: FastifyInstance,
  deps: { health: Health; metrics: Metrics; clock: Clock },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/health',
    {
      schema: {
        summary: 'State of the parts of this process',
        tags: ['operations'],
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      const parts = await deps.health.parts();
      const status = (['down', 'behind'] as const).find((state) =>
        parts.some((part) => part.state === state),
      );
      const answer: HealthAnswer = {
        product: 'plumbline',
        status: status ?? 'ok',
        atMs: deps.clock.now(),
        parts,
      };
      return reply.code(status === 'down' ? 503 : 200).send(answer);
    },
  );
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Prometheus metrics',
        tags: ['operations'],
        response: { 200: fileAnswer('text/plain') },
      },
    },
    async (_request, reply) => reply.type(deps.metrics.contentType).send(await deps.metrics.text()),
  );
}
