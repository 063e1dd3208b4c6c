// Somebody with the database raises rights by hand: the account opens nothing, the auditor is told what was changed,
// and it works again once two persons have granted its rights anew.

import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openMemoryRecords } from '../../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import { regionCode } from '../../../core/region.ts';
import { createManualClock } from '../../../core/time.ts';
import { markDemoAccount } from '../../../security/access/account-access-store.ts';
import { createRightsSeal } from '../../../security/access/rights-seal.ts';
import { decodeEntry } from '../../../security/audit/record-format.ts';
import { createAuditTrail } from '../../../security/audit/trail.ts';
import type { Records } from '../../../warehouse/records.ts';
import { openSession } from '../../../warehouse/sessions.ts';
import type { AccountList } from '../../api/access.ts';
import type { Problem } from '../../api/session.ts';
import { noticeText } from '../../audit/notice-words.ts';
import { createServer } from '../server.ts';
import { registerAccess } from './register-access.ts';

const clock = createManualClock(Date.UTC(2026, 10, 28, 1));
const ids = createCountingIds();
let records: Records;
let app: FastifyInstance;
let toldBefore = 0;
const rights = createRightsSeal(new Uint8Array(32).fill(9));
const XUANHAN = regionCode('511722');

beforeAll(async () => {
  records = await openMemoryRecords();
  const { db } = records;
  app = await createServer({ logger: silentLogger });
  const audit = createAuditTrail({ records });
  registerAccess(app, { db, records, clock, ids, secure: false, audit, rights });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await records.close();
});

const TABLES = [
  'session',
  'accessGrant',
  'accountAccess',
  'accountSeal',
  'account',
  'officer',
  'auditNotice',
] as const;

beforeEach(async () => {
  const { db } = records;
  for (const table of TABLES) {
    await db.deleteFrom(table).execute();
  }
  for (const [login, role, officerRole] of [
    ['wang', 'county-officer', 'county-officer'],
    ['chief', 'county-officer', 'leader'],
    ['system', 'system-administrator', undefined],
    ['security', 'security-administrator', undefined],
  ] as const) {
    const officerId = officerRole === undefined ? null : `of_${login}`;
    if (officerRole) {
      const officer = { name: login, role: officerRole, region: XUANHAN, active: 1 } as const;
      await db
        .insertInto('officer')
        .values({ id: `of_${login}`, phone: null, phoneVerifiedAtMs: null, ...officer })
        .execute();
    }
    await db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        passwordHash: `hash of ${login}`,
        displayZh: login,
        displayEn: login,
        role,
        region: XUANHAN,
        language: 'zh',
        officerId,
        active: 1,
      })
      .execute();
    if (officerRole === undefined) await markDemoAccount(db, `ac_${login}`);
  }
  await records.transaction(rights.sealAll);
  toldBefore = (await told(0)).length;
});

async function ask(login: string, url = '/api/me', payload?: object) {
  const token = await openSession({ clock, ids }, records.db, `ac_${login}`);
  const answer = await app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: { cookie: `plumbline_session=${token}` },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
}

const byHand = (statement: string) => sql.raw(statement).execute(records.db);

/** The trail keeps what earlier tests have told. */
async function told(from = toldBefore) {
  const rows = await records.db.selectFrom('auditPending').select('body').orderBy('seq').execute();
  return rows.slice(from).map(({ body }) => decodeEntry(body));
}

const notices = () => records.db.selectFrom('auditNotice').selectAll().execute();

