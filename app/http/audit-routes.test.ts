// The auditor's routes over a real trail, and two instances that bear witness for each other.

import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { systemClock } from '../../core/time.ts';
import { createInstanceWitness } from '../../security/audit/instance-witness.ts';
import { startAuditKeeper, type AuditKeeper } from '../../security/audit/keeper.ts';
import { linesOf } from '../../security/audit/line-bytes.ts';
import { makeCheckpoint } from '../../security/audit/make-checkpoint.ts';
import { lastCheckpoint } from '../../security/audit/read-checkpoints.ts';
import { openTrailStage, START_MS, type Stage } from '../../security/audit/trail.fixture.ts';
import { verifyExport } from '../../security/audit/verify-export.ts';
import { verifyStore } from '../../security/audit/verify-store.ts';
import type { Witness } from '../../security/audit/witness.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { openSession } from '../../warehouse/sessions.ts';
import type { AuditNotices, AuditPage, AuditStatus } from '../api/audit.ts';
import { readCode, readMark } from '../audit/mark.ts';
import { openExports } from '../exports/export-desk.fixture.ts';
import { registerAudit } from './audit-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';

type Site = {
  readonly app: FastifyInstance;
  readonly stage: Stage;
  readonly keeper: AuditKeeper;
  readonly url: string;
  get(url: string, login?: string): Promise<{ status: number; body: unknown }>;
  post(url: string, payload: object, login?: string): Promise<{ status: number; text: string }>;
  close(): Promise<void>;
};

const TOKEN = 'a-token-of-sixteen-or-more';

async function openSite(
  given: { witnesses?: readonly Witness[]; origin?: string } = {},
): Promise<Site> {
  const stage = await openTrailStage();
  const { records, clock } = stage;
  const sessionDeps = { db: records.db, clock: systemClock, ids: createCountingIds() };
  const cookies = new Map<string, string>();
  for (const [login, role] of [
    ['auditor', 'audit-administrator'],
    ['officer', 'city-officer'],
  ] as const) {
    await records.db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        passwordHash: '',
        displayZh: login === 'auditor' ? '审计员' : '值班员',
        displayEn: login,
        role,
        region: regionCode('511700'),
        language: 'zh',
        officerId: null,
        active: 1,
      })
      .execute();
    // Administrators need a second factor; those of a demonstration do not.
    await markDemoAccount(records.db, `ac_${login}`);
    cookies.set(
      login,
      `plumbline_session=${await openSession(sessionDeps, records.db, `ac_${login}`)}`,
    );
  }
  const keeper = await startAuditKeeper({
    ...stage,
    timer: { after: () => ({ cancel: () => {} }) },
    logger: silentLogger,
    witnesses: given.witnesses ?? [],
    sealEveryMs: 1_000,
    checkpointEveryMs: 3_600_000,
    verifyEveryMs: 86_400_000,
  });
  const app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, { ...sessionDeps, secure: false });
  registerAudit(app, {
    guard,
    records,
    db: records.db,
    clock,
    audit: stage.trail,
    hashing: stage.hashing,
    signer: stage.signer,
    keeper,
    exports: openExports({ records, clock }),
    checkpointEveryMs: 3_600_000,
    witnessFor: given.origin ? [{ name: 'peer', origin: given.origin, token: TOKEN }] : [],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    app,
    stage,
    keeper,
    url: `http://127.0.0.1:${port}`,
    async get(url, login = 'auditor') {
      const answer = await app.inject({ url, headers: { cookie: cookies.get(login) ?? '' } });
      return { status: answer.statusCode, body: answer.json() };
    },
    async post(url, payload, login = 'auditor') {
      const headers = { cookie: cookies.get(login) ?? '' };
      const answer = await app.inject({ method: 'POST', url, payload, headers });
      return { status: answer.statusCode, text: answer.body };
    },
    async close() {
      await keeper.stop();
      await app.close();
      await stage.close();
    },
  };
}

const sites: Site[] = [];
const open = async (given?: Parameters<typeof openSite>[0]) => {
  const site = await openSite(given);
  sites.push(site);
  return site;
};
let site: Site;
beforeEach(async () => {
  site = await open();
  await site.stage.tell(59);
});
afterEach(async () => {
  for (const one of sites.splice(0)) await one.close();
});

const search = async (query: string) =>
  (await site.get(`/api/audit/records?${query}`)).body as AuditPage;

