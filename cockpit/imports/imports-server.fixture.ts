// The built screens before the real routes of imports over a real warehouse. Writing can be held, so that an import
// is seen while it goes on.

import { createServer as createHttpServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerAccess } from '../../app/http/access/register-access.ts';
import { logAudit } from '../../app/http/access/trail.ts';
import { registerImports } from '../../app/http/import-routes.ts';
import { createServer } from '../../app/http/server.ts';
import { importConfigSchema, importLimitsOf } from '../../app/import-config.ts';
import { createImportDesk } from '../../app/imports/import-desk.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { DAZHOU } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords } from '../../warehouse/records.ts';
import { openSession } from '../../warehouse/sessions.ts';
import { sendFile } from '../fixtures/static-files.ts';

const PEOPLE = [
  ['analyst', '数据分析员', 'Analyst', 'analyst'],
  ['city', '市局值班员', 'City duty officer', 'city-officer'],
] as const;

export async function openImportsServer(dist: string) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-imports-page-'));
  const clock = createManualClock(Date.UTC(2026, 10, 27, 1, 30));
  const logger = silentLogger;
  const olap = await openOlap({ logger }, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse({ logger, clock }, olap);
  const records = await openRecords(
    { logger, random: createUnseededRandom() },
    { kind: 'sqlite', path: ':memory:' },
  );
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
  let held = Promise.resolve();
  const slow: Olap = {
    ...olap,
    async insert(table, blocks) {
      await held;
      await olap.insert(table, blocks);
    },
  };
  const desk = createImportDesk({
    olap: slow,
    records,
    audit: createAuditTrail({ records }),
    clock,
    limits: importLimitsOf(importConfigSchema.parse({})),
    folder: join(folder, 'spool'),
  });
  await registerImports(app, { guard, desk, records });
  await app.ready();
  // Not passed on by a copy: that somebody leaves must come through.
  const server = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname.startsWith('/api/')) app.routing(request, response);
    else void sendFile(dist, pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cookieOf: (login: string) => cookies.get(login) ?? '',
    /** Holds what is written until the function given back is called. */
    holdWriting() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    async rowCount() {
      const [row] = await olap.rows<{ n: number }>('SELECT count() AS n FROM incident');
      return row?.n;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await records.close();
      await olap.close();
      await rm(folder, { recursive: true });
    },
  };
}
