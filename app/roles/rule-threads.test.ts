import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import { epochMs, systemClock } from '../../core/time.ts';
import { createAreas } from '../../datasets/areas.ts';
import { createChinaCalendar } from '../../datasets/workdays.ts';
import { readAll } from '../../ingest/log.contract.ts';
import { decodeLines, encodeLines } from '../../ingest/log.ts';
import { encodePositions } from '../../core/position-batch.ts';
import { createEngine } from '../../rules/engine.ts';
import { rulebookOf, loadRulebook } from '../../rules/rulebook.ts';
import { createStream, recordsOf } from '../../rules/stream.fixture.ts';
import { termMatcherOf } from '../../rules/term-lists.ts';
import { DEFAULT_PACK, configSchema } from '../config.ts';
import { openLog } from '../foundation.ts';
import { silentLogger } from '../../core/logger.ts';
import { startRuleThreads } from './rule-threads.ts';

const PARTITIONS = 3;
const rulebook = loadRulebook(DEFAULT_PACK);
const surroundings = {
  areas: createAreas(),
  calendar: createChinaCalendar(),
  matcherOf: termMatcherOf(DEFAULT_PACK),
};

test('threads find what one engine finds, also once other rules are adopted', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'plumbline-threads-'));
  const config = configSchema.parse({
    dataFolder,
    logLevel: 'silent',
    log: { kind: 'embedded', partitions: PARTITIONS },
  });
  const log = await openLog({ clock: systemClock, logger: silentLogger }, config);
  const start = () =>
    startRuleThreads({ config, threads: 2, partitions: PARTITIONS }, { rulebook, onTurn });
  let heard = 0;
  const onTurn = ({ findings }: { findings: readonly Finding[] }) => (heard += findings.length);

  const append = async (seed: number, part: 'first' | 'second') => {
    const records = recordsOf(createStream(seed), { rowsMax: 16 });
    const half = Math.floor(records.length / 2);
    const own = part === 'first' ? records.slice(0, half) : records.slice(half);
    const entries = own.map(({ watermarkMs, facts, positions }) => ({
      kind: positions ? ('positions' as const) : ('lines' as const),
      watermarkMs: epochMs(watermarkMs),
      payload: positions ? encodePositions(positions) : encodeLines(facts ?? []),
    }));
    await log.append('observations', [{ partition: seed, entries }]);
    return own;
  };
  const isThrough = async (runner: Awaited<ReturnType<typeof start>>) => {
    for (const { partition, nextOffset } of runner.status()) {
      if (nextOffset < (await log.bounds('observations', partition)).end) return false;
    }
    return runner.status().length === PARTITIONS;
  };
  const expected = new Map<number, string[]>();
  const engines = Array.from({ length: PARTITIONS }, () =>
    createEngine({ rulebook, ...surroundings }),
  );
  const judge = (partition: number, records: Awaited<ReturnType<typeof append>>) => {
    const lines = records
      .flatMap((input) => engines[partition]?.step(input) ?? [])
      .map((finding) => JSON.stringify(finding));
    expected.set(partition, [...(expected.get(partition) ?? []), ...lines]);
  };

  for (const seed of [0, 1, 2]) judge(seed, await append(seed, 'first'));
  let runner = await start();
  await expect.poll(() => isThrough(runner), { timeout: 30_000 }).toBe(true);
  await runner.stop();

  // Started again they go on from their states, and other rules count from a mark in the log.
  for (const seed of [0, 1, 2]) judge(seed, await append(seed, 'second'));
  runner = await start();
  await expect.poll(() => isThrough(runner), { timeout: 30_000 }).toBe(true);
  const fewer = rulebookOf(
    rulebook.pack,
    rulebook.rules
      .slice(0, 3)
      .map((compiled) => ({ compiled, source: rulebook.sources[compiled.version] ?? '' })),
  );
  const before = runner.status()[0]?.rulebookVersion;
  await runner.adopt(fewer);
  await expect.poll(() => isThrough(runner), { timeout: 30_000 }).toBe(true);
  await expect
    .poll(() => runner.status()[0]?.rulebookVersion, { timeout: 30_000 })
    .not.toBe(before);
  await runner.stop();

  let count = 0;
  for (const [partition, lines] of expected) {
    const found = (await readAll(log, 'findings', partition)).flatMap(({ payload }) =>
      decodeLines<Finding>(payload),
    );
    expect(found.slice(0, lines.length).map((finding) => JSON.stringify(finding))).toEqual(lines);
    count += lines.length;
  }
  expect(count).toBeGreaterThan(20);
  expect(heard).toBeGreaterThanOrEqual(count);
  await log.close();
  rmSync(dataFolder, { recursive: true });
}, 120_000);
