// One stretch of the synthetic city, as files, as logs and in a warehouse: the same report from each, whole or in pieces.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHistory } from '../../connectors/replay/history.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { systemClock } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createLocator } from '../../datasets/locator.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import type { Log } from '../../ingest/log.ts';
import { loadRulebook, parseRule } from '../../rules/rulebook.ts';
import { writeCityFiles, type CityFiles } from '../../sim/city/write-files.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { caughtUp } from '../../warehouse/writer.fixture.ts';
import { startWriter } from '../../warehouse/writer.ts';
import { backtestReportSchema, type BacktestReport } from '../api/backtest-report.ts';
import { DEFAULT_PACK } from '../config.ts';
import { carryThroughLog } from '../replay/carry.ts';
import { replayFiles } from '../replay/replay-files.ts';
import { openFileSource } from './file-source.ts';
import type { HistorySource } from './history-source.ts';
import { openLogSource } from './log-source.ts';
import { reportId, runBacktest, type Backtest } from './run-backtest.ts';
import { openWarehouseSource } from './warehouse-source.ts';

const START_MS = Date.UTC(2026, 2, 10, 2);
const MINUTE_MS = 60_000;
const areas = createAreas();
const locate = createLocator();
const book = loadRulebook(DEFAULT_PACK);

let folder = '';
let city: CityFiles;
let areaExit = '';
const logs = new Map<number, Log>();
let olap: Olap;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-backtest-'));
  areaExit = await readFile(join(DEFAULT_PACK, 'area-exit.yaml'), 'utf8');
  city = await writeCityFiles(
    { areas, locate },
    {
      seed: 'backtest',
      size: 600,
      bracelets: 40,
      startAtMs: START_MS,
      folder: join(folder, 'city'),
      lengthMs: 60 * MINUTE_MS,
    },
  );
  for (const partitions of [1, 8]) {
    const log = openEmbeddedLog(
      { clock: systemClock },
      { path: join(folder, `log-${partitions}.sqlite`), partitions },
    );
    const carrier = await carryThroughLog({ rulebook: book, areas, onFindings: () => {} }, log);
    await replayFiles(await createHistory(files()), { locate, carrier });
    logs.set(partitions, log);
  }
  const deps = { clock: systemClock, logger: silentLogger, random: createRandom('backtest') };
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  const writer = startWriter({ ...deps, olap, log: logs.get(8) as Log });
  await caughtUp(writer);
  await writer.stop();
}, 120_000);
afterAll(async () => {
  await olap.close();
  for (const log of logs.values()) await log.close();
  await rm(folder, { recursive: true });
});

const files = () => ({
  positions: city.positions,
  orders: city.orders,
  facts: city.facts,
  source: 'phone/replay',
});

const changed = (change: (source: string) => string) =>
  parseRule('area-exit.yaml', change(areaExit).replace(/^number: \d+/m, 'number: 9'), book.pack);

const ruleNamed = (id: string) => book.rules.find(({ rule }) => rule.id === id);

const backtestOf = (change: Partial<Backtest>): Backtest => ({
  candidate: changed((source) => source.replace('fixesMin: 3', 'fixesMin: 6')),
  baseline: ruleNamed('area-exit'),
  fromMs: START_MS + 5 * MINUTE_MS,
  untilMs: START_MS + 55 * MINUTE_MS,
  minutesPerLevel: { 1: 45, 2: 20, 3: 5 },
  ...change,
});

let runs = 0;
const progressFolder = () => join(folder, `progress-${runs++}`);

const run = (source: HistorySource, backtest: Backtest) =>
  runBacktest({ source, areas, folder: progressFolder() }, backtest);

const fromFiles = async (backtest: Backtest) =>
  run(await openFileSource({ locate }, files()), backtest);

const logSource = (partitions: number) =>
  openLogSource({
    log: logs.get(partitions) as Log,
    name: `log ${partitions}`,
    register: () => Promise.resolve([]),
  });

