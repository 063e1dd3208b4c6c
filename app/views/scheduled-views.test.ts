// Scheduled views: when they are due, what they say, that they are counted once, and who may read them.

import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { silentLogger } from '../../core/logger.ts';
import { DAY_MS, HOUR_MS } from '../../core/local-time.ts';
import { regionCode } from '../../core/region.ts';
import { createManualClock, epochMs, systemClock } from '../../core/time.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import type { SavedViewTable } from '../../warehouse/records-workbench.ts';
import { metricAnswerSchema } from '../api/metrics.ts';
import { MISSED_MAX, SCHEDULE_DELAY_MS } from '../reports/schedule.ts';
import { readCountingRight } from './owner-rights.ts';
import { readableReports } from './readable-reports.ts';
import { countDueViews, periodsDue } from './scheduled-views.ts';

/** Midnight in China that begins Monday, 16 November 2026. */
const MONDAY = Date.UTC(2026, 10, 15, 16);
const PEOPLE = [
  ['analyst', 'analyst', '511700'],
  ['city', 'city-officer', '511700'],
  ['xuanhan', 'county-officer', '511722'],
  ['gone', 'analyst', '511700'],
] as const;

const clock = createManualClock(MONDAY + DAY_MS);
const told: AuditEntry[] = [];
let folder: string;
let olap: Olap;
let records: Records;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-views-'));
  olap = await openOlap({ logger: silentLogger }, { kind: 'chdb', folder });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
  for (const [county, count] of [
    [511722, 2],
    [511724, 12],
    [511702, 30],
  ] as const) {
    await olap.run(
      `INSERT INTO alert_event (id, alert_id, kind, at_ms, level, subject, subject_class, region, rule_id, body)
       SELECT concat('ev-', toString({county:UInt32}), '-', toString(number)),
         concat('al-', toString({county:UInt32}), '-', toString(number)), 'opened',
         {atMs:Int64} + number * 60000, 2, concat('cc-', leftPad(toString(number), 6, '0')), 'cc',
         {county:UInt32}, 'area-exit', '{}'
       FROM numbers({count:UInt32})`,
      { atMs: MONDAY, county, count },
    );
  }
  records = await openMemoryRecords();
  for (const [login, role, region] of PEOPLE) {
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
        active: login === 'gone' ? 0 : 1,
      })
      .execute();
    await records.db.insertInto('savedView').values(viewOf(login, region)).execute();
  }
}, 60_000);

afterAll(async () => {
  await records.close();
  await olap.close();
  await rm(folder, { recursive: true });
});

/** Asks for other days than those of the week it is scheduled for. */
const viewOf = (login: string, region: string): SavedViewTable => ({
  id: `vw_${login}`,
  owner: `ac_${login}`,
  region: regionCode(region),
  title: `${login} 周报`,
  query: '?m=alerts-raised&by=county&grain=none&from=2026-01-01&to=2026-01-02&chart=bar',
  visibility: 'all',
  savedAtMs: clock.now(),
  schedule: 'week',
  scheduledSinceMs: clock.now(),
});

const deps = () => ({
  records,
  olap,
  clock,
  logger: silentLogger,
  audit: { record: async (_trx: unknown, entry: AuditEntry) => void told.push(entry) },
});

const readerOf = async (login: string) => {
  const right = await readCountingRight(records.db, `ac_${login}`);
  const region = regionCode(PEOPLE.find(([name]) => name === login)![2]);
  return { accountId: `ac_${login}`, region, ...right! };
};

const ownersOf = async (login: string) =>
  (await readableReports(records.db, await readerOf(login))).map(({ owner }) => owner).toSorted();

test('a view is counted once when its week is over, of that week, within the rights of its owner', async () => {
  expect(await countDueViews(deps())).toBe(0);
  clock.advance(6 * DAY_MS + SCHEDULE_DELAY_MS - 1);
  expect(await countDueViews(deps())).toBe(0);
  clock.advance(1);
  // Two processes at the same time.
  await Promise.all([countDueViews(deps()), countDueViews(deps())]);
  expect(await countDueViews(deps())).toBe(0);
  const rows = await records.db.selectFrom('viewReport').selectAll().orderBy('owner').execute();
  expect(rows.map(({ owner }) => owner)).toEqual(PEOPLE.map(([login]) => `ac_${login}`).toSorted());
  expect(told.filter(({ action }) => action === 'view.count')).toHaveLength(4);

  const bodyOf = (login: string) =>
    metricAnswerSchema.parse(
      JSON.parse(rows.find(({ owner }) => owner === `ac_${login}`)!.body ?? '{}'),
    );
  expect(bodyOf('city').rows).toEqual([
    ['511702', 30],
    ['511722', 2],
    ['511724', 12],
  ]);
  expect(bodyOf('xuanhan').rows).toEqual([['511722', 2]]);
  // The analyst sees no records, and so no cell of two; another goes with it.
  expect(bodyOf('analyst').suppressed.length).toBeGreaterThanOrEqual(2);

  const gone = rows.find(({ owner }) => owner === 'ac_gone')!;
  expect(gone.body).toBeNull();
  expect(gone.problem).toContain('保存人已停用');
});

test('a counted view is read by who could count as much, however widely it was shared', async () => {
  expect(await ownersOf('city')).toEqual(['ac_analyst', 'ac_city', 'ac_gone', 'ac_xuanhan']);
  // No small cells for the analyst, no other county for the county.
  expect(await ownersOf('analyst')).toEqual(['ac_analyst', 'ac_gone']);
  expect(await ownersOf('xuanhan')).toEqual(['ac_gone', 'ac_xuanhan']);
});

test('due are whole periods that ended after the view was scheduled, oldest first, and not too many', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('week' as const, 'month' as const),
      fc.integer({ min: 0, max: 400 * 24 }),
      fc.integer({ min: 0, max: 400 * 24 }),
      (schedule, sinceH, laterH) => {
        const since = epochMs(MONDAY + sinceH * HOUR_MS);
        const nowMs = since + laterH * HOUR_MS;
        const due = periodsDue({ schedule, scheduledSinceMs: since }, nowMs);
        expect(due.length).toBeLessThanOrEqual(MISSED_MAX[schedule]);
        for (const [i, { untilMs, fromMs, kind }] of due.entries()) {
          expect(kind).toBe(schedule);
          expect(untilMs).toBeGreaterThan(since);
          expect(untilMs + SCHEDULE_DELAY_MS).toBeLessThanOrEqual(nowMs);
          if (i > 0) expect(fromMs).toBe(due[i - 1]!.untilMs);
        }
        const weeks = laterH / (24 * (schedule === 'week' ? 7 : 31));
        if (weeks >= 2) expect(due.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 200 },
  );
  expect(periodsDue({ schedule: 'none', scheduledSinceMs: null }, MONDAY)).toEqual([]);
});
