// A rule is changed, tried, backtested, proposed, approved and taken over by a running product: through the
// commands and the HTTP routes, as people do it.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { localDate, localDateTime } from '../../core/local-time.ts';
import { arrivalSchema, type FactArrival } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { regionCode } from '../../core/region.ts';
import { systemClock } from '../../core/time.ts';
import { readAll } from '../../ingest/log.contract.ts';
import { decodeLines } from '../../ingest/log.ts';
import { markDemoAccount } from '../../security/access/account-access-store.ts';
import { createAccount } from '../../warehouse/accounts.ts';
import type { BacktestReport } from '../api/backtest-report.ts';
import type { Benched } from '../api/bench.ts';
import type {
  GradingAnswer,
  PackZones,
  RuleChecked,
  RuleDetail,
  RuleForm,
  RuleList,
} from '../api/rules.ts';
import { configSchema, DEFAULT_PACK, type Config } from '../config.ts';
import { startProduct, type Product } from '../wire.ts';
import { backtest } from './rules-backtest.ts';
import { approveRule, proposeRule } from './rules-lifecycle.ts';

const MINUTE_MS = 60_000;
const PASSWORD = 'a password for tests';
const startedAtMs = systemClock.now();

let folder = '';
let config: Config;
let product: Product;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-lifecycle-'));
  await cp(DEFAULT_PACK, join(folder, 'pack'), { recursive: true });
  config = configSchema.parse({
    dataFolder: join(folder, 'data'),
    logLevel: 'silent',
    roles: ['ingest', 'rules', 'alerts', 'http'],
    http: { port: 0 },
    warehouse: { kind: 'none' },
    rules: { pack: join(folder, 'pack'), reportSpanMin: '1h' },
  });
  product = await startProduct(config, { clock: systemClock });
  for (const [login, role] of [
    ['analyst', 'analyst'],
    ['admin', 'system-administrator'],
    ['admin2', 'system-administrator'],
    ['officer', 'city-officer'],
  ] as const) {
    const account = await createAccount(product.foundation, product.foundation.records.db, {
      login,
      role,
      password: PASSWORD,
      displayZh: login,
      displayEn: login,
      region: regionCode('511700'),
      language: 'zh',
    });
    if (account) await markDemoAccount(product.foundation.records.db, account.id);
  }
  await product.foundation.records.transaction(product.foundation.rights.sealAll);
}, 60_000);
afterAll(async () => {
  await product.stop();
  await rm(folder, { recursive: true });
});

const publish = async (facts: readonly FactArrival[]) => {
  await product.ingest?.connectorDeps.publish({ facts: [...facts] });
};

const orderOf = (subject: string): FactArrival => {
  const {
    id: _id,
    receivedAtMs: _at,
    ...order
  } = orderFact(subject, { atMs: startedAtMs - 30 * 86_400_000, sources: ['custody'] });
  return arrivalSchema.parse(order) as FactArrival;
};

const custody = (subject: string, atMs: number, action: 'begin' | 'end' = 'begin') =>
  arrivalSchema.parse({
    kind: 'custody',
    subject,
    source: 'custody/test',
    atMs,
    custodyId: `C-${subject}`,
    measure: 'arrest',
    action,
    authority: '公安局甲',
  }) as FactArrival;

const alerts = () =>
  product.foundation.records.db
    .selectFrom('alert')
    .select(['subject', 'level', 'ruleVersion', 'clearedAtMs'])
    .where('ruleId', '=', 'detention')
    .orderBy('openedAtMs')
    .execute();

const alertOf = async (subject: string) => (await alerts()).find((row) => row.subject === subject);

const findings = async () =>
  (await readAll(product.foundation.log, 'findings', 0))
    .flatMap(({ payload }) => decodeLines<Finding>(payload))
    .filter(({ ruleId }) => ruleId === 'detention');

const cookies = new Map<string, string>();

