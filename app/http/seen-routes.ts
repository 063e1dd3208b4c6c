// Every route the server has, as it was registered: for the check that each is in the API description, and
// for driving each of them.

import type { FastifyInstance, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** In the order of registration; HEAD beside GET is left out. */
    readonly seenRoutes: readonly RouteOptions[];
  }
}

/** Notes every route that is registered after this. */
export function noteRoutes(app: FastifyInstance): void {
  const seen: RouteOptions[] = [];
  app.decorate('seenRoutes', seen);
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') seen.push(route);
  });
}
