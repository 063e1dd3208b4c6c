// The routes of exports over real records with some alerts, for tests of the routes and of the pages. The limits
// are small, so that a few alerts make a large export.

import type { FastifyInstance, InjectOptions } from 'fastify';
import { createDesk } from '../../alerts/desk.ts';
import { ruleTexts } from '../../alerts/findings.fixture.ts';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createOrderBook } from '../../core/order-book.ts';
import { DAZHOU, regionCode } from '../../core/region.ts';
import { createManualClock, epochMs, systemClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { alertRow } from '../../warehouse/records.contract.ts';
import { openSession } from '../../warehouse/sessions.ts';
import { recordRoutes } from '../audit/route-audit.ts';
import { exportConfigSchema, exportLimitsOf } from '../export-config.ts';
import { openExports, testSealChecks } from '../exports/export-desk.fixture.ts';
import { registerAlertExports } from './alert-export-routes.ts';
import { registerAuditList } from './audit-list-routes.ts';
import { registerExports } from './export-routes.ts';
import { registerPrints } from './print-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';

export const EXPORTS_NOW = Date.UTC(2026, 10, 27, 1, 30);
const XUANHAN = regionCode('511722');
const DAZHU = regionCode('511724');

const PEOPLE = [
  ['city', '市局值班员', 'City duty officer', 'city-officer', DAZHOU, undefined],
  ['chief', '市局分管领导', 'City leader', 'city-officer', DAZHOU, 'leader'],
  ['xuanhan', '宣汉值班员', 'Xuanhan officer', 'county-officer', XUANHAN, undefined],
  ['xuanhan-chief', '宣汉分管领导', 'Xuanhan leader', 'county-officer', XUANHAN, 'leader'],
  ['analyst', '分析员', 'Analyst', 'analyst', DAZHOU, undefined],
  ['security', '安全管理员', 'Security administrator', 'security-administrator', DAZHOU, undefined],
  ['auditor', '审计管理员', 'Audit administrator', 'audit-administrator', DAZHOU, undefined],
] as const;

export type ExportsLogin = (typeof PEOPLE)[number][0];

/** `largePersons` of the limits; four persons have alerts, three of them in Xuanhan. */
export const LARGE_PERSONS = 3;

export async function openExportsApp() {
  const clock = createManualClock(EXPORTS_NOW);
  const records = await openMemoryRecords();
  const { db } = records;
  const sessionDeps = { db, clock: systemClock, ids: createCountingIds() };
  const cookies = new Map<string, string>();
  for (const [login, displayZh, displayEn, role, region, officer] of PEOPLE) {
    const officerId = `of_${login}`;
    await db
      .insertInto('officer')
      .values({
        id: officerId,
        name: displayZh,
        role: officer ?? 'county-officer',
        region,
        phone: null,
        phoneVerifiedAtMs: null,
        active: 1,
      })
      .execute();
    await db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        passwordHash: '',
        displayZh,
        displayEn,
        role,
        region,
        language: 'zh',
        officerId,
        active: 1,
      })
      .execute();
    await markDemoAccount(db, `ac_${login}`);
    cookies.set(login, await openSession(sessionDeps, db, `ac_${login}`));
  }
  for (const [index, region] of [XUANHAN, XUANHAN, XUANHAN, DAZHU].entries()) {
    await db
      .insertInto('alert')
      .values({
        ...alertRow,
        id: `al_${index}`,
        subject: `cc-00000${index}` as never,
        region,
        level: 2,
        openedAtMs: epochMs(EXPORTS_NOW - (index + 1) * 3_600_000),
      })
      .execute();
  }
  const app = await createServer({ logger: silentLogger });
  const audit = createAuditTrail({ records });
  const recorder = recordRoutes(app, { records, audit, clock });
  const guard = recorder.guarded(
    registerSessions(app, { ...sessionDeps, records, audit, secure: false }),
  );
  const limits = exportLimitsOf(exportConfigSchema.parse({ largePersons: LARGE_PERSONS }));
  const desk = createDesk({ records: recorder.records, clock, ruleTexts, onChanged: () => {} });
  const exports = openExports({ records: recorder.records, clock, limits, ids: sessionDeps.ids });
  registerAlertExports(app, { guard, desk, exports });
  registerExports(app, {
    guard,
    records: recorder.records,
    clock,
    limits,
    sealChecks: testSealChecks,
  });
  registerAuditList(app, { guard, db, exports });
  // Somebody of Xuanhan.
  const orders = createOrderBook([orderFact('cc-000000', { atMs: EXPORTS_NOW - 3_600_000 })]);
  registerPrints(app, { guard, orders, clock, exports });
  await app.ready();
  const cookieOf = (login: ExportsLogin) => `plumbline_session=${cookies.get(login) ?? ''}`;
  return {
    app,
    records,
    clock,
    tokenOf: (login: ExportsLogin) => cookies.get(login) ?? '',
    ask: (login: ExportsLogin, options: InjectOptions) => askAs(app, cookieOf(login), options),
    async close() {
      await app.close();
      await records.close();
    },
  };
}

const askAs = (app: FastifyInstance, cookie: string, options: InjectOptions) =>
  app.inject({
    ...options,
    headers: { 'x-purpose': 'alert-handling', cookie, ...options.headers },
  });
