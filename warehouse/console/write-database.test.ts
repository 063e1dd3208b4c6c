// What an analyst takes away says whose it is, ends at the analyst's area, and names nobody.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { systemClock } from '../../core/time.ts';
import { openDuck } from '../duck.ts';
import { migrateWarehouse } from '../migrate.ts';
import { openOlap, type Olap } from '../olap.ts';
import { writeDatabase } from './write-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-take-'));
let olap: Olap;

beforeAll(async () => {
  const deps = { logger: silentLogger, clock: systemClock };
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  await olap.run(`INSERT INTO index_measure (origin, piece, region, period, column, value)
    VALUES ('im', 0, 511722, '2026', 'people', 1024300.5),
    ('im', 0, 310101, '2026', 'people', 7)`);
  await olap.run(`INSERT INTO alert_event (id, alert_id, kind, at_ms, rule_id, level, subject, region, body)
    SELECT toString(number), toString(number), 'opened', 1767283200000, 'r', 1, 'cc-secret-key', 511722, '{}' FROM numbers(6)`);
});
afterAll(async () => {
  await olap.close();
  rmSync(folder, { recursive: true });
});

const mark = {
  takenBy: 'ac_analyst',
  takenAt: '2026-11-27 15:00:00',
  purpose: "it's for the quarter",
  scope: '511700-511799',
};
const ranges = [{ from: 511_700, until: 511_799 }];

async function read(path: string | undefined, sql: string): Promise<unknown[]> {
  const duck = await openDuck({ ...(path !== undefined && { path }), folders: [folder] });
  try {
    return (await duck.connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    duck.close();
  }
}

test('as one file', async () => {
  const path = join(folder, 'taken.duckdb');
  const { rows, digest, files } = await writeDatabase(olap, { path, form: 'duckdb', ranges, mark });
  expect(rows).toMatchObject({ measures: 1, alerts_by_day: 1 });
  expect(Object.keys(files)).toEqual(['taken.duckdb']);
  expect(await read(path, 'SELECT region, value FROM measures')).toEqual([[511_722, 1_024_300.5]]);
  expect(await read(path, 'SELECT alerts FROM alerts_by_day')).toEqual([['6']]);
  const watermark = Object.fromEntries(
    (await read(path, 'SELECT key, value FROM watermark')) as [string, string][],
  );
  expect(watermark).toMatchObject({
    plumbline_taken_by: 'ac_analyst',
    plumbline_purpose: mark.purpose,
    plumbline_digest: digest,
  });
  expect(readFileSync(path).includes('cc-secret-key')).toBe(false);
  // The same rows have the same digest.
  const again = await writeDatabase(olap, { path, form: 'duckdb', ranges, mark });
  expect(again.digest).toBe(digest);
});

test('as Parquet, marked in the metadata of each file', async () => {
  const path = join(folder, 'taken');
  const { digest, files } = await writeDatabase(olap, { path, form: 'parquet', ranges, mark });
  expect(Object.keys(files)).toContain('measures.parquet');
  for (const name of Object.keys(files)) {
    const file = join(path, name);
    const metadata = Object.fromEntries(
      (await read(
        undefined,
        `SELECT decode(key), decode(value) FROM parquet_kv_metadata('${file}')`,
      )) as [string, string][],
    );
    expect(metadata).toMatchObject({ plumbline_digest: digest, plumbline_taken_by: 'ac_analyst' });
    expect(readFileSync(file).includes('cc-secret-key')).toBe(false);
  }
});
