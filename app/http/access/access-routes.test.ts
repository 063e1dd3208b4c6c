// Sign-in, second factors, accounts with two persons, walls and the locks of the server, over HTTP and real records.

import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { secureIds } from '../../../core/ids.ts';
import { createLogger, silentLogger } from '../../../core/logger.ts';
import { regionCode } from '../../../core/region.ts';
import { createManualClock } from '../../../core/time.ts';
import { markDemoAccount } from '../../../security/access/account-access-store.ts';
import {
  ACCESS_DEFAULTS,
  PASSWORD_ALONE,
  type AccessSettings,
} from '../../../security/access/access-settings.ts';
import { totpAt } from '../../../security/access/one-time-code.ts';
import { createRightsSeal } from '../../../security/access/rights-seal.ts';
import type { Audit, AuditEntry } from '../../../security/audit/audit-entry.ts';
import { createAccount } from '../../../warehouse/accounts.ts';
import { openMemoryRecords } from '../../../warehouse/memory-records.fixture.ts';
import type { Records } from '../../../warehouse/records.ts';
import type { AccountRole } from '../../../warehouse/records-schema.ts';
import { openSession } from '../../../warehouse/sessions.ts';
import type {
  AccountList,
  FactorBegun,
  FactorConfirmed,
  OneTimePassword,
  OwnAccount,
} from '../../api/access.ts';
import type { Me, Problem } from '../../api/session.ts';
import { createServer } from '../server.ts';
import { comesFromUs } from './same-origin.ts';
import { registerAccess } from './register-access.ts';
import { logAudit } from './trail.ts';

const PASSWORD = '四面荷花三面柳一城山色半城湖';
const START = Date.UTC(2026, 2, 9, 1);
const CITY = regionCode('511700');

let records: Records;
let app: FastifyInstance;
const clock = createManualClock(START);
const told: AuditEntry[] = [];
/** On in all of these tests: whatever is done through the pages leaves no account with a seal that does not fit. */
const seals = createRightsSeal(new Uint8Array(32).fill(3));

const audit: Audit = {
  record: (_trx, entry) => {
    told.push(entry);
    return Promise.resolve();
  },
};

beforeAll(async () => {
  records = await openMemoryRecords();
  for (const [login, role, demo] of [
    ['city', 'city-officer', false],
    ['night', 'city-officer', false],
    ['factor', 'city-officer', false],
    ['system', 'system-administrator', true],
    ['security', 'security-administrator', true],
    ['security2', 'security-administrator', true],
    ['bare', 'audit-administrator', false],
  ] as const satisfies readonly (readonly [string, AccountRole, boolean])[]) {
    const account = await createAccount({ ids: secureIds }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: `${login} 账号`,
      displayEn: `account ${login}`,
      region: CITY,
      language: 'zh',
    });
    if (demo && account) await markDemoAccount(records.db, account.id);
  }
  await records.transaction(seals.sealAll);
  app = await createServer({ logger: silentLogger, limits: { api: 100_000, signIn: 100_000 } });
  registerAccess(app, {
    db: records.db,
    records,
    clock,
    ids: secureIds,
    secure: false,
    audit,
    rights: seals,
  });
  await app.ready();
}, 60_000);
afterAll(async () => {
  expect(await seals.findAltered(records.db)).toEqual([]);
  await app.close();
  await records.close();
});
beforeEach(() => {
  told.length = 0;
});

/** A browser: keeps its cookies, and comes from an address. */
function createBrowser(address = '10.0.0.1') {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async ask<Answer = Problem>(
      method: 'GET' | 'POST' | 'DELETE',
      url: string,
      payload?: object,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: Answer }> {
      const options: InjectOptions = {
        method,
        url,
        remoteAddress: address,
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...headers,
        },
        ...(payload === undefined ? {} : { payload }),
      };
      const answer = await app.inject(options);
      for (const { name, value } of answer.cookies) cookies.set(name, value);
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, body: (isJson ? answer.json() : undefined) as Answer };
    },
    signIn(login: string, more: { password?: string; code?: string } = {}) {
      return this.ask<Me & Problem>('POST', '/api/session', { login, password: PASSWORD, ...more });
    },
  };
}