test.each([['/api/audit'], ['/api/audit/records'], ['/api/audit/notices'], ['/api/audit/key']])(
  '%s is the auditor’s alone',
  async (url) => {
    expect((await site.get(url, 'officer')).status).toBe(403);
    expect((await site.get(url, 'nobody')).status).toBe(401);
    expect((await site.get(url)).status).toBe(200);
  },
);

test('records are found by who, what, whom, why, when and how it ended, page by page', async () => {
  const first = await search('');
  expect(first.records).toHaveLength(50);
  const second = await search(`before=${first.next}`);
  expect(second.next).toBeNull();
  expect([...first.records, ...second.records].map(({ position }) => position)).toEqual(
    Array.from({ length: 61 }, (_, index) => 60 - index),
  );
  const count = async (query: string) => (await search(query)).records.length;
  expect(await count('actor=ac_1')).toBe(20);
  expect(await count('subject=cc-000002')).toBe(12);
  expect(await count('actor=ac_1&subject=cc-000002')).toBe(4);
  expect(await count('action=alert.look&outcome=refused')).toBe(0);
  expect(await count('action=alert')).toBe(50);
  expect(await count('action=aler')).toBe(0);
  expect(await count('purpose=handling')).toBe(50);
  expect(await count(`from=${START_MS + 10_000}&until=${START_MS + 15_000}`)).toBe(5);
  expect((await site.get('/api/audit/records?subject=13800138000')).status).toBe(400);
});

test('the auditor’s own searches are in the trail', async () => {
  await search('subject=cc-000002&outcome=done');
  await site.keeper.seal();
  const { records } = await search('actor=ac_auditor');
  expect(records).toMatchObject([
    {
      action: 'audit.search',
      actorName: { zh: '审计员' },
      subjects: ['cc-000002'],
      purpose: 'audit',
      detail: { outcome: 'done' },
    },
  ]);
});

test('an export is told, and verifies with the key that is given beside it', async () => {
  await site.keeper.checkpoint();
  const span = { from: 0, until: START_MS + 86_400_000 };
  const file = await site.post('/api/audit/export', { ...span, purpose: '季度审计' });
  const key = site.stage.signer;
  const lines = () =>
    linesOf(
      (async function* () {
        yield Buffer.from(file.text);
      })(),
    );
  // What was just told is part of it.
  expect(await verifyExport(lines, { key })).toMatchObject({ records: 62, findings: [] });
  expect(file.text).toContain('audit.export');
  expect((await site.get('/api/audit/key')).body).toEqual({
    signing: key.signing,
    publicKey: key.publicKey,
  });
});

test('the state of the trail, a verification that finds something, and a notice that is seen', async () => {
  await site.keeper.checkpoint();
  const { keyId } = site.stage.signer;
  expect((await site.get('/api/audit')).body).toMatchObject({
    size: 61,
    waiting: 0,
    keyId,
    checkpoint: { number: 1, size: 61 },
    verified: { findings: [] },
  });
  await site.stage.attack('delete from audit_record where position in (20, 21)');
  await site.post('/api/audit/verify', {});
  const status = (await site.get('/api/audit')).body as AuditStatus;
  expect(status.verified?.findings).toMatchObject(
    [{ kind: 'deletion', from: 20, until: 21, says: { zh: /第 20–21 条，记录被删/ } }].map(
      (finding) => ({ kind: finding.kind, from: finding.from, until: finding.until }),
    ),
  );
  expect(status.verified?.findings[0]?.says.zh).toMatch(/^第 20–21 条，记录被删/);
  const { notices } = (await site.get('/api/audit/notices')).body as AuditNotices;
  expect(notices).toMatchObject([{ kind: 'audit.broken', seenAtMs: null }]);
  await site.post(`/api/audit/notices/${notices[0]?.id}/seen`, {});
  const seen = (await site.get('/api/audit/notices')).body as AuditNotices;
  expect(seen.notices).toMatchObject([{ seenBy: { zh: '审计员' } }]);
  expect((await site.post('/api/audit/notices/an_1/seen', {})).status).toBe(404);
});

test('a tail that is cut while the product runs is noticed before anything is signed', async () => {
  await site.stage.trail.note({
    atMs: site.stage.clock.now(),
    actor: 'ac_1',
    action: 'alert.look',
    outcome: 'done',
    subjects: [],
    purpose: null,
    reason: null,
    detail: {},
  });
  await site.keeper.seal();
  await site.stage.attack('delete from audit_record where position >= 60');
  await site.keeper.seal();
  const { notices } = (await site.get('/api/audit/notices')).body as AuditNotices;
  expect(notices.map(({ says }) => says.en)).toEqual([
    expect.stringContaining('record 61, cut off at the end'),
  ]);
});

