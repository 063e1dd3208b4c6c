// Metrics over HTTP against a warehouse: who counts what, what is refused, hidden, compared and told.

import { tableFromIPC } from 'apache-arrow';
import type { FastifyInstance } from 'fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { regionCode } from '../../core/region.ts';
import { text } from '../../core/text.ts';
import { createManualClock, systemClock } from '../../core/time.ts';
import type { AuditEntry, AuditTrail } from '../../security/audit/audit-entry.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { decideExport } from '../../security/exports/export-requests.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { countDue, noteDays } from '../../warehouse/rollup-count.ts';
import { createRollupMarks } from '../../warehouse/rollup-days.ts';
import { openSession } from '../../warehouse/sessions.ts';
import {
  metricAnswerSchema,
  metricListSchema,
  metricRecordsSchema,
  type MetricAnswerBody,
  type MetricQuestion,
} from '../api/metrics.ts';
import type { VerifiedAnswer } from '../api/exports.ts';
import { recordRoutes } from '../audit/route-audit.ts';
import { exportConfigSchema, exportLimitsOf } from '../export-config.ts';
import { openExports, testSealChecks } from '../exports/export-desk.fixture.ts';
import { findPdfPrinter, type PdfPrinter } from '../reports/pdf.ts';
import { createSqlDesk } from '../sql/sql-desk.ts';
import { registerExports } from './export-routes.ts';
import { registerMetrics } from './metric-routes.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';
import { registerSqlExports } from './sql-export-routes.ts';
import { registerViewExports } from './view-export-routes.ts';

/** Midnight in China that begins 22 November 2026. */
const DAY = Date.UTC(2026, 10, 21, 16);
const DAY_MS = 86_400_000;
/** Alerts on two days: county, level, how many on the first and how many on the second. */
const ALERTS: readonly (readonly [county: number, level: number, first: number, second: number])[] =
  [
    [511722, 1, 2, 1],
    [511722, 2, 10, 12],
    [511724, 1, 6, 7],
    [511724, 2, 20, 30],
    [510104, 2, 9, 9],
  ];

const LIMITS = exportLimitsOf(exportConfigSchema.parse({ largeRows: 40 }));

let folder: string;
let printer: PdfPrinter;
let olap: Olap;
let records: Records;
let app: FastifyInstance;
const clock = createManualClock(DAY + 2 * DAY_MS);
const told: AuditEntry[] = [];
const cookies = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-metric-routes-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
  for (const [index, [county, level, ...days]] of ALERTS.entries()) {
    for (const [day, count] of days.entries()) {
      await olap.run(
        `INSERT INTO alert_event (id, alert_id, kind, at_ms, level, subject, subject_class, region, rule_id, body)
         SELECT concat('ev-', {name:String}, '-', toString(number)),
           concat('al-', {name:String}, '-', toString(number)), 'opened',
           {atMs:Int64} + number * 60000, {level:UInt8}, concat('cc-', leftPad(toString(number), 6, '0')), 'cc',
           {county:UInt32}, 'area-exit', '{}'
         FROM numbers({count:UInt32})`,
        { name: `${index}-${day}`, atMs: DAY + day * DAY_MS, level, county, count },
      );
    }
  }
  await olap.run(
    `INSERT INTO tally (at_ms, source, reason, count) SELECT {atMs:Int64}, 'rail/api', 'no-basis', 4`,
    { atMs: DAY },
  );
  records = await openMemoryRecords();
  const sessionDeps = { db: records.db, clock, ids: createCountingIds() };
  for (const [login, role, region] of [
    ['city', 'city-officer', '511700'],
    ['xuanhan', 'county-officer', '511722'],
    ['analyst', 'analyst', '511700'],
    ['colleague', 'analyst', '511700'],
    ['admin', 'system-administrator', '511700'],
  ] as const) {
    await records.db
      .insertInto('account')
      .values({
        id: `ac_${login}`,
        login,
        passwordHash: '',
        displayZh: login,
        displayEn: login,
        role,
        region: regionCode(region),
        language: 'zh',
        officerId: null,
        active: 1,
      })
      .execute();
    const token = await openSession(sessionDeps, records.db, `ac_${login}`);
    cookies.set(login, `plumbline_session=${token}`);
  }
  app = await createServer({ logger: silentLogger });
  const trail = createAuditTrail({ records });
  const audit: AuditTrail = {
    record: (trx, entry) => (told.push(entry), trail.record(trx, entry)),
    note: (entry) => (told.push(entry), trail.note(entry)),
  };
  const recorder = recordRoutes(app, { records, audit, clock });
  const guard = recorder.guarded(
    registerSessions(app, { ...sessionDeps, records, audit, secure: false }),
  );
  const ruleTitles = () => ({ 'area-exit': text('擅自离开矫正区域', 'Left the area') });
  registerMetrics(app, { guard, olap, records: records.db, clock, ruleTitles });
  printer = await findPdfPrinter();
  const exports = openExports({
    records: recorder.records,
    clock,
    ids: sessionDeps.ids,
    pdf: printer,
    limits: LIMITS,
  });
  const { db } = records;
  registerViewExports(app, { guard, db, clock, olap, exports, ruleTitles });
  registerExports(app, {
    guard,
    records: recorder.records,
    clock,
    limits: LIMITS,
    sealChecks: testSealChecks,
  });
  registerSqlExports(app, {
    guard,
    exports,
    desk: createSqlDesk({ olap, records, audit, clock }),
  });
  await app.ready();
}, 60_000);

