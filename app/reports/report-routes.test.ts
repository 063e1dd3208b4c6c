// Reports through the HTTP routes, the command and the schedule, on records with known alerts: who sees
// what, what is refused and how, what is kept.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds, contentHash } from '../../core/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseInstant } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openRecords, type Records, type RecordsDb } from '../../warehouse/records.ts';
import { alertRow } from '../../warehouse/records.contract.ts';
import type { KeptDetail, KeptList, KeptReportAnswer, ShownReportAnswer } from '../api/reports.ts';
import type { Problem } from '../api/session.ts';
import { configSchema } from '../config.ts';
import { openExports } from '../exports/export-desk.fixture.ts';
import { registerReports } from '../http/report-routes.ts';
import { createServer } from '../http/server.ts';
import { registerSessions } from '../http/sessions.ts';
import { logAudit } from '../http/access/trail.ts';
import { createRandom } from '../../core/random.ts';
import { report as reportVerb } from '../verbs/report.ts';
import { findPdfPrinter } from './pdf.ts';
import { createReportDesk } from './report-desk.ts';
import { duePeriods, makeDueReports, startReportSchedule } from './schedule.ts';
import { unzip } from './unzip.fixture.ts';

const at = (written: string) => parseInstant(written) as number;
const NOW = at('2026-11-23 09:30');
const PASSWORD = 'a password for tests';
const ids = createCountingIds();

/** Five alerts of the week before NOW: three in Xuanhan, two in Dazhu; one of the week before that. */
async function seed(db: RecordsDb): Promise<void> {
  for (const [login, role, region] of [
    ['city', 'city-officer', '511700'],
    ['xuanhan', 'county-officer', '511722'],
    ['analyst', 'analyst', '511700'],
    ['admin', 'system-administrator', '511700'],
  ] as const) {
    const account = await createAccount({ ids }, db, {
      login,
      role,
      password: PASSWORD,
      displayZh: `${login} 值班员`,
      displayEn: `${login} officer`,
      region: regionCode(region),
      language: 'zh',
    });
    if (account) await markDemoAccount(db, account.id);
  }
  await db
    .insertInto('officer')
    .values(
      ['511722', '511724'].map((region) => ({
        id: `officer-${region}`,
        name: '某人',
        role: 'county-officer' as const,
        region: regionCode(region),
        phone: null,
        phoneVerifiedAtMs: null,
        active: 1 as const,
      })),
    )
    .execute();
  const rows = [
    ['511722', '2026-11-16 00:00', 2, 4, 'true'],
    ['511722', '2026-11-18 12:00', 1, 1, 'drift'],
    ['511722', '2026-11-22 23:59', 2, null, null],
    ['511724', '2026-11-17 08:00', 3, 60, 'true'],
    ['511724', '2026-11-20 08:00', 3, 2, null],
    ['511722', '2026-11-15 23:59', 2, 9, 'true'],
  ] as const;
  for (const [index, [region, recorded, level, waitMin, result]] of rows.entries()) {
    const recordedAtMs = at(recorded);
    await db
      .insertInto('alert')
      .values({
        ...alertRow,
        id: `al_${index}`,
        region: regionCode(region),
        level,
        recordedAtMs: epochMs(recordedAtMs),
        acknowledgedAtMs: waitMin === null ? null : epochMs(recordedAtMs + waitMin * MINUTE_MS),
        status: waitMin === null ? 'new' : 'acknowledged',
        feedbackResult: result,
        feedbackNote: result && '王某某在家',
      })
      .execute();
    await db
      .insertInto('outbox')
      .values({
        id: `nt_${index}`,
        alertId: `al_${index}`,
        step: 0,
        channel: 'push',
        recipient: `officer-${region}`,
        textZh: '',
        textEn: '',
        state: 'sent',
        attempts: 1,
        nextAttemptAtMs: epochMs(0),
        createdAtMs: epochMs(recordedAtMs),
      } as never)
      .execute();
  }
  // Taken down, until when, decided; the last one is of the week before.
  const objections = [
    ['al_0', '2026-11-17 10:00', '2026-11-21 00:00', '2026-11-21 09:00', 'rejected'],
    ['al_2', '2026-11-22 23:59', '2026-11-28 00:00', null, 'open'],
    ['al_3', '2026-11-18 10:00', '2026-11-23 00:00', null, 'open'],
    ['al_5', '2026-11-15 23:59', '2026-11-21 00:00', '2026-11-23 08:00', 'rejected'],
  ] as const;
  for (const [alertId, recorded, due, decided, state] of objections) {
    await db
      .insertInto('objection')
      .values({
        id: `oj_${alertId}`,
        alertId,
        what: '王某某称当时在家',
        receivedHow: 'phone',
        raisedAtMs: epochMs(at(recorded)),
        recordedBy: 'somebody',
        recordedAtMs: epochMs(at(recorded)),
        workdays: 5,
        calendarVersion: 'test',
        dueAtMs: epochMs(at(due)),
        state,
        decidedBy: decided && 'somebody else',
        decidedAtMs: decided === null ? null : epochMs(at(decided)),
        reason: null,
        nextAtMs: null,
        alarmedAtMs: null,
      })
      .execute();
  }
}

