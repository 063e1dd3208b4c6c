// Exports through their routes: who may take, see, decide and verify what, and what the trail hears of it.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeEntry } from '../../security/audit/record-format.ts';
import type {
  ExportRequest,
  LedgerEntry,
  LedgerPage,
  PrintedMark,
  VerifiedAnswer,
} from '../api/exports.ts';
import { openExportsApp, type ExportsLogin } from './exports.fixture.ts';

let site: Awaited<ReturnType<typeof openExportsApp>>;
beforeEach(async () => {
  site = await openExportsApp();
});
afterEach(() => site.close());

const post = (login: ExportsLogin, url: string, payload: object) =>
  site.ask(login, { method: 'POST', url, payload });
const get = async <Answer>(login: ExportsLogin, url: string): Promise<Answer> =>
  (await site.ask(login, { url })).json<Answer>();
const take = (login: ExportsLogin, more: object = {}) =>
  post(login, '/api/alerts/export', { format: 'csv', purpose: '周例会', ...more });
const verify = async (login: ExportsLogin, file: Buffer) =>
  (
    await site.ask(login, {
      method: 'POST',
      url: '/api/exports/verify',
      headers: { 'content-type': 'application/octet-stream' },
      payload: file,
    })
  ).json<VerifiedAnswer>();

async function told() {
  const rows = await site.records.db
    .selectFrom('auditPending')
    .select('body')
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => decodeEntry(body));
}

test('a county’s list holds its alerts only, and the trail knows whom it was about', async () => {
  const file = await take('xuanhan');
  expect(file.statusCode).toBe(200);
  expect(file.headers['content-type']).toContain('text/csv');
  const lines = file.body.split('\r\n').filter((line) => line !== '' && !line.includes('#'));
  expect(lines).toHaveLength(4);
  expect(file.body).not.toContain('大竹');
  expect(await told()).toMatchObject([
    {
      actor: 'ac_xuanhan',
      action: 'alert.export',
      outcome: 'done',
      subjects: ['cc-000002', 'cc-000001', 'cc-000000'],
      purpose: 'alert-handling',
      reason: '周例会',
      detail: { made: file.headers['x-export-number'], format: 'csv' },
    },
  ]);
  for (const login of ['analyst', 'auditor', 'security'] as const) {
    expect((await take(login)).statusCode).toBe(403);
  }
  expect((await take('xuanhan', { purpose: ' ' })).statusCode).toBe(400);
});

test('a large list waits for a leader, who is never the one who asks', async () => {
  const asked = { format: 'xlsx', purpose: '年度检查' };
  const refused = await take('city', asked);
  expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([
    409,
    'approval-needed',
  ]);
  const request = (login: ExportsLogin) =>
    post(login, '/api/alerts/export-requests', { ...asked, reason: '省厅检查需要全部清单' });
  const { id } = (await request('city')).json<{ id: string }>();
  const decide = (login: ExportsLogin, of = id) =>
    post(login, `/api/exports/requests/${of}/decide`, { decision: 'approved', note: '同意' });
  // A county's leader has no say over the city; officers and administrators have none at all.
  for (const login of ['city', 'xuanhan-chief', 'security', 'auditor'] as const) {
    expect((await decide(login)).statusCode, login).toBe(403);
  }
  const own = (await request('chief')).json<{ id: string }>();
  expect((await decide('chief', own.id)).statusCode).toBe(403);
  expect((await decide('chief')).statusCode).toBe(200);
  expect((await decide('chief')).statusCode).toBe(409);
  expect((await decide('chief', 'er_none')).statusCode).toBe(404);
  expect((await take('city', asked)).statusCode).toBe(200);
  expect((await take('city', asked)).statusCode).toBe(409);
  const { entries } = await get<LedgerPage>('city', '/api/exports');
  expect(entries).toMatchObject([{ approvedBy: { zh: '市局分管领导' }, persons: 4 }]);
  const { requests } = await get<{ requests: ExportRequest[] }>('city', '/api/exports/requests');
  expect(requests).toMatchObject([{ id, state: 'used', note: '同意', isOwn: true }]);
  const decisions = (await told()).filter((entry) => entry?.action === 'export.decide');
  expect(decisions.filter((entry) => entry?.outcome === 'done')).toMatchObject([
    { actor: 'ac_chief', detail: { id, decision: 'approved' } },
  ]);
});

