// What routes tell: looks with whom they were at, acts in their own transaction with what they changed, and
// what was refused.

import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { raised } from '../../alerts/findings.fixture.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { openAnswersApp, type AnswersApp } from '../http/answers.fixture.ts';

let site: AnswersApp;
const exit = raised('cc-000002');
const path = `/api/alerts/${exit.alertId}`;

beforeEach(async () => {
  site = await openAnswersApp();
  await site.program.find(exit);
});
afterEach(() => site.close());

async function told(): Promise<AuditEntry[]> {
  const rows = await site.stage.records.db
    .selectFrom('auditPending')
    .select('body')
    .orderBy('seq')
    .execute();
  return rows.map(({ body }) => decodeEntry(body) as AuditEntry);
}

test('a look at an alert says who looked at whom, and why', async () => {
  expect((await site.ask('xuanhan', { url: path })).status).toBe(200);
  expect(await told()).toMatchObject([
    {
      actor: 'ac_xuanhan',
      action: 'alert.look',
      outcome: 'done',
      subjects: ['cc-000002'],
      purpose: 'alert-handling',
      detail: { id: exit.alertId },
    },
  ]);
});

test('a list is told with everyone in it, and once while it stays the same', async () => {
  for (let times = 0; times < 3; times++) await site.ask('city', { url: '/api/alerts' });
  await site.ask('xuanhan', { url: '/api/alerts' });
  expect((await told()).map(({ actor, action, subjects }) => [actor, action, subjects])).toEqual([
    ['ac_city', 'alert.list', ['cc-000002']],
    ['ac_xuanhan', 'alert.list', ['cc-000002']],
  ]);
});

test('an act is told with what it changed', async () => {
  await site.ask('xuanhan', {
    method: 'POST',
    url: `${path}/acknowledge`,
    payload: { note: '正在核实' },
  });
  const [entry, ...more] = await told();
  expect(more).toEqual([]);
  expect(entry).toMatchObject({
    actor: 'ac_xuanhan',
    action: 'alert.acknowledge',
    outcome: 'done',
    subjects: ['cc-000002'],
    reason: '正在核实',
    detail: { id: exit.alertId, beforeStatus: 'new', afterStatus: 'acknowledged' },
  });
});

test('an act whose entry cannot be written is not done', async () => {
  const { db } = site.stage.records;
  await db.schema
    .createIndex('audit_full')
    .unique()
    .on('audit_pending')
    .expression(sql`(1)`)
    .execute();
  await db.insertInto('auditPending').values({ body: '{}' }).execute();
  const answer = await site.ask('xuanhan', {
    method: 'POST',
    url: `${path}/acknowledge`,
    payload: {},
  });
  expect(answer.status).toBe(500);
  const alert = await db.selectFrom('alert').select('status').executeTakeFirstOrThrow();
  expect(alert.status).toBe('new');
});

test('what is refused is told, of whoever is known', async () => {
  // Another county: the alert is not there for it.
  expect((await site.ask('dazhu', { url: path })).status).toBe(404);
  await site.ask('dazhu', { method: 'POST', url: `${path}/acknowledge`, payload: {} });
  await site.ask('xuanhan', { method: 'POST', url: `${path}/close`, payload: {} });
  // Nobody, and a body that is none: the guard and the schema answer, there is nobody to name.
  await site.ask(undefined, { url: path });
  expect(
    (await told()).map(({ actor, action, outcome, detail }) => [
      actor,
      action,
      outcome,
      detail['code'] ?? detail['because'],
    ]),
  ).toEqual([
    ['ac_dazhu', 'access.refused', 'refused', 'outside-scope'],
    ['ac_dazhu', 'access.refused', 'refused', 'outside-scope'],
    ['ac_xuanhan', 'alert.close', 'refused', 'conflict'],
  ]);
});

/** Routes that tell nothing: they show no person and change nothing that lasts. */
const SILENT = [
  'answer-routes.ts get /api/alerts/:id/officers',
  'answer-routes.ts get /api/tasks/officers',
  'backtest-routes.ts get /api/rules/:id/backtests',
  'backtest-routes.ts delete /api/rules/:id/backtests/:job',
  'backtest-routes.ts post /api/rules/:id/backtests/:job/${act}',
  'drill-routes.ts get /api/drills',
  'drill-routes.ts get /api/drills/:id',
  'import-routes.ts get /api/imports',
  // The import tells of itself, in the transactions that make it so.
  'import-routes.ts post /api/imports',
  'import-routes.ts post /api/imports/check',
  'import-routes.ts post /api/imports/:id/undo',
  'index-routes.ts get /api/indices/definitions',
  'index-routes.ts get /api/indices/:id/cells',
  'index-routes.ts get /api/indices/:id/results',
  'live-routes.ts get /api/wall/supervision',
  'live-routes.ts get /api/live/points',
  'metric-routes.ts get /api/metrics',
  'push-routes.ts post /api/alerts/seen',
  'push-routes.ts get /api/push',
  'push-routes.ts post /api/push/devices',
  'push-routes.ts post /api/push/devices/remove',
  'push-routes.ts post /api/push/shown',
  'report-routes.ts get /api/reports/kept',
  'roster-routes.ts get /api/roster',
  'roster-routes.ts get /api/roster/mine',
  'roster-routes.ts post /api/roster/notes/:id/seen',
  'rule-routes.ts get /api/rules',
  'rule-routes.ts get /api/rule-pack/grading',
  'rule-routes.ts get /api/rule-pack/form',
  'rule-routes.ts get /api/rule-pack/zones',
  'rule-routes.ts post /api/rules/check',
  'rule-routes.ts get /api/rules/:id',
  'saved-view-routes.ts get /api/views',
  'silence-routes.ts get /api/silences',
  'silence-routes.ts post /api/silences/preview',
  'sql-routes.ts get /api/sql/history',
  'sql-routes.ts get /api/sql/views',
  'sql-routes.ts post /api/sql/cancel',
  // The desk tells of each statement itself, also of those refused.
  'sql-routes.ts post /api/sql/run',
  'view-report-routes.ts get /api/view-reports',
  'watch-routes.ts get /api/watch',
];

test('every route tells something, or is known to have nothing to tell', () => {
  const files = [...new Set(SILENT.map((line) => line.split(' ')[0] as string))];
  const silent = ['alert-routes.ts', ...files].flatMap((file) =>
    readFileSync(new URL(`../http/${file}`, import.meta.url), 'utf8')
      .split(/(?=routes\.(?:get|post|put|delete)\()/)
      .slice(1)
      .filter((route) => !/audit: /.test(route))
      .map((route) => {
        const [, method, url] = /^routes\.(\w+)\(\s*['`]([^'`]+)/.exec(route) ?? [];
        return `${file} ${method} ${url}`;
      }),
  );
  expect(silent.toSorted()).toEqual(SILENT.toSorted());
});