const depsOf = (records: Records, nowMs = NOW) => ({
  db: records.db,
  clock: createManualClock(nowMs),
  calendar: createChinaCalendar(),
  roster: undefined,
  budget: 30,
});

describe('reports over HTTP', () => {
  let records: Records;
  let app: FastifyInstance;
  const cookies = new Map<string, string>();

  beforeAll(async () => {
    records = await openMemoryRecords();
    await seed(records.db);
    const deps = depsOf(records);
    app = await createServer({ logger: silentLogger });
    const guard = registerSessions(app, {
      ...deps,
      ids,
      secure: false,
      audit: logAudit(silentLogger),
    });
    const pdf = await findPdfPrinter(['/nowhere']);
    const exports = openExports({ records, clock: deps.clock, pdf });
    registerReports(app, { guard, ...deps, desk: createReportDesk({ ...deps, exports }) });
    for (const login of ['city', 'xuanhan', 'analyst', 'admin']) {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/session',
        payload: { login, password: PASSWORD },
      });
      cookies.set(login, String(answer.headers['set-cookie']).split(';')[0] as string);
    }
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await records.close();
  });

  const ask = async <Answer>(login: string, url: string, payload?: object) => {
    const answer = await app.inject({
      method: payload ? 'POST' : 'GET',
      url,
      headers: { cookie: cookies.get(login) ?? '' },
      ...(payload ? { payload } : {}),
    });
    return { status: answer.statusCode, body: answer.json<Answer>(), raw: answer };
  };

  /** The line of totals of a table, as values. */
  const totals = ({ document }: ShownReportAnswer, id: string) =>
    document.tables
      .find((table) => table.id === id)
      ?.rows.at(-1)
      ?.cells.slice(1)
      .map((cell) => (cell.kind === 'span' ? cell.ms : cell.value));

  test('the city sees all, a county its own, each the last whole week without asking', async () => {
    const city = await ask<ShownReportAnswer>('city', '/api/reports');
    expect([city.status, city.body.period, city.body.region, city.body.isWhole]).toEqual([
      200,
      '2026-W47',
      '511700',
      true,
    ]);
    //                            raised, before, change, withdrawn, acknowledged, waiting, closed
    expect(totals(city.body, 'overview')).toEqual([5, 1, 4, 0, 4, 1, 0]);
    expect(totals(city.body, 'acknowledgement')?.slice(0, 3)).toEqual([4, 1, 2 * MINUTE_MS]);
    const county = await ask<ShownReportAnswer>('xuanhan', '/api/reports');
    expect(totals(county.body, 'overview')).toEqual([3, 1, 2, 0, 2, 1, 0]);
    //                            recorded, before, decided, upheld, rejected, undecided, overdue, pending
    expect(totals(city.body, 'objections')).toEqual([3, 1, 1, 0, 1, 2, 2, 3]);
    expect(totals(county.body, 'objections')).toEqual([2, 1, 1, 0, 1, 1, 1, 2]);
    const other = await ask<ShownReportAnswer>('city', '/api/reports?region=511724');
    expect(totals(other.body, 'objections')).toEqual([1, 0, 0, 0, 0, 1, 1, 1]);
    expect(totals(other.body, 'overview')).toEqual([2, 0, 2, 0, 2, 0, 0]);
  });

  test('an analyst sees counts and no times or load; an administrator nothing', async () => {
    const { body } = await ask<ShownReportAnswer>('analyst', '/api/reports');
    expect(totals(body, 'overview')).toEqual([5, 1, 4, 0, 4, 1, 0]);
    expect(body.document.tables.map(({ id }) => id)).toEqual([
      'overview',
      'results',
      'by-rule',
      'by-county',
      'open-by-age',
      'objections',
    ]);
    expect(JSON.stringify(body)).not.toContain('"span","ms"');
    expect((await ask('admin', '/api/reports')).status).toBe(403);
    expect((await ask('admin', '/api/reports/kept')).status).toBe(403);
    expect((await ask('nobody', '/api/reports')).status).toBe(401);
  });

  test.each([
    ['xuanhan', '?region=511724', 403, '不在您的数据范围内', '大竹县'],
    ['xuanhan', '?region=511700', 403, '不在您的数据范围内', '达州市'],
    ['city', '?region=510000', 403, '不在您的数据范围内', '四川省'],
    ['city', '?region=519999', 400, '没有这个县市区', '519999'],
    ['city', '?region=xuanhan', 400, '没有这个县市区', 'xuanhan'],
    ['city', '?period=2026-W49', 400, '报告时段尚未开始', 'week 49'],
    ['city', '?from=2026-11-20&to=2026-11-18', 400, '起始日期晚于截止日期', '2026-11-20'],
    ['city', '?period=lastweek', 400, '周期写法不对', 'lastweek'],
    ['city', '?day=1', 400, '请求内容有误', 'day'],
  ])('%s asking for %s is answered %i: %s', async (login, query, status, zh, detail) => {
    const { body, ...answer } = await ask<Problem>(login, `/api/reports${query}`);
    expect(answer.status).toBe(status);
    expect(body.says.zh).toContain(zh);
    expect(body.detail).toContain(detail);
  });

  test('a kept report stays as it was made, is listed, and is taken away with a trace', async () => {
    const refused = await ask<Problem>('city', '/api/reports', { purpose: ' ' });
    expect([refused.status, refused.body.says.zh]).toEqual([400, '请写明用途']);

    const made = await ask<KeptReportAnswer>('city', '/api/reports', {
      period: '2026-W47',
      purpose: '局务会',
    });
    expect(made.body).toMatchObject({ origin: 'demand', isWhole: true, purpose: '局务会' });
    expect(made.body.madeBy?.zh).toBe('city 值班员');
    const before = (await ask<KeptDetail>('city', `/api/reports/kept/${made.body.id}`)).body;
    await records.db
      .updateTable('alert')
      .set({ feedbackResult: 'drift' })
      .where('id', '=', 'al_0')
      .execute();
    expect((await ask<KeptDetail>('city', `/api/reports/kept/${made.body.id}`)).body).toEqual(
      before,
    );
    const now = (await ask<ShownReportAnswer>('city', '/api/reports')).body;
    expect(totals(now, 'results')).not.toEqual(totals(before, 'results'));

    // The city's is not the county's to see, and not there for it.
    expect((await ask('xuanhan', `/api/reports/kept/${made.body.id}`)).status).toBe(404);
    const county = await ask<KeptReportAnswer>('xuanhan', '/api/reports', { purpose: '例会' });
    const listOf = async (login: string) =>
      (await ask<KeptList>(login, '/api/reports/kept')).body.reports.map(({ id }) => id).toSorted();
    expect(await listOf('xuanhan')).toEqual([county.body.id]);
    expect(await listOf('city')).toEqual([made.body.id, county.body.id].toSorted());
    const { formats } = (await ask<KeptList>('city', '/api/reports/kept')).body;
    expect(formats.map(({ format, missing }) => [format, missing?.zh.slice(0, 17)])).toEqual([
      ['xlsx', undefined],
      ['docx', undefined],
      ['pdf', '服务器未安装 Chromium 浏'],
    ]);

    const url = `/api/reports/kept/${made.body.id}/files`;
    const file = await app.inject({
      method: 'POST',
      url,
      headers: { cookie: cookies.get('city') ?? '' },
      payload: { format: 'xlsx', purpose: '=上报省厅' },
    });
    expect(file.headers['content-disposition']).toContain(
      encodeURIComponent('达州市监督预警周报-2026-W47-EX20261123-'),
    );
    expect(JSON.stringify(unzip(file.rawPayload))).toContain('用途：=上报省厅');
    const traces = await records.db.selectFrom('reportFile').selectAll().execute();
    expect(traces).toMatchObject([
      { reportId: made.body.id, format: 'xlsx', purpose: '=上报省厅', takenAtMs: NOW },
    ]);
    expect(traces[0]?.contentHash).toBe(contentHash(file.rawPayload));
    const [entry, ...more] = await records.db.selectFrom('exportFile').selectAll().execute();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'report',
      personCount: 0,
      fileDigest: contentHash(file.rawPayload),
      byteCount: file.rawPayload.length,
      state: 'taken',
    });
    const pdf = await ask<Problem>('city', url, { format: 'pdf', purpose: '局务会' });
    expect([pdf.status, pdf.body.says.zh]).toEqual([
      409,
      '服务器未安装 Chromium 浏览器，不能生成 PDF；请下载 Word 或 Excel 文件。',
    ]);
    expect((await ask('city', url, { format: 'pptx', purpose: '局务会' })).status).toBe(400);
  });

  test('nothing in a report or its files names a person, an officer or a note', async () => {
    const bodies = await records.db.selectFrom('report').select('body').execute();
    const all = JSON.stringify([
      bodies,
      (await ask('city', '/api/reports')).body,
      (await ask('city', '/api/reports/kept')).body,
    ]);
    expect(bodies.length).toBeGreaterThan(0);
    for (const private_ of ['cc-000001', '王某某', 'officer-511722', '某人', 'al_0', 'ep_1'])
      expect(all).not.toContain(private_);
  });
});

