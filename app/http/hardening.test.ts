// The boundary of the server: TLS from files, headers on everything, limits for the slow and the greedy, and
// refusals that tell nothing.

import type { FastifyInstance } from 'fastify';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { createLogger, silentLogger } from '../../core/logger.ts';
import { systemClock } from '../../core/time.ts';
import { configSchema } from '../config.ts';
import { mustBePrivate } from './exposed.ts';
import { CONNECTION_LIMITS, createServer } from './server.ts';
import { followTls, readTls, type TlsConfig } from './tls.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) process.stdout.write('TLS tests skipped: no openssl to make certificates with\n');

let app: FastifyInstance | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe.skipIf(!hasOpenssl)('TLS', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const make = (name: string, ...more: string[]) =>
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
        .concat(['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-subj', `/CN=${name}`])
        .concat(more.length > 0 ? more : ['-days', '30']),
      { stdio: 'ignore' },
    );
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-tls-'));
    make('one');
    make('two');
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=rsa'].concat([
        '-keyout',
        at('rsa.key'),
        '-out',
        at('rsa.pem'),
      ]),
      { stdio: 'ignore' },
    );
    writeFileSync(at('garbage.pem'), 'no certificate');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const config = (change: Partial<TlsConfig> = {}): TlsConfig => ({
    certFile: at('one.pem'),
    keyFile: at('one.key'),
    minVersion: 'TLSv1.2',
    ...change,
  });

  const shown = (port: number, options: object = {}) =>
    new Promise<{ name: string; protocol: string | null }>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      socket.once('secureConnect', () => {
        const name = String(socket.getPeerCertificate().subject.CN);
        resolve({ name, protocol: socket.getProtocol() });
        socket.destroy();
      });
      socket.once('error', reject);
    });

  test('is spoken by the server itself, from 1.2 on, with a certificate that is replaced while it runs', async () => {
    copyFileSync(at('one.pem'), at('now.pem'));
    copyFileSync(at('one.key'), at('now.key'));
    const files = config({ certFile: at('now.pem'), keyFile: at('now.key') });
    app = await createServer({ logger: silentLogger, tls: readTls(files, systemClock.now()) });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    expect(await shown(port)).toEqual({ name: 'one', protocol: 'TLSv1.3' });
    expect(await shown(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' });
    await expect(
      shown(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    ).rejects.toThrow();
    const answer = await app.inject('/api/openapi.json');
    expect(answer.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/);

    const following = followTls(
      { clock: systemClock, logger: createLogger('silent') },
      files,
      app.server as unknown as Server,
    );
    copyFileSync(at('garbage.pem'), at('now.pem'));
    following.look();
    expect(await shown(port)).toMatchObject({ name: 'one' });
    copyFileSync(at('two.pem'), at('now.pem'));
    copyFileSync(at('two.key'), at('now.key'));
    following.look();
    expect(await shown(port)).toMatchObject({ name: 'two' });
    following.stop();
  });

  test.each([
    ['a key of another certificate', { keyFile: 'two.key' }, 'not that of the certificate', 0],
    ['a file that is no certificate', { certFile: 'garbage.pem' }, 'no certificate in PEM', 0],
    ['a file that is no key', { keyFile: 'garbage.pem' }, 'no private key in PEM', 0],
    ['a file that is not there', { certFile: 'none.pem' }, 'cannot be read', 0],
    ['a certificate that has expired', {}, 'has expired', 40 * 86_400_000],
    ['a certificate of the future', {}, 'not valid yet', -40 * 86_400_000],
    ['an authority that is none', { clientCaFile: 'garbage.pem' }, 'no certificate in PEM', 0],
  ] as const)('%s is refused in words, without a key in them', (_, change, says, laterMs) => {
    const named = Object.fromEntries(Object.entries(change).map(([key, name]) => [key, at(name)]));
    const read = () => readTls(config(named), systemClock.now() + laterMs);
    expect(read).toThrow(UserError);
    expect(read).toThrow(says);
    expect(read).not.toThrow(/PRIVATE/);
  });

  test('the suites of TLS are those with forward secrecy, and weak ones are refused', async () => {
    // Under this kind of certificate the key could be sent without forward secrecy.
    const files = config({ certFile: at('rsa.pem'), keyFile: at('rsa.key') });
    app = await createServer({ logger: silentLogger, tls: readTls(files, systemClock.now()) });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const suite = (options: object) =>
      new Promise<string>((resolve, reject) => {
        const given = { port, host: '127.0.0.1', rejectUnauthorized: false, ...options };
        const socket = connect(given, () => {
          resolve(socket.getCipher().standardName);
          socket.destroy();
        });
        socket.once('error', reject);
      });
    expect(await suite({})).toMatch(/^TLS_(AES|CHACHA20)/);
    expect(await suite({ maxVersion: 'TLSv1.2' })).toMatch(/^TLS_ECDHE_.*(GCM|POLY1305)/);
    for (const ciphers of ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-RSA-AES256-SHA', 'NULL']) {
      await expect(
        suite({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` }),
        ciphers,
      ).rejects.toThrow();
    }
  });

  test('a client without a certificate of the authority is not let in when one is asked', async () => {
    const tls = readTls(config({ clientCaFile: at('two.pem') }), systemClock.now());
    app = await createServer({ logger: silentLogger, tls });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    // In 1.2 the refusal comes within the handshake.
    const older = { maxVersion: 'TLSv1.2' };
    await expect(shown(port, older)).rejects.toThrow();
    const own = { cert: readFileSync(at('two.pem')), key: readFileSync(at('two.key')) };
    expect(await shown(port, { ...older, ...own })).toMatchObject({ name: 'one' });
  });
});

test('every answer carries the headers, also a refusal', async () => {
  app = await createServer({ logger: silentLogger });
  for (const url of ['/', '/api/nothing', '/%', '/api/openapi.json', '/../../etc/passwd']) {
    const { headers } = await app.inject(url);
    expect(headers, url).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy, url).toMatch(/script-src 'self'|default-src 'none'/);
    expect(policy, url).toMatch(/object-src 'none'; base-uri 'none'.*frame-ancestors 'none'/);
    expect(policy, url).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers['strict-transport-security'], url).toBeUndefined();
  }
});

test('data is never drawn as a page nor kept by a browser, also when it is streamed', async () => {
  app = await createServer({ logger: silentLogger, secure: true });
  app.get('/api/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.end('data: 1\n\n');
  });
  app.get('/api/lasting', (_request, reply) => reply.header('cache-control', 'private').send({}));
  for (const url of ['/api/stream', '/api/openapi.json', '/api/nothing', '/health', '/metrics']) {
    const { headers } = await app.inject(url);
    expect(headers['content-security-policy'], url).toMatch(/^default-src 'none';.*; sandbox$/);
    expect(headers['cache-control'], url).toBe('no-store');
    expect(headers['x-content-type-options'], url).toBe('nosniff');
    expect(headers['strict-transport-security'], url).toBe('max-age=31536000; includeSubDomains');
  }
  expect((await app.inject('/api/lasting')).headers['cache-control']).toBe('private');
  const page = await app.inject('/');
  expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/);
});

test('every answer with a body names its kind, and texts their encoding', async () => {
  app = await createServer({ logger: silentLogger });
  for (const url of ['/api/openapi.json', '/api/nothing', '/%', '/geo/nothing']) {
    const { headers, body } = await app.inject(url);
    expect(() => JSON.parse(body) as unknown, url).not.toThrow();
    expect(headers['content-type'], url).toMatch(/^application\/json; charset=utf-8$/);
  }
});

test.each([
  '/.git/config',
  '/package.json',
  '/app/main.ts',
  '/geo/',
  '/geo',
  '/assets/',
  '/geo/../../package.json',
  '/geo/%2e%2e/%2e%2e/package.json',
  '/plumbline.yaml',
  '/.plumbline/secret.key',
])('%s is not there to be read', async (url) => {
  app = await createServer({ logger: silentLogger });
  const answer = await app.inject(url);
  expect([400, 403, 404]).toContain(answer.statusCode);
  expect(answer.json()).toHaveProperty('says.zh');
});

test.each(['TRACE', 'OPTIONS', 'PUT', 'PATCH', 'PROPFIND'] as const)(
  '%s is no method of ours',
  async (method) => {
    app = await createServer({ logger: silentLogger });
    for (const url of ['/', '/api/openapi.json', '/geo/nothing']) {
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: { 'x-own': 'echo' },
      });
      expect([404, 405, 501], url).toContain(answer.statusCode);
      expect(answer.body).not.toContain('echo');
      expect(answer.headers['access-control-allow-origin'], url).toBeUndefined();
    }
  },
);

test('what is refused is told to the log without what was sent, and a flood once', async () => {
  const lines: string[] = [];
  const logger = createLogger('info', (line) => lines.push(line));
  app = await createServer({ logger, limits: { api: 2, signIn: 2 } });
  app.post('/api/thing', () => {
    throw new UserError('bad-input', { zh: '有误', en: 'wrong' }, { detail: 'canary-detail' });
  });
  const ask = () =>
    app?.inject({ method: 'POST', url: '/api/thing', payload: { name: 'canary-name' } });
  for (let times = 0; times < 6; times++) await ask();
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told.filter(({ event }) => event === 'access.too-many')).toEqual([
    expect.objectContaining({ route: '/api/thing', limit: 'api', level: 'warn' }),
  ]);
  expect(told.filter(({ code }) => code === 'bad-input')).toHaveLength(2);
  expect(lines.join('')).not.toContain('canary');
});

test('the slow and the greedy are bounded', async () => {
  app = await createServer({ logger: silentLogger });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { server } = app;
  expect(server.headersTimeout).toBe(CONNECTION_LIMITS.http.headersTimeout);
  expect(server.requestTimeout).toBe(CONNECTION_LIMITS.requestTimeout);
  expect(server.maxHeadersCount).toBeGreaterThan(0);
  expect(server.maxConnections).toBeGreaterThan(0);
  const { port } = server.address() as AddressInfo;
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connectPlain(port, '127.0.0.1', () => {
      socket.write(`GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`);
    });
    let got = '';
    socket.on('data', (piece) => (got += piece.toString()));
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
  expect(said).toMatch(/^HTTP\/1\.1 431/);
});

test('what we did wrong is not explained to the outside', async () => {
  app = await createServer({ logger: silentLogger });
  app.get('/api/broken', () => {
    throw new Error('SELECT secret FROM /srv/plumbline');
  });
  const answer = await app.inject('/api/broken');
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ code: 'internal' });
  expect(answer.body).not.toMatch(/SELECT|secret|srv|at /);
});

test('an address that cannot be read is answered like everything else', async () => {
  app = await createServer({ logger: silentLogger });
  const answer = await app.inject('/api/%E0%A4%A');
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'bad-input', says: { zh: '地址有误' } });
});

test('a request of two lengths is no request', async () => {
  app = await createServer({ logger: silentLogger });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const say = (head: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectPlain(port, '127.0.0.1', () => socket.write(head));
      let got = '';
      socket.on('data', (piece) => (got += piece.toString()));
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });
  const start = 'POST /api/nothing HTTP/1.1\r\nhost: a\r\n';
  const hidden = '0\r\n\r\nGET /api/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n';
  for (const head of [
    'content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n',
    'content-length: 6\r\ncontent-length: 5\r\n\r\n',
    'transfer-encoding: chunked, identity\r\n\r\n',
    'transfer-encoding : chunked\r\n\r\n',
    'content-length: +6\r\n\r\n',
  ]) {
    const said = await say(start + head + hidden);
    expect(said.match(/HTTP\/1\.1 \d+/g), head).toEqual(['HTTP/1.1 400']);
  }
});

test('a parameter that is given twice is refused', async () => {
  app = await createServer({ logger: silentLogger });
  app
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/api/one',
      { schema: { querystring: z.strictObject({ of: z.string().optional() }) } },
      ({ query }) => ({ given: query.of ?? null }),
    );
  expect((await app.inject('/api/one?of=a')).json()).toEqual({ given: 'a' });
  for (const query of ['of=a&of=b', 'of[]=a', 'of[x]=a', 'of=a&__proto__=b', '__proto__[of]=a']) {
    expect((await app.inject(`/api/one?${query}`)).statusCode, query).toBe(400);
  }
});

test('the address of who asks is the socket’s, unless a proxy is trusted', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-host': 'evil.example' };
  for (const [trustProxy, ip, host] of [
    [false, '10.0.0.5', 'own.example'],
    [true, '203.0.113.7', 'evil.example'],
  ] as const) {
    app = await createServer({ logger: silentLogger, trustProxy });
    app.get('/api/who', (request) => ({ ip: request.ip, host: request.host }));
    const asked = { url: '/api/who', remoteAddress: '10.0.0.5' };
    const answer = await app.inject({ ...asked, headers: { host: 'own.example', ...headers } });
    expect(answer.json()).toEqual({ ip, host });
    await app.close();
  }
});

test.each([
  ['127.0.0.1', {}, true],
  ['127.0.0.8', {}, true],
  ['::1', {}, true],
  ['localhost', {}, true],
  ['0.0.0.0', {}, false],
  ['::', {}, false],
  ['10.0.0.5', {}, false],
  ['127.0.0.1.example', {}, false],
  ['localhost.example', {}, false],
  ['0.0.0.0', { secure: true }, true],
  ['0.0.0.0', { plain: true }, true],
  ['0.0.0.0', { tls: { certFile: 'a', keyFile: 'b' } }, true],
])('without TLS nobody listens beyond this machine by oversight: %s, %j', (host, more, may) => {
  const { http } = configSchema.parse({ http: { host, ...more } });
  const look = () => mustBePrivate(http);
  if (may) expect(look).not.toThrow();
  else expect(look).toThrow(UserError);
});
