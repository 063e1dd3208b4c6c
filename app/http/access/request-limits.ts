// How many requests a minute one browser may send, and how often one address may try to sign in. What partners
// push has its own bounds.

import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '../../../core/errors.ts';
import { contentHash } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import { text } from '../../../core/text.ts';
import { ioClock } from '../../../core/time.ts';
import type { RequestLimits } from './limit-settings.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which limit a route is under; `api` when it says nothing. */
    limit?: 'sign-in' | 'none';
  }
}

const KEYS_MAX = 20_000;
const WINDOW_MS = 60_000;

export async function limitRequests(
  app: FastifyInstance,
  limits: RequestLimits,
  logger: Logger,
): Promise<void> {
  const isFirst = oncePerMinute();
  await app.register(fastifyRateLimit, {
    global: true,
    timeWindow: WINDOW_MS,
    cache: KEYS_MAX,
    max: (request) => (isSignIn(request) ? limits.signIn : limits.api),
    keyGenerator: keyOf,
    allowList: (request) => request.routeOptions.config.limit === 'none' || !isApi(request),
    onExceeded: (request, key) => {
      // Whoever floods the server must not flood the log as well.
      if (!isFirst(key)) return;
      logger.warn('access.too-many', {
        route: request.routeOptions.url ?? '',
        limit: isSignIn(request) ? 'sign-in' : 'api',
      });
    },
    errorResponseBuilder: (_request, { ttl }) => {
      const seconds = Math.ceil(ttl / 1_000);
      return new UserError('too-many', text('请求过于频繁', 'too many requests'), {
        hint: text(`请在 ${seconds} 秒后再试`, `Try again in ${seconds} seconds.`),
      });
    },
  });
}

const isApi = ({ url }: FastifyRequest): boolean => url.startsWith('/api/');

const isSignIn = ({ routeOptions }: FastifyRequest): boolean =>
  routeOptions.config.limit === 'sign-in';

function keyOf(request: FastifyRequest): string {
  if (isSignIn(request)) return `sign-in ${request.ip}`;
  // Runs before cookies are parsed. A made-up session gets a bucket of its own and no further: the guard
  // answers it with a look at one index.
  const session = /plumbline_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  return session === undefined ? `address ${request.ip}` : contentHash(session);
}

/** True the first time a key is seen within a minute. */
function oncePerMinute(): (key: string) => boolean {
  const seen = new Map<string, number>();
  return (key) => {
    const nowMs = ioClock.now();
    if (nowMs - (seen.get(key) ?? -WINDOW_MS) < WINDOW_MS) return false;
    if (seen.size >= KEYS_MAX) seen.clear();
    seen.set(key, nowMs);
    return true;
  };
}
