import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { OperatingError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { silentLogger } from '../core/logger.ts';
import { encodePositions } from '../core/position-batch.ts';
import { createRandom } from '../core/random.ts';
import { epochMs, systemClock } from '../core/time.ts';
import { openEmbeddedLog } from '../ingest/log-embedded.ts';
import { readAll } from '../ingest/log.contract.ts';
import { decodeLines, encodeLines, type Log, type LogEntry } from '../ingest/log.ts';
import { encodeTick } from '../ingest/watermark.ts';
import { createEngine } from './engine.ts';
import { loadRulebook } from './rulebook.ts';
import { startRules, type RulesDeps, type SnapshotStore } from './run.ts';
import { createStream, recordsOf, squareAreas } from './stream.fixture.ts';

const rulebook = loadRulebook(fileURLToPath(new URL('packs/dazhou', import.meta.url)));

const entriesOf = (seed: number): LogEntry[] =>
  recordsOf(createStream(seed), { rowsMax: 16 }).map(({ watermarkMs, facts, positions }) => {
    if (facts)
      return { kind: 'lines', watermarkMs: epochMs(watermarkMs), payload: encodeLines(facts) };
    if (positions) {
      return {
        kind: 'positions',
        watermarkMs: epochMs(watermarkMs),
        payload: encodePositions(positions),
      };
    }
    return encodeTick(epochMs(watermarkMs));
  });

const expected = (seed: number): string[] => {
  const engine = createEngine({ rulebook, areas: squareAreas });
  return recordsOf(createStream(seed), { rowsMax: 16 })
    .flatMap((input) => engine.step(input))
    .map((finding) => JSON.stringify(finding));
};

function createMemorySnapshots(): SnapshotStore & { saves: number } {
  const kept = new Map<number, { nextOffset: number; body: Uint8Array }>();
  return {
    saves: 0,
    load: async (partition) => kept.get(partition),
    async save(partition, snapshot) {
      this.saves++;
      kept.set(partition, snapshot);
    },
  };
}

async function withLog(run: (log: Log) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-rules-'));
  const log = openEmbeddedLog(
    { clock: systemClock },
    { path: join(folder, 'log.sqlite'), partitions: 1 },
  );
  await run(log);
  await log.close();
  await rm(folder, { recursive: true });
}

const findingsIn = async (log: Log) =>
  (await readAll(log, 'findings', 0)).flatMap(({ payload }) => decodeLines<Finding>(payload));

const append = (log: Log, entries: LogEntry[]) =>
  log.append('observations', [{ partition: 0, entries }]);

const depsFor = (log: Log, snapshots: SnapshotStore): RulesDeps => ({
  log,
  rulebook,
  surroundings: { areas: squareAreas },
  snapshots,
  logger: silentLogger,
});

test('what the engine finds in the log stands in the topic findings', () =>
  withLog(async (log) => {
    const entries = entriesOf(3);
    await append(log, entries);
    const runner = await startRules(depsFor(log, createMemorySnapshots()));
    await expect.poll(() => runner.status()[0]?.nextOffset).toBe(entries.length);
    await runner.stop();
    expect((await findingsIn(log)).map((finding) => JSON.stringify(finding))).toEqual(expected(3));
  }));

test('stopped and started anywhere, with or without its last snapshot, it finds the same', () =>
  withLog(async (log) => {
    const entries = entriesOf(5);
    const random = createRandom('stops');
    const snapshots = createMemorySnapshots();
    for (let at = 0; at < entries.length;) {
      const count = 1 + random.int(40);
      await append(log, entries.slice(at, at + count));
      at = Math.min(entries.length, at + count);
      // A crash loses the snapshot that stopping would have saved.
      const crashes = random.chance(0.5);
      const store = crashes ? { ...snapshots, save: async () => {} } : snapshots;
      const runner = await startRules(depsFor(log, store));
      await expect.poll(() => runner.status()[0]?.nextOffset).toBe(at);
      await runner.stop();
    }
    const found = await findingsIn(log);
    const distinct = [
      ...new Map(found.map((finding) => [finding.id, JSON.stringify(finding)])).values(),
    ];
    expect(distinct).toEqual(expected(5));
    expect(found.length).toBeGreaterThan(distinct.length);
  }));

test('while the log does not take findings none is lost and none is found twice', () =>
  withLog(async (log) => {
    await append(log, entriesOf(3));
    let failures = 4;
    const failing: Log = {
      ...log,
      append: (topic, batches) =>
        topic === 'findings' && failures-- > 0
          ? Promise.reject(new OperatingError('log-unavailable', 'away', { retry: 'soon' }))
          : log.append(topic, batches),
    };
    const runner = await startRules(depsFor(failing, createMemorySnapshots()));
    await expect
      .poll(() => runner.status()[0]?.nextOffset, { timeout: 10_000 })
      .toBe(entriesOf(3).length);
    await runner.stop();
    expect(failures).toBeLessThan(0);
    expect((await findingsIn(log)).map((finding) => JSON.stringify(finding))).toEqual(expected(3));
  }));