async function ask(login: string, path: string, body?: unknown) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (!cookies.has(login)) {
    const signIn = await fetch(`${product.address}/api/session`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ login, password: PASSWORD }),
    });
    cookies.set(login, signIn.headers.get('set-cookie')?.split(';')[0] ?? '');
  }
  const response = await fetch(`${product.address}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, cookie: cookies.get(login) ?? '' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

const detail = async () => (await ask('analyst', '/api/rules/detention')).body as RuleDetail;

const file = () => join(folder, 'pack', 'detention.yaml');
const gradingFile = () => join(folder, 'pack', 'grading.yaml');
const report = () => join(folder, 'report.json');
const silent = () => {};

const runBacktest = (rule: string, against = 'active') =>
  backtest(
    config,
    {
      rule,
      against,
      from: localDateTime(startedAtMs - 120 * MINUTE_MS),
      to: localDateTime(systemClock.now() + MINUTE_MS),
      rules: config.rules.pack,
      positionsSource: 'phone/replay',
      minutes: '1=45,2=20,3=5',
      out: report(),
      resume: false,
    },
    silent,
  );

const refusal = async (act: Promise<unknown>): Promise<string> => {
  const error = await act.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof UserError)) throw error ?? new Error('it was not refused');
  return `${error.code}: ${error.says.en}`;
};

describe('a change of a rule in a running product', () => {
  let first = '';
  let second = '';

  test('the shipped rules are in force by the act of the installation', async () => {
    await publish(['P1', 'P2', 'P3', 'P4'].map(orderOf));
    await publish([
      custody('P1', startedAtMs - 110 * MINUTE_MS),
      custody('P2', startedAtMs - 20 * MINUTE_MS),
    ]);
    await expect.poll(async () => (await alerts()).length, { timeout: 15_000 }).toBe(2);
    const { rules } = (await ask('analyst', '/api/rules')).body as RuleList;
    expect(rules.every(({ status }) => status === 'active')).toBe(true);
    const rule = await detail();
    first = rule.versions.active ?? '';
    expect(rule.alerts).toEqual({
      total: 2,
      recent: 2,
      perDay: 0.067,
      officerMinutesPerDay: 1.333,
    });
    expect(rule.activations).toMatchObject([
      { ruleVersion: first, status: 'active', approvedBy: { en: 'installation' } },
    ]);
    const [mark] = await readAll(product.foundation.log, 'observations', 0);
    expect(mark?.kind).toBe('rulebook');
  });

  test('a file that says active makes nobody be called: it is on trial beside the old version', async () => {
    const source = (await readFile(file(), 'utf8'))
      .replace(/^number: \d+/m, 'number: 9')
      .replace('{ cc: 2,', '{ cc: 1,')
      .replace("{ time: '14:00', raised: 2 }", "{ time: '14:00', raised: 1 }");
    // A level is changed in the table and in the rule together; between the two writes the pack is refused.
    const table = (await readFile(gradingFile(), 'utf8')).replaceAll(
      /(rules: \[detention\]\n\s+level: \{ cc:) 2/g,
      '$1 1',
    );
    await writeFile(gradingFile(), table);
    await writeFile(file(), source);
    await expect
      .poll(async () => (await detail()).versions.onTrial, { timeout: 15_000 })
      .toMatch(/^9@/);
    second = (await detail()).versions.onTrial ?? '';
    await publish([custody('P3', startedAtMs - 10 * MINUTE_MS)]);
    await expect.poll(async () => (await findings()).length, { timeout: 15_000 }).toBe(4);
    expect(await alertOf('P3')).toMatchObject({ level: 2, ruleVersion: first });
    const [shadow, ...others] = (await findings()).filter((finding) => finding.shadow);
    expect(shadow).toMatchObject({ subject: 'P3', level: 1, ruleVersion: second });
    expect(others).toEqual([]);
    const metrics = await (await fetch(`${product.address}/metrics`)).text();
    expect(metrics).toContain('plumbline_shadow_findings_total{kind="raised",rule="detention"} 1');
    expect((await alerts()).length).toBe(3);
  });

  test('the text of a rule is checked without being kept, and the grading table is there to read', async () => {
    const source = await readFile(file(), 'utf8');
    const checked = await ask('analyst', '/api/rules/check', { text: source });
    expect(checked.body).toMatchObject({ id: 'detention', version: second, status: 'active' });
    const { tests } = checked.body as RuleChecked;
    expect(tests.map(({ passed }) => passed)).toEqual([true, true, true]);
    const wrong = source.replace("{ time: '14:00', raised: 1 }", "{ time: '14:00', raised: 3 }");
    const failing = (await ask('analyst', '/api/rules/check', { text: wrong })).body as RuleChecked;
    expect(failing.tests[0]).toMatchObject({
      passed: false,
      wanted: expect.arrayContaining([expect.stringContaining('raised 3')]),
      got: expect.arrayContaining([expect.stringContaining('raised 1')]),
    });
    const broken = await ask('analyst', '/api/rules/check', { text: 'id: [' });
    expect(broken).toMatchObject({ status: 422, body: { code: 'rule-invalid' } });
    // What is remembered under these parameters is something else, and the text does not say what becomes of it.
    const undeclared = source.replace('fact.action == "begin"', 'fact.measure == "arrest"');
    const told = await ask('analyst', '/api/rules/check', { text: undeclared });
    expect(told.status).toBe(422);
    expect(JSON.stringify(told.body)).toMatch(/rule\.yaml:\d+:\d+: params: .*migrate: /);
    expect((await ask('officer', '/api/rules/check', { text: source })).status).toBe(403);
    expect((await detail()).proposals).toEqual([]);
    const { table } = (await ask('analyst', '/api/rule-pack/grading')).body as GradingAnswer;
    expect(table?.rows.length).toBe(15);
  });

  test('the bench tries a text nobody saved on the day of a person, and on a track; the form is told', async () => {
    const source = await readFile(file(), 'utf8');
    const atMs = startedAtMs - 110 * MINUTE_MS;
    const past = { kind: 'past', subject: 'P1', date: localDate(atMs) };
    const bench = (login: string, change: object) =>
      ask(login, '/api/rules/detention/bench', { text: source, track: past, ...change });
    const tried = (await bench('analyst', {})).body as Benched;
    expect(tried).toMatchObject({
      version: second,
      points: [],
      test: null,
      findings: [{ kind: 'raised', level: 1, atMs }],
    });
    const deaf = source.replace('fact.action == "begin"', 'fact.measure == "none"');
    expect((await bench('analyst', { text: deaf })).body).toMatchObject({ findings: [] });
    const nobody = { track: { ...past, subject: 'P9' } };
    expect(await bench('analyst', nobody)).toMatchObject({
      status: 404,
      body: { says: { zh: '您的数据范围内没有这个人这一天的记录' } },
    });
    expect((await bench('admin', {})).status).toBe(403);
    expect((await bench('officer', {})).status).toBe(403);
    const person = { class: 'cc', county: '511722', source: 'phone', onLeave: false };
    const [point] = [
      { atMs: 1_772_400_000_000, lng: 107.7, lat: 31.3, accuracyM: 10, fix: 'gnss' },
    ];
    const drawn = { kind: 'drawn', person, points: [point], watchMs: 0 };
    expect(await bench('admin', { track: drawn })).toMatchObject({ status: 200 });
    expect((await bench('analyst', { track: { ...drawn, points: [] } })).status).toBe(400);
    // Nothing of it became an alert.
    expect((await alerts()).length).toBe(3);
    const form = (await ask('officer', '/api/rule-pack/form')).body as RuleForm;
    expect(form.kinds.match).toMatchObject({
      type: 'group',
      fields: expect.arrayContaining([
        expect.objectContaining({ name: 'fact', isRequired: true }),
        expect.objectContaining({ name: 'when', field: { type: 'cel', charsMax: 2_000 } }),
      ]),
    });
    const { zones } = (await ask('analyst', '/api/rule-pack/zones')).body as PackZones;
    expect(zones.length).toBeGreaterThan(10);
  });

  test('a backtest of the log of the running product says what it would change', async () => {
    const made = await runBacktest('detention');
    expect(made.baseline?.version).toBe(first);
    expect(made.candidate.version).toBe(second);
    expect(made.totals).toMatchObject({ regraded: 3, added: 0, removed: 0 });
    expect(made.load.candidate.officerMinutesPerDay).toBeGreaterThan(
      made.load.baseline.officerMinutesPerDay,
    );
  });

  test('nobody puts it in force alone, or on another ground', async () => {
    const approve = (by: string, version = second) =>
      approveRule(config, { rule: 'detention', version, by, report: report(), reason: '' }, silent);
    const good = JSON.parse(await readFile(report(), 'utf8')) as BacktestReport;
    const withReport = async (given: unknown) => {
      await writeFile(report(), JSON.stringify(given));
      const said = await refusal(approve('admin2'));
      await writeFile(report(), JSON.stringify(good));
      return said;
    };

    expect(await refusal(approve('admin2'))).toContain('not-found: there is no such proposal');
    await proposeRule(config, { file: file(), by: 'admin', reason: '从严' }, silent);
    expect(await refusal(approve('admin'))).toContain('forbidden: who proposed it may not');
    expect(await refusal(approve('analyst'))).toContain('forbidden: only administrators');
    expect(await refusal(approve('nobody'))).toContain('not-found: there is no such account');
    expect(await withReport({ ...good, totals: { ...good.totals, added: 0, kept: 9 } })).toContain(
      'bad-input: the report was changed',
    );
    expect(await withReport({ hello: 1 })).toContain('bad-input: this is no backtest report');
    expect(await withReport(await runBacktest('detention', config.rules.pack))).toContain(
      'conflict: the report is about another change',
    );
    const later = { now: () => systemClock.now() + 8 * 86_400_000, after: systemClock.after };
    expect(
      await refusal(
        approveRule(
          config,
          { rule: 'detention', version: second, by: 'admin2', report: report(), reason: '' },
          silent,
          later as typeof systemClock,
        ),
      ),
    ).toContain('conflict: the report is too old');
    const strict = { ...config, rules: { ...config.rules, reportSpanMin: 7 * 86_400_000 } };
    expect(
      await refusal(
        approveRule(
          strict,
          { rule: 'detention', version: second, by: 'admin2', report: report(), reason: '' },
          silent,
        ),
      ),
    ).toContain('conflict: the backtest is too short');
    expect((await detail()).versions.active).toBe(first);
  });

  test('a second person approves it over HTTP, and it is in force at once', async () => {
    const given: unknown = JSON.parse(await readFile(report(), 'utf8'));
    const body = { version: second, report: given };
    const alone = await ask('admin', '/api/rules/detention/approvals', body);
    expect(alone).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const analyst = await ask('analyst', '/api/rules/detention/approvals', body);
    expect(analyst.status).toBe(403);
    const approved = await ask('admin2', '/api/rules/detention/approvals', body);
    expect(approved.status).toBe(200);
    const rule = approved.body as RuleDetail;
    expect(rule.versions).toEqual({ active: second, onTrial: null, inFile: second });
    expect(rule.proposals).toEqual([]);
    expect(rule.activations.at(-1)).toMatchObject({
      ruleVersion: second,
      proposedBy: { en: 'admin' },
      approvedBy: { en: 'admin2' },
      reportId: (given as BacktestReport).id,
      reason: '从严',
    });
    await publish([custody('P4', systemClock.now()), custody('P1', systemClock.now(), 'end')]);
    await expect
      .poll(() => alertOf('P4'), { timeout: 15_000 })
      .toMatchObject({
        level: 1,
        ruleVersion: second,
      });
    // Only the level changed, so what was remembered of P1 still holds.
    await expect
      .poll(async () => (await alertOf('P1'))?.clearedAtMs ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(startedAtMs);
  });

  test('started again it goes on with what is in force', async () => {
    await product.stop();
    product = await startProduct(config, { clock: systemClock });
    await publish([custody('P2', systemClock.now(), 'end')]);
    await expect
      .poll(async () => (await alertOf('P2'))?.clearedAtMs ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(startedAtMs);
    expect((await alerts()).length).toBe(4);
    expect((await detail()).versions.active).toBe(second);
  });

  test('a rule is retired by two persons too, and not by a file that is gone', async () => {
    const source = await readFile(file(), 'utf8');
    await rm(file());
    await expect(product.foundation.rules.look()).rejects.toThrow('there is no rule "detention"');
    const table = (await readFile(gradingFile(), 'utf8')).replaceAll(
      /collected: 'yes'\n {4}rules: \[detention\]/g,
      "collected: 'no'\n    note: { zh: 停用, en: No longer collected }",
    );
    await writeFile(gradingFile(), table);
    await product.foundation.rules.look();
    expect((await detail()).versions).toEqual({ active: second, onTrial: null, inFile: null });
    const retired = source.replace('status: active', 'status: retired');
    const proposed = await ask('analyst', '/api/rules/detention/proposals', { text: retired });
    expect((proposed.body as RuleDetail).proposals).toMatchObject([{ status: 'retired' }]);
    const path = join(folder, 'detention.yaml');
    await writeFile(path, retired);
    const made = await runBacktest(path);
    expect(made.totals).toMatchObject({ removed: 4, added: 0 });
    const body = { version: second, report: made };
    const approved = await ask('admin', '/api/rules/detention/approvals', body);
    expect(approved.body).toMatchObject({ status: 'retired', versions: { active: null } });
    expect((await ask('analyst', '/api/rules/area-exit/proposals', { text: retired })).status).toBe(
      400,
    );
  });
});