beforeEach(() => told.splice(0));

afterAll(async () => {
  await app.close();
  await records.close();
  await olap.close();
  await rm(folder, { recursive: true });
});

const request = (login: string, url: string, payload?: object, headers = {}) =>
  app.inject({
    method: payload ? 'POST' : 'GET',
    url,
    ...(payload && { payload }),
    headers: { cookie: cookies.get(login) ?? '', ...headers },
  });

const question = (more: Partial<MetricQuestion>): MetricQuestion => ({
  purpose: '周例会',
  metrics: ['alerts-raised'],
  fromMs: DAY,
  toMs: DAY + 2 * DAY_MS,
  ...more,
});

async function ask(login: string, more: Partial<MetricQuestion>): Promise<MetricAnswerBody> {
  const answer = await request(login, '/api/metrics/query', question(more));
  expect(answer.statusCode, answer.body).toBe(200);
  return metricAnswerSchema.parse(answer.json());
}

test('the catalogue says what there is, and what a role can do with it', async () => {
  const { metrics, dimensions } = metricListSchema.parse(
    (await request('city', '/api/metrics')).json(),
  );
  const raised = metrics.find(({ id }) => id === 'alerts-raised');
  expect(raised).toMatchObject({ coveredFromMs: DAY, hasRecords: true, privacyFloor: 5 });
  expect(dimensions['county']?.values).toContainEqual({
    value: '511722',
    name: { zh: '宣汉县', en: 'Xuanhan' },
    parent: '511700',
  });
  expect(dimensions['rule']?.values).toEqual([
    { value: 'area-exit', name: { zh: '擅自离开矫正区域', en: 'Left the area' } },
  ]);
  for (const login of ['xuanhan', 'analyst']) {
    const list = metricListSchema.parse((await request(login, '/api/metrics')).json());
    const of = (metric: string) => list.metrics.find(({ id }) => id === metric);
    expect(of('alerts-raised')?.hasRecords).toBe(login === 'xuanhan');
    expect(of('observations-refused')?.coveredFromMs).toBe(login === 'xuanhan' ? null : DAY);
  }
  expect((await request('admin', '/api/metrics')).statusCode).toBe(403);
  expect((await request('nobody', '/api/metrics')).statusCode).toBe(401);
});

