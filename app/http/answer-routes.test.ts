// What follows the answer, over HTTP: who may do what, what bad input is answered with, and that photos are
// served to those who may see the alert, and to nobody else.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { XUANHAN, raised } from '../../alerts/findings.fixture.ts';
import { JPEG, jpegWithSecrets, pngOf, SECRETS } from '../../alerts/feedback/photo.fixture.ts';
import { alertDetailSchema } from '../api/alerts.ts';
import { candidatesSchema, type Photo } from '../api/answers.ts';
import { myTasksSchema, openViewSchema } from '../api/open-alerts.ts';
import type { Problem } from '../api/session.ts';
import { openAnswersApp, type AnswersApp, type Login } from './answers.fixture.ts';

let site: AnswersApp;
const exit = raised('cc-000002');
const base = `/api/alerts/${exit.alertId}`;

const openSite = async () => {
  site = await openAnswersApp();
  await site.program.find(exit);
};

const closeSite = () => site.close();

const post = (login: Login | undefined, path: string, payload: object | string) =>
  site.ask(login, { method: 'POST', url: `${base}${path}`, payload });

const upload = (login: Login, bytes: Uint8Array, type = 'image/jpeg') =>
  site.ask(login, {
    method: 'POST',
    url: `${base}/photos`,
    payload: Buffer.from(bytes),
    headers: { 'content-type': type },
  });

const acknowledge = () => post('xuanhan', '/acknowledge', {});

const says = (body: unknown) => (body as Problem).says.zh;

describe('every route', () => {
  beforeAll(openSite);
  afterAll(closeSite);

  test.each([
    ['GET', '/api/tasks'],
    ['GET', '/api/open'],
    ['GET', `${base}/officers`],
    ['GET', '/api/tasks/officers?regions=511722'],
    ['POST', '/api/tasks/hand-over'],
    ['GET', `${base}/photos/ph_1`],
    ['POST', `${base}/assign`],
    ['POST', `${base}/hand-over`],
    ['POST', `${base}/accept`],
    ['POST', `${base}/decline`],
    ['POST', `${base}/take-back`],
    ['POST', `${base}/reopen`],
    ['POST', `${base}/photos`],
    ['POST', `${base}/objections`],
    ['POST', `${base}/objections/oj_1/decide`],
  ] as const)('%s %s asks who it is, and is closed to analysts', async (method, url) => {
    const payload = {
      officer: 'xuanhan',
      bureau: XUANHAN,
      note: '原因',
      what: '不在现场',
      receivedHow: 'phone',
      raisedAtMs: 1,
      decision: 'upheld',
      reason: '理由',
    };
    const fitting: Record<string, unknown> = {};
    const keys: Record<string, string[]> = {
      assign: ['officer'],
      'hand-over': ['bureau', 'note'],
      accept: [],
      decline: ['note'],
      'take-back': [],
      reopen: ['note'],
      objections: ['what', 'receivedHow', 'raisedAtMs'],
      decide: ['decision', 'reason'],
    };
    for (const key of keys[url.split('/').at(-1) as string] ?? []) {
      fitting[key] = payload[key as keyof typeof payload];
    }
    if (url === '/api/tasks/hand-over') fitting['tasks'] = [{ id: exit.alertId }];
    const body = url.endsWith('/photos') ? Buffer.from(JPEG) : fitting;
    const given = method === 'POST' ? { payload: body } : {};
    expect((await site.ask(undefined, { method, url, ...given })).status).toBe(401);
    expect((await site.ask('analyst', { method, url, ...given })).status).toBe(403);
    if (url === '/api/tasks/hand-over') {
      expect((await site.ask('dazhu', { method, url, ...given })).status).toBe(404);
    }
    if (url.includes('regions=')) {
      expect((await site.ask('dazhu', { method, url })).status).toBe(403);
    }
    // A neighbouring county does not even learn that there is such an alert.
    if (url.startsWith(base)) {
      expect((await site.ask('dazhu', { method, url, ...given })).status).toBe(404);
    }
  });

  test('is described', async () => {
    const { body } = await site.ask(undefined, { method: 'GET', url: '/api/openapi.json' });
    const { paths } = body as { paths: Record<string, object> };
    for (const path of [
      '/api/tasks',
      '/api/open',
      '/api/alerts/{id}/hand-over',
      '/api/tasks/hand-over',
      '/api/tasks/officers',
      '/api/alerts/{id}/photos',
    ]) {
      expect(paths).toHaveProperty([path]);
    }
  });
});

