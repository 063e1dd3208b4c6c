// Requests that change something come from our own pages, or from a program that is no browser. The cookie is
// SameSite=strict already; this is the second lock, and says why it refuses.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import { text } from '../../../core/text.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True when the request may change something, by what the browser says of where it comes from. */
export function comesFromUs({
  method,
  host,
  site,
  origin,
}: {
  readonly method: string;
  readonly host: string;
  /** `Sec-Fetch-Site`, which scripts cannot set. */
  readonly site: string | undefined;
  readonly origin: string | undefined;
}): boolean {
  if (SAFE.has(method)) return true;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  // No browser of today leaves both out when it changes something.
  if (origin === undefined) return true;
  return URL.parse(origin)?.host === host;
}

export function refuseForeignOrigins(app: FastifyInstance, logger: Logger): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (comesFromUs(originOf(request))) return done();
    logger.warn('access.foreign-origin', { route: request.routeOptions.url ?? '' });
    done(
      new UserError(
        'forbidden',
        text('请求来自其他网站，已拒绝', 'the request comes from another site and was refused'),
        {
          hint: text(
            '请在本系统页面内操作；如经反向代理访问，请保持 Host 请求头不变',
            'Use the pages of this system; a reverse proxy has to keep the Host header.',
          ),
        },
      ),
    );
  });
}

const originOf = ({ method, host, headers }: FastifyRequest) => ({
  method,
  host,
  site: typeof headers['sec-fetch-site'] === 'string' ? headers['sec-fetch-site'] : undefined,
  origin: headers.origin,
});
