// The log read from the warehouse: the same records to the byte, in windows of any size, from any place on,
// and a refusal wherever they would not be the same.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs, systemClock } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { partitionOf, type Log } from '../../ingest/log.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { appendRandom, caughtUp, positionsEntry } from '../../warehouse/writer.fixture.ts';
import { startWriter } from '../../warehouse/writer.ts';
import { encodeMark } from '../../rules/rulebook-mark.ts';
import { loadRulebook } from '../../rules/rulebook.ts';
import { DEFAULT_PACK } from '../config.ts';
import type { HistoryEntry, HistorySource, Place } from './history-source.ts';
import { openLogSource } from './log-source.ts';
import { openWarehouseSource, type WarehouseSourceDeps } from './warehouse-source.ts';

const PARTITIONS = 2;
const FIRST_MS = Date.UTC(2026, 10, 20);
const NEVER_MS = Date.UTC(2099, 0, 1);
const TABLES = ['position', 'fact', 'tally', 'observation_record', 'writer_progress'];
const deps = { clock: systemClock, logger: silentLogger, random: createRandom('source') };

let folder = '';
let olap: Olap;
let log: Log;
let logs = 0;
const clock = createManualClock(FIRST_MS);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-history-'));
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
}, 60_000);
beforeEach(() => {
  clock.set(epochMs(FIRST_MS));
  log = openEmbeddedLog({ clock }, { path: join(folder, `log-${logs++}`), partitions: PARTITIONS });
});
afterEach(async () => {
  await log.close();
  await Promise.all(TABLES.map((table) => olap.run(`TRUNCATE TABLE ${table}`)));
});
afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});

const appendMany = async (seed: string, times: number) => {
  const random = createRandom(seed);
  for (let i = 0; i < times; i++) await appendRandom(log, random);
};

const writeAll = async () => {
  const writer = startWriter({ ...deps, log, olap }, { pauseMs: 1, chunkBytesMax: 2_000_000 });
  await caughtUp(writer);
  await writer.stop();
};

const order = orderFact('cc-1', { atMs: FIRST_MS - 1, receivedAtMs: FIRST_MS - 1 });
const register = () => Promise.resolve([order]);

const windows = () => join(folder, 'windows');

const fromWarehouse = (change: Partial<WarehouseSourceDeps> = {}, fromMs = FIRST_MS) =>
  openWarehouseSource(
    { olap, name: 'warehouse', partitions: PARTITIONS, folder: windows(), register, ...change },
    fromMs,
  );

const fromLog = () => openLogSource({ log, name: 'log', register });

const read = async (source: HistorySource, from?: Place, untilMs = NEVER_MS) => {
  const all: HistoryEntry[] = [];
  for await (const entry of source.entries(from ?? (await source.begin()), untilMs)) {
    all.push(entry);
  }
  return all;
};

/** What the rules see of it. What ingest refused is counted elsewhere. */
const seen = (entries: readonly HistoryEntry[]) =>
  entries.map(({ entry: { kind, watermarkMs, payload }, after, isRegister = false }) => ({
    kind,
    watermarkMs,
    payload: kind === 'tally' ? '' : Buffer.from(payload).toString('base64'),
    after,
    isRegister,
  }));

/** A change of the rules; its watermark may lie behind that of the record before it. */
const mark = () => encodeMark(loadRulebook(DEFAULT_PACK), epochMs(FIRST_MS - 60_000));

test('has the records of the log to the byte, in windows of any size', async () => {
  await appendMany('bytes', 150);
  await log.append('observations', [
    { partition: 1, entries: [positionsEntry(createRandom('long'), 70_000)] },
  ]);
  const gap = { fromMs: epochMs(FIRST_MS), untilMs: epochMs(FIRST_MS + 90_000) };
  await log.append('observations', [
    { partition: 0, entries: [encodeTick(epochMs(FIRST_MS), gap), mark()] },
  ]);
  await appendMany('more', 150);
  await writeAll();
  const expected = seen(await read(fromLog()));
  expect(expected.length).toBeGreaterThan(600);
  expect(new Set(expected.map(({ kind }) => kind)).size).toBe(5);
  for (const windowRowsMax of [1, 4_000_000]) {
    expect(seen(await read(await fromWarehouse({ windowRowsMax })))).toEqual(expected);
  }
  expect((await readdir(folder)).includes('windows')).toBe(false);
});

test('goes on from any place as if nothing had been', async () => {
  await appendMany('resume', 60);
  await writeAll();
  const source = await fromWarehouse({ windowRowsMax: 50 });
  const all = seen(await read(source));
  for (let at = 1; at < all.length; at += 31) {
    const again = await fromWarehouse({ windowRowsMax: 50 });
    expect(seen(await read(again, all[at - 1]?.after))).toEqual(all.slice(at));
  }
});