test('what was asked for can be taken back, by its own only', async () => {
  const { id } = (
    await post('city', '/api/alerts/export-requests', {
      format: 'csv',
      purpose: '年度检查',
      reason: '省厅检查需要',
    })
  ).json<{ id: string }>();
  const withdraw = (login: ExportsLogin) => post(login, `/api/exports/requests/${id}/withdraw`, {});
  expect((await withdraw('chief')).statusCode).toBe(404);
  expect((await withdraw('city')).statusCode).toBe(200);
  expect((await withdraw('city')).statusCode).toBe(409);
  const seen = await get<{ requests: ExportRequest[] }>('auditor', '/api/exports/requests');
  expect(seen.requests).toMatchObject([{ id, state: 'withdrawn', may: { decide: false } }]);
  expect(await get('xuanhan', '/api/exports/requests')).toEqual({ requests: [] });
});

test('everybody sees their own, leaders their unit, administrators all', async () => {
  const number = String((await take('xuanhan')).headers['x-export-number']);
  const seenBy = async (login: ExportsLogin, whose: string) => {
    const answer = await site.ask(login, { url: `/api/exports?whose=${whose}` });
    return answer.statusCode === 200 ? answer.json<LedgerPage>().entries.length : answer.statusCode;
  };
  expect(await seenBy('xuanhan', 'own')).toBe(1);
  expect(await seenBy('xuanhan', 'all')).toBe(403);
  expect(await seenBy('city', 'own')).toBe(0);
  expect(await seenBy('xuanhan-chief', 'all')).toBe(1);
  expect(await seenBy('chief', 'all')).toBe(1);
  expect(await seenBy('security', 'all')).toBe(1);
  expect(await seenBy('auditor', 'all')).toBe(1);
  const one = (login: ExportsLogin) => site.ask(login, { url: `/api/exports/${number}` });
  expect((await one('xuanhan')).json<LedgerEntry>().exporter.zh).toBe('宣汉值班员');
  expect((await one('city')).statusCode).toBe(404);
  const found = (text: string) =>
    get<LedgerPage>('auditor', `/api/exports?whose=all&text=${encodeURIComponent(text)}`);
  expect((await found(number.slice(0, 12).toLowerCase())).entries).toHaveLength(1);
  expect((await found('%')).entries).toHaveLength(1);
  expect((await found('EX2025')).entries).toHaveLength(0);
});

test('pages of the ledger follow one another without a gap', async () => {
  for (let count = 0; count < 53; count++) await take('xuanhan');
  const first = await get<LedgerPage>('auditor', '/api/exports?whose=all');
  const second = await get<LedgerPage>('auditor', `/api/exports?whose=all&after=${first.next}`);
  expect([first.entries.length, second.entries.length, second.next]).toEqual([50, 3, null]);
  const numbers = [...first.entries, ...second.entries].map(({ number }) => number);
  expect(new Set(numbers).size).toBe(53);
});

