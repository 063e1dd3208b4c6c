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
import { UserError } from '../../core/errors.ts';
import { createLogger, silentLogger } from '../../core/logger.ts';
import { systemClock } from '../../core/time.ts';
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
    expect(headers['content-security-policy'], url).toMatch(/script-src 'self'/);
    expect(headers['content-security-policy'], url).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers['strict-transport-security'], url).toBeUndefined();
  }
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
