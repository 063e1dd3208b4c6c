// The built screens before the real routes of accounts and rights over real records, for tests of the pages about
// them. Time stands until a test moves it.

import { registerAccess } from '../../app/http/access/register-access.ts';
import { logAudit } from '../../app/http/access/trail.ts';
import { createServer } from '../../app/http/server.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAZHOU, regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openMemoryRecords } from '../../warehouse/memory-records.fixture.ts';
import type { AccountRole } from '../../warehouse/records-schema.ts';
import { serveApp } from '../fixtures/serve-app.ts';

export const PASSWORD = '四面荷花三面柳一城山色半城湖';

const PEOPLE = [
  ['city', '市局值班员', 'City duty officer', 'city-officer', DAZHOU, false],
  [
    'xuanhan',
    '宣汉县值班员',
    'Xuanhan duty officer',
    'county-officer',
    regionCode('511722'),
    false,
  ],
  ['dazhu', '大竹县值班员', 'Dazhu duty officer', 'county-officer', regionCode('511724'), false],
  ['analyst', '数据分析员', 'Analyst', 'analyst', DAZHOU, false],
  ['system', '系统管理员', 'System administrator', 'system-administrator', DAZHOU, true],
  ['security', '安全管理员', 'Security administrator', 'security-administrator', DAZHOU, true],
  ['auditor', '审计管理员', 'Audit administrator', 'audit-administrator', DAZHOU, false],
] as const satisfies readonly (readonly [string, string, string, AccountRole, string, boolean])[];

export async function openAccessServer(dist: string) {
  const clock = createManualClock(Date.UTC(2026, 10, 27, 1, 30));
  const records = await openMemoryRecords();
  for (const [login, displayZh, displayEn, role, region, isDemo] of PEOPLE) {
    const account = await createAccount({ ids: secureIds }, records.db, {
      login,
      displayZh,
      displayEn,
      role,
      region,
      language: 'zh',
      password: PASSWORD,
    });
    if (account && isDemo) await markDemoAccount(records.db, account.id);
  }
  const app = await createServer({ logger: silentLogger });
  registerAccess(app, {
    db: records.db,
    records,
    clock,
    ids: secureIds,
    secure: false,
    audit: logAudit(silentLogger),
  });
  await app.ready();
  const server = await serveApp(dist, app);
  return {
    clock,
    url: server.url,
    async close() {
      await server.close();
      await app.close();
      await records.close();
    },
  };
}
