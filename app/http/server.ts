// The HTTP server: security headers, the screens, the API described by its own schemas. Routes live in
// the files beside this one.

import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import fastifySwagger from '@fastify/swagger';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from '../../core/logger.ts';
import type { RequestLimits } from './access/limit-settings.ts';
import { limitRequests } from './access/request-limits.ts';
import { refuseForeignOrigins } from './access/same-origin.ts';
import { answerProblems } from './problems.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run build` puts the screens. */
export const SCREENS_FOLDER = here('../../cockpit/dist');
const GEO_FOLDER = here('../../datasets/regions');

const BODY_BYTES_MAX = 1024 * 1024;

/** A server without routes of its own but the screens, the boundaries and the API description. */
export async function createServer(deps: {
  logger: Logger;
  /** Where requests are bounded; without it they are not. */
  limits?: RequestLimits;
  /** Believe a reverse proxy about address and host. */
  trustProxy?: boolean;
}): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    trustProxy: deps.trustProxy ?? false,
  });
  app.setValidatorCompiler(validatorCompiler);
  // The routes' return types are checked when the house is built, not again for every answer.
  app.setSerializerCompiler(() => JSON.stringify);
  answerProblems(app, deps.logger);
  addSecurityHeaders(app);
  refuseForeignOrigins(app, deps.logger);
  if (deps.limits) await limitRequests(app, deps.limits);
  await app.register(fastifyCookie);
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
    transform: jsonSchemaTransform,
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(fastifyStatic, { root: GEO_FOLDER, prefix: '/geo/', maxAge: '1h' });
  await registerScreens(app);
  return app;
}

/** Files are looked up when they are asked for: the first start builds the screens beside the server. */
async function registerScreens(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: SCREENS_FOLDER,
    decorateReply: false,
    // Built files carry their hash in the name; the page itself is asked for each time.
    setHeaders: (reply, path) => {
      const lasting = path.includes('/assets/');
      void reply.header(
        'cache-control',
        lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const pages = [
    '/wall/*',
    '/console',
    '/console/*',
    '/rules',
    '/rules/*',
    '/roster',
    '/open',
    '/silences',
    '/bases',
    '/bases/*',
    '/drills',
    '/drills/*',
    '/watch',
    '/account',
    '/access',
    '/retention',
    '/audit',
    '/workbench',
    '/laboratory',
  ];
  for (const page of pages) {
    app.get(page, { schema: { hide: true } }, (_request, reply) =>
      reply.sendFile('index.html', SCREENS_FOLDER),
    );
  }
}

/** Nothing leaves the origin, nothing frames it, nothing is guessed. */
function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers({
      'content-security-policy':
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
}
