import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { createManualClock } from '../core/time.ts';
import { migrateWarehouse, migrationFiles } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { SEGMENT_RECORDS } from './recovery-plan.ts';
import { columnsOf, TARGETS } from './targets.ts';

const deps = { clock: createManualClock(Date.UTC(2026, 10, 22)), logger: silentLogger };
const names = migrationFiles().map(({ name }) => name);
const statements = migrationFiles().flatMap((file) => file.statements);

let folder: string;
let olap: Olap;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-migrate-'));
  olap = await openOlap(deps, { kind: 'chdb', folder });
});

afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});

const tables = async () => {
  const rows = await olap.rows<{ name: string }>(
    'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
  );
  return rows.map(({ name }) => name);
};

test('cut short after any statement, the tables are completed the next time', async () => {
  for (let failAt = 1; failAt <= statements.length; failAt++) {
    let runs = 0;
    const failing: Olap = {
      ...olap,
      async run(sql, params) {
        await olap.run(sql, params);
        if (/^(CREATE|ALTER)/.test(sql) && runs++ === failAt) throw new Error('cut short');
      },
    };
    await expect(migrateWarehouse(deps, failing), `after ${failAt}`).rejects.toThrow('cut short');
    // Migrations that were complete are not run again.
    const left = await migrateWarehouse(deps, olap);
    expect(left.length).toBeGreaterThan(0);
    expect(left).toEqual(names.slice(-left.length));
    expect(await migrateWarehouse(deps, olap)).toEqual([]);
    if (failAt < statements.length) {
      for (const name of await tables()) await olap.run(`DROP TABLE IF EXISTS ${name} SYNC`);
    }
  }
});

test('tables have exactly the columns the writer fills', async () => {
  for (const target of Object.values(TARGETS).flat()) {
    const rows = await olap.rows<{ name: string }>(
      `SELECT name FROM system.columns WHERE table = {target:String} AND database = currentDatabase()
       AND default_kind IN ('', 'DEFAULT') ORDER BY position`,
      { target },
    );
    const filled = columnsOf[target]([]).map(({ name }) => name);
    expect(
      rows.map(({ name }) => name),
      target,
    ).toEqual(filled);
  }
});

test('what is inserted is on the disk before it is acknowledged, in every table', () => {
  const lax = statements
    .filter((statement) => /ENGINE = /.test(statement))
    .filter((statement) => !/fsync_after_insert = 1, fsync_part_directory = 1/.test(statement));
  expect(lax).toEqual([]);
});

test('the views count segments as the writer does', () => {
  const segments = statements.flatMap((statement) => [
    ...statement.matchAll(/intDiv\(\w+\.log_offset, (\d+)\)/g),
  ]);
  expect(segments.map(([, records]) => Number(records))).toEqual([
    SEGMENT_RECORDS,
    SEGMENT_RECORDS,
  ]);
});
