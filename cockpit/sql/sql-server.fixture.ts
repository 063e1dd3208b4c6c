// The built screens before the real routes of the SQL console over a real warehouse with a few months in it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerAccess } from '../../app/http/access/register-access.ts';
import { logAudit } from '../../app/http/access/trail.ts';
import { createServer } from '../../app/http/server.ts';
import { openExports } from '../../app/exports/export-desk.fixture.ts';
import { registerSqlExports } from '../../app/http/sql-export-routes.ts';
import { registerSql } from '../../app/http/sql-routes.ts';
import { createSqlDesk } from '../../app/sql/sql-desk.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAZHOU } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openMemoryRecords } from '../../warehouse/memory-records.fixture.ts';
import { openSession } from '../../warehouse/sessions.ts';
import { serveApp } from '../fixtures/serve-app.ts';

const PEOPLE = [
  ['analyst', '数据分析员', 'Analyst', 'analyst'],
  ['city', '市局值班员', 'City duty officer', 'city-officer'],
] as const;

export async function openSqlServer(dist: string) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-sql-page-'));
  const clock = createManualClock(Date.UTC(2026, 10, 27, 1, 30));
  const logger = silentLogger;
  const olap = await openOlap({ logger }, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse({ logger, clock }, olap);
  // 511703 has four in one month, which are kept back.
  await olap.run(`INSERT INTO incident (origin, piece, region, at_ms, kind)
    SELECT 'test', 0, if(number % 60 = 0, 511703, 511722), ${Date.UTC(2026, 8, 15)} + (number % 2) * 2592000000, 'theft' FROM numbers(240)`);
  const records = await openMemoryRecords();
  const { db } = records;
  const cookies = new Map<string, string>();
  for (const [login, displayZh, displayEn, role] of PEOPLE) {
    const account = await createAccount({ ids: secureIds }, db, {
      login,
      displayZh,
      displayEn,
      role,
      region: DAZHOU,
      language: 'zh',
      password: '四面荷花三面柳',
    });
    if (!account) continue;
    await markDemoAccount(db, account.id);
    cookies.set(login, await openSession({ clock, ids: secureIds }, db, account.id));
  }
  const app = await createServer({ logger });
  const guard = registerAccess(app, {
    db,
    records,
    clock,
    ids: secureIds,
    secure: false,
    audit: logAudit(silentLogger),
  });
  const audit = createAuditTrail({ records });
  const desk = createSqlDesk({ olap, records, audit, clock });
  registerSql(app, { guard, desk });
  registerSqlExports(app, { guard, desk, exports: openExports({ records, clock }) });
  await app.ready();
  const server = await serveApp(dist, app);
  return {
    url: server.url,
    cookieOf: (login: string) => cookies.get(login) ?? '',
    async close() {
      await server.close();
      await app.close();
      await records.close();
      await olap.close();
      await rm(folder, { recursive: true });
    },
  };
}
