import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import webPush from 'web-push';
import { raised } from '../findings.fixture.ts';
import {
  noticeTo,
  openStage,
  startProgram,
  type Program,
  type Stage,
} from '../scenario.fixture.ts';
import { takeSeen, takeShown } from '../seen.ts';
import { silentLogger } from '../../core/logger.ts';
import type { Channel } from './channel.ts';
import { createPushChannel } from './push.ts';
import { DEVICES_MAX, devicesOf, forgetDevice, removeDevice, saveDevice } from './push-devices.ts';
import { openPushService, type Browser, type PushService } from './push-service.fixture.ts';
import { createWebPush, mayUseService, WEB_PUSH_PROVIDER } from './web-push.ts';

const KEYS = webPush.generateVAPIDKeys();
const SEEN = { receiptWithinMs: { 1: 10_000, 2: 20_000, 3: 60_000 } };

const silent = raised('cc-000001', { ruleId: 'terminal-silent' });
const exit = raised('cc-000002');

let service: PushService;
let stage: Stage;
let program: Program;

beforeEach(async () => {
  service = await openPushService();
  stage = await openStage();
  const { db } = stage.records;
  const further: Channel = createWebPush({
    keys: KEYS,
    contact: 'mailto:duty@example.org',
    devicesOf: (officerId) => devicesOf(db, officerId),
    forget: (id) => forgetDevice(db, id),
    mayUse: mayUseService([service.host]),
    timeoutMs: 150,
  });
  const onConsole = createPushChannel();
  program = await startProgram(stage, {
    further: [further],
    wrapChannel: (channel) => (channel === stage.push ? { ...onConsole, terms: SEEN } : channel),
  });
});

afterEach(async () => {
  await service.close();
  await stage.remove();
});

const subscribe = async (officerId = 'xuanhan'): Promise<Browser> => {
  const browser = service.subscribe(KEYS.publicKey);
  const { endpoint, p256dh, auth } = browser;
  const row = { officerId, endpoint, p256dh, auth, device: 'phone', language: 'zh' as const };
  await saveDevice(stage, stage.records.db, row);
  return browser;
};

const receipts = () => ({
  records: stage.records,
  clock: stage.clock,
  logger: silentLogger,
  onChanged: () => {},
});

const seen = (officerId = 'xuanhan') =>
  takeSeen(receipts(), { officerId, alertIds: [silent.alertId, exit.alertId] });

const push = () => noticeTo(stage, 'push', 'xuanhan');

describe('a push that is seen on a console', () => {
  test('goes to no device', async () => {
    const browser = await subscribe();
    await program.find(silent);
    expect(await seen()).toBe(1);
    expect(await seen()).toBe(0);
    await program.pass(3);
    expect(browser.received).toEqual([]);
    expect(await push()).toMatchObject({ state: 'delivered', provider: 'console' });
  });

  test('counts for the officer it was for, and nobody else', async () => {
    await program.find(silent);
    expect(await seen('city')).toBe(0);
    expect((await push()).state).toBe('sent');
  });

  test('settles nothing the alert still asks for: seen is not acknowledged', async () => {
    await program.find(exit);
    await seen();
    expect(
      (await program.desk.get(exit.alertId, { kind: 'within', region: silent.region })).status,
    ).toBe('new');
  });
});