const signedIn = async (login: string) => {
  const browser = createBrowser();
  expect((await browser.signIn(login)).status).toBe(200);
  return browser;
};

const actions = () =>
  told.map(({ actor, action, outcome }) =>
    [actor === 'unknown' ? actor : '·', action, outcome].join(' '),
  );

describe('sign-in', () => {
  test('many people of one bureau at once are no attack on their address', async () => {
    const lockOut = { ...PASSWORD_ALONE.lockOut, free: 3, addressFactor: 1 };
    const signInTurns = { atOnceMax: 2, waitingMax: 6 };
    const server = await createServer({ logger: silentLogger });
    const settings = { ...PASSWORD_ALONE, lockOut, signInTurns };
    registerAccess(server, {
      db: records.db,
      records,
      clock,
      ids: secureIds,
      secure: false,
      audit: logAudit(silentLogger),
      settings,
    });
    const answers = await Promise.all(
      Array.from({ length: 9 }, () =>
        server.inject({
          method: 'POST',
          url: '/api/session',
          remoteAddress: '10.9.9.9',
          payload: { login: 'city', password: PASSWORD },
        }),
      ),
    );
    await server.close();
    // Two at a time and six who wait; for the ninth there is no room, whoever it is.
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([
      ...Array.from({ length: 8 }, () => 200),
      429,
    ]);
  }, 30_000);

  test('and sign-out are told, and the session is a new one each time', async () => {
    const browser = createBrowser();
    const me = await browser.signIn('city');
    expect(me.body).toMatchObject({ login: 'city', owes: null });
    expect(me.body.rights).toContain('alert.handle');
    expect(me.body.rights).not.toContain('account.read');
    const first = browser.cookies.get('plumbline_session');
    await browser.signIn('city');
    expect(browser.cookies.get('plumbline_session')).not.toBe(first);
    const old = createBrowser();
    old.cookies.set('plumbline_session', first ?? '');
    expect((await old.ask('GET', '/api/me')).status).toBe(401);
    await browser.ask('DELETE', '/api/session');
    expect((await browser.ask('GET', '/api/me')).status).toBe(401);
    const out = await app.inject({ method: 'DELETE', url: '/api/session' });
    expect(out.headers['clear-site-data']).toBe('"cache"');
    expect(actions()).toEqual([
      '· session.sign-in done',
      '· session.sign-in done',
      '· session.sign-out done',
    ]);
  });

  test('strangers wait longer and longer; the officer at a known desk does not; nobody learns who exists', async () => {
    const desk = createBrowser('10.0.0.7');
    await desk.signIn('night');
    const answers = async (login: string, address: string) => {
      const stranger = createBrowser(address);
      const out = [];
      for (let attempt = 0; attempt < 8; attempt++) {
        const { status, body } = await stranger.signIn(login, { password: 'wrong' });
        out.push([status, body.code, body.says.zh, body.hint?.zh]);
      }
      return out;
    };
    const known = await answers('night', '203.0.113.1');
    const unknown = await answers('nobody-of-that-name', '203.0.113.2');
    expect(known).toEqual(unknown);
    expect(known.map(([status]) => status)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    // The stranger waits even with the right password, the desk goes on.
    expect((await createBrowser('203.0.113.1').signIn('night')).status).toBe(429);
    expect((await desk.signIn('night')).status).toBe(200);
    clock.advance(1_000);
    expect((await createBrowser('203.0.113.1').signIn('night', { password: 'wrong' })).status).toBe(
      401,
    );
    expect((await createBrowser('203.0.113.1').signIn('night')).body.hint?.zh).toBe(
      '请在 2 秒后再试',
    );
    clock.advance(3_600_001);
    expect((await createBrowser('203.0.113.1').signIn('night')).status).toBe(200);
    expect(told.some(({ detail }) => detail['because'] === 'locked-out')).toBe(true);
  }, 30_000);

  test('a hundred at once are a hundred', async () => {
    const stranger = createBrowser('203.0.113.9');
    const all = await Promise.all(
      Array.from({ length: 12 }, () => stranger.signIn('city', { password: 'wrong' })),
    );
    expect(all.filter(({ status }) => status === 401)).toHaveLength(5);
    clock.advance(3_600_001);
  }, 30_000);

  test('an administrator without a second factor gets nothing but the way to one', async () => {
    const browser = await signedIn('bare');
    expect((await browser.ask<Me>('GET', '/api/me')).body.owes).toBe('second-factor');
    const refused = await browser.ask('GET', '/api/accounts');
    expect([refused.status, refused.body.code]).toEqual([403, 'second-factor-missing']);
    expect((await browser.ask('GET', '/api/account')).status).toBe(200);
  });
});

test('a second factor: set up, asked for, taken once, replaced by a recovery code, proven again', async () => {
  const browser = await signedIn('factor');
  const { body: begun } = await browser.ask<FactorBegun>(
    'POST',
    '/api/account/second-factor/begin',
  );
  const code = () => totpAt(begun.secret, clock.now());
  const wrong = await browser.ask('POST', '/api/account/second-factor/confirm', { code: '000000' });
  expect(wrong.status).toBe(403);
  const on = await browser.ask<FactorConfirmed>('POST', '/api/account/second-factor/confirm', {
    code: code(),
  });
  const [recovery = ''] = on.body.recoveryCodes;
  // Kept are neither the secret nor the codes.
  const kept = JSON.stringify([
    await records.db.selectFrom('accountAccess').selectAll().execute(),
    await records.db.selectFrom('accountRecoveryCode').selectAll().execute(),
  ]);
  expect(kept).not.toContain(begun.secret);
  expect(kept).not.toContain(recovery.replaceAll('-', ''));

  const other = createBrowser('10.0.0.3');
  expect((await other.signIn('factor')).body.code).toBe('second-factor-needed');
  expect((await other.signIn('factor', { code: '123456' })).status).toBe(401);
  // The code it was set up with is spent.
  expect((await other.signIn('factor', { code: code() })).status).toBe(401);
  clock.advance(30_000);
  expect((await other.signIn('factor', { code: code() })).status).toBe(200);
  expect((await other.signIn('factor', { code: code() })).status).toBe(401);
  expect((await other.signIn('factor', { code: recovery })).status).toBe(200);
  expect((await other.signIn('factor', { code: recovery })).status).toBe(401);

  clock.advance(6 * 60_000);
  const late = await other.ask('POST', '/api/account/second-factor/end');
  expect([late.status, late.body.code]).toEqual([403, 'step-up-needed']);
  const before = other.cookies.get('plumbline_session');
  expect((await other.ask('POST', '/api/session/proof', { code: '000000' })).status).toBe(403);
  // With a second factor the password alone still proves, but a wrong one does not.
  expect((await other.ask('POST', '/api/session/proof', { code: code() })).status).toBe(200);
  expect(other.cookies.get('plumbline_session')).not.toBe(before);
  expect((await other.ask('POST', '/api/account/second-factor/end')).status).toBe(204);
  expect((await createBrowser().signIn('factor')).status).toBe(200);
}, 30_000);

test('an account needs two persons, opens nothing before, and its one-time password must be changed', async () => {
  const system = await signedIn('system');
  const security = await signedIn('security');
  const asked = {
    login: 'newcomer',
    displayZh: '新同志',
    displayEn: 'Newcomer',
    role: 'county-officer',
    region: '511722',
    reason: '宣汉县司法局新到岗',
  };
  expect((await security.ask('POST', '/api/accounts', asked)).status).toBe(403);
  const ofNobody = { ...asked, officerId: 'nobody-on-the-roster' };
  const noOfficer = await system.ask('POST', '/api/accounts', ofNobody);
  expect([noOfficer.status, noOfficer.body.says.zh]).toEqual([400, '值班人员名册中没有此人']);
  const made = await system.ask<OneTimePassword>('POST', '/api/accounts', asked);
  expect(made.status).toBe(200);
  expect((await system.ask('POST', '/api/accounts', asked)).body.code).toBe('conflict');
  const { id, password } = made.body;
  expect((await createBrowser('10.0.1.1').signIn('newcomer', { password })).status).toBe(401);
  const waiting = async (browser: typeof system) =>
    (await browser.ask<AccountList>('GET', '/api/accounts')).body.accounts.find(
      (one) => one.id === id,
    )?.waiting;
  const grant = await waiting(security);
  expect(grant).toMatchObject({ role: 'county-officer', mayDecide: true });
  expect((await waiting(system))?.mayDecide).toBe(false);
  // Whoever asked may not approve, nor can it be gone round by enabling.
  expect((await system.ask('POST', `/api/grants/${grant?.id}/approve`, {})).status).toBe(403);
  expect((await system.ask('POST', `/api/accounts/${id}/enable`)).status).toBe(409);
  expect((await security.ask('POST', `/api/grants/${grant?.id}/approve`, {})).status).toBe(204);
  expect((await security.ask('POST', `/api/grants/${grant?.id}/approve`, {})).status).toBe(409);

  const own = createBrowser('10.0.1.1');
  expect((await own.signIn('newcomer', { password })).body.owes).toBe('new-password');
  for (const [next, hint] of [
    ['kurz', '至少 12 个字符'],
    ['woaini5201314', '常见密码'],
    ['newcomer2026!', '用户名'],
    [password, '不能与原密码相同'],
  ]) {
    const refused = await own.ask('POST', '/api/account/password', { current: password, next });
    expect([refused.status, refused.body.hint?.zh]).toEqual([
      400,
      expect.stringContaining(hint ?? ''),
    ]);
  }
  const next = '竹杖芒鞋轻胜马谁怕一蓑烟雨';
  expect((await own.ask('POST', '/api/account/password', { current: password, next })).status).toBe(
    204,
  );
  expect((await own.ask<Me>('GET', '/api/me')).body.owes).toBe(null);
  expect(told.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'account.create',
      'role.ask',
      'access.refused',
      'role.approve',
      'account.change-password',
    ]),
  );
  expect(JSON.stringify(told)).not.toContain(password);
  expect(JSON.stringify(told)).not.toContain('新同志');

  // A refused first grant opens nothing, also not by enabling; disabling ends what is open, at once.
  const second = await system.ask<OneTimePassword>('POST', '/api/accounts', {
    ...asked,
    login: 'second',
  });
  const list = await security.ask<AccountList>('GET', '/api/accounts');
  const open = list.body.accounts.find((one) => one.id === second.body.id)?.waiting?.id;
  expect((await security.ask('POST', `/api/grants/${open}/refuse`, {})).status).toBe(204);
  expect((await system.ask('POST', `/api/accounts/${second.body.id}/enable`)).status).toBe(409);
  expect((await system.ask('POST', `/api/accounts/${id}/disable`)).status).toBe(204);
  expect((await own.ask('GET', '/api/me')).status).toBe(401);
}, 30_000);

