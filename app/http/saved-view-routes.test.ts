// Saved views over HTTP: who sees and deletes what.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { savedViewListSchema, savedViewSchema, type Visibility } from '../api/saved-views.ts';
import { registerSavedViews } from './saved-view-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';

const PASSWORD = 'a password for tests';
const ids = createCountingIds();
const clock = createManualClock(1_795_000_000_000);

let records: Records;
let app: FastifyInstance;

beforeAll(async () => {
  records = await openMemoryRecords();
  for (const [login, role, region] of [
    ['analyst', 'analyst', '511700'],
    ['city', 'city-officer', '511700'],
    ['xuanhan', 'county-officer', '511722'],
    ['admin', 'system-administrator', '511700'],
  ] as const) {
    const account = await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode(region),
      language: 'zh',
    });
    if (account) await markDemoAccount(records.db, account.id);
  }
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  registerSavedViews(app, { guard, records, clock, ids });
}, 60_000);

afterAll(async () => {
  await app.close();
  await records.close();
});

async function as(login: string) {
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { login, password: PASSWORD },
  });
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
  const headers = { cookie };
  return {
    list: async () =>
      savedViewListSchema.parse((await app.inject({ url: '/api/views', headers })).json()).views,
    status: async () => (await app.inject({ url: '/api/views', headers })).statusCode,
    save: async (payload: object) =>
      app.inject({ method: 'POST', url: '/api/views', payload, headers }),
    schedule: async (id: string, schedule: string) =>
      app.inject({
        method: 'POST',
        url: `/api/views/${id}/schedule`,
        payload: { schedule },
        headers,
      }),
    remove: async (id: string) =>
      (await app.inject({ method: 'DELETE', url: `/api/views/${id}`, headers })).statusCode,
  };
}

const viewFor = (visibility: Visibility) => ({
  title: `月度 ${visibility}`,
  query: '?m=alerts-raised&by=county&chart=bar',
  visibility,
});

test('one sees what is private to oneself, the unit’s and everybody’s, and deletes only one’s own', async () => {
  const [analyst, city, xuanhan] = [await as('analyst'), await as('city'), await as('xuanhan')];
  const made = [];
  for (const visibility of ['private', 'unit', 'all'] as const) {
    clock.advance(1_000);
    made.push(savedViewSchema.parse((await analyst.save(viewFor(visibility))).json()));
  }
  const titles = async (who: typeof analyst) => (await who.list()).map(({ title }) => title);
  expect(await titles(analyst)).toEqual(['月度 all', '月度 unit', '月度 private']);
  expect(await titles(city)).toEqual(['月度 all', '月度 unit']);
  expect(await titles(xuanhan)).toEqual(['月度 all']);
  expect((await city.list()).every(({ isMine }) => !isMine)).toBe(true);
  expect((await city.list())[0]?.ownerName).toEqual({ zh: 'analyst', en: 'analyst' });

  const last = made[2]!;
  expect(await xuanhan.remove(last.id)).toBe(404);
  expect(await analyst.remove(last.id)).toBe(204);
  expect(await analyst.remove(last.id)).toBe(404);
  expect(await titles(xuanhan)).toEqual([]);
});

test('one schedules one’s own views only', async () => {
  const [analyst, city] = [await as('analyst'), await as('city')];
  const { id } = savedViewSchema.parse((await analyst.save(viewFor('all'))).json());
  expect((await city.schedule(id, 'week')).statusCode).toBe(404);
  expect((await analyst.schedule(id, 'day')).statusCode).toBe(400);
  const weekly = savedViewSchema.parse((await analyst.schedule(id, 'week')).json());
  expect(weekly.schedule).toBe('week');
  expect((await city.list()).find((view) => view.id === id)?.schedule).toBe('week');
  expect(await analyst.remove(id)).toBe(204);
});

test('what is no view is refused, and an administrator has no business here', async () => {
  const analyst = await as('analyst');
  for (const odd of [
    { ...viewFor('all'), query: 'https://elsewhere' },
    { ...viewFor('all'), title: '  ' },
    { ...viewFor('all'), visibility: 'city' },
  ]) {
    expect((await analyst.save(odd)).statusCode).toBe(400);
  }
  const admin = await as('admin');
  expect(await admin.status()).toBe(403);
  expect((await admin.save(viewFor('all'))).statusCode).toBe(403);
});
