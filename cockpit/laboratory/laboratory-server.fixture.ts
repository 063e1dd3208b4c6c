// The built screens before the real routes of indices over the invented city, counted in memory. Late incidents
// come in when a test says so.

import { anOfficer } from '../../alerts/findings.fixture.ts';
import { registerAccess } from '../../app/http/access/register-access.ts';
import { registerIndices } from '../../app/http/index-routes.ts';
import { createServer } from '../../app/http/server.ts';
import { inventedCity } from '../../app/indices/invented-city.fixture.ts';
import { createPublicationDesk } from '../../app/indices/publications.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAZHOU } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openMemoryRecords } from '../../warehouse/memory-records.fixture.ts';
import { openSession } from '../../warehouse/sessions.ts';
import { serveApp } from '../fixtures/serve-app.ts';
import { logAudit } from '../../app/http/access/trail.ts';

const PEOPLE = [
  ['analyst', '数据分析员', 'Analyst', 'analyst', undefined],
  ['leader', '市局领导', 'City leader', 'city-officer', 'chief'],
  ['city', '市局值班员', 'City duty officer', 'city-officer', undefined],
] as const;

export async function openLaboratoryServer(dist: string) {
  const clock = createManualClock(Date.UTC(2026, 10, 27, 1, 30));
  const records = await openMemoryRecords();
  const { db } = records;
  await db
    .insertInto('officer')
    .values(anOfficer('chief', DAZHOU, { role: 'leader' }))
    .execute();
  const cookies = new Map<string, string>();
  for (const [login, displayZh, displayEn, role, officerId] of PEOPLE) {
    const account = await createAccount({ ids: secureIds }, db, {
      login,
      displayZh,
      displayEn,
      role,
      region: DAZHOU,
      language: 'zh',
      password: '四面荷花三面柳',
      ...(officerId && { officerId }),
    });
    if (!account) continue;
    await markDemoAccount(db, account.id);
    cookies.set(login, await openSession({ clock, ids: secureIds }, db, account.id));
  }
  let city = inventedCity();
  let isEmpty = false;
  const app = await createServer({ logger: silentLogger });
  const guard = registerAccess(app, {
    db,
    records,
    clock,
    ids: secureIds,
    secure: false,
    audit: logAudit(silentLogger),
  });
  registerIndices(app, {
    guard,
    records,
    olap: undefined,
    desk: createPublicationDesk({ records, clock }),
    service: {
      definitions: [city.versioned],
      look: async () => (isEmpty ? undefined : city),
      open: async () => city,
    },
  });
  await app.ready();
  const server = await serveApp(dist, app);
  return {
    url: server.url,
    cookieOf: (login: string) => cookies.get(login) ?? '',
    /** So many incidents of Xuanhan are reported late. */
    comeLate: (late: number) => void (city = inventedCity({ late })),
    loseData: (lost: boolean) => void (isEmpty = lost),
    async close() {
      await server.close();
      await app.close();
      await records.close();
    },
  };
}
