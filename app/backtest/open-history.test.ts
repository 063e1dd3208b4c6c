// Which history is taken: by what is asked for, and by how far log and warehouse reach back.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { caughtUp, positionsEntry } from '../../warehouse/writer.fixture.ts';
import { startWriter } from '../../warehouse/writer.ts';
import { configSchema, type Config } from '../config.ts';
import { openHistory, type HistoryChoice } from './open-history.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS = Date.UTC(2026, 10, 20);
const clock = createManualClock(FIRST_MS);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-open-history-'));
  const path = join(folder, 'log.sqlite');
  const random = createRandom('open');
  const deps = { clock, logger: silentLogger, random };
  const log = openEmbeddedLog(deps, { path, partitions: 1 });
  const appendFor = async (hours: number) => {
    for (let hour = 0; hour < hours; hour++) {
      await log.append('observations', [{ partition: 0, entries: [positionsEntry(random, 9)] }]);
      clock.set(epochMs(clock.now() + HOUR_MS));
    }
  };
  // The warehouse begins with the sixth hour, the log with the eleventh; both hold twenty.
  await appendFor(5);
  letGo(path, 5);
  await appendFor(15);
  const olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  const writer = startWriter({ ...deps, log, olap });
  await caughtUp(writer);
  await writer.stop();
  await olap.close();
  await log.close();
  letGo(path, 10);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** The log no longer holds so many of its first records. */
function letGo(path: string, records: number): void {
  const database = new DatabaseSync(path);
  database.prepare('DELETE FROM observations_0 WHERE id <= ?').run(records);
  database.close();
}

const configOf = (warehouse: 'chdb' | 'none' = 'chdb', dataFolder = folder) =>
  configSchema.parse({ dataFolder, warehouse: { kind: warehouse } });

/** What it says it is and how many records it has, not counting the register. */
async function look(config: Config, hour: number, change: Partial<HistoryChoice> = {}) {
  const { source, says, close } = await openHistory(config, {
    fromMs: FIRST_MS + hour * HOUR_MS,
    positionsSource: 'phone/replay',
    folder: join(folder, 'progress'),
    ...change,
  });
  try {
    let records = 0;
    for await (const entry of source.entries(await source.begin(), Infinity)) {
      if (!entry.isRegister) records++;
    }
    return { says: says.replaceAll(folder, '…'), records };
  } finally {
    await close();
  }
}

describe('without a word', () => {
  test('the log, where it reaches back', async () => {
    expect(await look(configOf(), 10)).toEqual({
      says: 'history from the log …/log.sqlite',
      records: 10,
    });
  });

  test('the warehouse, where the log does not', async () => {
    for (const hour of [5, 9]) {
      expect(await look(configOf(), hour)).toEqual({
        says: 'history from the warehouse …/warehouse: the log begins at 2026-11-20 18:00:00',
        records: 15,
      });
    }
  });

  test('neither, where none does', async () => {
    await expect(look(configOf(), 4)).rejects.toThrow(
      'the warehouse does not reach back to --from: it is complete from 2026-11-20 13:00:00',
    );
  });

  test('the log as it is, where there is no warehouse', async () => {
    expect(await look(configOf('none'), 4)).toEqual({
      says: 'history from the log …/log.sqlite, which begins at 2026-11-20 18:00:00',
      records: 10,
    });
  });
});

describe('by name', () => {
  test('the log, however far it reaches', async () => {
    expect((await look(configOf(), 0, { source: 'log' })).records).toBe(10);
  });

  test('the warehouse, though the log would do', async () => {
    expect((await look(configOf(), 10, { source: 'warehouse' })).records).toBe(15);
  });

  test('a warehouse that another program holds is said to be held', async () => {
    const deps = { logger: silentLogger };
    const olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
    try {
      await expect(look(configOf(), 10, { source: 'warehouse' })).rejects.toMatchObject({
        code: 'conflict',
      });
    } finally {
      await olap.close();
    }
  });

  test.each<[string, Partial<HistoryChoice>, string]>([
    ['a source of positions', { source: 'phone/replay' }, '--source is not right'],
    ['a source beside files', { source: 'log', facts: 'f.ndjson' }, 'exclude each other'],
  ])('%s is refused', async (_name, change, message) => {
    await expect(look(configOf(), 10, change)).rejects.toThrow(message);
  });

  test('no warehouse is refused', async () => {
    const choice = { source: 'warehouse' };
    const elsewhere = configOf('chdb', join(folder, 'elsewhere'));
    for (const config of [configOf('none'), elsewhere]) {
      await expect(look(config, 10, choice)).rejects.toThrow('there is no warehouse of a product');
    }
  });

  test('a log of more partitions than the configuration says is refused', async () => {
    const config = configOf();
    const deps = { logger: silentLogger };
    const olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
    await olap.run(
      `INSERT INTO writer_progress SELECT * REPLACE (3 AS log_partition) FROM writer_progress`,
    );
    await olap.close();
    await expect(look(config, 10, { source: 'warehouse' })).rejects.toThrow('more partitions');
  });
});
