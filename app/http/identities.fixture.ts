// The routes of identities and of accounts over real records and a real vault with three persons, for tests of the
// routes and of the pages. Time stands until a test moves it.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAZHOU, regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import type { Audit, AuditEntry } from '../../security/audit/audit-entry.ts';
import { openKeyStore } from '../../security/crypto/key-store.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import { createBareKeys } from '../../security/crypto/wrap-by-key.ts';
import { createRequestDesk } from '../../security/vault/requests.ts';
import { createRevealDesk } from '../../security/vault/reveal.ts';
import { resealSome } from '../../security/vault/rotate.ts';
import { createVault } from '../../security/vault/vault.ts';
import { anEntry } from '../../security/vault/vault.fixture.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openMemoryRecords } from '../../warehouse/memory-records.fixture.ts';
import { registerAccess } from './access/register-access.ts';
import { registerIdentities } from './identity-routes.ts';
import { createServer } from './server.ts';

export const IDENTITIES_PASSWORD = '四面荷花三面柳一城山色半城湖';

const XUANHAN = regionCode('511722');
const DAZHU = regionCode('511724');

/** Demo accounts, so that administrators owe no second factor. */
const PEOPLE = [
  ['xuanhan', '宣汉县值班员', 'Xuanhan duty officer', 'county-officer', XUANHAN],
  ['xuanhan-leader', '宣汉县分管领导', 'Xuanhan leader', 'county-officer', XUANHAN],
  ['dazhu-leader', '大竹县分管领导', 'Dazhu leader', 'county-officer', DAZHU],
  ['system', '系统管理员', 'System administrator', 'system-administrator', DAZHOU],
  ['security', '安全管理员', 'Security administrator', 'security-administrator', DAZHOU],
] as const;

export const PERSONS = [1, 2, 3].map((number) => anEntry(number));

export async function openIdentitiesApp() {
  const clock = createManualClock(Date.UTC(2026, 10, 27, 1, 30));
  const records = await openMemoryRecords();
  for (const [login, displayZh, displayEn, role, region] of PEOPLE) {
    const leads = login.endsWith('-leader');
    const officerId = `of_${login}`;
    if (leads) {
      await records.db
        .insertInto('officer')
        .values({ id: officerId, name: displayZh, role: 'leader', region, phone: '', active: 1 })
        .execute();
    }
    const account = await createAccount({ ids: secureIds }, records.db, {
      login,
      displayZh,
      displayEn,
      role,
      region,
      language: 'zh',
      password: IDENTITIES_PASSWORD,
      ...(leads ? { officerId } : {}),
    });
    if (account) await markDemoAccount(records.db, account.id);
  }
  const told: AuditEntry[] = [];
  const audit: Audit = {
    async record(_trx, entry) {
      told.push(entry);
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-identities-'));
  const suites = createSuites();
  const keys = openKeyStore(
    { clock, suite: 'gm', wrapper: createBareKeys(suites.gm) },
    join(folder, 'keys'),
  );
  const vault = createVault({ records, keys, clock, suites });
  await vault.put(PERSONS);
  const limits = {
    personsPerHourMax: 10,
    personsAtOnceMax: 2,
    personsPerRequestMax: 20,
    shownMs: 60_000,
    requestMs: 3_600_000,
  };
  const reveal = { vault, audit, clock, ids: secureIds, limits };
  const rotation = { records, keys, clock, audit, vault };
  const app = await createServer({ logger: silentLogger });
  const access = { db: records.db, records, clock, ids: secureIds, secure: false, audit };
  const guard = registerAccess(app, access);
  registerIdentities(app, {
    guard,
    desk: createRevealDesk(reveal),
    requests: createRequestDesk(reveal),
    rotation,
    // Nothing is sealed anew until a test wants it.
    onRotated: () => {},
  });
  await app.ready();
  return {
    app,
    clock,
    records,
    told,
    /** Seals everything anew by the current key. */
    async resealAll() {
      while (await resealSome(rotation));
    },
    async close() {
      await app.close();
      await records.close();
      rmSync(folder, { recursive: true });
    },
  };
}
