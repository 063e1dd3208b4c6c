// Backtests through the HTTP routes, on the log of a stretch of the synthetic city, run in processes of
// their own: asked rightly and wrongly, stopped, gone on with, taken away, and approved upon.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHistory } from '../../connectors/replay/history.ts';
import { createCountingIds } from '../../core/ids.ts';
import { MINUTE_MS } from '../../core/local-time.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock, systemClock } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import type { Log } from '../../ingest/log.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { writeCityFiles } from '../../sim/city/write-files.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import type { BacktestReport } from '../api/backtest-report.ts';
import type { BacktestDetail, BacktestJobAnswer, BacktestList } from '../api/backtests.ts';
import type { Problem } from '../api/session.ts';
import type { RuleDetail } from '../api/rules.ts';
import { openBacktestQueue, type BacktestQueue } from '../backtest/backtest-queue.ts';
import { runInProcess } from '../backtest/run-process.ts';
import { createBacktestDesk } from '../backtest-desk.ts';
import { configSchema, DEFAULT_PACK, type Config } from '../config.ts';
import { recordsOptions } from '../foundation.ts';
import { carryThroughLog } from '../replay/carry.ts';
import { replayFiles } from '../replay/replay-files.ts';
import { createRuleBench } from '../rule-bench.ts';
import { createRuleDesk } from '../rule-desk.ts';
import { openRulesInForce, type RulesInForce } from '../rules-in-force.ts';
import { createSurroundings } from '../surroundings.ts';
import { backtest as backtestVerb } from '../verbs/rules-backtest.ts';
import { registerBacktests } from './backtest-routes.ts';
import { registerRules } from './rule-routes.ts';
import { openExports } from '../exports/export-desk.fixture.ts';
import { createServer } from './server.ts';
import { registerSessions } from './sessions.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);
const PASSWORD = 'a password for tests';
const PERIOD = { from: '2026-03-10 10:00', to: '2026-03-10 10:29' };
const ids = createCountingIds();
const clock = createManualClock(START_MS);

let folder = '';
let config: Config;
let records: Records;
let log: Log;
let rules: RulesInForce;
let queue: BacktestQueue;
let app: FastifyInstance;
let changed = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-backtest-routes-'));
  config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    logLevel: 'silent',
    rules: { reportSpanMin: '20m' },
  });
  const locate = createLocator();
  const areas = createAreas();
  const city = await writeCityFiles(
    { areas, locate },
    {
      seed: 'routes',
      size: 600,
      bracelets: 40,
      startAtMs: START_MS,
      folder: join(folder, 'city'),
      lengthMs: 30 * MINUTE_MS,
    },
  );
  log = openEmbeddedLog({ clock }, { path: join(folder, 'data', 'log.sqlite'), partitions: 1 });
  const carrier = await carryThroughLog(
    { rulebook: loadRulebook(DEFAULT_PACK), areas, onFindings: () => {} },
    log,
  );
  const history = await createHistory({ ...city, source: 'phone/replay' });
  await replayFiles(history, { locate, carrier });
  clock.advance(31 * MINUTE_MS);
  const source = await readFile(join(DEFAULT_PACK, 'area-exit.yaml'), 'utf8');
  changed = source
    .replace('number: 2', 'number: 3')
    .replace('{ cc: 2, raKey: 2,', '{ cc: 1, raKey: 1,')
    .replaceAll(/raised: 2/g, 'raised: 1');
  const deps = { clock, logger: silentLogger };
  records = await openRecords({ ...deps, random: createRandom('routes') }, recordsOptions(config));
  rules = await openRulesInForce({ ...deps, records }, { folder: DEFAULT_PACK, lookMs: 1e9 });
  for (const [login, role, region] of [
    ['analyst', 'analyst', '511700'],
    ['county-analyst', 'analyst', '511722'],
    ['admin', 'system-administrator', '511700'],
    ['officer', 'city-officer', '511700'],
  ] as const) {
    const account = await createAccount({ ids }, records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode(region),
      language: 'zh',
    });
    if (account) await markDemoAccount(records.db, account.id);
  }
  await open();
}, 120_000);
afterAll(async () => {
  await close();
  await rules.stop();
  await log.close();
  await records.close();
  await rm(folder, { recursive: true });
});