test('figures are counted within the scope of whoever asks', async () => {
  const both = { metrics: ['alerts-raised', 'time-to-acknowledge-p50'], by: ['county'] };
  const city = await ask('city', both);
  expect(city.columns.map(({ id, type }) => [id, type])).toEqual([
    ['county', 'region'],
    ['alerts-raised', 'value'],
    ['time-to-acknowledge-p50', 'value'],
  ]);
  expect(city.rows).toEqual([
    ['511722', 25, null],
    ['511724', 63, null],
  ]);
  expect((await ask('xuanhan', both)).rows).toEqual([['511722', 25, null]]);
  expect((await ask('city', { metrics: ['observations-refused'] })).rows).toEqual([[4]]);
});

test('an answer says what it covers and which data it is of', async () => {
  const answer = await ask('city', { grain: 'day', limit: 1 });
  expect(answer).toMatchObject({
    // The nine of another city do not count.
    rows: [[DAY, 38]],
    rowsTotal: 2,
    rollup: null,
    coverage: { fromMs: DAY },
  });
  expect(answer.freshness.knownUntilMs).toBe(DAY + DAY_MS + 29 * 60_000);
  expect(answer.sql[0]).toContain('{fromMs:Int64}');
  const again = await ask('city', {});
  expect(again.dataVersion).toBe(answer.dataVersion);
  await olap.run(`INSERT INTO writer_progress SELECT 'alert_event', 0, 0, 7, 7`);
  clock.advance(3_000);
  expect((await ask('city', {})).dataVersion).not.toBe(answer.dataVersion);
});

test('days that are settled answer from their roll-up, and the same', async () => {
  const asked = {
    metrics: ['alerts-raised', 'alerts-open'],
    by: ['county'],
    grain: 'day' as const,
  };
  const before = await ask('city', asked);
  expect(before.rollup).toBe(null);
  const marks = createRollupMarks({ records, olap, clock });
  const deps = { records, olap, marks, clock };
  await noteDays(deps);
  expect(await countDue(deps, { daysMax: 9, quietMs: 0 })).toBe(2);
  clock.advance(3_000);
  for (const turn of ['counted', 'kept']) {
    clock.advance(3_000);
    const after = await ask('city', asked);
    expect({ turn, rows: after.rows }).toEqual({ turn, rows: before.rows });
    expect(after.rollup).toBe('alerts-by-day');
  }
  // The cells are taken over in passing; until then the statement answers.
  await expect
    .poll(async () => {
      clock.advance(3_000);
      const { rows, rollup, fromMemory } = await ask('city', asked);
      expect({ rows, rollup }).toEqual({ rows: before.rows, rollup: 'alerts-by-day' });
      return fromMemory;
    })
    .toBe(true);
  expect((await ask('xuanhan', asked)).rows).toEqual([
    [DAY, '511722', 12, 12],
    [DAY + DAY_MS, '511722', 13, 13],
  ]);
});

test('a time compared with the one before it, and with last year, which is not known', async () => {
  const second = { fromMs: DAY + DAY_MS, by: ['level'], compare: 'previous' as const };
  const { rows, comparison } = await ask('city', second);
  expect(rows).toEqual([
    [1, 8],
    [2, 42],
  ]);
  expect(comparison).toMatchObject({ kind: 'previous', fromMs: DAY, toMs: DAY + DAY_MS });
  expect(comparison?.rows.flat()).toMatchObject([
    { before: 8, difference: 0, change: 0, notes: ['flat', 'low-base'] },
    { before: 30, difference: 12, change: 0.4, notes: [] },
  ]);
  const year = await ask('city', { ...second, compare: 'last-year' });
  expect(year.comparison?.rows.flat().map(({ notes }) => notes)).toEqual([
    ['no-base'],
    ['no-base'],
  ]);
});

