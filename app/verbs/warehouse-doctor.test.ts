// What the doctor of the warehouse finds, each kind of trouble made on purpose.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { silentLogger } from '../../core/logger.ts';
import { createManualClock, epochMs, systemClock } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { encodeLines, type Log } from '../../ingest/log.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import type { Records } from '../../warehouse/records.ts';
import { createRollupMarks } from '../../warehouse/rollup-days.ts';
import { loadConfig } from '../config.ts';
import { examineWarehouse, lookAtWarehouse } from './warehouse-doctor.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 27);

let folder: string;
let olap: Olap;
let records: Records;
let log: Log;
const clock = createManualClock(NOW_MS);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-warehouse-doctor-'));
  olap = await openOlap(
    { logger: silentLogger },
    { kind: 'chdb', folder: join(folder, 'warehouse') },
  );
  records = await openMemoryRecords();
  log = openEmbeddedLog({ clock }, { path: join(folder, 'log.sqlite'), partitions: 1 });
});
afterAll(async () => {
  await log.close();
  await records.close();
  await olap.close();
  await rm(folder, { recursive: true });
});

const look = async () => {
  const found = await lookAtWarehouse(
    { olap, db: records.db, log, clock },
    { tracksMs: 180 * DAY_MS },
  );
  return Object.fromEntries(found.map(({ name, verdict }) => [name, verdict]));
};
const states = async () =>
  Object.fromEntries(Object.entries(await look()).map(([name, { state }]) => [name, state]));

const HEALTHY = {
  tables: 'ok',
  parts: 'ok',
  disk: 'ok',
  lag: 'ok',
  agreement: 'ok',
  'roll-ups': 'ok',
  retention: 'ok',
};

test('it finds what is wrong and says what to do', async () => {
  expect(await states()).toEqual({ tables: 'bad' });
  await migrateWarehouse({ clock: systemClock, logger: silentLogger }, olap);
  expect(await states()).toMatchObject({ ...HEALTHY, disk: expect.any(String) as string });

  await log.append('alert-events', [
    {
      partition: 0,
      entries: [{ kind: 'lines', watermarkMs: epochMs(NOW_MS), payload: encodeLines([]) }],
    },
  ]);
  const marks = createRollupMarks({ records, olap, clock });
  (await marks.enter({ observationDays: [20_000, 20_001], openedDays: [], alerts: [] }))();
  await olap.run(
    `INSERT INTO fact (id, kind, subject, at_ms, received_at_ms, log_offset)
     SELECT 'f', 'lodging', 'cc-1', {atMs:Int64}, {atMs:Int64}, 5`,
    { atMs: NOW_MS - 300 * DAY_MS },
  );
  expect((await look())['lag']).toMatchObject({ state: 'ok' });
  clock.advance(3_600_001);
  const found = await look();
  expect(found['lag']).toMatchObject({ state: 'warn' });
  expect(found['lag']?.says).toContain('1 records of the log are not written');
  expect(found['roll-ups']?.says).toContain('observations-by-day: 0 days ready, 2 to be counted');
  expect(found['roll-ups']).toMatchObject({ state: 'warn' });
  expect(found['agreement']).toMatchObject({ state: 'warn' });
  expect(found['retention']).toMatchObject({ state: 'warn' });
  expect(found['retention']?.says).toContain('fact: 202601 (1 rows)');
  for (const { state, todo } of Object.values(found))
    expect(todo !== undefined).toBe(state !== 'ok');
});

test('while the product holds the warehouse it says so', async () => {
  const config = { ...loadConfig({ file: undefined }), dataFolder: folder };
  await expect(examineWarehouse(config, () => {})).rejects.toMatchObject({
    code: 'conflict',
    message: 'the product is running; one process at a time can open the embedded warehouse',
  });
});