test('rights are not raised alone: not for oneself, not by the receiver, and never two of the three', async () => {
  const system = await signedIn('system');
  const security = await signedIn('security');
  const list = (await system.ask<AccountList>('GET', '/api/accounts')).body.accounts;
  const idOf = (login: string) => list.find((one) => one.login === login)?.id ?? '';
  const rights = { role: 'security-administrator', region: CITY, reason: '试图提权' };
  const self = await system.ask('POST', `/api/accounts/${idOf('system')}/grants`, rights);
  expect([self.status, self.body.says.zh]).toEqual([403, '不能为自己申请权限']);
  expect(
    (
      await system.ask('POST', `/api/accounts/${idOf('security')}/grants`, {
        ...rights,
        role: 'analyst',
      })
    ).status,
  ).toBe(204);
  const grant = (await security.ask<AccountList>('GET', '/api/accounts')).body.accounts.find(
    (one) => one.login === 'security',
  )?.waiting;
  expect(grant?.mayDecide).toBe(false);
  const own = await security.ask('POST', `/api/grants/${grant?.id}/approve`, {});
  expect([own.status, own.body.says.zh]).toEqual([403, '被授权人不能审批自己的授权']);
  expect(
    (await system.ask('POST', `/api/accounts/${idOf('system')}/reset-password`, {})).status,
  ).toBe(403);
  const other = await signedIn('security2');
  expect((await other.ask('POST', `/api/grants/${grant?.id}/approve`, {})).status).toBe(204);
  // The session of the account whose rights changed is over.
  expect((await security.ask('GET', '/api/me')).status).toBe(401);
  expect((await createBrowser().signIn('security')).body.role).toBe('analyst');
});

