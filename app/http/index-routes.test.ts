// Indices over HTTP: who may see, propose and decide, whose incidents a receipt shows, and what is refused.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anOfficer } from '../../alerts/findings.fixture.ts';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { verifyReceipt } from '../../models/composite/receipt.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import {
  cellsSchema,
  definitionsSchema,
  publicationAnswerSchema,
  receiptAnswerSchema,
  resultsSchema,
} from '../api/indices.ts';
import { REGIONS, SMALL_INDEX } from '../indices/incidents.fixture.ts';
import { createIndexService } from '../indices/index-service.ts';
import { createPublicationDesk } from '../indices/publications.ts';
import { registerIndices } from './index-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { logAudit } from './access/trail.ts';

const PASSWORD = 'a password for tests';
const NOW_MS = Date.UTC(2026, 10, 27);
const clock = createManualClock(NOW_MS);
const ids = createCountingIds();
const BASE = '/api/indices/small';

/** The account `twin` is a second one of the officer who leads. */
const PEOPLE = [
  ['analyst', 'analyst', '511700', undefined],
  ['leader', 'city-officer', '511700', 'chief'],
  ['twin', 'city-officer', '511700', 'chief'],
  ['city', 'city-officer', '511700', undefined],
  ['xuanhan', 'county-officer', '511722', undefined],
  ['system', 'system-administrator', '511700', undefined],
  ['auditor', 'audit-administrator', '511700', undefined],
] as const;
type Login = (typeof PEOPLE)[number][0];

let folder = '';
let olap: Olap;
let records: Records;
let app: FastifyInstance;
const cookies = new Map<Login, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-index-routes-'));
  olap = await openOlap(
    { logger: silentLogger },
    { kind: 'chdb', folder: join(folder, 'warehouse') },
  );
  await migrateWarehouse({ clock, logger: silentLogger }, olap);
  records = await openMemoryRecords();
  await records.db
    .insertInto('officer')
    .values(anOfficer('chief', regionCode('511700'), { role: 'leader' }))
    .execute();
  for (const [login, role, region, officerId] of PEOPLE) {
    const account = await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode(region),
      language: 'zh',
      ...(officerId === undefined ? {} : { officerId }),
    });
    if (account) await markDemoAccount(records.db, account.id);
  }
  const file = join(folder, 'small.yaml');
  await writeFile(file, SMALL_INDEX);
  const service = createIndexService({ olap, records, clock }, [file]);
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  const desk = createPublicationDesk({ records, clock });
  registerIndices(app, { guard, service, desk, records, olap });
  for (const [login] of PEOPLE) {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: PASSWORD },
    });
    cookies.set(login, String(answer.headers['set-cookie']).split(';')[0] ?? '');
  }
}, 120_000);