describe('a push nobody saw in time goes to the devices', () => {
  test('signed, encrypted, urgent as it is grave, and silent about person and place', async () => {
    const browser = await subscribe();
    await program.find(exit);
    await program.pass(0.4);
    expect(service.problems).toEqual([]);
    const { id } = await push();
    expect(browser.received).toEqual([
      {
        payload: {
          noticeId: id,
          alertId: exit.alertId,
          level: 2,
          title: '准绳预警',
          body: `编号 ${exit.alertId.slice(-6).toUpperCase()}，请登录值守台查看。`,
        },
        ttlS: 1_800,
        urgency: 'high',
        topic: id,
        contact: 'mailto:duty@example.org',
      },
    ]);
    expect(JSON.stringify(browser.received)).not.toMatch(/宣汉|cc-000002|越界|离开/);
    expect(await push()).toMatchObject({ state: 'sent', provider: WEB_PUSH_PROVIDER });
  });

  test('all of them, and a device that shows it says so', async () => {
    const browsers = [await subscribe(), await subscribe()];
    const others = await subscribe('city');
    await program.find(silent);
    await program.pass(1.2);
    expect(browsers.map(({ received }) => received.length)).toEqual([1, 1]);
    expect(browsers[0]?.received[0]).toMatchObject({ ttlS: 28_800, urgency: 'normal' });
    expect(others.received).toEqual([]);
    const { id: noticeId } = await push();
    const shown = { noticeId, provider: WEB_PUSH_PROVIDER };
    expect(await takeShown(receipts(), { ...shown, officerId: 'city' })).toBe('wrong-person');
    expect(await takeShown(receipts(), { ...shown, officerId: 'xuanhan' })).toBe('taken');
    expect((await push()).state).toBe('delivered');
  });

  test('and is seen on a console later: recorded', async () => {
    await subscribe();
    await program.find(silent);
    await program.pass(1.2);
    expect(await seen()).toBe(1);
    expect((await push()).state).toBe('delivered');
  });

  test.each([404, 410])('one that answers %d is gone for good', async (status) => {
    const [gone, kept] = [await subscribe(), await subscribe()];
    service.answer(gone, status);
    await program.find(silent);
    await program.pass(1.2);
    expect(kept.received.length).toBe(1);
    const left = await devicesOf(stage.records.db, 'xuanhan');
    expect(left.map(({ endpoint }) => endpoint)).toEqual([kept.endpoint]);
  });

  test.each([503, 429, 'silence'] as const)(
    'one that answers %s is tried again',
    async (status) => {
      const browser = await subscribe();
      service.answer(browser, status);
      await program.find(silent);
      await program.pass(1.2);
      expect((await push()).state).toBe('waiting');
      service.answer(browser, 201);
      await program.pass(1);
      expect(browser.received.length).toBe(1);
      expect((await push()).state).toBe('sent');
    },
  );

  test('an officer without any has it on the console, which is no failure', async () => {
    await program.find(silent);
    await program.pass(2);
    expect(await push()).toMatchObject({
      state: 'sent',
      provider: 'console',
      lastErrorCode: 'no-device',
    });
    expect(program.providers.get('push')?.health.report()).toMatchObject([
      { state: 'ok', failures: 0 },
      { state: 'ok', failures: 0 },
    ]);
  });

  test('what is no key of a browser is forgotten, and does no harm', async () => {
    const browser = await subscribe();
    const { endpoint } = browser;
    const row = { officerId: 'xuanhan', endpoint, device: '', language: 'zh' as const };
    await saveDevice(stage, stage.records.db, { ...row, p256dh: 'AAAA', auth: 'AAAA' });
    await program.find(silent);
    await program.pass(1.2);
    expect(await devicesOf(stage.records.db, 'xuanhan')).toEqual([]);
  });
});

describe('devices', () => {
  test('are kept once each, so many of an officer, and removed by their officer alone', async () => {
    const { db } = stage.records;
    const first = await subscribe();
    for (let index = 0; index < DEVICES_MAX; index++) {
      stage.clock.advance(1_000);
      await subscribe();
    }
    const all = await devicesOf(db, 'xuanhan');
    expect(all.length).toBe(DEVICES_MAX);
    expect(all.map(({ endpoint }) => endpoint)).not.toContain(first.endpoint);
    const { endpoint } = all[0]!;
    await removeDevice(db, { officerId: 'city', endpoint });
    expect((await devicesOf(db, 'xuanhan')).length).toBe(DEVICES_MAX);
    await removeDevice(db, { officerId: 'xuanhan', endpoint });
    expect((await devicesOf(db, 'xuanhan')).length).toBe(DEVICES_MAX - 1);
  });
});

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://wns2-bl2p.notify.windows.com/w/?token=x', true],
  ['https://push.example.org/x', true],
  ['https://eu.push.example.org/x', true],
  ['http://push.example.org/x', false],
  ['http://127.0.0.1:9999/x', false],
  ['https://127.0.0.1/x', false],
  ['https://fcm.googleapis.com:8443/x', false],
  ['https://fcm.googleapis.com.evil.example/x', false],
  ['https://fcm.googleapis.com@evil.example/x', false],
  ['https://evilfcm.googleapis.com.example', false],
  ['file:///etc/passwd', false],
  ['nonsense', false],
])('a push to %s is allowed: %s', (endpoint, isAllowed) => {
  expect(mayUseService(['push.example.org'])(endpoint)).toBe(isAllowed);
});
