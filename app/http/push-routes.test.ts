// Pushes over HTTP: an officer says what they saw and where they want pushes, for themselves only.

import type { FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPushChannel } from '../../alerts/channels/push.ts';
import { devicesOf } from '../../alerts/channels/push-devices.ts';
import { mayUseService } from '../../alerts/channels/web-push.ts';
import { raised, XUANHAN } from '../../alerts/findings.fixture.ts';
import { noticeTo, openStage, startProgram, type Stage } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { configSchema } from '../config.ts';
import { makePushKeys, readPushKeys } from '../push-keys.ts';
import { pushKeys } from '../verbs/push-keys.ts';
import { registerPushes } from './push-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';

const PASSWORD = 'a password for tests';
const ids = createCountingIds();
const exit = raised('cc-000001');
const DEVICE = {
  endpoint: 'https://fcm.googleapis.com/fcm/send/abc',
  p256dh: 'B'.padEnd(87, 'A'),
  auth: 'A'.repeat(22),
  device: 'Android Chrome',
  language: 'zh',
};

let stage: Stage;
let app: FastifyInstance;
const cookies = new Map<string, string>();

beforeAll(async () => {
  stage = await openStage();
  const program = await startProgram(stage, {
    wrapChannel: (channel) => (channel === stage.push ? createPushChannel() : channel),
  });
  await program.find(exit);
  const { records, clock } = stage;
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  registerPushes(app, {
    guard,
    receipts: { records, clock, logger: silentLogger, onChanged: () => {} },
    web: { publicKey: 'the key', mayUse: mayUseService([]) },
  });
  for (const [login, role, officerId] of [
    ['xuanhan', 'county-officer', 'xuanhan'],
    ['helper', 'county-officer', undefined],
    ['analyst', 'analyst', undefined],
  ] as const) {
    await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: XUANHAN,
      language: 'zh',
      ...(officerId === undefined ? {} : { officerId }),
    });
    const payload = { login, password: PASSWORD };
    const answer = await app.inject({ method: 'POST', url: '/api/session', payload });
    cookies.set(login, String(answer.headers['set-cookie']).split(';')[0] ?? '');
  }
}, 60_000);

afterAll(async () => {
  await app.close();
  await stage.remove();
});

const post = (login: string, url: string, payload: object) =>
  app.inject({ method: 'POST', url, payload, headers: { cookie: cookies.get(login) ?? '' } });

const state = async () => (await noticeTo(stage, 'push', 'xuanhan')).state;

test('what an officer has on screen is the receipt of their push, and of nobody else’s', async () => {
  const seen = { ids: [exit.alertId, 'al_unknown'] };
  expect((await post('nobody', '/api/alerts/seen', seen)).statusCode).toBe(401);
  expect((await post('analyst', '/api/alerts/seen', seen)).statusCode).toBe(403);
  expect((await post('helper', '/api/alerts/seen', seen)).statusCode).toBe(204);
  expect((await post('xuanhan', '/api/alerts/seen', { ids: [] })).statusCode).toBe(400);
  const shown = { noticeId: (await noticeTo(stage, 'push', 'xuanhan')).id };
  expect((await post('helper', '/api/push/shown', shown)).statusCode).toBe(204);
  expect(await state()).toBe('sent');
  expect((await post('xuanhan', '/api/alerts/seen', seen)).statusCode).toBe(204);
  expect(await state()).toBe('delivered');
});

test('a device is kept for its officer, and taken back by them', async () => {
  const { db } = stage.records;
  const headers = { cookie: cookies.get('xuanhan') ?? '' };
  const asked = await app.inject({ method: 'GET', url: '/api/push', headers });
  expect(asked.json()).toEqual({ key: 'the key', isOfficer: true });
  expect((await post('xuanhan', '/api/push/devices', DEVICE)).statusCode).toBe(204);
  expect((await post('xuanhan', '/api/push/devices', DEVICE)).statusCode).toBe(204);
  expect((await devicesOf(db, 'xuanhan')).map(({ endpoint }) => endpoint)).toEqual([
    DEVICE.endpoint,
  ]);
  const { endpoint } = DEVICE;
  await post('helper', '/api/push/devices/remove', { endpoint });
  expect((await devicesOf(db, 'xuanhan')).length).toBe(1);
  await post('xuanhan', '/api/push/devices/remove', { endpoint });
  expect(await devicesOf(db, 'xuanhan')).toEqual([]);
});

test.each([
  ['an account no officer signs in with', 'helper', DEVICE, 409, 'conflict'],
  [
    'a service we do not know',
    'xuanhan',
    { ...DEVICE, endpoint: 'https://10.0.0.1/x' },
    400,
    'bad-input',
  ],
  ['a key that is none', 'xuanhan', { ...DEVICE, p256dh: 'short' }, 400, 'bad-input'],
])('%s is refused', async (_, login, device, status, code) => {
  const answer = await post(login, '/api/push/devices', device);
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
});

describe('push keys', () => {
  const inFolder = (run: (path: string, folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-push-'));
    try {
      run(join(folder, 'data', 'push-keys.json'), folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('are made once, for their owner alone, and kept', () =>
    inFolder((path, folder) => {
      const config = configSchema.parse({ dataFolder: join(folder, 'data') });
      const lines: string[] = [];
      pushKeys(config, (line) => lines.push(line));
      const keys = readPushKeys(path);
      expect(lines.slice(0, 2)).toEqual([`made ${path}`, `public key ${keys.publicKey}`]);
      expect(lines.join()).not.toContain(keys.privateKey);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      pushKeys(config, (line) => lines.push(line));
      expect(lines).toContain(`kept ${path}`);
      expect(readPushKeys(path)).toEqual(keys);
      expect(() => makePushKeys(path)).toThrow('there are push keys already');
    }));

  test('that are missing or damaged are said so', () =>
    inFolder((path, folder) => {
      expect(() => readPushKeys(path)).toThrow('there are no push keys');
      const damaged = join(folder, 'damaged.json');
      writeFileSync(damaged, '{"publicKey":"x"}', { mode: 0o600 });
      expect(() => readPushKeys(damaged)).toThrow('the push keys are damaged');
    }));
});
