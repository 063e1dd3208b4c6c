// Imports over HTTP: a dry run keeps nothing, rows stay within one's area, persons are left out, and nobody takes
// back what somebody else brought.

import { request } from 'node:http';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { logAudit } from './access/trail.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock } from '../../core/time.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { IMPORT_MEDIA_TYPE } from '../api/import-media-type.ts';
import { importCheckSchema, importedSchema, importListSchema } from '../api/imports.ts';
import { importConfigSchema, importLimitsOf } from '../import-config.ts';
import { createImportDesk } from '../imports/import-desk.ts';
import { registerImports } from './import-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';

const PASSWORD = 'a password for tests';
const clock = createManualClock(1_795_000_000_000);
const ids = createCountingIds();
const PEOPLE = [
  ['analyst', 'analyst'],
  ['colleague', 'analyst'],
  ['city', 'city-officer'],
] as const;

const CSV = `区划,发生时间,案由,当事人姓名
511722,2026-10-01 08:30,盗窃,张某某
511722,2026-10-02 09:00,诈骗,李某某
511703,2026-13-45,盗窃,王某某
`;

const limits = importLimitsOf(importConfigSchema.parse({ fileMegabytes: 2, workbookMegabytes: 1 }));

let folder = '';
let olap: Olap;
/** Writing waits for it. */
let writing = Promise.resolve();
let records: Records;
let app: FastifyInstance;
const cookies = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-import-routes-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder: join(folder, 'olap') });
  await migrateWarehouse({ clock, logger: silentLogger }, olap);
  records = await openMemoryRecords();
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, {
    db: records.db,
    clock,
    ids,
    secure: false,
    audit: logAudit(silentLogger),
  });
  const audit = createAuditTrail({ records });
  const spool = join(folder, 'spool');
  // What a crash left.
  await mkdir(join(spool, 'plumbline-import-x'), { recursive: true });
  await writeFile(join(spool, 'plumbline-import-x', 'file'), CSV);
  const slow: Olap = {
    ...olap,
    async insert(table, blocks) {
      await writing;
      await olap.insert(table, blocks);
    },
  };
  const desk = createImportDesk({ olap: slow, records, audit, clock, limits, folder: spool });
  expect(await readdir(spool)).toEqual([]);
  await registerImports(app, { guard, desk, records });
  for (const [login, role] of PEOPLE) {
    const account = await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode('511700'),
      language: 'zh',
    });
    if (account) await markDemoAccount(records.db, account.id);
    const { headers } = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: PASSWORD },
    });
    cookies.set(login, String(headers['set-cookie']).split(';')[0] ?? '');
  }
}, 120_000);

afterAll(async () => {
  await app?.close();
  await records?.close();
  await olap?.close();
  await rm(folder, { recursive: true, force: true });
});

const headersOf = (login: string) => ({ cookie: cookies.get(login) ?? '' });
const send = (
  login: string,
  path: string,
  { content = CSV, type = IMPORT_MEDIA_TYPE, ...query }: Sent = {},
) =>
  app.inject({
    method: 'POST',
    url: `${path}?${new URLSearchParams({ file: 'C:\\下载\\cases.csv', ...query })}`,
    headers: { ...headersOf(login), 'content-type': type },
    payload: content,
  });
type Sent = {
  content?: string | Buffer;
  mapping?: string;
  encoding?: string;
  delimiter?: string;
  type?: string;
};

const listed = async (login: string) =>
  importListSchema.parse(
    (await app.inject({ url: '/api/imports', headers: headersOf(login) })).json(),
  );
const list = async (login: string) => (await listed(login)).imports;
const counted = async () => {
  const [row] = await olap.rows<{ n: number }>('SELECT count() AS n FROM incident');
  return row?.n;
};

test('a dry run tells what would come of it, shows nothing of persons, and keeps nothing', async () => {
  const answer = await send('analyst', '/api/imports/check');
  const { form, columns, mapping, report } = importCheckSchema.parse(answer.json());
  expect(form).toEqual({
    kind: 'text',
    encoding: 'utf-8',
    delimiter: ',',
    recognised: { encoding: 'utf-8', delimiter: ',' },
  });
  expect(mapping).toEqual({ as: 'incidents', region: '区划', at: '发生时间', kind: '案由' });
  expect(columns.at(-1)).toMatchObject({ personal: { zh: '姓名' }, samples: [] });
  expect(answer.body).not.toContain('张某某');
  expect(report).toMatchObject({ records: 3, rows: 2, refused: 1, outside: 0, regions: 1 });
  expect(report?.errors).toMatchObject([
    { line: 4, faults: [{ column: '发生时间', says: { zh: '日期无法识别' } }] },
  ]);
  expect([await counted(), await list('analyst')]).toEqual([0, []]);
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
});

