// The proof of deletion: a person whose key and words lie in every store is deleted; no byte of the data
// folder has them any more; everybody else is as before.

import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { namesKey } from '../../core/forgotten.ts';
import { subjectKey } from '../../core/subject.ts';
import { declaredIn } from '../../security/retention/declaration.ts';
import { runRetention } from '../../security/retention/run-retention.ts';
import { beginPerson } from '../../security/retention/tasks.ts';
import {
  CANARY,
  CANARY_LNG,
  createInstallation,
  DAY_MS,
  GONE,
  grep,
  judgeAgain,
  STAYS,
  type Installation,
} from './stores.fixture.ts';

let site: Installation;
beforeEach(async () => {
  site = await createInstallation();
});
afterEach(async () => {
  await site.remove();
});

const lngBytes = Buffer.alloc(8);
lngBytes.writeDoubleLE(CANARY_LNG);
const NEEDLES = [GONE, CANARY, String(CANARY_LNG), lngBytes];

const rowsOf = async (name: string) => {
  const { rows } = await sql`SELECT * FROM ${sql.table(name)}`.execute(site.records.db);
  return rows.map((row) => JSON.stringify(row));
};

const warehouseRows = () =>
  site.olap.rows<{ subject: string; table: string; rows: number }>(
    ['position', 'fact', 'finding']
      .map(
        (table) =>
          `SELECT subject, '${table}' AS table, count() AS rows FROM ${table} GROUP BY subject`,
      )
      .join(' UNION ALL '),
  );

test('a person whose order was void goes from every store at once, and nobody else', async () => {
  const { deps, records, folder, log } = site;
  const said = await judgeAgain(log);
  const inWarehouse = await warehouseRows();
  expect(inWarehouse.filter(({ subject }) => subject === GONE).length).toBe(3);
  const before = new Map<string, string[]>();
  for (const { name } of declaredIn('records')) before.set(name, await rowsOf(name));

  await records.transaction((trx) =>
    beginPerson(deps, trx, { subject: subjectKey(GONE), because: 'order-void' }),
  );
  const result = await runRetention(deps);
  expect(result).toMatchObject({ waiting: 0, settled: true });
  // The rest of the log is judged as before; who named the person names a placeholder.
  const saysNow = await judgeAgain(log);
  const others = (lines: readonly string[]) =>
    lines.filter((line) => !line.includes(`"subject":"${GONE}"`)).length;
  expect(saysNow.length).toBe(others(said));
  const idsOf = (lines: readonly string[]) =>
    lines
      .map((line) => JSON.parse(line) as { id: string; subject: string })
      .filter(({ subject }) => subject !== GONE)
      .map(({ id }) => id);
  expect(idsOf(saysNow)).toEqual(idsOf(said));
  expect(new Set((await warehouseRows()).map((row) => JSON.stringify(row)))).toEqual(
    new Set(
      inWarehouse.filter(({ subject }) => subject !== GONE).map((row) => JSON.stringify(row)),
    ),
  );
  for (const { name } of declaredIn('records')) {
    if (name.startsWith('retention') || name === 'snapshot') continue;
    const untouched = (before.get(name) ?? []).filter(
      (row) =>
        !namesKey(row.replaceAll('\\"', '"'), subjectKey(GONE)) && !/of_canary|canary_/.test(row),
    );
    const now = await rowsOf(name);
    expect(
      untouched.filter((row) => !now.includes(row)),
      name,
    ).toEqual([]);
  }
  expect(site.audit.map(({ action, subjects }) => ({ action, subjects }))).toContainEqual({
    action: 'retention.delete',
    subjects: [],
  });

  // The writer finds nothing amiss, and does not bring anything back.
  expect(await site.write()).toBe(0);
  expect((await warehouseRows()).some(({ subject }) => subject === GONE)).toBe(false);
  expect((await warehouseRows()).some(({ subject }) => subject === STAYS)).toBe(true);

  await site.close();
  expect(grep(folder, NEEDLES)).toEqual([]);
  expect(grep(folder, [STAYS]).length).toBeGreaterThan(2);
});

test('when every period is over everything of the person is gone by itself', async () => {
  const { deps, folder, clock } = site;
  clock.set((clock.now() + 5 * 366 * DAY_MS) as ReturnType<typeof clock.now>);
  const result = await runRetention(deps);
  expect(result).toMatchObject({ waiting: 0, settled: true });
  await site.close();
  expect(grep(folder, NEEDLES)).toEqual([]);
});