describe('several tasks at once', () => {
  beforeAll(openSite);
  afterAll(closeSite);

  const handOver = (payload: object) =>
    site.ask('xuanhan', { method: 'POST', url: '/api/tasks/hand-over', payload });

  test.each([
    ['no task', { tasks: [], bureau: XUANHAN, note: '交班' }],
    ['a task twice', { tasks: [{ id: 'a' }, { id: 'a' }], bureau: XUANHAN, note: '交班' }],
    ['no word', { tasks: [{ id: 'a' }], bureau: XUANHAN, note: ' ' }],
    ['a bureau that is none', { tasks: [{ id: 'a' }], bureau: '县局', note: '交班' }],
  ])('%s is refused in words', async (_, payload) => {
    const { status, body } = await handOver(payload);
    expect([status, says(body)]).toEqual([400, '请求内容有误']);
  });

  test('go to an officer of the list for all their counties, and are counted', async () => {
    await acknowledge();
    const { body } = await site.ask('city', {
      method: 'GET',
      url: '/api/tasks/officers?regions=511722,511724',
    });
    const { officers } = candidatesSchema.parse(body);
    expect(new Set(officers.map(({ bureau }) => bureau))).toEqual(new Set(['511700']));
    const mine = myTasksSchema.parse(
      (await site.ask('xuanhan', { method: 'GET', url: '/api/tasks' })).body,
    );
    const tasks = mine.tasks.map(({ alert: { id }, acts }) => ({ id, acts }));
    expect(tasks).toEqual([{ id: exit.alertId, acts: 1 }]);
    const chosen = { tasks, bureau: '511700', note: '交班' };
    expect((await handOver(chosen)).body).toEqual({ handedOver: 1 });
    expect((await handOver(chosen)).status).toBe(409);
  });
});