test('what is taken in is told, listed, refused a second time, and taken back by whoever brought it', async () => {
  const { id, report } = importedSchema.parse((await send('analyst', '/api/imports')).json());
  expect([report.rows, await counted()]).toEqual([2, 2]);
  const again = await send('analyst', '/api/imports');
  expect([again.statusCode, again.json().code]).toEqual([409, 'conflict']);
  expect(await list('colleague')).toMatchObject([{ id, may: { undo: false }, rows: 2 }]);
  expect(await list('analyst')).toMatchObject([{ fileName: 'cases.csv', may: { undo: true } }]);
  const undo = (login: string) =>
    app.inject({ method: 'POST', url: `/api/imports/${id}/undo`, headers: headersOf(login) });
  expect((await undo('colleague')).statusCode).toBe(404);
  expect((await undo('city')).statusCode).toBe(403);
  expect((await undo('analyst')).json().imports).toMatchObject([{ state: 'undone' }]);
  expect((await undo('analyst')).statusCode).toBe(409);
  expect(await counted()).toBe(0);
  const told = await records.db.selectFrom('auditPending').select('body').orderBy('seq').execute();
  const actions = told.map(({ body }) => decodeEntry(body)?.action ?? '');
  expect(actions.filter((action) => action.startsWith('import.'))).toEqual([
    'import.begin',
    'import.apply',
    'import.undo',
  ]);
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
});

test('rows beyond one’s area keep the whole file out', async () => {
  const content = `${CSV}310101,2026-10-03 10:00,盗窃,赵某某\n`;
  const checked = importCheckSchema.parse(
    (await send('analyst', '/api/imports/check', { content })).json(),
  );
  expect(checked.report).toMatchObject({ rows: 3, outside: 1 });
  const refused = await send('analyst', '/api/imports', { content });
  expect([refused.statusCode, refused.json().says.zh]).toEqual([
    403,
    '文件中有您数据范围以外地区的数据',
  ]);
  expect(await counted()).toBe(0);
});

test('a file is read as its bringer says where it is not what it looks like', async () => {
  const content = '区划;发生时间;案由\n511722;2026-10-01;盗窃,未遂\n';
  const looksOf = async (reading: Sent) => {
    const answer = await send('analyst', '/api/imports/check', { content, ...reading });
    const { form, columns } = importCheckSchema.parse(answer.json());
    return [form, columns.map(({ name }) => name)];
  };
  const recognised = { encoding: 'utf-8', delimiter: ';' };
  expect(await looksOf({})).toEqual([
    { kind: 'text', ...recognised, recognised },
    ['区划', '发生时间', '案由'],
  ]);
  const [form, names] = await looksOf({ encoding: 'gb18030', delimiter: '\t' });
  expect(form).toEqual({ kind: 'text', encoding: 'gb18030', delimiter: '\t', recognised });
  expect(names).toHaveLength(1);
});

test('whoever leaves has cancelled: half a file is gone, and of a half-written import nothing stays', async () => {
  const address = await app.listen({ port: 0 });
  const leave = async (bytes: number, when: () => Promise<boolean>) => {
    const sending = request(`${address}/api/imports?file=left.csv`, {
      method: 'POST',
      headers: {
        ...headersOf('analyst'),
        'content-type': IMPORT_MEDIA_TYPE,
        'content-length': Buffer.byteLength(CSV),
      },
    }).on('error', () => undefined);
    sending.write(Buffer.from(CSV).subarray(0, bytes));
    await vi.waitUntil(when, 5_000);
    sending.destroy();
  };
  const doing = async () => listed('analyst').then((one) => one.doing);
  const isOver = () => vi.waitUntil(async () => (await doing()) === null, 5_000);
  await leave(40, async () => (await doing())?.step === 'receive');
  await isOver();
  const { promise, resolve } = Promise.withResolvers<void>();
  writing = promise;
  await leave(Buffer.byteLength(CSV), async () => {
    const now = await doing();
    return now?.step === 'write' && now.records === 3 && now.of === 3;
  });
  expect((await listed('colleague')).doing).toBeNull();
  resolve();
  await isOver();
  expect(await counted()).toBe(0);
  expect(await list('analyst')).toMatchObject([{ state: 'undone' }]);
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
});

test('nobody else brings files; what is no file or no mapping is refused without naming our folders', async () => {
  for (const path of ['/api/imports', '/api/imports/check']) {
    expect([path, (await send('city', path)).statusCode]).toEqual([path, 403]);
    expect([path, (await send('nobody', path)).statusCode]).toEqual([path, 401]);
    for (const [sent, status] of [
      [{ type: 'text/csv' }, 415],
      [{ content: '' }, 400],
      [{ content: Buffer.from([0x50, 0x4b, 3, 4, 0, 0]) }, 400],
      [{ content: Buffer.alloc(limits.workbook.fileBytesMax + 1, 'PK\u0003\u0004') }, 413],
      [{ encoding: 'latin-1' }, 400],
      [{ mapping: '{' }, 400],
      [{ mapping: '{"as":"persons"}' }, 400],
      [
        { mapping: JSON.stringify({ as: 'incidents', region: '区划', at: 'x', kind: '案由' }) },
        400,
      ],
      [
        {
          mapping: JSON.stringify({
            as: 'incidents',
            region: '区划',
            at: '发生时间',
            kind: '当事人姓名',
          }),
        },
        400,
      ],
      [{ content: Buffer.alloc(limits.fileBytesMax + 1, 'a') }, 413],
    ] as const) {
      const answer = await send('analyst', path, sent);
      expect([path, sent.mapping, answer.statusCode, answer.body]).toEqual([
        path,
        sent.mapping,
        status,
        expect.not.stringContaining(folder),
      ]);
    }
  }
  expect((await app.inject({ url: '/api/imports', headers: headersOf('city') })).statusCode).toBe(
    403,
  );
  expect(await readdir(join(folder, 'spool'))).toEqual([]);
});
