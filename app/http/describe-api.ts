// The API describes itself: whatever a route declares, and for every status it does not name the form all
// refusals have.

import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { problemSchema } from '../api/session.ts';

export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      info: {
        title: 'Plumbline 准绳',
        description: 'Graded supervision alerts: session, alerts, wall, live stream, push.',
        version: '1',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'plumbline_session' },
          partner: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transform(document) {
      const { schema } = document as { schema?: { response?: object } };
      if (!schema) return jsonSchemaTransform(document);
      const response = { default: problemSchema, ...schema.response };
      return jsonSchemaTransform({ ...document, schema: { ...schema, response } } as never);
    },
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