test('a state is of the end of the time asked for, or of when the data end', async () => {
  const state = { metrics: ['alerts-standing', 'open-alert-age-max'], by: ['city'] };
  expect((await ask('city', { ...state, toMs: DAY + 60_000 })).rows).toEqual([
    ['511700', 8, 60_000],
  ]);
  const later = await ask('city', { ...state, toMs: DAY + 300 * DAY_MS, compare: 'previous' });
  expect(later.rows).toEqual([['511700', 88, DAY_MS + 29 * 60_000]]);
  const answer = await request('xuanhan', '/api/metrics/records', {
    purpose: '核对未办结',
    metric: 'alerts-standing',
    fromMs: DAY,
    toMs: DAY + 60_000,
    where: [{ dimension: 'age', values: ['under-1h'] }],
  });
  expect(metricRecordsSchema.parse(answer.json()).total).toBe(4);
});

test('the same answer as an Arrow stream, with what it says of itself', async () => {
  const asked = question({
    fromMs: DAY + DAY_MS,
    metrics: ['alerts-raised', 'time-to-acknowledge-p50'],
    by: ['county', 'level'],
    grain: 'day',
    compare: 'previous',
  });
  const json = metricAnswerSchema.parse(
    (await request('analyst', '/api/metrics/query', asked)).json(),
  );
  const answer = await request('analyst', '/api/metrics/query', asked, {
    accept: 'application/vnd.apache.arrow.stream',
  });
  expect(answer.headers['content-type']).toBe('application/vnd.apache.arrow.stream');
  const table = tableFromIPC(answer.rawPayload);
  const rows = table.toArray().map((row) => Object.values(row.toJSON()));
  const width = json.columns.length;
  expect(rows.map((row) => row.slice(0, width))).toEqual(json.rows);
  expect(table.schema.names).toContain('alerts-raised.before');
  const changes = rows.map((row) => row.slice(width, width + 5));
  expect(changes).toEqual(
    json.comparison?.rows.map(([first]) => [
      first?.before,
      first?.difference,
      first?.change,
      first?.z,
      first?.notes.join(' '),
    ]),
  );
  expect(json.suppressed).not.toEqual([]);
  const said = JSON.parse(table.schema.metadata.get('plumbline.answer') ?? '{}') as object;
  const { rows: _rows, comparison, ...about } = json;
  expect(said).toEqual({ ...about, comparison: { ...comparison, rows: undefined } });
});

test('who may not see the records does not see small counts, nor what gives them away', async () => {
  const asked = { by: ['county', 'level'] };
  expect((await ask('city', asked)).rows).toEqual([
    ['511722', 1, 3],
    ['511722', 2, 22],
    ['511724', 1, 13],
    ['511724', 2, 50],
  ]);
  const { rows, suppressed } = await ask('analyst', asked);
  // 3 is too few; 22 and 13 give it away with the totals, and 50 gives those away.
  expect(rows.map((row) => row[2])).toEqual([null, null, null, null]);
  expect(suppressed).toHaveLength(4);
  const byCounty = await ask('analyst', {
    by: ['county'],
    compare: 'previous',
    fromMs: DAY + DAY_MS,
  });
  expect(byCounty.rows).toEqual([
    ['511722', 13],
    ['511724', 37],
  ]);
  const refused = await request('analyst', '/api/metrics/records', {
    purpose: '核对',
    metric: 'alerts-raised',
    fromMs: DAY,
    toMs: DAY + DAY_MS,
  });
  expect(refused.statusCode).toBe(403);
});

