// The little HTTP the demo gateway needs: bounded bodies in, whole answers out.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

export type Asked = {
  readonly method: string;
  /** Path with query, as it stands in the request line. */
  readonly path: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

export type Reply = {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
};

/** Answers a request, or gives undefined when it has taken the response over. */
export type Answer = (asked: Asked, response: ServerResponse) => Promise<Reply | undefined>;

const BODY_BYTES_MAX = 16_384;

export const json = (status: number, value: unknown): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** Listens; rejects with UserError `port-in-use`. */
export async function listen(
  answer: Answer,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer((request, response) => void respond(request, response, answer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const says = text('演示网关的端口已被占用', 'the port of the demo gateway is in use');
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new UserError('port-in-use', says, { detail: String(port) }) : error);
    });
    server.listen(port, host, resolve);
  });
  return server;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const reply = await replyTo(request, response, answer);
  if (!reply) return;
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'self'; img-src data:",
  });
  response.end(reply.body);
}

async function replyTo(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<Reply | undefined> {
  const { method = 'GET', url: path = '/', headers } = request;
  const url = URL.parse(path, 'http://gateway');
  if (!url) return json(400, { says: 'no such address' });
  try {
    const body = await readBody(request);
    if (body === undefined) return json(413, { says: 'too large' });
    return await answer({ method, path, url, headers, body }, response);
  } catch (error) {
    if (request.destroyed && !request.complete) return undefined;
    if (!(error instanceof UserError)) throw error;
    return json(400, { code: error.code, says: error.says, detail: error.detail });
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