const warehouseSource = (windowRowsMax = 5_000) =>
  openWarehouseSource(
    {
      olap,
      name: 'warehouse',
      partitions: 8,
      folder: join(folder, 'windows'),
      register: () => Promise.resolve([]),
      windowRowsMax,
    },
    START_MS,
  );

const bytes = (report: BacktestReport) => JSON.stringify(report, null, 2);

describe('the same stretch gives the same bytes', () => {
  let plain = '';
  beforeAll(async () => {
    plain = bytes(await fromFiles(backtestOf({})));
  });

  test('from files, a second time', async () => {
    expect(bytes(await fromFiles(backtestOf({})))).toBe(plain);
  });

  test.each([1, 8])('from a log with %i partitions', async (partitions) => {
    expect(bytes(await run(logSource(partitions), backtestOf({})))).toBe(plain);
  });

  test.each([500, 4_000_000])('from a warehouse, in windows of %i rows', async (windowRowsMax) => {
    expect(bytes(await run(await warehouseSource(windowRowsMax), backtestOf({})))).toBe(plain);
  });

  test('another stretch, or other observations, give another digest', async () => {
    const other = await fromFiles(backtestOf({ untilMs: START_MS + 50 * MINUTE_MS }));
    const digest = (report: string) => (JSON.parse(report) as BacktestReport).history.digest;
    expect(other.history.digest).not.toBe(digest(plain));
  });

  test.each(['files', 'log', 'warehouse'])(
    'killed again and again while it reads %s, and taken up each time',
    async (from) => {
      const folderOfRun = progressFolder();
      let report: BacktestReport | undefined;
      let kills = 0;
      for (let entries = 7; report === undefined; entries += 9) {
        const source =
          from === 'files'
            ? await openFileSource({ locate }, files())
            : from === 'log'
              ? logSource(8)
              : await warehouseSource();
        try {
          report = await runBacktest(
            { source: killedAfter(source, entries), areas, folder: folderOfRun },
            backtestOf({}),
            { resume: true, checkpointMs: 0 },
          );
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills++;
        }
      }
      expect(kills).toBeGreaterThan(2);
      expect(bytes(report)).toBe(plain);
    },
    120_000,
  );

  test('stopped, it saves where it stands, and goes on from there and not from the start', async () => {
    const folderOfRun = progressFolder();
    const shares: number[] = [];
    const stoppedAfter = async (records: number) => {
      const stopping = new AbortController();
      const from = shares.length;
      const onProgress = ({ share }: { share: number }) => {
        shares.push(share);
        if (shares.length - from === records) stopping.abort(new Killed());
      };
      return runBacktest(
        {
          source: logSource(8),
          areas,
          folder: folderOfRun,
          onProgress,
          signal: stopping.signal,
        },
        backtestOf({}),
        { resume: true, checkpointMs: 1e9 },
      );
    };
    await expect(stoppedAfter(40)).rejects.toThrow(Killed);
    expect(shares.length).toBe(40);
    expect(bytes(await stoppedAfter(Infinity))).toBe(plain);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[40]).toBeGreaterThan(shares[39] as number);
  });

  test('a checkpoint of another backtest is not taken up', async () => {
    const folderOfRun = progressFolder();
    const source = await openFileSource({ locate }, files());
    const other = backtestOf({ fromMs: START_MS });
    await expect(
      runBacktest({ source: killedAfter(source, 12), areas, folder: folderOfRun }, other, {
        resume: true,
        checkpointMs: 0,
      }),
    ).rejects.toThrow(Killed);
    expect((await readdir(folderOfRun)).includes('checkpoint')).toBe(true);
    const again = await openFileSource({ locate }, files());
    const report = await runBacktest(
      { source: again, areas, folder: folderOfRun },
      backtestOf({}),
      { resume: true, checkpointMs: 1e9 },
    );
    expect(bytes(report)).toBe(plain);
  });
});

class Killed extends Error {}