test('ends each partition where time has come to the end asked for, as the log does', async () => {
  for (let minute = 0; minute < 50; minute++) {
    const watermarkMs = epochMs(FIRST_MS + minute * 60_000);
    const entries = [positionsEntry(createRandom(`at ${minute}`), 30), encodeTick(watermarkMs)];
    const at = entries.map((entry) => ({ ...entry, watermarkMs }));
    await log.append('observations', [{ partition: minute % 2, entries: at }]);
  }
  await writeAll();
  for (const minutes of [0, 1, 17, 49, 50]) {
    const untilMs = FIRST_MS + minutes * 60_000;
    const expected = seen(await read(fromLog(), undefined, untilMs));
    const source = await fromWarehouse({ windowRowsMax: 100 });
    expect(seen(await read(source, undefined, untilMs))).toEqual(expected);
    expect(source.progress()).toBe(1);
  }
});

const refusal = async (act: Promise<unknown>): Promise<UserError> => {
  const error = await act.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (error instanceof UserError) return error;
  throw error ?? new Error('it was not refused');
};

/** Records that were written before records were noted, and some that came later. */
const upgraded = async () => {
  await appendMany('before', 30);
  await writeAll();
  await olap.run('TRUNCATE TABLE observation_record');
  await olap.run("DELETE FROM writer_progress WHERE target = 'observation_record'");
  clock.advance(3_600_000);
  await appendMany('after', 30);
  await writeAll();
};

test('from before records were noted nothing is taken, and the register fills in', async () => {
  await upgraded();
  const error = await refusal(fromWarehouse({}, FIRST_MS + 3_599_999));
  expect(error.message).toMatch(
    /does not reach back to --from: it is complete from 2026-11-20 09:00/,
  );
  const some = seen(await read(await fromWarehouse({}, FIRST_MS + 3_600_000)));
  const all = seen(await read(fromLog()));
  for (let lane = 0; lane < PARTITIONS; lane++) {
    const [first, ...rest] = some.filter(({ after }) => after.lane === lane);
    expect(first?.isRegister).toBe(true);
    const isHis = partitionOf(order.subject, PARTITIONS) === lane;
    const facts = Buffer.from(first?.payload ?? '', 'base64').toString();
    expect(facts === '' ? [] : [JSON.parse(facts)]).toEqual(isHis ? [order] : []);
    expect(rest.length).toBeGreaterThan(10);
    expect(rest).toEqual(all.filter(({ after }) => after.lane === lane).slice(-rest.length));
  }
});

test('a hole in the records ends what can be taken', async () => {
  await appendMany('hole', 120);
  await writeAll();
  const { end } = await log.bounds('observations', 0);
  await olap.run('DELETE FROM observation_record WHERE log_partition = 0 AND log_offset = 30');
  const source = await fromWarehouse({}, NEVER_MS);
  const some = seen(await read(source)).filter(({ after }) => after.lane === 0);
  expect(some[0]?.isRegister).toBe(true);
  expect(some.slice(1).map(({ after }) => after.next)).toEqual(
    Array.from({ length: end - 31 }, (_, index) => index + 32),
  );
});

test('what the writer has not noted as written is not looked at', async () => {
  await appendMany('noted', 20);
  await writeAll();
  const expected = seen(await read(await fromWarehouse()));
  for (const table of ['position', 'fact', 'observation_record']) {
    await olap.run(
      `INSERT INTO ${table} SELECT * REPLACE (log_offset + 4096 AS log_offset) FROM ${table}`,
    );
  }
  expect(seen(await read(await fromWarehouse()))).toEqual(expected);
});

test.each([
  ['a position is missing', 'DELETE FROM position WHERE log_line = 1'],
  ['a fact is missing', 'DELETE FROM fact WHERE log_line = 0'],
  ['positions are there twice', 'INSERT INTO position SELECT * FROM position'],
  [
    'the last row is there twice',
    'INSERT INTO fact SELECT * FROM fact ORDER BY log_partition, log_offset DESC, log_line DESC LIMIT 1',
  ],
])(
  '%s: nothing is made of it',
  async (_name, damage) => {
    await appendMany('damage', 15);
    await writeAll();
    await olap.run(damage);
    const error = await refusal(read(await fromWarehouse()));
    expect(error.message).toBe('the warehouse does not hold all rows of its records');
    expect((await readdir(folder)).includes('windows')).toBe(false);
  },
  120_000,
);

test('stopped by hand it ends, and leaves nothing', async () => {
  await appendMany('stop', 60);
  await writeAll();
  const stopping = new AbortController();
  const source = await fromWarehouse({ signal: stopping.signal, windowRowsMax: 1 });
  const reading = async () => {
    let count = 0;
    for await (const _entry of source.entries(await source.begin(), NEVER_MS)) {
      if (++count === 5) stopping.abort(new Error('stopped'));
    }
    return count;
  };
  await expect(reading()).rejects.toThrow('stopped');
  expect((await readdir(folder)).includes('windows')).toBe(false);
});

test('an empty warehouse, or one of before, keeps no history', async () => {
  expect((await refusal(fromWarehouse())).message).toBe('the warehouse keeps no history in full');
  await olap.run('RENAME TABLE observation_record TO hidden_record');
  try {
    expect((await refusal(fromWarehouse())).message).toBe('the warehouse keeps no history in full');
  } finally {
    await olap.run('RENAME TABLE hidden_record TO observation_record');
  }
});
