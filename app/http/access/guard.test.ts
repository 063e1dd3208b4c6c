// The guard before the real routes: whoever reaches for the data of another unit or the functions of another role
// gets nothing and is in the trail, a change of rights acts at the next request, and nothing about a person is
// given without a purpose.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { raised } from '../../../alerts/findings.fixture.ts';
import { changeAccountAccess } from '../../../security/access/account-access-store.ts';
import { openAnswersApp, type AnswersApp, type Login } from '../answers.fixture.ts';

let site: AnswersApp;
const exit = raised('cc-000002');
const { alertId } = exit;

beforeAll(async () => {
  site = await openAnswersApp();
  await site.program.find(exit);
});
afterAll(() => site.close());
beforeEach(() => {
  site.told.length = 0;
});

/** Every way to one alert, to read and to act. */
type Way = readonly ['GET' | 'POST' | 'DELETE', string, object?];

const WAYS: readonly Way[] = [
  ['GET', ''],
  ['GET', '/officers'],
  ['GET', '/track'],
  ['POST', '/acknowledge', { note: '' }],
  ['POST', '/feedback', { result: 'true', note: '' }],
  ['POST', '/close', { note: '' }],
  ['POST', '/assign', { officer: 'dazhu' }],
  ['POST', '/hand-over', { bureau: '511724', note: '请接手' }],
  ['POST', '/accept', {}],
  ['POST', '/take-back', {}],
  ['POST', '/decline', { note: '不属于本单位' }],
  ['POST', '/reopen', { note: '复查' }],
  ['GET', '/photos/ph_1'],
  ['DELETE', '/photos/ph_1'],
];

const go = (login: Login | undefined, [method, path, payload]: Way, headers = {}) =>
  site.ask(login, {
    method,
    url: `/api/alerts/${alertId}${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });

describe.each(WAYS.map((way) => ({ name: way.slice(0, 2).join(' '), way })))('$name', ({ way }) => {
  test('sideways: another county is told there is nothing, and is in the trail', async () => {
    const { status, body } = await go('dazhu', way);
    expect([status, (body as { code: string }).code]).toEqual([404, 'not-found']);
    expect(site.told).toEqual([
      expect.objectContaining({
        actor: 'ac_dazhu',
        action: 'access.refused',
        outcome: 'refused',
        subjects: [expect.any(String)],
        detail: { function: expect.stringMatching(/^alert\./), because: 'outside-scope' },
      }),
    ]);
  });

  test('upwards: a role without the function is refused, and is in the trail', async () => {
    expect((await go('analyst', way)).status).toBe(403);
    expect(site.told).toEqual([
      expect.objectContaining({
        actor: 'ac_analyst',
        action: 'access.refused',
        detail: expect.objectContaining({ because: 'role-lacks-function' }),
      }),
    ]);
  });

  test('nobody without a session gets anything', async () => {
    expect((await go(undefined, way)).status).toBe(401);
  });
});

test('reading tells whom and what for; without a purpose nothing is given', async () => {
  const ok = await go('xuanhan', ['GET', '']);
  expect(ok.status).toBe(200);
  expect(site.told).toEqual([
    expect.objectContaining({
      actor: 'ac_xuanhan',
      action: 'alert.look',
      outcome: 'done',
      purpose: 'alert-handling',
      subjects: [(ok.body as { subject: string }).subject],
    }),
  ]);
  for (const [purpose, because] of [
    ['', 'purpose-missing'],
    ['curiosity', 'purpose-unknown'],
    ['audit-review', 'purpose-unfit'],
  ]) {
    site.told.length = 0;
    const refused = await go('xuanhan', ['GET', ''], { 'x-purpose': purpose });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: 'purpose-needed' });
    expect(site.told).toMatchObject([{ action: 'access.refused', detail: { because } }]);
  }
});

test('a list tells of everybody it gave, and the cookie carries the purpose where no header can', async () => {
  const { cookieOf, app } = site;
  const cookie = `${cookieOf('xuanhan')}; plumbline_purpose=daily-supervision`;
  const answer = await app.inject({ method: 'GET', url: '/api/alerts', headers: { cookie } });
  const subjects = answer
    .json<{ alerts: { subject: string }[] }>()
    .alerts.map((one) => one.subject);
  expect(subjects.length).toBeGreaterThan(0);
  expect(site.told).toMatchObject([
    { action: 'alert.list', purpose: 'daily-supervision', subjects },
  ]);
});

describe('a change of rights acts at the next request', () => {
  const read = () => go('xuanhan-b', ['GET', '']);
  const db = () => site.stage.records.db;
  const set = (change: object) =>
    db().updateTable('account').set(change).where('id', '=', 'ac_xuanhan-b').execute();

  test('role, unit, scope, disabling', async () => {
    expect((await read()).status).toBe(200);
    await set({ role: 'analyst' });
    expect((await read()).status).toBe(403);
    await set({ role: 'county-officer', region: '511724' });
    expect((await read()).status).toBe(404);
    await changeAccountAccess(db(), 'ac_xuanhan-b', {
      scope: JSON.stringify({ kind: 'list', units: ['511722'] }),
    });
    expect((await read()).status).toBe(200);
    await changeAccountAccess(db(), 'ac_xuanhan-b', { scope: JSON.stringify({ kind: 'own' }) });
    expect((await read()).status).toBe(404);
    await changeAccountAccess(db(), 'ac_xuanhan-b', { scope: null });
    await set({ region: '511722', active: 0 });
    expect((await read()).status).toBe(401);
    await set({ active: 1 });
    expect((await read()).status).toBe(200);
  });

  test('whoever owes a new password or a second factor gets nothing else', async () => {
    await changeAccountAccess(db(), 'ac_xuanhan-b', { mustChangePassword: 1 });
    expect((await read()).body).toMatchObject({ code: 'password-change-needed' });
    await changeAccountAccess(db(), 'ac_xuanhan-b', { mustChangePassword: 0 });
    await set({ role: 'audit-administrator' });
    expect((await read()).body).toMatchObject({ code: 'second-factor-missing' });
    await set({ role: 'county-officer' });
    expect((await read()).status).toBe(200);
  });
});

test('the feedback of a closed alert stays as it is', async () => {
  await go('xuanhan', ['POST', '/acknowledge', { note: '' }]);
  await go('xuanhan', ['POST', '/feedback', { result: 'true', note: '' }]);
  expect((await go('xuanhan', ['POST', '/close', { note: '' }])).status).toBe(200);
  site.told.length = 0;
  const late = await go('xuanhan', ['POST', '/feedback', { result: 'true', note: '' }]);
  expect(late.status).toBe(409);
  expect(site.told).toMatchObject([
    { action: 'access.refused', detail: { function: 'alert.handle', because: 'state-forbids' } },
  ]);
});
