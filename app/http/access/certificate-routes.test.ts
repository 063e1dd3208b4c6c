// Sign-in by certificate over HTTP: the proxy's word, and SM2 keys that answer a challenge.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { sm2 } from 'sm-crypto-v2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secureIds } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import { DAZHOU } from '../../../core/region.ts';
import { createManualClock } from '../../../core/time.ts';
import { accessSettingsSchema } from '../../../security/access/access-settings.ts';
import { signProxyWord } from '../../../security/access/certificate.ts';
import { createCertificateDesk } from '../../../security/access/certificate-desk.ts';
import type { AuditEntry } from '../../../security/audit/audit-entry.ts';
import { openMemoryRecords } from '../../../warehouse/memory-records.fixture.ts';
import type { Records } from '../../../warehouse/records.ts';
import { createServer } from '../server.ts';
import { registerAccess } from './register-access.ts';

const SECRET = 'a secret the proxy and we share, long enough';
const KEYS = sm2.generateKeyPairHex();
const X509 = 'ab'.repeat(32);
const SM2 = 'cd'.repeat(32);
const clock = createManualClock(Date.UTC(2026, 10, 27));
const told: AuditEntry[] = [];

let folder = '';
let records: Records;
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-certificate-'));
  const proxySecretFile = join(folder, 'proxy');
  await writeFile(proxySecretFile, `${SECRET}\n`);
  records = await openMemoryRecords();
  await records.db
    .insertInto('account')
    .values({
      id: 'ac_auditor',
      login: 'auditor',
      passwordHash: '',
      displayZh: '审计管理员',
      displayEn: 'Auditor',
      role: 'audit-administrator',
      region: DAZHOU,
      language: 'zh',
      officerId: null,
      active: 1,
    })
    .execute();
  const audit = {
    record: (_trx: unknown, entry: AuditEntry) => {
      told.push(entry);
      return Promise.resolve();
    },
  };
  const deps = { db: records.db, records, clock, ids: secureIds, audit };
  const desk = createCertificateDesk(deps);
  await desk.bind('ac_auditor', { kind: 'x509', fingerprint: X509, publicKey: '' }, 'ac_system');
  await desk.bind(
    'ac_auditor',
    { kind: 'sm2', fingerprint: SM2, publicKey: KEYS.publicKey },
    'ac_system',
  );
  await expect(
    desk.bind('ac_auditor', { kind: 'sm2', fingerprint: 'ef'.repeat(32), publicKey: '04ff' }, 'x'),
  ).rejects.toThrow('no SM2 public key');
  app = await createServer({ logger: silentLogger });
  const settings = accessSettingsSchema.parse({ certificates: { proxySecretFile, sm2: true } });
  registerAccess(app, { ...deps, secure: false, settings });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await records.close();
  await rm(folder, { recursive: true });
});

const byProxy = (given: { fingerprint?: string; atMs?: number; signature?: string } = {}) => {
  const { fingerprint = X509, atMs = clock.now() } = given;
  const word = { fingerprint, atMs: String(atMs) };
  return app.inject({
    method: 'POST',
    url: '/api/session/certificate',
    headers: {
      'x-client-certificate': fingerprint,
      'x-client-certificate-at': word.atMs,
      'x-client-certificate-signature': given.signature ?? signProxyWord(Buffer.from(SECRET), word),
    },
  });
};

const challenge = async (fingerprint = SM2) =>
  (
    await app.inject({
      method: 'POST',
      url: '/api/session/sm2/challenge',
      payload: { fingerprint },
    })
  ).json<{ id: string; challenge: string }>();

const answer = (id: string, signature: string) =>
  app.inject({ method: 'POST', url: '/api/session/sm2', payload: { id, signature } });

const sign = (message: string, key = KEYS.privateKey) =>
  sm2.doSignature(message, key, { hash: true, publicKey: sm2.getPublicKeyFromPrivateKey(key) });

test('the word of the proxy opens a session, and counts as the second factor', async () => {
  const { statusCode, cookies } = await byProxy({
    fingerprint: X509.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:'),
  });
  expect(statusCode).toBe(204);
  const cookie = `${cookies[0]?.name}=${cookies[0]?.value}`;
  const me = await app.inject({ url: '/api/me', headers: { cookie } });
  expect(me.json()).toMatchObject({ login: 'auditor', owes: null });
  expect(told.at(-1)).toMatchObject({
    action: 'session.sign-in',
    detail: { factor: 'certificate' },
  });
  const own = await app.inject({ url: '/api/account/certificates', headers: { cookie } });
  expect(own.json()).toEqual({
    certificates: [
      { fingerprint: X509, kind: 'x509', boundAtMs: clock.now(), endedAtMs: null },
      { fingerprint: SM2, kind: 'sm2', boundAtMs: clock.now(), endedAtMs: null },
    ],
  });
});

test.each([
  ['no signature', { signature: '' }],
  ['a wrong one', { signature: 'ab'.repeat(32) }],
  ['a word from a minute ago', { atMs: clock.now() - 60_001 }],
  ['a certificate bound to nobody', { fingerprint: '12'.repeat(32) }],
  ['an SM2 certificate without its challenge', { fingerprint: SM2 }],
])('%s opens nothing', async (_, given) => {
  expect((await byProxy(given)).statusCode).toBe(401);
  expect(told.at(-1)).toMatchObject({
    outcome: 'refused',
    detail: { because: 'wrong-certificate' },
  });
});

test('an SM2 key answers its challenge once, in time, and nobody else does', async () => {
  const first = await challenge();
  expect((await answer(first.id, sign(first.challenge))).statusCode).toBe(204);
  expect((await answer(first.id, sign(first.challenge))).statusCode).toBe(401);

  const { id, challenge: other } = await challenge();
  const stranger = sm2.generateKeyPairHex().privateKey;
  expect((await answer(id, sign(other, stranger))).statusCode).toBe(401);
  // A wrong answer spends the challenge as well.
  expect((await answer(id, sign(other))).statusCode).toBe(401);

  const mixed = await challenge();
  expect((await answer(mixed.id, sign(other))).statusCode).toBe(401);
  const late = await challenge();
  clock.advance(120_000);
  expect((await answer(late.id, sign(late.challenge))).statusCode).toBe(401);
  const unknown = await challenge('99'.repeat(32));
  expect((await answer(unknown.id, sign(unknown.challenge))).statusCode).toBe(401);
  const garbage = await challenge();
  expect((await answer(garbage.id, 'ff'.repeat(64))).statusCode).toBe(401);
});