test('anybody learns whether a file is ours; whose it is, those who may', async () => {
  const file = Buffer.from((await take('xuanhan')).rawPayload);
  expect(await verify('xuanhan-chief', file)).toMatchObject({
    is: 'unaltered',
    entry: { exporter: { zh: '宣汉值班员' }, purpose: '周例会' },
    seal: { seal: 'sound', stamp: 'none' },
  });
  expect(await verify('analyst', file)).toMatchObject({ is: 'unaltered', entry: null });
  const altered = Buffer.from(file.toString().replace('cc-000001', 'cc-000009'));
  expect(await verify('auditor', altered)).toMatchObject({ is: 'altered', isContentSame: false });
  expect(await verify('auditor', file.subarray(0, -60))).toMatchObject({ is: 'truncated' });
  expect(await verify('auditor', Buffer.from('a,b\n'))).toMatchObject({ is: 'unknown' });
  const empty = await site.ask('auditor', {
    method: 'POST',
    url: '/api/exports/verify',
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect(empty.statusCode).toBe(400);
});

test('a seal is taken by whoever took the file and those who may see it', async () => {
  const number = String((await take('xuanhan')).headers['x-export-number']);
  const url = `/api/exports/${number}/seal`;
  for (const login of ['xuanhan', 'xuanhan-chief', 'auditor'] as const) {
    const answer = await site.ask(login, { url });
    expect(answer.statusCode, login).toBe(200);
    expect(answer.headers['content-disposition']).toContain(`${number}.csv.seal`);
    expect(answer.body).toContain(`"number":"${number}"`);
  }
  expect((await site.ask('analyst', { url })).statusCode).toBe(404);
});

test('the auditor takes away what a search found, at once, and the trail says so', async () => {
  const url = '/api/audit/records/export';
  const found = await post('auditor', url, { purpose: '季度核查', outcome: 'done' });
  expect(found.statusCode).toBe(200);
  expect(found.body).toContain('序号,时间,操作人');
  expect(await told()).toMatchObject([
    { actor: 'ac_auditor', action: 'audit.export-records', detail: { outcome: 'done' } },
  ]);
  expect((await post('chief', url, { purpose: '季度核查' })).statusCode).toBe(403);
  expect((await post('auditor', url, { purpose: '核查', subject: '王某某' })).statusCode).toBe(400);
});

test('what is printed has its entry and its mark before, within what one may', async () => {
  const print = (login: ExportsLogin, body: object) => post(login, '/api/exports/prints', body);
  const report = {
    what: 'report',
    period: '2026-W47',
    region: '511722',
    words: '周报\n预警 12 件',
  };
  const printed = await print('xuanhan', { ...report, purpose: '局务会' });
  expect(printed.statusCode).toBe(200);
  const mark = printed.json<PrintedMark>();
  expect(mark.line.zh).toContain('宣汉值班员');
  expect(mark.digest).toContain(createHash('sha256').update(report.words).digest('hex'));
  const sheet = { what: 'person-sheet', subject: 'cc-000000', words: '告知单' };
  expect((await print('xuanhan', sheet)).statusCode).toBe(200);
  const { entries } = await get<LedgerPage>('xuanhan', '/api/exports');
  expect(entries).toMatchObject([
    { kind: 'person-sheet', format: 'paper', persons: 1, purpose: '告知本人', state: 'taken' },
    { number: mark.number, kind: 'report', format: 'paper', persons: 0, region: '511722', rows: 2 },
  ]);
  // Another county's report or person, no purpose, somebody without the right, nothing to print.
  for (const [login, body, status] of [
    ['xuanhan', { ...report, region: '511724', purpose: '局务会' }, 403],
    ['xuanhan', { ...sheet, subject: 'cc-000009' }, 404],
    ['xuanhan', { ...report, purpose: ' ' }, 400],
    ['xuanhan', { ...sheet, words: '' }, 400],
    ['analyst', sheet, 403],
    ['security', { ...report, purpose: '局务会' }, 403],
  ] as const) {
    expect([login, body, (await print(login, body)).statusCode]).toEqual([login, body, status]);
  }
  expect((await get<LedgerPage>('auditor', '/api/exports?whose=all')).entries).toHaveLength(2);
  const done = (await told()).filter((entry) => entry?.outcome === 'done');
  expect(done.filter((entry) => entry?.action === 'export.print')).toMatchObject([
    { actor: 'ac_xuanhan', detail: { made: mark.number, what: 'report', region: '511722' } },
    { actor: 'ac_xuanhan', subjects: ['cc-000000'], detail: { what: 'person-sheet' } },
  ]);
});

test('a search of the trail comes as a workbook too', async () => {
  const found = await post('auditor', '/api/audit/records/export', {
    purpose: '季度核查',
    format: 'xlsx',
  });
  expect(found.headers['content-type']).toContain('spreadsheetml');
  expect(await verify('auditor', Buffer.from(found.rawPayload))).toMatchObject({ is: 'unaltered' });
});