test('a stolen session cannot try passwords one after another, and locks nobody out', async () => {
  const browser = await signedIn('city');
  const change = (current: string) =>
    browser.ask('POST', '/api/account/password', { current, next: '竹杖芒鞋轻胜马谁怕一蓑烟雨' });
  const statuses = [];
  for (let times = 0; times < 7; times++) statuses.push((await change('wrong')).status);
  expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
  // Not with the right one either, nor by way of a proof.
  expect((await change(PASSWORD)).status).toBe(429);
  expect((await browser.ask('POST', '/api/session/proof', { password: PASSWORD })).status).toBe(
    429,
  );
  expect(told.filter(({ outcome }) => outcome === 'refused').map(({ detail }) => detail)).toEqual([
    ...Array.from({ length: 5 }, () => ({ because: 'wrong-password' })),
    ...Array.from({ length: 4 }, () => ({ because: 'locked-out' })),
  ]);
  expect((await createBrowser('10.0.4.4').signIn('city')).status).toBe(200);
  clock.advance(3_600_001);
  expect((await browser.ask('POST', '/api/session/proof', { password: PASSWORD })).status).toBe(
    200,
  );
});

test('an account has so many sessions at a time; the one unused longest makes room', async () => {
  const { db } = records;
  const first = await signedIn('night');
  const { accountId } = (await first.ask<Me>('GET', '/api/me')).body;
  const deps = { clock, ids: secureIds };
  for (let more = 0; more < PASSWORD_ALONE.sessionsPerAccount - 1; more++) {
    clock.advance(1_000);
    await openSession(deps, db, accountId);
  }
  expect((await first.ask('GET', '/api/me')).status).toBe(200);
  clock.advance(1_000);
  const last = await signedIn('night');
  expect((await first.ask('GET', '/api/me')).status).toBe(401);
  expect((await last.ask('GET', '/api/me')).status).toBe(200);
  expect(told.at(-1)).toMatchObject({
    action: 'session.end',
    detail: { because: 'too-many-sessions' },
  });
  const rows = await db
    .selectFrom('session')
    .where('accountId', '=', accountId)
    .selectAll()
    .execute();
  expect(rows).toHaveLength(PASSWORD_ALONE.sessionsPerAccount);
});

