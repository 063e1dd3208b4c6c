import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OperatingError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { orderFact } from '../core/order.fixture.ts';
import { createRandom } from '../core/random.ts';
import { createManualClock, epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { encodeLines, type Log } from '../ingest/log.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import {
  appendRandom,
  caughtUp,
  contentsOfLog,
  contentsOfWarehouse,
  positionsEntry,
} from './writer.fixture.ts';
import { startWriter, type WriterDeps } from './writer.ts';

const PARTITIONS = 3;
const SMALL_CHUNKS = { pauseMs: 1, chunkBytesMax: 20_000 };
const deps = { clock: systemClock, logger: silentLogger, random: createRandom('writer') };

/** Tables that must be empty for the next test. */
const TABLES = [
  'position',
  'fact',
  'tally',
  'observation_record',
  'finding',
  'alert_event',
  'observation_minute',
  'writer_progress',
];

describe('in this process', () => {
  let folder: string;
  let olap: Olap;
  let log: Log;
  let logs = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-writer-'));
    olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
    await migrateWarehouse(deps, olap);
  });
  beforeEach(() => {
    log = openEmbeddedLog(deps, { path: join(folder, `log-${logs++}`), partitions: PARTITIONS });
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
  const writeAll = async (change: Partial<WriterDeps> = {}) => {
    const writer = startWriter({ ...deps, log, olap, ...change }, SMALL_CHUNKS);
    await caughtUp(writer);
    await writer.stop();
  };
  const expectEqual = async () => {
    const contents = await contentsOfLog(log);
    expect(await contentsOfWarehouse(olap)).toEqual(contents);
    const [minutes] = await olap.rows<{ n: number }>(
      'SELECT sum(observations) AS n FROM observation_minute',
    );
    const [rows] = await olap.rows<{ n: number }>(
      'SELECT (SELECT count() FROM position) + (SELECT count() FROM fact) AS n',
    );
    expect(minutes).toEqual(rows);
  };

  test('what the log holds and what comes while writing is there, each row once', async () => {
    await appendMany('before', 60);
    const writer = startWriter({ ...deps, log, olap }, SMALL_CHUNKS);
    await appendMany('meanwhile', 60);
    await caughtUp(writer);
    await expectEqual();
    await appendMany('later', 5);
    await caughtUp(writer);
    await expectEqual();
    await writer.stop();
  });

  test('a writer that starts anew goes on where the last one stopped', async () => {
    for (let round = 0; round < 3; round++) {
      await appendMany(`round ${round}`, 20);
      await writeAll();
      await expectEqual();
    }
  });

  test('orders of many years lie in one part: taking them back must not take a round for each', async () => {
    const RECEIVED_MS = Date.UTC(2026, 10, 28);
    const months = Array.from({ length: 40 }, (_, index) => Date.UTC(2022, index, 15));
    const payload = encodeLines(
      months.map((atMs) => orderFact('dz-1', { atMs, receivedAtMs: RECEIVED_MS })),
    );
    const entry = { kind: 'lines' as const, watermarkMs: epochMs(RECEIVED_MS), payload };
    await log.append('observations', [{ partition: 0, entries: [entry] }]);
    await writeAll();
    await expectEqual();
    const parts = await olap.rows(
      "SELECT name FROM system.parts WHERE table = 'fact' AND active AND rows > 0",
    );
    expect(parts).toHaveLength(1);
  });

  test('texts and numbers arrive as they were', async () => {
    await appendMany('texts', 20);
    await writeAll();
    const facts = await olap.rows<{ body: string; region: number; subject: string }>(
      'SELECT body, region, subject FROM fact LIMIT 1',
    );
    const fact = JSON.parse(facts[0]?.body ?? '{}') as Record<string, unknown>;
    expect(fact).toMatchObject({ kind: 'lodging', place: "达州宾馆；“三楼”\\'\n" });
    expect({ region: String(facts[0]?.region), subject: facts[0]?.subject }).toEqual({
      region: fact['at'],
      subject: fact['subject'],
    });
    const [position] = await olap.rows<Record<string, unknown>>(
      "SELECT * FROM position WHERE subject LIKE 'cc-%' ORDER BY log_partition, log_offset, sequence LIMIT 1",
    );
    expect(position).toMatchObject({ source: expect.stringMatching(/^(bracelet|phone)\//) });
    const outside = await olap.rows(
      'SELECT 1 FROM position WHERE lng < 107 OR lng > 108 OR lat < 31 OR lat > 32 OR region NOT BETWEEN 511702 AND 511781',
    );
    expect(outside).toEqual([]);
  });

  test.each(Array.from({ length: 14 }, (_, index) => index + 1))(
    'when write %i fails before or after it happened, nothing is lost or doubled',
    async (failAt) => {
      await appendMany(`fault ${failAt}`, 30);
      for (const when of ['before', 'after'] as const) {
        let writes = 0;
        const fail = () => new OperatingError('warehouse-unavailable', 'drill', { retry: 'soon' });
        const faulty: Olap = {
          ...olap,
          async insert(table, blocks) {
            const failing = ++writes === failAt;
            if (failing && when === 'before') throw fail();
            await olap.insert(table, blocks);
            if (failing && when === 'after') throw fail();
          },
          async run(sql, params) {
            const failing = ++writes === failAt;
            if (failing && when === 'before') throw fail();
            await olap.run(sql, params);
            if (failing && when === 'after') throw fail();
          },
        };
        await appendMany(`${when} ${failAt}`, 4);
        await writeAll({ olap: faulty });
        await expectEqual();
      }
    },
  );

  test('rows the warehouse lost or doubled are put right at the start', async () => {
    await appendMany('damage', 60);
    await writeAll();
    await olap.run("DELETE FROM position WHERE log_partition = 1 AND source = 'phone/app'");
    await olap.run('INSERT INTO fact SELECT * FROM fact WHERE log_partition = 2');
    await olap.run('DELETE FROM observation_minute WHERE log_partition = 0');
    await olap.run("DELETE FROM writer_progress WHERE target = 'finding'");
    expect(await contentsOfWarehouse(olap)).not.toEqual(await contentsOfLog(log));
    await writeAll();
    await expectEqual();
  });

  test('a warehouse that is away is waited for; how far behind it is can be seen', async () => {
    let away = true;
    const clock = createManualClock(systemClock.now());
    const flaky: Olap = {
      ...olap,
      rows: (sql, params) =>
        away
          ? Promise.reject(
              new OperatingError('warehouse-unavailable', 'away', { retry: 'backoff' }),
            )
          : olap.rows(sql, params),
    };
    await log.append('observations', [
      { partition: 2, entries: [positionsEntry(createRandom('one'), 5)] },
    ]);
    clock.advance(10_000);
    const writer = startWriter({ ...deps, clock, log, olap: flaky }, SMALL_CHUNKS);
    const statusOf = async () =>
      (await writer.status()).find(
        ({ topic, partition }) => topic === 'observations' && partition === 2,
      );
    const before = await statusOf();
    expect(before).toMatchObject({ nextOffset: undefined, endOffset: 1 });
    expect(before?.behindMs).toBeGreaterThan(9_000);
    away = false;
    await caughtUp(writer);
    expect(await statusOf()).toMatchObject({ nextOffset: 1, endOffset: 1, behindMs: 0 });
    await writer.stop();
    await expectEqual();
  });

  test('a warehouse that was filled from another log is not mixed with this one', async () => {
    await appendMany('first log', 30);
    await writeAll();
    await log.close();
    log = openEmbeddedLog(deps, { path: join(folder, 'another log'), partitions: PARTITIONS });
    const writer = startWriter({ ...deps, log, olap }, SMALL_CHUNKS);
    await expect(writer.ended).rejects.toMatchObject({ name: 'UserError', code: 'conflict' });
  });
});

describe('in a process that is killed', () => {
  test('ten times at random moments: counts are equal, nothing is doubled', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-writer-kill-'));
    const path = join(folder, 'log');
    const random = createRandom('kill');
    const log = openEmbeddedLog(deps, { path, partitions: PARTITIONS });
    const warehouse = join(folder, 'warehouse');
    let killedInside = 0;
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 60; i++) await appendRandom(log, random);
      const child = startChild([path, String(PARTITIONS), warehouse]);
      const finished = await child.killAfter(random.int(12), random.int(4));
      if (!finished) killedInside++;
    }
    const last = startChild([path, String(PARTITIONS), warehouse]);
    await last.caughtUp;
    await last.kill();
    expect(killedInside, 'rounds killed before they had caught up').toBeGreaterThan(4);
    const olap = await openOlap(deps, { kind: 'chdb', folder: warehouse });
    expect(await contentsOfWarehouse(olap)).toEqual(await contentsOfLog(log));
    await olap.close();
    await log.close();
    await rm(folder, { recursive: true });
  }, 120_000);
});

function startChild(arguments_: readonly string[]) {
  const program = fileURLToPath(new URL('writer-crash.ts', import.meta.url));
  const child = fork(program, arguments_, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let finished = false;
  const hasCaughtUp = new Promise<void>((resolve, reject) => {
    child.on('message', (message: { caughtUp?: boolean }) => {
      if (!message.caughtUp) return;
      finished = true;
      resolve();
    });
    child.once('exit', (code) => (code ? reject(new Error(`ended with ${code}`)) : undefined));
  });
  hasCaughtUp.catch(() => {});
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    caughtUp: hasCaughtUp,
    kill,
    /** Kills it `ms` after so many inserts, or when it has caught up; tells whether it had. */
    async killAfter(inserts: number, ms: number): Promise<boolean> {
      let seen = 0;
      await new Promise<void>((resolve) => {
        child.on('message', (message: { inserted?: string }) => {
          if (message.inserted && seen++ === inserts) setTimeout(resolve, ms);
        });
        hasCaughtUp.then(resolve, resolve);
      });
      await kill();
      return finished;
    },
  };
}
