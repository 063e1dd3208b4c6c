// The built screens before the real routes of the audit trail, over a real trail in which somebody read too much.

import { registerAccess } from '../../app/http/access/register-access.ts';
import { registerAudit } from '../../app/http/audit-routes.ts';
import { createServer } from '../../app/http/server.ts';
import { createReaderWatch } from '../../app/readers/watch-readers.ts';
import { secureIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAZHOU } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { epochMs } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { startAuditKeeper } from '../../security/audit/keeper.ts';
import { anEntry, openTrailStage } from '../../security/audit/trail.fixture.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { serveApp } from '../fixtures/serve-app.ts';
import { openExports } from '../../app/exports/export-desk.fixture.ts';

export const PASSWORD = '四面荷花三面柳一城山色半城湖';

const PEOPLE = [
  ['city', '市局值班员', 'City duty officer', 'city-officer'],
  ['auditor', '审计管理员', 'Audit administrator', 'audit-administrator'],
] as const;

export async function openAuditServer(dist: string) {
  const stage = await openTrailStage();
  const { records, clock, trail } = stage;
  const { db } = records;
  const ids = new Map<string, string>();
  for (const [login, displayZh, displayEn, role] of PEOPLE) {
    const account = await createAccount({ ids: secureIds }, db, {
      login,
      displayZh,
      displayEn,
      role,
      region: DAZHOU,
      language: 'zh',
      password: PASSWORD,
    });
    ids.set(login, account?.id ?? '');
    // Administrators need a second factor; those of a demonstration do not.
    if (account) await markDemoAccount(db, account.id);
  }
  const keeper = await startAuditKeeper({
    ...stage,
    timer: { after: () => ({ cancel: () => {} }) },
    logger: silentLogger,
    witnesses: [],
    sealEveryMs: 1_000,
    checkpointEveryMs: 3_600_000,
    verifyEveryMs: 86_400_000,
  });
  const watch = createReaderWatch({
    records,
    audit: trail,
    clock,
    logger: silentLogger,
    rulebook: loadRulebook('rules/packs/readers'),
    areas: createAreas(),
    unsavedMax: 500,
    againWithinMs: 7 * 86_400_000,
    newDeviceForMs: 7_200_000,
  });
  const app = await createServer({ logger: silentLogger });
  const guard = registerAccess(app, {
    db,
    records,
    clock,
    ids: secureIds,
    secure: false,
    audit: trail,
  });
  registerAudit(app, {
    guard,
    records,
    db,
    clock,
    audit: trail,
    hashing: stage.hashing,
    signer: stage.signer,
    keeper,
    exports: openExports({ records, clock }),
    checkpointEveryMs: 3_600_000,
    witnessFor: [],
  });
  await app.ready();
  const server = await serveApp(dist, app);
  return {
    url: server.url,
    stage,
    /** So many persons are looked at by the account, one every half minute, and the watch looks. */
    async reads(
      login: string,
      count: number,
      { action, outcome = 'done' }: { action: string; outcome?: 'done' | 'refused' },
    ) {
      for (let index = 0; index < count; index++) {
        clock.advance(30_000);
        await trail.note(
          anEntry(0, {
            atMs: epochMs(clock.now()),
            actor: ids.get(login) ?? '',
            action,
            outcome,
            subjects: [subjectKey(`cc-${String(index).padStart(6, '0')}`)],
            reason: null,
            detail: { id: `al_${index}` },
          }),
        );
      }
      await keeper.checkpoint();
      await watch.look();
    },
    seal: keeper.seal,
    async close() {
      await server.close();
      await keeper.stop();
      await app.close();
      await stage.close();
    },
  };
}