test('sensitive acts want a proof of late', async () => {
  const system = await signedIn('system');
  clock.advance(5 * 60_000 + 1);
  const late = await system.ask('POST', '/api/kiosks', {
    code: 'ABCD-2345',
    name: '大厅',
    region: CITY,
  });
  expect([late.status, late.body.code]).toEqual([403, 'step-up-needed']);
  expect(told.at(-1)).toMatchObject({
    action: 'access.refused',
    detail: { because: 'step-up-needed' },
  });
  expect((await system.ask('POST', '/api/session/proof', { password: 'wrong' })).status).toBe(403);
  expect((await system.ask('POST', '/api/session/proof', { password: PASSWORD })).status).toBe(200);
  const now = await system.ask('POST', '/api/kiosks', {
    code: 'ABCD-2345',
    name: '大厅',
    region: CITY,
  });
  expect(now.status).toBe(404);
});

test('a session ends unused and by its limit, by role; others are listed and ended', async () => {
  const system = await signedIn('system');
  const city = await signedIn('city');
  const phone = await signedIn('city');
  const own = (await city.ask<OwnAccount>('GET', '/api/account')).body;
  expect(own.sessions.length).toBeGreaterThanOrEqual(2);
  expect(own.sessions.filter(({ isThis }) => isThis)).toHaveLength(1);
  clock.advance(5 * 60_000 + 1);
  const late = await city.ask('POST', '/api/account/sessions/end-others');
  expect([late.status, late.body.code]).toEqual([403, 'step-up-needed']);
  await city.ask('POST', '/api/session/proof', { password: PASSWORD });
  expect((await city.ask('POST', '/api/account/sessions/end-others')).status).toBe(200);
  expect((await phone.ask('GET', '/api/me')).status).toBe(401);
  clock.advance(15 * 60_000);
  expect((await system.ask('GET', '/api/me')).status).toBe(401);
  expect((await city.ask('GET', '/api/me')).status).toBe(200);
  clock.advance(2 * 3_600_000);
  expect((await city.ask('GET', '/api/me')).status).toBe(401);
});