describe('the schedule', () => {
  test('a week is due on Monday at nine, a month on the first, and what was missed once', () => {
    const due = (now: string, since: string | null) =>
      duePeriods(at(now), since === null ? null : at(since)).map(({ kind, fromMs }) =>
        [kind, new Date(fromMs + 8 * HOUR_MS).toISOString().slice(0, 10)].join(' '),
      );
    expect(due('2026-11-23 08:59', '2026-11-10')).toEqual(['week 2026-11-09']);
    expect(due('2026-11-23 09:00', '2026-11-10')).toEqual(['week 2026-11-09', 'week 2026-11-16']);
    expect(due('2026-12-01 09:00', '2026-11-20')).toEqual([
      'week 2026-11-16',
      'week 2026-11-23',
      'month 2026-11-01',
    ]);
    expect(due('2026-12-01 09:00', '2020-01-01')).toHaveLength(8);
    expect(due('2026-12-01 09:00', null)).toEqual([]);
  });

  test('makes each report once, over restarts and beside another process', async () => {
    const records = await openMemoryRecords();
    await seed(records.db);
    const deps = { ...depsOf(records), logger: silentLogger };
    const count = async () => (await records.db.selectFrom('report').select('id').execute()).length;
    // Two weeks are known, for the city and its seven counties.
    await Promise.all([makeDueReports(deps), makeDueReports(deps)]);
    expect(await count()).toBe(16);
    expect(await makeDueReports(deps)).toBe(0);
    const clock = createManualClock(NOW + 7 * DAY_MS);
    const schedule = startReportSchedule({ ...deps, clock });
    await schedule.stop();
    expect(await count()).toBe(24);
    const rows = await records.db.selectFrom('report').selectAll().execute();
    expect(
      new Set(rows.map(({ origin, isWhole, madeBy }) => `${origin} ${isWhole} ${madeBy}`)),
    ).toEqual(new Set(['schedule 1 schedule']));
    await records.close();
  });
});

