// Every statement leaves its trace, also one that was refused, and none of what stood between quotes.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { regionCode } from '../../core/region.ts';
import { systemClock } from '../../core/time.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { rangesOf } from './region-ranges.ts';
import { createSqlDesk, withoutTexts, type SqlDesk } from './sql-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-sql-'));
let olap: Olap;
let records: Records;
let desk: SqlDesk;

beforeAll(async () => {
  const deps = { logger: silentLogger, clock: systemClock };
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  records = await openRecords(
    { logger: silentLogger, random: createRandom('sql') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const audit = createAuditTrail({ records });
  desk = createSqlDesk({ olap, records, audit, clock: systemClock });
});
afterAll(async () => {
  await olap.close();
  await records.close();
  rmSync(folder, { recursive: true });
});

const asked = (sql: string) => ({
  sql,
  purpose: '季度分析',
  accountId: 'ac_analyst',
  ranges: rangesOf({ kind: 'unit-and-below', unit: regionCode('511700') }),
});

test('statements are told with their purpose, answered or refused', async () => {
  await desk.run(asked("SELECT 'ZHANG SAN' AS a FROM measures"));
  await expect(desk.run(asked('SELECT * FROM alert_event'))).rejects.toMatchObject({
    code: 'bad-input',
  });
  const running = desk.run(asked('SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3'));
  await expect(desk.run(asked('SELECT 1'))).rejects.toMatchObject({ code: 'too-many' });
  expect(desk.cancel('ac_other')).toBe(false);
  expect(desk.cancel('ac_analyst')).toBe(true);
  await expect(running).rejects.toMatchObject({ code: 'conflict' });
  const rows = await records.db.selectFrom('auditPending').select('body').orderBy('seq').execute();
  const told = rows.map(({ body }) => decodeEntry(body));
  expect(told).toMatchObject([
    { action: 'sql.run', outcome: 'done', reason: '季度分析', detail: { views: 'measures' } },
    { action: 'sql.run', outcome: 'refused', detail: { outcome: 'bad-input' } },
    { action: 'sql.run', outcome: 'refused', detail: { outcome: 'cancelled' } },
  ]);
  expect(JSON.stringify(told)).not.toContain('ZHANG');
  const outcomes = (await desk.history('ac_analyst')).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(['bad-input', 'cancelled', 'done']);
  expect(await desk.history('ac_other')).toEqual([]);
});

test.each([
  ["SELECT 'a''b' x", "SELECT '…' x"],
  ['SELECT 1 AS "张三"', 'SELECT 1 AS "…"'],
  ['SELECT 1 AS 张三', 'SELECT 1 AS …'],
  ['SELECT 13800138000', 'SELECT …'],
  ['SELECT $$a$$', "SELECT '…'"],
  ["SELECT 'open", "SELECT '…'"],
])('%s is told as %s', (sql, expected) => {
  expect(withoutTexts(sql)).toBe(expected);
});

test.each([
  [{ kind: 'all' }, [[0, 999_999]]],
  [{ kind: 'own', owners: ['x'] }, []],
  [{ kind: 'unit', unit: regionCode('511700') }, [[511_700, 511_700]]],
  [{ kind: 'unit-and-below', unit: regionCode('511700') }, [[511_700, 511_799]]],
  [{ kind: 'unit-and-below', unit: regionCode('510000') }, [[510_000, 519_999]]],
  [{ kind: 'list', units: [regionCode('511722')] }, [[511_722, 511_722]]],
] as const)('%j reaches %j', (scope, ranges) => {
  expect(rangesOf(scope).map(({ from, until }) => [from, until])).toEqual(ranges);
});