test('a wall: enrolled by the code it shows, sees counts alone, and is revoked', async () => {
  const wall = createBrowser('10.0.9.9');
  const shown = await wall.ask<{ code: string }>('POST', '/api/kiosk');
  expect((await wall.ask<{ state: string }>('GET', '/api/kiosk')).body.state).toBe('waiting');
  expect((await wall.ask('GET', '/api/me')).status).toBe(401);
  const system = await signedIn('system');
  const { code } = shown.body;
  const given = { code: code.toLowerCase().replace('-', ' '), name: '指挥大厅', region: CITY };
  expect((await system.ask('POST', '/api/kiosks', given)).status).toBe(204);
  // A code is typed in once.
  expect((await system.ask('POST', '/api/kiosks', given)).status).toBe(404);
  expect((await wall.ask<Me>('GET', '/api/me')).body).toMatchObject({
    role: 'kiosk',
    rights: ['wall.read'],
  });
  for (const url of ['/api/accounts', '/api/access/matrix']) {
    expect([401, 403], url).toContain((await wall.ask('GET', url)).status);
  }
  const { body } = await system.ask<{ kiosks: { id: string; name: string }[] }>(
    'GET',
    '/api/kiosks',
  );
  expect(body.kiosks).toMatchObject([{ name: '指挥大厅', revokedAtMs: null }]);
  expect((await system.ask('POST', `/api/kiosks/${body.kiosks[0]?.id}/revoke`)).status).toBe(204);
  expect((await wall.ask('GET', '/api/me')).status).toBe(401);
  // Too late, the code is worth nothing.
  const late = (await createBrowser().ask<{ code: string }>('POST', '/api/kiosk')).body.code;
  clock.advance(10 * 60_000);
  const again = await signedIn('system');
  expect((await again.ask('POST', '/api/kiosks', { ...given, code: late })).status).toBe(404);
});