describe('what cannot be answered honestly is refused', () => {
  const wrong: [string, string, Partial<MetricQuestion>, number][] = [
    ['city', 'time before the data', { fromMs: DAY - 1 }, 400],
    ['city', 'time that ends before it begins', { toMs: DAY - DAY_MS }, 400],
    ['city', 'unknown metric', { metrics: ['constructor'] }, 400],
    ['city', 'dimension not of the metric', { by: ['source'] }, 400],
    [
      'city',
      'dimension of one metric only',
      { metrics: ['alerts-raised', 'positions'], by: ['rule'] },
      400,
    ],
    ['city', 'uneven comparison', { grain: 'week', compare: 'previous' }, 400],
    ['xuanhan', 'other county', { where: [{ dimension: 'county', values: ['511724'] }] }, 403],
    ['xuanhan', 'wider region', { where: [{ dimension: 'county', values: ['511700'] }] }, 403],
    ['xuanhan', 'figure of no county', { metrics: ['observations-refused'] }, 403],
    ['admin', 'no right', {}, 403],
    ['city', 'no purpose', { purpose: ' ' }, 400],
  ];
  test.each(wrong)('%s: %s', async (login, _what, more, status) => {
    const answer = await request(login, '/api/metrics/query', question(more));
    expect(answer.statusCode, answer.body).toBe(status);
  });
});

test('the records behind a cell are listed within scope, limited, and told with whom they are about', async () => {
  const answer = await request('xuanhan', '/api/metrics/records', {
    purpose: '核对一级预警',
    metric: 'alerts-raised',
    fromMs: DAY,
    toMs: DAY + 2 * DAY_MS,
    where: [{ dimension: 'level', values: ['1'] }],
    limit: 2,
  });
  const { columns, rows, total } = metricRecordsSchema.parse(answer.json());
  expect(columns.map(({ id }) => id).slice(0, 3)).toEqual(['alert', 'recordedAtMs', 'level']);
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ['al-0-1-0', DAY + DAY_MS, 1],
    ['al-0-0-1', DAY + 60_000, 1],
  ]);
  expect(total).toBe(3);
  expect(told).toMatchObject([
    {
      actor: 'ac_xuanhan',
      action: 'metric.records',
      subjects: ['cc-000000', 'cc-000001'],
      reason: '核对一级预警',
      detail: { metrics: 'alerts-raised', where: 'level=1' },
    },
  ]);
});

test('a question is told in codes, and what somebody wrote into a value is not', async () => {
  const where = [{ dimension: 'rule', values: ['area-exit', '张三', '13800000000'] }];
  await ask('city', { where, by: ['level'] });
  expect(told).toMatchObject([
    {
      action: 'metric.query',
      reason: '周例会',
      detail: { metrics: 'alerts-raised', by: 'level', where: 'rule=area-exit' },
    },
  ]);
});

