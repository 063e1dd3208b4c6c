// Time stamps against answers made by OpenSSL's authority (`openssl ts`), byte for byte what it sends.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTimeStampClient, readTrusted } from './ask-time-stamp.ts';
import { timeStampRequest, verifyTimeStamp, type Stamped } from './time-stamp.ts';

let folder: string;
let server: Server;
let url: string;
/** What is sent in place of the authority's answer. */
let altered: ((answer: Buffer) => Buffer) | undefined;

const at = (name: string) => join(folder, name);
const openssl = (...args: readonly string[]) =>
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });

const CONFIG = `[tsa]
default_tsa = t
[t]
serial = ./serial
signer_cert = ./tsa.pem
certs = ./ca.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sm3
accuracy = millisecs:500
clock_precision_digits = 3
[stamps]
extendedKeyUsage = critical,timeStamping
`;

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-tsa-'));
  writeFileSync(at('ts.cnf'), CONFIG);
  writeFileSync(at('serial'), '01\n');
  for (const name of ['ca', 'stranger']) {
    const subject = `/CN=Issuer ${name}`;
    openssl(
      'req',
      '-x509',
      ...CURVE,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      subject,
    );
  }
  openssl('req', ...CURVE, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Authority');
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ts.cnf'];
  openssl('x509', '-req', '-in', 'tsa.csr', ...by, '-extensions', 'stamps', '-out', 'tsa.pem');
  server = createServer((request, response) => {
    void (async () => {
      writeFileSync(at('query'), await buffer(request));
      openssl('ts', '-reply', '-config', 'ts.cnf', '-queryfile', 'query', '-out', 'answer');
      const answer = readFileSync(at('answer'));
      response.setHeader('content-type', 'application/timestamp-reply');
      response.end(altered?.(answer) ?? answer);
    })();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const CONTENT = '{"number":"EX20261128-ABCDEF12"}\nsignature abc=\n';

function ask(
  over: { trusted?: string; hashing?: 'sha256' | 'sm3'; alter?: (answer: Buffer) => Buffer } = {},
): Promise<Stamped> {
  altered = over.alter;
  const trusted = readTrusted(at(over.trusted ?? 'ca.pem'));
  return createTimeStampClient({ url, trusted, hashing: over.hashing ?? 'sha256' })(CONTENT);
}

test('OpenSSL reads the request as it is meant', () => {
  const nonce = Buffer.from('00ff01020304050607', 'hex');
  writeFileSync(at('own'), timeStampRequest('hello\n', { hashing: 'sha256', nonce }));
  const said = openssl('ts', '-query', '-in', 'own', '-text').toString();
  expect(said).toContain('Hash Algorithm: sha256');
  expect(said).toContain('58 91 b5 b5 22 d5 df 08-6d 0f f0 b1 10 fb d9 d2');
  expect(said).toContain('Nonce: 0xFF01020304050607');
  expect(said).toContain('Certificate required: yes');
});

test.each(['sha256', 'sm3'] as const)(
  'a stamp over %s is taken, says when, and OpenSSL agrees',
  async (hashing) => {
    const beforeMs = Date.now() - 1_000;
    const found = await ask({ hashing });
    if (found.is !== 'stamped') throw new Error(found.is);
    expect(found.atMs).toBeGreaterThan(beforeMs);
    expect(found.atMs).toBeLessThanOrEqual(Date.now());
    const trusted = readTrusted(at('tsa.pem'));
    expect(verifyTimeStamp(found.token, { content: CONTENT, trusted }).is).toBe('stamped');
    writeFileSync(at('token'), found.token);
    writeFileSync(at('content'), CONTENT);
    const how = ['-in', 'token', '-token_in', '-CAfile', 'ca.pem'];
    expect(openssl('ts', '-verify', '-data', 'content', ...how).toString()).toContain('OK');
  },
);

test('a stamp of another content, or to another request, is none', async () => {
  const found = await ask();
  if (found.is !== 'stamped') throw new Error(found.is);
  const trusted = readTrusted(at('ca.pem'));
  expect(verifyTimeStamp(found.token, { content: `${CONTENT} `, trusted }).is).toBe('of-another');
  const old = readFileSync(at('answer'));
  expect((await ask({ alter: () => old })).is).toBe('of-another');
});

test('an authority nobody named is not trusted, nor one whose certificate is for something else', async () => {
  expect((await ask({ trusted: 'stranger.pem' })).is).toBe('not-trusted');
  const found = await ask();
  if (found.is !== 'stamped') throw new Error(found.is);
  // The certificate in the token is made one for something else, and that very one is named.
  const purpose = Buffer.from('2b06010505070308', 'hex');
  const asOther = (bytes: Uint8Array) => {
    const other = Buffer.from(bytes);
    other[other.indexOf(purpose) + 7] = 1;
    return other;
  };
  const [own] = readTrusted(at('tsa.pem'));
  if (!own) throw new Error('there is a certificate');
  const check = (token: Uint8Array, trusted: X509Certificate) =>
    verifyTimeStamp(token, { content: CONTENT, trusted: [trusted] }).is;
  expect(check(found.token, own)).toBe('stamped');
  expect(check(asOther(found.token), new X509Certificate(asOther(own.raw)))).toBe('not-trusted');
});

test('no changed bit makes a stamp say something else', async () => {
  const found = await ask();
  if (found.is !== 'stamped') throw new Error(found.is);
  const given = { content: CONTENT, trusted: readTrusted(at('tsa.pem')) };
  for (let byte = 0; byte < found.token.length; byte++) {
    const token = Buffer.from(found.token);
    token[byte] = (token[byte] ?? 0) ^ (1 << (byte % 8));
    const other = verifyTimeStamp(token, given);
    if (other.is === 'stamped') expect([byte, other.atMs]).toEqual([byte, found.atMs]);
    expect(verifyTimeStamp(token.subarray(0, byte), given).is).toBe('not-understood');
  }
});

test('a refusal and an answer that is none are told apart from a silent authority', async () => {
  // PKIStatus 2, rejection; bad algorithm.
  const refusal = Buffer.from('30093007020102030205a0', 'hex');
  expect((await ask({ alter: () => refusal })).is).toBe('refused');
  expect((await ask({ alter: () => Buffer.from('<html>') })).is).toBe('not-understood');
  expect((await ask({ alter: () => Buffer.alloc(0) })).is).toBe('not-understood');
  await expect(ask({ alter: () => Buffer.alloc(65_537) })).rejects.toMatchObject({
    code: 'source-unavailable',
  });
});

test('a file without a certificate is named', () => {
  expect(() => readTrusted(at('tsa.key'))).toThrow('the certificate of the time stamp authority');
});
