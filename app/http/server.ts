// The HTTP server: security headers, the screens, the API described by its own schemas. Routes live in
// the files beside this one.

import fastifyCookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from '../../core/logger.ts';
import type { RequestLimits } from './access/limit-settings.ts';
import { limitRequests } from './access/request-limits.ts';
import { refuseForeignOrigins } from './access/same-origin.ts';
import { describeApi } from './describe-api.ts';
import { answerProblems, frameworkErrors } from './problems.ts';
import { answersData, DATA_HEADERS, securityHeaders } from './security-headers.ts';
import type { TlsFiles } from './tls.ts';
import { noteRoutes } from './seen-routes.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run build` puts the screens. */
export const SCREENS_FOLDER = here('../../cockpit/dist');
const GEO_FOLDER = here('../../datasets/regions');

const BODY_BYTES_MAX = 1024 * 1024;

/** What a slow or a greedy caller can hold: partners stream their pushes, so that only headers are in haste. */
export const CONNECTION_LIMITS = {
  /** Longest body of a request, also a streamed one, in ms. */
  requestTimeout: 300_000,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 20_000, maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 5_000 },
};

/** Sockets at a time; a wall holds one, a console two. */
export const CONNECTIONS_MAX = 4_000;
const HEADERS_MAX = 100;

/** A server without routes of its own but the screens, the boundaries and the API description. */
export async function createServer(deps: {
  logger: Logger;
  /** Where requests are bounded; without it they are not. */
  limits?: RequestLimits;
  /** Believe a reverse proxy about address and host. */
  trustProxy?: boolean;
  /** TLS in the server itself. */
  tls?: TlsFiles | undefined;
  /** Reached over TLS, here or at a proxy: browsers are told to come no other way. */
  secure?: boolean;
}): Promise<FastifyInstance> {
  const headers = securityHeaders(deps.secure ?? deps.tls !== undefined);
  const app = fastifyOver(deps.tls, {
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    frameworkErrors: frameworkErrors(headers),
    ...CONNECTION_LIMITS,
    trustProxy: deps.trustProxy ?? false,
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.server.maxHeadersCount = HEADERS_MAX;
  app.setValidatorCompiler(validatorCompiler);
  // The routes' return types are checked when the house is built, not again for every answer.
  app.setSerializerCompiler(() => JSON.stringify);
  noteRoutes(app);
  answerProblems(app, deps.logger);
  // On the answer itself, so that streams which are written past the framework carry them too.
  app.addHook('onRequest', (request, reply, done) => {
    const own = answersData(request.url) ? { ...headers, ...DATA_HEADERS } : headers;
    for (const [name, value] of Object.entries(own)) reply.raw.setHeader(name, value);
    done();
  });
  refuseForeignOrigins(app, deps.logger);
  if (deps.limits) await limitRequests(app, deps.limits, deps.logger);
  await app.register(fastifyCookie);
  await describeApi(app);
  await app.register(fastifyStatic, { root: GEO_FOLDER, prefix: '/geo/', maxAge: '1h' });
  await registerScreens(app);
  return app;
}

/** Guarantee of the cast: routes see the same server with and without TLS. */
const fastifyOver = (tls: TlsFiles | undefined, options: FastifyServerOptions): FastifyInstance =>
  tls === undefined
    ? Fastify(options)
    : (Fastify({ ...options, https: tls } as FastifyServerOptions) as FastifyInstance);

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
    '/identities',
    '/audit',
    '/exports',
    '/workbench',
    '/laboratory',
    '/sql',
    '/imports',
  ];
  for (const page of pages) {
    app.get(page, { schema: { hide: true } }, (_request, reply) =>
      reply.sendFile('index.html', SCREENS_FOLDER),
    );
  }
}