/** A view of the two days by county, as its address has it. */
const VIEW = '?m=alerts-raised&by=county,rule&grain=none&from=2026-11-22&to=2026-11-23&chart=bar';
/** One grey point. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
const takeView = (login: string, more: object) =>
  request(login, '/api/views/export', { query: VIEW, purpose: '周例会', ...more });
const takeAnswer = (login: string, more: object = {}) =>
  request(login, '/api/sql/export', {
    sql: 'SELECT region, sum(alerts) AS n FROM alerts_by_month GROUP BY region ORDER BY region',
    purpose: '周例会',
    format: 'csv',
    ...more,
  });
const verified = async (login: string, payload: Buffer) =>
  (
    await app.inject({
      method: 'POST',
      url: '/api/exports/verify',
      payload,
      headers: {
        cookie: cookies.get(login) ?? '',
        'content-type': 'application/octet-stream',
      },
    })
  ).json<VerifiedAnswer>();

test('a view leaves as a file within the scope of whoever takes it, with names instead of codes', async () => {
  const county = await takeView('xuanhan', { format: 'csv' });
  expect(county.statusCode, county.body).toBe(200);
  expect(county.body).toContain('宣汉县,擅自离开矫正区域,25');
  expect(county.body).not.toContain('大竹');
  const city = await takeView('city', { format: 'xlsx' });
  expect(city.headers['content-type']).toContain('spreadsheetml');
  const file = Buffer.from(city.rawPayload);
  expect(await verified('city', file)).toMatchObject({
    is: 'unaltered',
    entry: { kind: 'workbench-table', title: { zh: '预警数' }, rows: 2 },
  });
  expect((await takeView('admin', { format: 'csv' })).statusCode).toBe(403);
  expect((await takeView('city', { format: 'csv', purpose: ' ' })).statusCode).toBe(400);
});

test('a chart leaves as a picture with its mark; what is no picture is refused', async (context) => {
  for (const picture of [undefined, '', 'AAAA', Buffer.from('<svg/>').toString('base64')]) {
    expect((await takeView('analyst', { format: 'png', picture })).statusCode).toBe(400);
  }
  if (printer.missing) {
    process.stderr.write(`skipped: a view as PNG, because ${printer.missing.en}\n`);
    context.skip();
    return;
  }
  const taken = await takeView('analyst', { format: 'png', picture: PNG });
  expect([taken.statusCode, taken.headers['content-type']]).toEqual([200, 'image/png']);
  const file = Buffer.from(taken.rawPayload);
  expect(file.readUInt32BE(16)).toBe(640);
  // The words over it and the strip below.
  expect(file.readUInt32BE(20)).toBeGreaterThan(100);
  expect(await verified('analyst', file)).toMatchObject({
    is: 'unaltered',
    entry: { kind: 'workbench-picture', format: 'png', isOwn: true },
  });
  expect(told).toContainEqual(
    expect.objectContaining({ action: 'view.export', outcome: 'done', actor: 'ac_analyst' }),
  );
}, 30_000);

test('an answer in SQL leaves with its mark, its entry says the statement without what is quoted', async () => {
  const taken = await takeAnswer('analyst');
  expect(taken.statusCode, taken.body).toBe(200);
  expect(taken.body).toContain('region,n');
  expect(taken.body).toContain('511722,22');
  const quoted = await takeAnswer('analyst', { sql: "SELECT '张三' AS x, 1::HUGEINT AS y" });
  expect(quoted.body).toContain('张三');
  const answer = await verified('analyst', Buffer.from(quoted.rawPayload));
  expect(answer).toMatchObject({ is: 'unaltered', entry: { kind: 'sql-result', rows: 1 } });
  expect(JSON.stringify(answer)).not.toContain('张三');
  expect(told.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
    expect.arrayContaining(['sql.run done', 'sql.export done']),
  );
  for (const [login, body, status] of [
    ['city', {}, 403],
    ['nobody', {}, 401],
    ['analyst', { purpose: 'x' }, 400],
    ['analyst', { sql: 'SELECT * FROM alert_event' }, 400],
  ] as const) {
    expect([login, body, (await takeAnswer(login, body)).statusCode]).toEqual([
      login,
      body,
      status,
    ]);
  }
});

test('a large answer waits for a second person, who sees the statement', async () => {
  const sql = 'SELECT range AS i FROM range(41)';
  expect((await takeAnswer('analyst', { sql })).json()).toMatchObject({ code: 'approval-needed' });
  const asked = { sql, format: 'csv', purpose: '周例会', reason: '核对全部行' };
  const { id } = (await request('analyst', '/api/sql/export-requests', asked)).json<{
    id: string;
  }>();
  const seen = await request('analyst', '/api/exports/requests');
  expect(seen.json()).toMatchObject({ requests: [{ id, about: { statement: sql }, rows: 41 }] });
  await records.transaction((trx) =>
    decideExport(LIMITS, trx, {
      id,
      by: 'ac_leader',
      atMs: clock.now(),
      decision: 'approved',
      note: '',
    }),
  );
  // Approved is this statement, for the one who asked.
  expect((await takeAnswer('analyst', { sql: `${sql} WHERE i >= 0` })).statusCode).toBe(409);
  expect((await takeAnswer('colleague', { sql })).statusCode).toBe(409);
  expect((await takeAnswer('analyst', { sql })).statusCode).toBe(200);
  expect((await takeAnswer('analyst', { sql })).statusCode).toBe(409);
});
