// The cookie of a session: no script reads it, no other site sends it, and over TLS its name binds it to this
// host (`__Host-`).

import type { FastifyReply, FastifyRequest } from 'fastify';

const NAME = 'plumbline_session';

/** Chosen by the page, not secret: what personal data is looked at for. Streams and pictures send no header. */
export const PURPOSE_COOKIE = 'plumbline_purpose';

/** How a cookie is called: over TLS bound to this host, so that no neighbour can set it. */
export const cookieName = (name: string, secure: boolean): string =>
  secure ? `__Host-${name}` : name;

export const tokenOf = (request: FastifyRequest, secure: boolean): string | undefined =>
  request.cookies[cookieName(NAME, secure)];

export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  { secure, lastsMs }: { secure: boolean; lastsMs: number },
): void {
  void reply.setCookie(cookieName(NAME, secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: Math.floor(lastsMs / 1_000),
  });
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  void reply.clearCookie(cookieName(NAME, secure), { path: '/', secure });
}

/** The purpose a request carries: its header, else what the page has chosen for everything it asks. */
export function purposeIn(request: FastifyRequest): string | undefined {
  const header = request.headers['x-purpose'];
  const given = typeof header === 'string' ? header : undefined;
  return given ?? request.cookies[`__Host-${PURPOSE_COOKIE}`] ?? request.cookies[PURPOSE_COOKIE];
}