describe('bad input is answered in words and changes nothing', () => {
  beforeAll(async () => {
    await openSite();
    await acknowledge();
  });
  afterAll(closeSite);

  test.each([
    ['an unknown cause', '/feedback', { result: 'maybe' }, 400, '请求内容有误'],
    ['“other” without words', '/feedback', { result: 'other', note: ' ' }, 400, '须写明情况'],
    [
      'foreign evidence',
      '/feedback',
      { result: 'true', evidence: ['ob_x'] },
      400,
      '不属于这起预警',
    ],
    [
      'a photo that is not there',
      '/feedback',
      { result: 'true', photos: ['ph_x'] },
      400,
      '照片没有上传',
    ],
    [
      'a hand-over without a word',
      '/hand-over',
      { bureau: XUANHAN, note: '  ' },
      400,
      '请求内容有误',
    ],
    ['a bureau that is none', '/hand-over', { bureau: '县局', note: '请接' }, 400, '请求内容有误'],
    ['an officer nobody knows', '/assign', { officer: 'nobody' }, 400, '没有这名在岗人员'],
    ['an officer of another bureau', '/assign', { officer: 'city' }, 409, '只能指派给本单位'],
    ['accepting what nobody offers', '/accept', {}, 409, '没有等待接收的移交'],
    ['reopening what is open', '/reopen', { note: '复查' }, 409, '尚未办结'],
    [
      'an objection of tomorrow',
      '/objections',
      { what: '不在现场', receivedHow: 'phone', raisedAtMs: 9e12 },
      400,
      '晚于现在',
    ],
    [
      'an objection that says nothing',
      '/objections',
      { what: ' ', receivedHow: 'phone', raisedAtMs: 1 },
      400,
      '请求内容有误',
    ],
    [
      'deciding what is not there',
      '/objections/oj_x/decide',
      { decision: 'upheld', reason: '理由' },
      404,
      '没有这件异议',
    ],
    ['a key nobody knows', '/close', { notes: '' }, 400, '请求内容有误'],
    ['acts from before', '/feedback', { result: 'true', acts: 0 }, 409, '刚有新的处置'],
  ])('%s', async (_, path, payload, status, words) => {
    const { status: got, body } = await post('xuanhan', path, payload);
    expect([got, says(body)]).toEqual([status, expect.stringContaining(words)]);
    const { body: after } = await site.ask('xuanhan', { method: 'GET', url: base });
    expect(alertDetailSchema.parse(after)).toMatchObject({
      acts: 1,
      feedback: null,
      objections: [],
    });
  });

  test('what is no JSON, and a filter or cursor that is none', async () => {
    const broken = await site.ask('xuanhan', {
      method: 'POST',
      url: `${base}/close`,
      payload: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
    for (const query of ['band=9', 'level=4', 'region=x', 'before=zzz', 'overdue=perhaps']) {
      const { status } = await site.ask('city', { method: 'GET', url: `/api/open?${query}` });
      expect(status, query).toBe(400);
    }
  });
});

describe('photos', () => {
  beforeEach(openSite);
  afterEach(closeSite);

  test('are kept without place and time, served to who may see the alert, and deleted while loose', async () => {
    await acknowledge();
    // What it is called does not matter.
    const { status, body } = await upload('xuanhan', jpegWithSecrets(), 'text/plain');
    expect(status).toBe(200);
    const photo = body as Photo;
    expect(photo).toMatchObject({
      mediaType: 'image/jpeg',
      width: 24,
      height: 16,
      feedbackId: null,
    });
    const again = await upload('xuanhan', jpegWithSecrets());
    expect((again.body as Photo).id).toBe(photo.id);
    const url = `${base}/photos/${photo.id}`;
    const answer = await site.app.inject({
      method: 'GET',
      url,
      headers: { cookie: site.cookieOf('city'), 'x-purpose': 'alert-handling' },
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
    const words = answer.rawPayload.toString('latin1');
    expect(SECRETS.filter((secret) => words.includes(secret))).toEqual([]);
    expect((await site.ask('dazhu', { method: 'GET', url })).status).toBe(404);
    expect(
      (await site.ask('city', { method: 'GET', url: `/api/alerts/al_other/photos/${photo.id}` }))
        .status,
    ).toBe(404);
    expect((await site.ask('xuanhan-b', { method: 'DELETE', url })).status).toBe(403);
    const second = (await upload('xuanhan', pngOf(8))).body as Photo;
    const gone = await site.ask('xuanhan', {
      method: 'DELETE',
      url: `${base}/photos/${second.id}`,
    });
    expect(gone.status).toBe(204);
    const given = await post('xuanhan', '/feedback', {
      result: 'true',
      photos: [photo.id],
      acts: 1,
    });
    expect(alertDetailSchema.parse(given.body).photos).toMatchObject([{ id: photo.id }]);
    const kept = await site.ask('xuanhan', { method: 'DELETE', url });
    expect([kept.status, says(kept.body)]).toEqual([409, '照片已随反馈留存，不能删除']);
  });

  test('nobody gave feedback with are gone after a day', async () => {
    await acknowledge();
    await upload('xuanhan', JPEG);
    site.stage.clock.advance(25 * 3_600_000);
    await site.program.settle();
    const { body } = await site.ask('xuanhan', { method: 'GET', url: base });
    expect(alertDetailSchema.parse(body).photos).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array(), 400, '空的'],
    ['a page called a photo', Buffer.from('<html>'), 400, '不是照片'],
    ['half a photo', JPEG.subarray(0, 500), 400, '已损坏'],
    ['more than five megabytes', new Uint8Array(5 * 1024 * 1024 + 1), 413, '超过 5 MB'],
  ])('%s is refused in words', async (_, bytes, status, words) => {
    await acknowledge();
    const answer = await upload('xuanhan', bytes);
    expect([answer.status, says(answer.body)]).toEqual([status, expect.stringContaining(words)]);
  });

  test('are not taken before somebody has the alert, nor more than there may be', async () => {
    const early = await upload('xuanhan', JPEG);
    expect([early.status, says(early.body)]).toEqual([409, expect.stringContaining('尚未确认')]);
    await acknowledge();
    for (let side = 1; side <= 9; side++) {
      expect((await upload('xuanhan', pngOf(side))).status).toBe(200);
    }
    const tenth = await upload('xuanhan', pngOf(10));
    expect([tenth.status, says(tenth.body)]).toEqual([409, '一起预警最多 9 张照片']);
  });
});

describe('lists', () => {
  beforeAll(openSite);
  afterAll(closeSite);

  test('my tasks and what is open are in the form the console reads', async () => {
    await acknowledge();
    const mine = await site.ask('xuanhan', { method: 'GET', url: '/api/tasks' });
    expect(myTasksSchema.parse(mine.body).tasks).toMatchObject([
      { kind: 'mine', isOverdue: false },
    ]);
    const open = await site.ask('chief', {
      method: 'GET',
      url: '/api/open?region=511722&overdue=false',
    });
    expect(openViewSchema.parse(open.body).rows).toMatchObject([
      { holder: { id: 'xuanhan' }, band: 0 },
    ]);
    const me = await site.ask('chief', { method: 'GET', url: '/api/me' });
    expect(me.body).toMatchObject({ leads: true, officerId: 'chief' });
    const { body } = await site.ask('xuanhan', { method: 'GET', url: `${base}/officers` });
    expect((body as { officers: { id: string }[] }).officers.map(({ id }) => id)).toEqual([
      'xuanhan',
      'xuanhan-b',
      'xuanhan-chief',
      'chief',
      'city',
    ]);
  });
});