/** The source, dying after so many entries: nothing after them is done, and nothing is cleared up. */
const killedAfter = (source: HistorySource, most: number): HistorySource => ({
  ...source,
  async *entries(from, untilMs) {
    let count = 0;
    for await (const entry of source.entries(from, untilMs)) {
      if (count++ === most) throw new Killed();
      yield entry;
    }
  },
});

describe('what the report says', () => {
  test('has the documented form and an id over all of it', async () => {
    const report = await fromFiles(backtestOf({}));
    expect(backtestReportSchema.parse(report)).toEqual(report);
    expect(report.id).toBe(reportId(report));
    expect(reportId({ ...report, totals: { ...report.totals, added: 99 } })).not.toBe(report.id);
  });

  test('a rule against itself changes nothing, and its figures add up', async () => {
    const same = await fromFiles(backtestOf({ candidate: ruleNamed('area-exit') as never }));
    const { totals } = same;
    expect(totals.alerts.baseline).toBeGreaterThan(0);
    expect(totals).toMatchObject({ added: 0, removed: 0, regraded: 0, moved: 0 });
    expect(totals.kept).toBe(totals.alerts.candidate);
    for (const rows of [same.byLevel, same.byCounty, same.byShift]) {
      const sum = rows.reduce((count, { alerts }) => count + alerts.candidate, 0);
      expect(sum).toBe(totals.alerts.candidate);
    }
    expect(same.history.observations).toBeGreaterThan(1_000);
    expect(same.history.before).toBeGreaterThan(0);
  });

  test('another level regrades, a retired rule takes away, a new rule adds', async () => {
    const level1 = changed((source) => source.replace('{ cc: 2,', '{ cc: 1,'));
    const regraded = await fromFiles(backtestOf({ candidate: level1 }));
    expect(regraded.totals.regraded).toBeGreaterThan(0);
    expect(regraded.totals.added + regraded.totals.removed).toBe(0);
    for (const rows of [regraded.byCounty, regraded.byShift]) {
      const sum = rows.reduce((count, row) => count + row.regraded, 0);
      expect(sum).toBe(regraded.totals.regraded);
    }
    const [sample] = regraded.samples.regraded;
    expect([sample?.before.level, sample?.after.level]).toEqual([2, 1]);
    expect(sample?.after.evidence.length).toBeGreaterThan(1);

    const retired = changed((source) => source.replace('status: active', 'status: retired'));
    const gone = await fromFiles(backtestOf({ candidate: retired }));
    expect(gone.candidate.status).toBe('retired');
    expect(gone.totals.alerts.candidate).toBe(0);
    expect(gone.totals.removed).toBe(gone.totals.alerts.baseline);
    for (const row of gone.byCounty) expect(row.removed).toBe(row.alerts.baseline);
    expect(gone.samples.removed.length).toBe(Math.min(20, gone.totals.removed));

    const added = await fromFiles(backtestOf({ baseline: undefined }));
    expect(added.baseline).toBeNull();
    expect(added.totals.added).toBe(added.totals.alerts.candidate);
  });

  test('load is counted in alerts and in minutes a day', async () => {
    const day = 86_400_000;
    const whole = { fromMs: START_MS - 12 * 60 * MINUTE_MS, untilMs: START_MS + day / 2 };
    const report = await fromFiles(backtestOf(whole));
    const { load, byLevel, totals } = report;
    expect(load.candidate.alertsPerDay).toBe(totals.alerts.candidate);
    const minutes = byLevel.reduce(
      (sum, { level, alerts }) => sum + alerts.candidate * { 1: 45, 2: 20, 3: 5 }[level],
      0,
    );
    expect(load.candidate.officerMinutesPerDay).toBe(minutes);
    // 22:00 to 22:00: the day's three shifts, and the last one of the day before.
    const [first] = report.byCounty;
    const shifts = report.byShift.filter(({ region }) => region === first?.region);
    expect(shifts.map(({ shift, shifts: count }) => [shift, count])).toEqual([
      ['00-08', 1],
      ['08-16', 1],
      ['16-24', 2],
    ]);
  });
});
