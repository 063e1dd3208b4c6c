// Drills and the watchdog over HTTP: who sees and does what, and what is refused how.

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDrillDesk } from '../../alerts/drills/drill-desk.ts';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { reconcileStalls } from '../../alerts/watch/stall-store.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { drillListSchema, drillReportSchema, drillSchema } from '../api/drills.ts';
import { watchSchema } from '../api/watch.ts';
import { registerDrills } from './drill-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';
import { registerWatch } from './watch-routes.ts';

const PASSWORD = 'a password for tests';
const ids = createCountingIds();
const clock = createManualClock(1_795_000_000_000);

let records: Records;
let app: FastifyInstance;

beforeAll(async () => {
  records = await openMemoryRecords();
  for (const [login, role, region] of [
    ['city', 'city-officer', '511700'],
    ['xuanhan', 'county-officer', '511722'],
    ['dazhu', 'county-officer', '511724'],
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
  const rules = [{ id: 'area-exit', title: text('离开', 'Left'), level: 2 as const }];
  const desk = createDrillDesk({
    records,
    clock,
    ids,
    ruleIds: () => rules.map(({ id }) => id),
    onChanged: () => {},
  });
  registerDrills(app, { guard, db: records.db, desk, clock, rules: () => rules });
  registerWatch(app, { guard, db: records.db, clock, canaryEveryMs: 600_000 });
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
  return {
    get: async (url: string) => app.inject({ url, headers: { cookie } }),
    post: async (url: string, payload: object) =>
      app.inject({ method: 'POST', url, payload, headers: { cookie } }),
  };
}

const ASKED = { level: 2, ruleId: 'area-exit', region: '511722', purpose: '季度演练' };

test('a county starts, sees and ends its own drill; another county sees nothing of it', async () => {
  const xuanhan = await as('xuanhan');
  const started = await xuanhan.post('/api/drills', ASKED);
  expect(started.statusCode).toBe(200);
  const { id } = drillSchema.parse(started.json());
  const list = drillListSchema.parse((await xuanhan.get('/api/drills')).json());
  expect(list.drills.map((drill) => drill.id)).toEqual([id]);
  expect(list.may).toEqual({ levels: [2, 3], regions: ['511722'] });
  const report = drillReportSchema.parse((await xuanhan.get(`/api/drills/${id}`)).json());
  expect(report.missed).toEqual([{ kind: 'not-opened' }]);
  const dazhu = await as('dazhu');
  expect(drillListSchema.parse((await dazhu.get('/api/drills')).json()).drills).toEqual([]);
  expect((await dazhu.get(`/api/drills/${id}`)).statusCode).toBe(404);
  expect((await dazhu.post(`/api/drills/${id}/end`, {})).statusCode).toBe(404);
  expect((await xuanhan.post('/api/drills', ASKED)).json()).toMatchObject({ code: 'conflict' });
  const ended = await xuanhan.post(`/api/drills/${id}/end`, {});
  expect(drillSchema.parse(ended.json()).state).toBe('ended');
});

test('what is asked wrongly is refused in both languages, and others start nothing', async () => {
  const xuanhan = await as('xuanhan');
  const refused = (change: object) => xuanhan.post('/api/drills', { ...ASKED, ...change });
  expect((await refused({ level: 1 })).json()).toMatchObject({
    code: 'forbidden',
    says: { zh: expect.stringContaining('市局'), en: expect.stringContaining('city') },
  });
  expect((await refused({ ruleId: 'none' })).json()).toMatchObject({
    code: 'bad-input',
    hint: { en: 'Known: area-exit.' },
  });
  expect((await refused({ level: 7 })).statusCode).toBe(400);
  const admin = await as('admin');
  expect((await admin.get('/api/drills')).statusCode).toBe(403);
  expect((await admin.post('/api/drills', ASKED)).statusCode).toBe(403);
  expect((await app.inject({ url: '/api/drills' })).statusCode).toBe(401);
});

test('everyone who signs in sees what stands still; only officers see of which alert', async () => {
  await records.transaction((trx) =>
    reconcileStalls(
      trx,
      [
        {
          key: 'unreached/al_x',
          kind: 'unreached',
          alertId: 'al_0000abc123',
          level: 1,
          sinceMs: 1,
          what: '',
        },
      ],
      epochMs(clock.now()),
    ),
  );
  const seenBy = async (login: string) =>
    watchSchema.parse((await (await as(login)).get('/api/watch')).json()).lasting[0];
  expect(await seenBy('city')).toMatchObject({ alertId: 'al_0000abc123', reference: 'ABC123' });
  expect(await seenBy('admin')).toMatchObject({ alertId: null, reference: 'ABC123' });
  expect((await app.inject({ url: '/api/watch' })).statusCode).toBe(401);
});
