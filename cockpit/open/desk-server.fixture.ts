// The built screens before the real desks over real records, for tests of the screens about tasks, objections
// and what is open: nothing is played but the live stream, which says nothing.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAnswersApp, type AnswersApp } from '../../app/http/answers.fixture.ts';
import { createLiveFeed } from '../fixtures/live-feed.ts';
import { sendFile } from '../fixtures/static-files.ts';

export type DeskServer = AnswersApp & { readonly url: string };

export async function openDeskServer(
  dist: string,
  options: Parameters<typeof openAnswersApp>[0] = {},
): Promise<DeskServer> {
  const site = await openAnswersApp(options);
  const feed = createLiveFeed(site.stage.clock, 'desk');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://desk');
    if (pathname === '/api/live') {
      feed.connect(request, response, []);
      return;
    }
    const answer = async () => {
      if (!pathname.startsWith('/api/')) return sendFile(dist, pathname, response);
      const { status, headers, body } = await forward(site, request);
      response.writeHead(status, headers).end(body);
    };
    answer().catch((cause: unknown) => response.writeHead(500).end(String(cause)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ping = setInterval(() => feed.ping(), 1_000);
  return {
    ...site,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearInterval(ping);
      feed.drop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await site.close();
    },
  };
}

async function forward({ app }: AnswersApp, request: IncomingMessage) {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { 'content-type': type, cookie } = request.headers;
  const answer = await app.inject({
    method: request.method as 'GET',
    url: request.url ?? '/',
    headers: { ...(type ? { 'content-type': type } : {}), ...(cookie ? { cookie } : {}) },
    ...(parts.length > 0 ? { payload: Buffer.concat(parts) } : {}),
  });
  return {
    status: answer.statusCode,
    headers: { 'content-type': String(answer.headers['content-type'] ?? 'text/plain') },
    body: answer.rawPayload,
  };
}