/** The server over what is kept; opened again after a restart. */
async function open(): Promise<void> {
  const { db } = records;
  queue = openBacktestQueue({
    folder: join(folder, 'data', 'backtests'),
    clock,
    logger: silentLogger,
    start: runInProcess({ config, logger: silentLogger }),
  });
  const limits = config.rules;
  const desk = createBacktestDesk({ db, clock, log, rules, limits, queue });
  app = await createServer({ logger: silentLogger });
  const guard = registerSessions(app, { db, clock: systemClock, ids, secure: false });
  const list = { db, clock, rules };
  const around = {
    surroundings: createSurroundings(DEFAULT_PACK),
    locate: createLocator(),
    files: rules.files,
  };
  registerRules(app, {
    guard,
    desk: createRuleDesk({
      ...around,
      records,
      clock,
      inForce: rules.current,
      limits,
      onChanged: rules.look,
    }),
    bench: createRuleBench({ ...around, log, logger: silentLogger, register: async () => [] }),
    list,
    grading: () => undefined,
    backtests: desk,
    whyNot: { ask: () => Promise.reject(new Error('nobody asks here')) },
  });
  registerBacktests(app, { guard, desk, list, exports: openExports({ records, clock }) });
}

async function close(): Promise<void> {
  await queue.close();
  await app.close();
}

const cookies = new Map<string, string>();

async function ask(
  login: string | undefined,
  url: string,
  { method = 'GET', body }: { method?: 'GET' | 'POST' | 'DELETE'; body?: object } = {},
) {
  if (login !== undefined && !cookies.has(login)) {
    const signIn = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { login, password: PASSWORD },
    });
    cookies.set(login, String(signIn.headers['set-cookie']).split(';')[0] ?? '');
  }
  const cookie = login === undefined ? '' : (cookies.get(login) ?? '');
  return app.inject({ method, url, headers: { cookie }, ...(body ? { payload: body } : {}) });
}

const BASE = '/api/rules/area-exit/backtests';

const post = (url: string, body: object = {}, login = 'analyst') =>
  ask(login, url, { method: 'POST', body });

const start = async (asked: object = {}) => {
  clock.advance(1);
  const answer = await post(BASE, { candidate: { text: changed }, ...PERIOD, ...asked });
  return { status: answer.statusCode, job: answer.json<BacktestJobAnswer>() };
};

const look = async (id: string, login = 'analyst') =>
  (await ask(login, `${BASE}/${id}`)).json<BacktestDetail>();

const ended = async (id: string): Promise<BacktestDetail> => {
  await expect
    .poll(async () => (await look(id)).job.state, { timeout: 60_000, interval: 50 })
    .not.toMatch(/queued|running/);
  return look(id);
};

test('what is kept is said, and only who changes rules sees backtests', async () => {
  const list = (await ask('analyst', BASE)).json<BacktestList>();
  expect(list.kept?.fromMs).toBe(START_MS);
  expect(list.kept?.untilMs).toBeGreaterThan(START_MS + 29 * MINUTE_MS);
  expect(list.jobs).toEqual([]);
  expect((await ask(undefined, BASE)).statusCode).toBe(401);
  expect((await ask('officer', BASE)).statusCode).toBe(403);
  expect(
    (await post(BASE, { candidate: { text: changed }, ...PERIOD }, 'officer')).statusCode,
  ).toBe(403);
});