describe('the server', () => {
  test.each([
    ['GET', undefined, 'https://evil.example', true],
    ['POST', 'same-origin', undefined, true],
    ['POST', 'none', undefined, true],
    ['POST', 'cross-site', undefined, false],
    ['POST', 'same-site', 'http://plumbline:8080', false],
    ['DELETE', undefined, 'http://plumbline:8080', true],
    ['POST', undefined, 'http://plumbline:9090', false],
    ['POST', undefined, 'null', false],
    ['POST', undefined, undefined, true],
  ] as const)('%s from %s, %s: %s', (method, site, origin, ours) => {
    expect(comesFromUs({ method, host: 'plumbline:8080', site, origin })).toBe(ours);
  });

  test('refuses a form of another site with the reason', async () => {
    const { status, body } = await createBrowser().ask(
      'POST',
      '/api/session',
      { login: 'city', password: PASSWORD },
      {
        'sec-fetch-site': 'cross-site',
        origin: 'https://evil.example',
      },
    );
    expect([status, body.says.zh]).toEqual([403, '请求来自其他网站，已拒绝']);
  });

  test('bounds requests by session and sign-ins by address', async () => {
    const tight = await createServer({ logger: silentLogger, limits: { api: 3, signIn: 2 } });
    registerAccess(tight, { db: records.db, records, clock, ids: secureIds, secure: false, audit });
    const ask = (options: InjectOptions) => tight.inject({ remoteAddress: '10.1.1.1', ...options });
    const statuses = async (count: number, options: InjectOptions) => {
      const out = [];
      for (let at = 0; at < count; at++) out.push((await ask(options)).statusCode);
      return out;
    };
    expect(await statuses(4, { url: '/api/me' })).toEqual([401, 401, 401, 429]);
    const other = { url: '/api/me', headers: { cookie: 'plumbline_session=other' } };
    expect(await statuses(4, other)).toEqual([401, 401, 401, 429]);
    const payload = { login: '', password: '' };
    expect(await statuses(3, { method: 'POST', url: '/api/session', payload })).toEqual([
      400, 400, 429,
    ]);
    const refused = (await ask({ url: '/api/me' })).json<Problem>();
    expect(refused).toMatchObject({ code: 'too-many', says: { zh: '请求过于频繁' } });
    await tight.close();
  });

  test('writes no password, code or token into its log, whatever happens', async () => {
    const lines: string[] = [];
    const logger = createLogger('debug', (line) => lines.push(line));
    const spoken = await createServer({ logger, limits: { api: 100, signIn: 20 } });
    const inLog = logAudit(logger);
    registerAccess(spoken, { db: records.db, clock, ids: secureIds, secure: false, audit: inLog });
    spoken.post('/api/broken', () => {
      throw new Error('broken');
    });
    const cookies: string[] = [];
    const ask = async (url: string, payload: object, more: InjectOptions = {}) => {
      const cookie = cookies.at(-1) ?? '';
      const headers = { cookie, authorization: 'Bearer canary-token', ...more.headers };
      const answer = await spoken.inject({ method: 'POST', url, payload, ...more, headers });
      const set = answer.cookies.find(({ name }) => name === 'plumbline_session');
      if (set) cookies.push(`plumbline_session=${set.value}`);
      return answer.statusCode;
    };
    const statuses = [
      await ask('/api/session', { login: 'city', password: 'canary-password' }),
      await ask('/api/session', { login: 'city', password: PASSWORD, code: 'canary-code' }),
      await ask('/api/session/proof', { password: 'canary-password' }),
      await ask('/api/session/proof', { password: PASSWORD }),
      await ask('/api/account/password', { current: PASSWORD, next: 'canary' }),
      await ask('/api/broken', { password: PASSWORD }),
      await ask('/api/session', { login: 'city', pasword: 'canary-password' }),
      await ask(
        '/api/session',
        {},
        {
          payload: '{"password":"canary-password',
          headers: { 'content-type': 'application/json' },
        },
      ),
      await ask('/api/session', {}, { headers: { origin: 'https://evil.example' } }),
      ...(await Promise.all(Array.from({ length: 20 }, () => ask('/api/session', { login: 'x' })))),
    ];
    expect(new Set(statuses)).toEqual(new Set([200, 400, 401, 403, 429, 500]));
    const said = lines.join('');
    expect(said).toContain('http.failed');
    expect(said).toContain('access.told');
    expect(said).not.toMatch(/canary/);
    expect(said).not.toContain(PASSWORD);
    for (const cookie of cookies) expect(said).not.toContain(cookie.split('=')[1]);
    await spoken.close();
  });

  test('officers too get nothing but the way to a second factor unless the site leaves their role out', async () => {
    const city = (await signedIn('city')).cookies.get('plumbline_session') ?? '';
    const but: AccessSettings = { ...ACCESS_DEFAULTS, secondFactorFor: ['county-officer'] };
    for (const settings of [ACCESS_DEFAULTS, but]) {
      const owes = settings === but ? null : 'second-factor';
      const strict = await createServer({ logger: silentLogger });
      const deps = { db: records.db, clock, ids: secureIds, audit: logAudit(silentLogger) };
      registerAccess(strict, { ...deps, secure: false, settings });
      const ask = (url: string) => strict.inject({ url, cookies: { plumbline_session: city } });
      expect((await ask('/api/me')).json<Me>().owes ?? null).toBe(owes);
      const matrix = await ask('/api/access/matrix');
      expect(matrix.statusCode).toBe(owes === null ? 200 : 403);
      if (owes) expect(matrix.json<Problem>().code).toBe('second-factor-missing');
      await strict.close();
    }
  });

  test('lets administrators in from their networks alone, wherever their session was opened', async () => {
    const fenced = await createServer({ logger: silentLogger });
    registerAccess(fenced, {
      db: records.db,
      clock,
      ids: secureIds,
      secure: false,
      audit: logAudit(silentLogger),
      settings: { ...PASSWORD_ALONE, administratorsFrom: ['10.20.0.0/16'] },
    });
    const at = (remoteAddress: string, cookie: string | undefined) =>
      fenced.inject({
        url: '/api/me',
        remoteAddress,
        cookies: { plumbline_session: cookie ?? '' },
      });
    const system = (await signedIn('system')).cookies.get('plumbline_session');
    expect((await at('10.20.3.4', system)).statusCode).toBe(200);
    const refused = await at('10.21.0.1', system);
    expect([refused.statusCode, refused.json<Problem>().says.zh]).toEqual([
      403,
      '管理员不能从此地址操作',
    ]);
    const officer = (await signedIn('city')).cookies.get('plumbline_session');
    expect((await at('10.21.0.1', officer)).statusCode).toBe(200);
    await fenced.close();
  });

  test('binds the cookie to the host when it is served over TLS', async () => {
    const secure = await createServer({ logger: silentLogger });
    registerAccess(secure, { db: records.db, records, clock, ids: secureIds, secure: true, audit });
    const payload = { login: 'city', password: PASSWORD };
    const answer = await secure.inject({ method: 'POST', url: '/api/session', payload });
    expect(answer.cookies[0]).toMatchObject({
      name: '__Host-plumbline_session',
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
    const wall = await secure.inject({ method: 'POST', url: '/api/kiosk' });
    const all = [...answer.cookies, ...wall.cookies];
    expect(all.map(({ name }) => name)).toEqual([
      '__Host-plumbline_session',
      '__Host-plumbline_device',
      '__Host-plumbline_kiosk',
    ]);
    for (const { name, value, path, httpOnly, sameSite, secure: isSecure } of all) {
      expect([path, httpOnly, sameSite, isSecure]).toEqual(['/', true, 'Strict', true]);
      expect(name.length + value.length).toBeLessThan(4_096);
    }
    // What a neighbouring host could set is not believed.
    const [session] = answer.cookies;
    const asked = (name: string) =>
      secure.inject({ url: '/api/me', cookies: { [name]: session?.value ?? '' } });
    expect((await asked('plumbline_session')).statusCode).toBe(401);
    expect((await asked('__Host-plumbline_session')).statusCode).toBe(200);
    await secure.close();
  });
});