describe('the command', () => {
  test('prints a report, or keeps it and writes its files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-report-test-'));
    const config = configSchema.parse({ dataFolder: folder, logLevel: 'silent' });
    const records = await openRecords(
      { logger: silentLogger, random: createRandom('x') },
      { kind: 'sqlite', path: join(folder, 'records.sqlite') },
    );
    await seed(records.db);
    await records.close();
    const clock = createManualClock(NOW);
    const lines: string[] = [];
    const run = (options: object) =>
      reportVerb(
        config,
        { by: 'city', purpose: '', format: 'xlsx,docx', language: 'zh', ...options },
        (line) => lines.push(line),
        clock,
      );
    await run({});
    expect(lines.slice(0, 2)).toEqual([
      '达州市监督预警周报',
      '报告周期: 2026年第47周（2026-11-16 至 2026-11-22）',
    ]);
    expect(lines).toContain('合计\t5\t1\t+4\t0\t4\t1\t0');

    const out = join(folder, 'out');
    await run({ out, purpose: '局务会', by: 'xuanhan' });
    const names = await readdir(out);
    expect(names.map((name) => name.replace(/EX\d{8}-\w{8}/, 'EX')).toSorted()).toEqual([
      '宣汉县监督预警周报-2026-W47-EX.docx',
      '宣汉县监督预警周报-2026-W47-EX.docx.seal',
      '宣汉县监督预警周报-2026-W47-EX.xlsx',
      '宣汉县监督预警周报-2026-W47-EX.xlsx.seal',
    ]);
    const file = await readFile(join(out, names.find((name) => name.endsWith('.docx')) ?? ''));
    expect(JSON.stringify(unzip(file))).toContain('xuanhan 值班员（xuanhan）');

    await expect(run({ out, purpose: '' })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(run({ format: 'odt' })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(run({ by: 'ghost' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(run({ by: 'xuanhan', region: '511724' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await rm(folder, { recursive: true });
  });
});