describe('what is asked wrongly', () => {
  test.each<[string, object, number, string, string]>([
    ['from after to', { to: '2026-03-10 09:00' }, 400, 'from is not before to', 'to 2026-03-10 09'],
    [
      'before what is kept',
      { from: '2026-03-09 10:00' },
      400,
      'does not keep all of it',
      'from 2026-03-09 10:00:00; the log keeps 2026-03-10 10:00:00',
    ],
    [
      'after what is kept',
      { to: '2026-03-11 10:00' },
      400,
      'does not keep all of it',
      'to 2026-03-11',
    ],
    ['a time that is none', { from: 'yesterday' }, 400, 'no date and time', 'from: "yesterday"'],
    [
      'a version nobody knows',
      { candidate: { version: '9@nothing' } },
      404,
      'no such version',
      '9@nothing',
    ],
    ['a text that is no YAML', { candidate: { text: 'id: [' } }, 422, '', 'area-exit.yaml:'],
    ['no candidate', { candidate: {} }, 400, 'not valid', 'candidate'],
  ])('%s is refused, saying where', async (_what, change, status, says, detail) => {
    const answer = await post(BASE, { candidate: { text: changed }, ...PERIOD, ...change });
    const problem = answer.json<Problem>();
    expect(answer.statusCode).toBe(status);
    expect(problem.says.en).toContain(says);
    expect(problem.detail).toContain(detail);
  });

  test('a field no observation has is refused with file, line and column', async () => {
    const text = changed.replace('fixesMin: 3', 'fixesMost: 3');
    const answer = await post(BASE, { candidate: { text }, ...PERIOD });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<Problem>().detail).toMatch(/area-exit\.yaml:\d+:\d+.*fixesMost/s);
  });

  test('the text of another rule, a rule nobody knows, a backtest of another rule', async () => {
    const text = changed.replace('id: area-exit', 'id: area-enter');
    expect((await post(BASE, { candidate: { text }, ...PERIOD })).json()).toMatchObject({
      code: 'bad-input',
      detail: '"area-enter" instead of "area-exit"',
    });
    const nobody = '/api/rules/area-exti/backtests';
    expect((await ask('analyst', nobody)).statusCode).toBe(404);
    expect((await post(nobody, { candidate: { text: changed }, ...PERIOD })).statusCode).toBe(404);
    expect((await ask('analyst', `${BASE}/bt_nothing`)).statusCode).toBe(404);
  });
});

