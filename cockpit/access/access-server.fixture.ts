// The built screens before the real routes of accounts and rights over real records, for tests of the pages about
// them. Time stands until a test moves it.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerAccess } from '../../app/http/access/register-access.ts';
import { createServer as createApp } from '../../app/http/server.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createUnseededRandom } from '../../core/random.ts';
import { DAZHOU, regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openRecords } from '../../warehouse/records.ts';
import type { AccountRole } from '../../warehouse/records-schema.ts';
import { sendFile } from '../fixtures/static-files.ts';

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
  const records = await openRecords(
    { logger: silentLogger, random: createUnseededRandom() },
    { kind: 'sqlite', path: ':memory:' },
  );
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
  const app = await createApp({ logger: silentLogger });
  registerAccess(app, { db: records.db, records, clock, ids: secureIds, secure: false });
  await app.ready();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://access');
    const answer = async () => {
      if (!pathname.startsWith('/api/')) return sendFile(dist, pathname, response);
      const { statusCode, headers, rawPayload } = await forward(request);
      const { 'content-type': type = 'text/plain', 'set-cookie': cookie } = headers;
      response
        .writeHead(statusCode, {
          'content-type': String(type),
          ...(cookie === undefined ? {} : { 'set-cookie': cookie as string[] }),
        })
        .end(rawPayload);
    };
    answer().catch((cause: unknown) => response.writeHead(500).end(String(cause)));
  });
  const forward = async (request: IncomingMessage) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { host, connection: _hop, 'content-length': _length, ...headers } = request.headers;
    return app.inject({
      method: request.method as 'GET',
      url: request.url ?? '/',
      headers: { ...headers, host: host ?? '' },
      ...(parts.length > 0 ? { payload: Buffer.concat(parts) } : {}),
    });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    clock,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await records.close();
    },
  };
}