afterAll(async () => {
  await app?.close();
  await records?.close();
  await olap?.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (login: Login | undefined, url: string, payload?: object) =>
  app.inject({
    method: payload ? 'POST' : 'GET',
    url,
    headers: login === undefined ? {} : { cookie: cookies.get(login) ?? '' },
    ...(payload ? { payload } : {}),
  });
const statusOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).statusCode;

/** Incidents of three months, of each region as many as its place says. */
async function fillWarehouse(): Promise<void> {
  const months = [7, 8, 9].map((month) => Date.UTC(2026, month, 10));
  const rows = months.flatMap((atMs, back) =>
    REGIONS.flatMap((region, i) => [
      ...Array.from(
        { length: 3 * i + back + 1 },
        (_, n) => `(${atMs + n}, ${region}, 'theft', 'test')`,
      ),
      ...Array.from({ length: 20 - i }, (_, n) => `(${atMs + n}, ${region}, 'fraud', 'test')`),
    ]),
  );
  await olap.run(`INSERT INTO incident (at_ms, region, kind, origin) VALUES ${rows.join(', ')}`);
  const measures = REGIONS.map((region) => `(${region}, '2026', 'people', 30000, 'test')`);
  await olap.run(
    `INSERT INTO index_measure (region, period, column, value, origin) VALUES ${measures.join(', ')}`,
  );
}

test('without data there is a definition, no figure, and a way on', async () => {
  const { definitions } = definitionsSchema.parse(
    (await ask('analyst', '/api/indices/definitions')).json(),
  );
  expect(definitions).toMatchObject([{ id: 'small', periods: null, reference: null }]);
  const refused = await ask('analyst', `${BASE}/results`);
  expect([refused.statusCode, refused.json().code]).toEqual([404, 'not-found']);
  expect(refused.json().hint.zh).toContain('导入数据');
});

test('definitions, cells and results are of one shape, also as Arrow', async () => {
  await fillWarehouse();
  const { definitions } = definitionsSchema.parse(
    (await ask('xuanhan', '/api/indices/definitions')).json(),
  );
  expect(definitions[0]).toMatchObject({ periods: { first: '2026-08', last: '2026-10' } });
  const cells = cellsSchema.parse(
    (await ask('analyst', `${BASE}/cells?from=2026-09&of=columns`)).json(),
  );
  expect(cells.periods).toEqual(['2026-09', '2026-10']);
  expect(cells.columns['theft']).toEqual(
    [...REGIONS.keys()]
      .flatMap((i) => [3 * i + 2])
      .concat([...REGIONS.keys()].map((i) => 3 * i + 3)),
  );
  const arrow = await ask('analyst', `${BASE}/cells?format=arrow&from=2026-10`);
  expect(arrow.headers['content-type']).toContain('apache.arrow');
  const table = tableFromIPC(arrow.rawPayload);
  expect([table.numRows, table.getChild('period')?.get(0)]).toEqual([REGIONS.length, 202_610]);

  const results = resultsSchema.parse((await ask('analyst', `${BASE}/results`)).json());
  expect(results).toMatchObject({ period: '2026-10', isSynthetic: false, publication: null });
  expect(results.regions.map(({ rank }) => rank.rank).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(results.uncertainty.sobol.map(({ factor }) => factor)).toContain('THEFT');
});

test('each is asked for within its right, and nobody without a session', async () => {
  const reads = [
    '/api/indices/definitions',
    `${BASE}/cells`,
    `${BASE}/results`,
    `${BASE}/receipt?region=511722&period=2026-10`,
  ];
  for (const url of reads) {
    expect([url, await statusOf(undefined, url)]).toEqual([url, 401]);
    expect([url, await statusOf('auditor', url)]).toEqual([url, 403]);
    expect([url, await statusOf('xuanhan', url)]).toEqual([url, 200]);
  }
  const proposal = { period: '2026-10', reason: '月度发布' };
  for (const act of ['publish', 'restate'] as const) {
    for (const login of ['xuanhan', 'system', 'auditor'] as const) {
      expect([act, login, await statusOf(login, `${BASE}/${act}`, proposal)]).toEqual([
        act,
        login,
        403,
      ]);
    }
    expect(await statusOf(undefined, `${BASE}/${act}`, proposal)).toBe(401);
  }
  const decision = { publication: 'ip_none', decision: 'publish' };
  for (const login of ['analyst', 'city', 'xuanhan', 'auditor'] as const) {
    expect([login, await statusOf(login, `${BASE}/approve`, decision)]).toEqual([login, 403]);
  }
});

test('a receipt holds by itself; the incidents behind it are shown within one’s own scope only', async () => {
  const url = (region: string, more = '') =>
    `${BASE}/receipt?region=${region}&period=2026-10${more}`;
  const own = receiptAnswerSchema.parse((await ask('xuanhan', url('511722'))).json());
  expect(own.receipt).toMatchObject({ figure: 'small/2026-10/511722/index', node: 'index' });
  expect(verifyReceipt(own.receipt)).toEqual([]);
  const place = REGIONS.indexOf(511_722);
  expect(own.rows?.total).toBe(3 * place + 3 + 20 - place);
  expect(own.rows?.shown).toHaveLength(own.rows?.total ?? -1);

  const theft = receiptAnswerSchema.parse((await ask('city', url('511724', '&node=THEFT'))).json());
  expect(theft.rows?.shown.every(({ kind }) => kind === 'theft')).toBe(true);

  const other = receiptAnswerSchema.parse((await ask('xuanhan', url('511724'))).json());
  expect(other.receipt.value).not.toBeNull();
  expect(other.rows).toBeNull();
});

test('what is not there is 404, what is no request is 400', async () => {
  const missing = [
    '/api/indices/other/results',
    '/api/indices/other/cells',
    `${BASE}/results?period=2025-01`,
    `${BASE}/cells?from=2031-01`,
    `${BASE}/receipt?region=511722&period=2025-01`,
    `${BASE}/receipt?region=110101&period=2026-10`,
    `${BASE}/receipt?region=511722&period=2026-10&node=nothing`,
  ];
  for (const url of missing) {
    const answer = await ask('analyst', url);
    expect([url, answer.statusCode, answer.json().code]).toEqual([url, 404, 'not-found']);
  }
  const bad = [
    `${BASE}/results?period=2026-13`,
    `${BASE}/results?period=2026-10&more=1`,
    `${BASE}/cells?of=rows`,
    `${BASE}/cells?format=xml`,
    `${BASE}/receipt?period=2026-10`,
    `${BASE}/receipt?region=somewhere&period=2026-10`,
  ];
  for (const url of bad) expect([url, await statusOf('analyst', url)]).toEqual([url, 400]);
  for (const body of [
    { period: '2026-10' },
    { period: '2026-10', reason: '短' },
    { period: '2026', reason: '月度发布' },
    { period: '2026-10', reason: '月度发布', kind: 'first' },
  ]) {
    expect([body, await statusOf('analyst', `${BASE}/publish`, body)]).toEqual([body, 400]);
  }
  const decisions = [
    { publication: 'ip_none', decision: 'keep' },
    { decision: 'publish' },
    { publication: 'ip_none', decision: 'publish', note: 'x'.repeat(501) },
  ];
  for (const body of decisions) {
    expect(await statusOf('leader', `${BASE}/approve`, body)).toBe(400);
  }
  const none = await ask('leader', `${BASE}/approve`, {
    publication: 'ip_none',
    decision: 'publish',
  });
  expect(none.statusCode).toBe(404);
});

test('two persons publish; a restatement says why and what it changes, and is decided by two as well', async () => {
  const period = '2026-10';
  const decide = (login: Login, publication: string, decision = 'publish', base = BASE) =>
    ask(login, `${base}/approve`, { publication, decision, note: '已核对' });
  const early = await ask('analyst', `${BASE}/restate`, { period, reason: '补录案件' });
  expect([early.statusCode, early.json().code]).toEqual([409, 'conflict']);

  // Whoever leads may propose and decide, but never the same one, under whichever account.
  const own = publicationAnswerSchema.parse(
    (await ask('leader', `${BASE}/publish`, { period, reason: '月度发布' })).json(),
  );
  expect(own).toMatchObject({ kind: 'first', state: 'proposed', may: { decide: false } });
  for (const login of ['leader', 'twin'] as const) {
    const refused = await decide(login, own.id);
    expect([login, refused.statusCode, refused.json().says.zh]).toEqual([
      login,
      403,
      '不能审批本人提出的申请',
    ]);
  }
  const again = await ask('analyst', `${BASE}/publish`, { period, reason: '月度发布' });
  expect(again.statusCode).toBe(409);
  expect((await decide('system', own.id, 'refuse')).json()).toMatchObject({ state: 'refused' });

  const proposed = publicationAnswerSchema.parse(
    (await ask('analyst', `${BASE}/publish`, { period, reason: '月度发布' })).json(),
  );
  const seen = resultsSchema.parse((await ask('leader', `${BASE}/results`)).json());
  expect(seen.proposal).toMatchObject({ id: proposed.id, may: { decide: true } });
  expect(seen.may).toEqual({ propose: true, decide: true });
  expect(await statusOf('xuanhan', `${BASE}/results`)).toBe(200);
  const published = publicationAnswerSchema.parse((await decide('leader', proposed.id)).json());
  expect(published).toMatchObject({ state: 'published', note: '已核对' });
  expect((await decide('system', proposed.id)).statusCode).toBe(409);

  await olap.run(
    `INSERT INTO incident (at_ms, region, kind, origin) SELECT ${Date.UTC(2026, 9, 20)} + number, 511722, 'theft', 'late' FROM numbers(9)`,
  );
  const late = resultsSchema.parse((await ask('analyst', `${BASE}/results`)).json());
  expect(late.isOutdated).toBe(true);
  const of = (results: typeof late) => results.regions.find(({ region }) => region === '511722')!;
  expect(of(late).index).toBe(of(seen).computed);
  expect(of(late).computed).toBeLessThan(of(late).index!);
  // The receipt is of what was published, not of what would be computed now.
  const { receipt } = receiptAnswerSchema.parse(
    (await ask('analyst', `${BASE}/receipt?region=511722&period=${period}`)).json(),
  );
  expect(receipt.value).toBe(of(seen).computed);

  const restated = publicationAnswerSchema.parse(
    (await ask('analyst', `${BASE}/restate`, { period, reason: '补录案件' })).json(),
  );
  expect(restated.changes).toContainEqual({
    region: '511722',
    node: 'index',
    before: of(seen).computed,
    after: of(late).computed,
  });
  expect((await decide('leader', restated.id)).statusCode).toBe(200);
  const after = resultsSchema.parse((await ask('xuanhan', `${BASE}/results`)).json());
  expect(after).toMatchObject({ isOutdated: false, restatements: [{ reason: '补录案件' }] });
  expect(after.may).toEqual({ propose: false, decide: false });
});
