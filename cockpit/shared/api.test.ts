import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getJson, isSignedOut, postJson, problemIn } from './api.ts';

/** Answers with the status and body the path names. */
const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://test');
  response.writeHead(Number(searchParams.get('status')), { 'content-type': 'application/json' });
  response.end(searchParams.get('body') ?? '');
});

let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

const path = (status: number, body: string) =>
  `${origin}/?status=${status}&body=${encodeURIComponent(body)}`;

const refused = { code: 'conflict', says: { zh: '已经确认', en: 'already acknowledged' } };

test('an answer comes back as it was sent', async () => {
  expect(await getJson(path(200, '{"a":1}'))).toEqual({ a: 1 });
  expect(await postJson(path(204, ''), {})).toBeUndefined();
});

test.each([
  [409, JSON.stringify(refused), refused.says.zh, false],
  [401, JSON.stringify({ ...refused, code: 'unauthenticated' }), refused.says.zh, true],
  [502, '<html>bad gateway</html>', '服务器的答复读不懂', false],
  [200, 'not json', '服务器的答复读不懂', false],
  [500, '{"code":7}', '服务器的答复读不懂', false],
])('status %d with %s is told as %s', async (status, body, zh, signedOut) => {
  const error: unknown = await getJson(path(status, body)).catch((cause: unknown) => cause);
  expect([problemIn(error).says.zh, isSignedOut(error)]).toEqual([zh, signedOut]);
});

test('a server that is not there is told as such, with what to do', async () => {
  const error: unknown = await getJson('http://127.0.0.1:9/').catch((cause: unknown) => cause);
  expect(problemIn(error)).toMatchObject({ code: 'unreachable', says: { zh: '连不上服务器' } });
});