test('another instance keeps our checkpoints, and refuses a history that contradicts them', async () => {
  const { signer } = site.stage;
  const peer = await open({ origin: signer.keyId });
  const witness = createInstanceWitness({ name: 'peer', url: peer.url, token: TOKEN });
  const stranger = createInstanceWitness({ name: 'peer', url: peer.url, token: `${TOKEN}-not` });
  const show = async (how: Witness) => {
    const last = await lastCheckpoint(site.stage.records.db);
    if (!last) throw new Error('a checkpoint');
    const { number, size, body, signature } = last;
    const { loadStoreTree } = await import('../../security/audit/store-tree.ts');
    const { consistencyProof } = await import('../../security/audit/merkle-tree.ts');
    return how.show({
      key: signer,
      number,
      size,
      signed: { body, signature },
      proofFrom: async (first) =>
        consistencyProof(
          await loadStoreTree(site.stage.records.db, site.stage.hashing, [first, size]),
          first,
          size,
        ),
    });
  };
  await site.stage.checkpoint();
  await expect(show(stranger)).rejects.toMatchObject({ code: 'source-unavailable' });
  expect(await show(witness)).toBe('accepted');
  expect(await show(witness)).toBe('accepted');
  await site.stage.tell(10);
  await site.stage.checkpoint();
  expect(await show(witness)).toBe('accepted');
  // The owner of database and key makes another history, shorter checkpoints and all.
  await site.stage.attack(
    'delete from audit_checkpoint',
    `update audit_record set body = replace(body, '"done"', '"failed"'), outcome = 'failed' where position = 71`,
  );
  const row = await site.stage.records.db
    .selectFrom('auditRecord')
    .select('body')
    .where('position', '=', 71)
    .executeTakeFirstOrThrow();
  const { leafHash } = await import('../../security/audit/hashing.ts');
  const hash = leafHash(site.stage.hashing, row.body);
  await site.stage.attack(`update audit_record set hash = '${hash}' where position = 71`);
  await site.stage.tell(5);
  expect((await makeCheckpoint(site.stage)).kind).toBe('made');
  expect(await show(witness)).toBe('refused');
  const { notices } = (await peer.get('/api/audit/notices')).body as AuditNotices;
  expect(notices).toMatchObject([{ kind: 'audit.split-view' }]);
});

test('the code printed on a report is a checkpoint the store can be held against', async () => {
  await site.stage.checkpoint();
  const { records, hashing, signer } = site.stage;
  const mark = await readMark(records.db);
  expect(mark?.svg).toMatch(/^<svg/);
  const printed = readCode(`${mark?.code}\n`);
  await site.stage.attack(
    'delete from audit_checkpoint',
    'delete from audit_record where position > 30',
    'delete from audit_subject where position > 30',
  );
  const held = await verifyStore({ db: records.db, hashing, key: signer, witnessed: [printed] });
  expect(held.findings).toMatchObject([{ kind: 'truncation', from: 31, until: 60 }]);
  expect(() => readCode('plumbline-audit-1 00 {}')).toThrow('checkpoint');
});

test('a witness that cannot be reached is tried again until it has the checkpoint', async () => {
  let up = false;
  const seen: number[] = [];
  const witness: Witness = {
    name: 'share',
    show: async ({ number }) => {
      if (!up) {
        const { OperatingError } = await import('../../core/errors.ts');
        throw new OperatingError('source-unavailable', 'the share is away', { retry: 'backoff' });
      }
      seen.push(number);
      return 'accepted';
    },
  };
  const other = await open({ witnesses: [witness] });
  await other.stage.tell(3);
  await other.keeper.checkpoint();
  expect(other.keeper.witnesses()).toMatchObject([{ name: 'share', reachedAtMs: null }]);
  expect(other.keeper.witnesses()[0]?.failingSinceMs).not.toBeNull();
  up = true;
  await other.keeper.checkpoint();
  await other.keeper.checkpoint();
  expect(seen).toEqual([expect.any(Number)]);
  const status = (await other.get('/api/audit')).body as AuditStatus;
  expect(status.witnesses).toMatchObject([
    { name: 'share', outcome: 'accepted', failingSinceMs: null },
  ]);
});