test.each([
  ['role', "UPDATE account SET role = 'security-administrator' WHERE id = 'ac_wang'"],
  ['region', "UPDATE account SET region = '511700' WHERE id = 'ac_wang'"],
  ['password', "UPDATE account SET password_hash = 'known' WHERE id = 'ac_wang'"],
  ['officer', "UPDATE account SET officer_id = NULL WHERE id = 'ac_wang'"],
  ['officer leads', "UPDATE account SET officer_id = 'of_chief' WHERE id = 'ac_wang'"],
  ['leads', "UPDATE officer SET role = 'leader' WHERE id = 'of_wang'"],
  ['login', "UPDATE account SET login = 'other' WHERE id = 'ac_wang'"],
  ['scope', `INSERT INTO account_access (account_id, scope) VALUES ('ac_wang', '{"kind":"all"}')`],
  ['demo', "INSERT INTO account_access (account_id, is_demo) VALUES ('ac_wang', 1)"],
  ['seal', "DELETE FROM account_seal WHERE account_id = 'ac_wang'"],
  [
    'seal',
    `UPDATE account_seal SET (sealed, seal) = (SELECT sealed, seal FROM account_seal
      WHERE account_id = 'ac_security') WHERE account_id = 'ac_wang'`,
  ],
  [
    'seal',
    `UPDATE account_seal SET sealed = replace(sealed, 'county-officer', 'city-officer')
      WHERE account_id = 'ac_wang'`,
  ],
])('%s changed by hand: refused at the next request, and told', async (fields, statement) => {
  expect((await ask('wang')).status).toBe(200);
  await byHand(statement);
  const refused = await ask('wang');
  expect(refused.status).toBe(403);
  expect((refused.body as Problem).says.zh).toBe('账号权限校验不符，已停用');
  expect(await rights.findAltered(records.db)).toEqual([
    { accountId: 'ac_wang', fields: fields.split(' ') },
  ]);
  expect((await ask('chief')).status).toBe(200);
  // Told once, however often it is tried.
  await ask('wang');
  expect((await told()).filter((entry) => entry?.action === 'account.altered')).toMatchObject([
    { actor: 'system', outcome: 'refused', detail: { account: 'ac_wang', fields } },
  ]);
  expect(await notices()).toMatchObject([{ kind: 'rights.altered', actor: 'ac_wang' }]);
});

test('who no longer leads is not refused, and leads no more', async () => {
  await byHand("UPDATE officer SET active = 0 WHERE id = 'of_chief'");
  expect((await ask('chief')).status).toBe(200);
  expect(await rights.findAltered(records.db)).toEqual([]);
});

test('an account made by hand opens nothing', async () => {
  await byHand(`INSERT INTO account SELECT 'ac_ghost', 'ghost', password_hash, 'g', 'g',
    'system-administrator', region, language, NULL, 1 FROM account WHERE id = 'ac_system'`);
  expect((await ask('ghost')).status).toBe(403);
});

test('two persons give the rights anew, and what else was changed is as it was', async () => {
  await byHand(`UPDATE account SET role = 'city-officer', password_hash = 'known',
    officer_id = 'of_chief' WHERE id = 'ac_wang'`);
  await byHand("INSERT INTO account_access (account_id, is_demo) VALUES ('ac_wang', 1)");
  // Nothing an administrator does to it in passing makes it right.
  expect((await ask('system', '/api/accounts/ac_wang/end-sessions', {})).status).toBeLessThan(300);
  expect((await ask('system', '/api/accounts/ac_wang/disable', {})).status).toBe(204);
  expect(await rights.findAltered(records.db)).toHaveLength(1);
  const asked = { role: 'county-officer', region: '511722', scope: null, reason: '核实后重新授权' };
  expect((await ask('system', '/api/accounts/ac_wang/grants', asked)).status).toBeLessThan(300);
  const list = (await ask('security', '/api/accounts')).body as AccountList;
  const grant = list.accounts.find(({ id }) => id === 'ac_wang')?.waiting?.id;
  expect((await ask('security', `/api/grants/${grant}/approve`, {})).status).toBe(204);
  expect((await ask('wang')).status).toBe(200);
  expect(await rights.findAltered(records.db)).toEqual([]);
  const row = await records.db
    .selectFrom('account')
    .innerJoin('accountAccess', 'accountAccess.accountId', 'account.id')
    .select(['role', 'passwordHash', 'officerId', 'isDemo', 'active'])
    .where('id', '=', 'ac_wang')
    .executeTakeFirst();
  expect(row).toEqual({
    role: 'county-officer',
    passwordHash: 'hash of wang',
    officerId: 'of_wang',
    isDemo: 0,
    active: 1,
  });
  expect((await told()).find((entry) => entry?.action === 'role.approve')?.detail).toMatchObject({
    account: 'ac_wang',
    putBack: 'role officer active password demo leads',
  });
});

test('another key fits no seal: whoever has the database alone cannot make one', async () => {
  await records.transaction(createRightsSeal(new Uint8Array(32).fill(8)).sealAll);
  expect((await ask('wang')).status).toBe(403);
});

test('the auditor reads in words what was changed', () => {
  expect(noticeText('rights.altered', { fields: 'role scope' })).toEqual({
    zh: '账号权限被直接改库，已停用该账号，待安全管理员重新授权：角色、数据范围',
    en: 'Rights changed by hand in the database, the account is refused until they are granted anew: role, data scope',
  });
});