describe('a backtest in a process of its own', () => {
  let first: BacktestJobAnswer;
  let report: BacktestReport;

  test('runs while another waits, and gives the bytes the command writes', async () => {
    const { status, job } = await start();
    expect(status).toBe(200);
    first = job;
    expect(job).toMatchObject({ state: 'running', ahead: 0, approvable: null });
    const { job: second } = await start({ to: '2026-03-10 10:28' });
    expect(second).toMatchObject({ state: 'queued', ahead: 1 });
    expect((await post(`${BASE}/${second.id}/stop`)).json()).toMatchObject({ state: 'stopped' });
    expect((await ask('analyst', `${BASE}/${job.id}/report`)).statusCode).toBe(409);

    const done = await ended(job.id);
    expect(done.job).toMatchObject({ state: 'done', approvable: true, failure: null });
    expect(done.job.progress).toMatchObject({ phase: 'comparing', share: 1 });
    report = done.result?.report as BacktestReport;
    expect(report.totals.regraded).toBeGreaterThan(0);
    expect(report.totals.added + report.totals.removed).toBe(0);
    const { changes } = done.result as NonNullable<BacktestDetail['result']>;
    expect(changes).toHaveLength(report.totals.regraded);
    expect(changes[0]).toMatchObject({ kind: 'regraded', before: 2, after: 1 });
    expect(changes[0]?.place).toHaveLength(2);
    expect(changes[0]).not.toHaveProperty('subject');

    const taken = await ask('analyst', `${BASE}/${job.id}/report`);
    expect(taken.headers['content-disposition']).toContain('backtest-area-exit-');
    const file = join(folder, 'area-exit.yaml');
    await writeFile(file, changed);
    const out = join(folder, 'report.json');
    await backtestVerb(
      config,
      {
        rule: file,
        ...PERIOD,
        rules: DEFAULT_PACK,
        against: 'active',
        positionsSource: 'phone/replay',
        minutes: '1=45,2=20,3=5',
        out,
        resume: false,
      },
      () => {},
    );
    expect(taken.body).toBe(await readFile(out, 'utf8'));
  }, 120_000);

  test('who sees one county sees its samples and points, and takes no report away', async () => {
    const { result } = await look(first.id, 'county-analyst');
    const all = (await look(first.id)).result;
    expect(all?.isWhole).toBe(true);
    expect(result?.isWhole).toBe(false);
    expect(result?.changes.length).toBeLessThan(all?.changes.length ?? 0);
    const regions = [
      ...(result?.changes ?? []),
      ...(result?.report.byCounty ?? []),
      ...(result?.report.samples.regraded.map(({ after }) => after) ?? []),
    ].map(({ region }) => region as string);
    expect(new Set(regions)).toEqual(new Set(['511722']));
    expect((await ask('county-analyst', `${BASE}/${first.id}/report`)).statusCode).toBe(403);
  });

  test('ended with the product, it is interrupted and goes on to the same report', async () => {
    const { job } = await start();
    expect(job.state).toBe('running');
    await close();
    await open();
    expect((await look(job.id)).job.state).toBe('interrupted');
    const gone = await post(`${BASE}/${job.id}/resume`);
    expect(gone.json()).toMatchObject({ state: 'running' });
    expect((await ended(job.id)).result?.report).toEqual(report);
    expect((await post(`${BASE}/${job.id}/resume`)).statusCode).toBe(409);
  }, 120_000);

  test('stopped by hand, it is gone on with or thrown away', async () => {
    const { job } = await start();
    expect((await ask('analyst', `${BASE}/${job.id}`, { method: 'DELETE' })).statusCode).toBe(409);
    expect((await post(`${BASE}/${job.id}/stop`)).json()).toMatchObject({ state: 'stopped' });
    expect((await post(`${BASE}/${job.id}/stop`)).statusCode).toBe(409);
    expect((await ask('analyst', `${BASE}/${job.id}`, { method: 'DELETE' })).statusCode).toBe(204);
    expect((await ask('analyst', `${BASE}/${job.id}`)).statusCode).toBe(404);
  }, 120_000);

  test('a text that no longer loads fails with the reason, and nothing is left running', async () => {
    const { job } = await start({ to: '2026-03-10 10:27' });
    await post(`${BASE}/${job.id}/stop`);
    await writeFile(join(queue.folderOf(job.id), 'candidate.yaml'), 'id: [');
    await post(`${BASE}/${job.id}/resume`);
    const { job: failed } = await ended(job.id);
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'rule-invalid' } });
  }, 120_000);

  test('its report is a ground for approval, until another version is in force', async () => {
    const proposed = await post('/api/rules/area-exit/proposals', { text: changed, reason: '' });
    expect(proposed.json()).toMatchObject({ id: 'area-exit' });
    const approval = { version: report.candidate.version, backtest: first.id };
    const unknown = { ...approval, backtest: 'bt_nothing' };
    expect((await post('/api/rules/area-exit/approvals', unknown, 'admin')).statusCode).toBe(404);
    const approved = await post('/api/rules/area-exit/approvals', approval, 'admin');
    expect(approved.json<RuleDetail>().activations.at(-1)).toMatchObject({
      ruleVersion: report.candidate.version,
      reportId: report.id,
    });
    expect((await look(first.id)).job.approvable).toMatchObject({
      code: 'conflict',
      says: { en: 'the report is about another change; run the backtest again' },
    });
  });

  test('a report grows old', async () => {
    const { job } = await start({ candidate: { version: report.baseline?.version ?? '' } });
    expect((await ended(job.id)).job.approvable).toBe(true);
    clock.advance(8 * 1_440 * MINUTE_MS);
    expect((await look(job.id)).job.approvable).toMatchObject({
      says: { en: 'the report is too old; run the backtest again' },
    });
  }, 120_000);
});
