// The SQL console over HTTP: analysts alone, a purpose with every statement, and nobody else's history.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { logAudit } from './access/trail.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { sqlHistorySchema, sqlViewsSchema } from '../api/sql.ts';
import { createSqlDesk } from '../sql/sql-desk.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { registerSql } from './sql-routes.ts';

const PASSWORD = 'a password for tests';
const clock = createManualClock(1_795_000_000_000);
const ids = createCountingIds();
const PEOPLE = [
  ['analyst', 'analyst'],
  ['colleague', 'analyst'],
  ['city', 'city-officer'],
  ['system', 'system-administrator'],
] as const;

let records: Records;
let app: FastifyInstance;
const accounts = new Map<string, { id: string; cookie: string }>();

beforeAll(async () => {
  records = await openMemoryRecords();
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  const audit = createAuditTrail({ records });
  registerSql(app, { guard, desk: createSqlDesk({ olap: undefined, records, audit, clock }) });
  for (const [login, role] of PEOPLE) {
    const account = await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode('511700'),
      language: 'zh',
    });
    if (!account) continue;
    await markDemoAccount(records.db, account.id);
    const { headers } = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: PASSWORD },
    });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    accounts.set(login, { id: account.id, cookie });
  }
}, 60_000);

afterAll(async () => {
  await app.close();
  await records.close();
});

const ask = (login: string, url: string, payload?: object) =>
  app.inject({
    method: payload ? 'POST' : 'GET',
    url,
    headers: { cookie: accounts.get(login)?.cookie ?? '' },
    ...(payload ? { payload } : {}),
  });

const STATEMENT = { sql: 'SELECT count(*) FROM measures', purpose: '季度分析' };

test('nobody but an analyst sees views, runs, cancels or looks back', async () => {
  const routes = [
    ['/api/sql/views', undefined],
    ['/api/sql/history', undefined],
    ['/api/sql/run', STATEMENT],
    ['/api/sql/cancel', {}],
  ] as const;
  for (const [url, body] of routes) {
    for (const [login, status] of [
      ['city', 403],
      ['system', 403],
      ['nobody', 401],
    ] as const) {
      expect([url, login, (await ask(login, url, body)).statusCode]).toEqual([url, login, status]);
    }
  }
  const { views, floor } = sqlViewsSchema.parse((await ask('analyst', '/api/sql/views')).json());
  expect([views.map(({ name }) => name), floor]).toEqual([
    expect.arrayContaining(['incidents_by_month', 'measures']),
    5,
  ]);
});

test('a statement needs a purpose and words; without a warehouse it says so', async () => {
  for (const body of [
    { sql: STATEMENT.sql },
    { ...STATEMENT, purpose: ' x ' },
    { ...STATEMENT, sql: '' },
    { ...STATEMENT, sql: 'x'.repeat(20_001) },
    { ...STATEMENT, limit: 5 },
  ]) {
    expect((await ask('analyst', '/api/sql/run', body)).statusCode).toBe(400);
  }
  const refused = await ask('analyst', '/api/sql/run', STATEMENT);
  expect([refused.statusCode, refused.json().says.zh]).toEqual([404, '未配置数据仓库']);
  expect((await ask('analyst', '/api/sql/cancel', {})).json()).toEqual({ cancelled: false });
});

test('one looks back on one’s own statements, the newest first', async () => {
  const kept = [
    ['sq_1', 'analyst', 1],
    ['sq_2', 'colleague', 2],
    ['sq_3', 'analyst', 3],
  ] as const;
  for (const [id, login, atMs] of kept) {
    await records.db
      .insertInto('sqlStatement')
      .values({
        id,
        accountId: accounts.get(login)?.id ?? '',
        statement: `SELECT ${atMs}`,
        purpose: '季度分析',
        outcome: 'done',
        rowCount: 1,
        durationMs: 5,
        atMs: clock.now(),
      })
      .execute();
    clock.advance(1_000);
  }
  const seen = async (login: string) =>
    sqlHistorySchema
      .parse((await ask(login, '/api/sql/history')).json())
      .statements.map(({ id }) => id);
  expect(await seen('analyst')).toEqual(['sq_3', 'sq_1']);
  expect(await seen('colleague')).toEqual(['sq_2']);
});
