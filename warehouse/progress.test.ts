import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { createManualClock } from '../core/time.ts';
import { migrateWarehouse } from './migrate.ts';
import { openOlap, type Olap } from './olap.ts';
import { noteProgress, readSegments, VERIFIED_SEGMENTS_MAX, wipeSegments } from './progress.ts';
import { SEGMENT_RECORDS } from './recovery-plan.ts';

const deps = { clock: createManualClock(Date.UTC(2026, 10, 22)), logger: silentLogger };
const SEGMENTS = VERIFIED_SEGMENTS_MAX + 40;

let folder: string;
let olap: Olap;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-progress-'));
  olap = await openOlap(deps, { kind: 'chdb', folder });
  await migrateWarehouse(deps, olap);
});

afterAll(async () => {
  await olap.close();
  await rm(folder, { recursive: true });
});

/** Two findings in each of many segments of partition 0, and of the first segment of partition 1. */
beforeEach(async () => {
  await olap.run('TRUNCATE TABLE finding');
  await olap.run('TRUNCATE TABLE writer_progress');
  await olap.run(
    `INSERT INTO finding (log_partition, log_offset)
     SELECT number >= {segments:UInt32} * 2,
       (intDiv(number, 2) % {segments:UInt32}) * {size:UInt32} + number % 2
     FROM numbers({segments:UInt32} * 2 + 2)`,
    { segments: SEGMENTS, size: SEGMENT_RECORDS },
  );
  const note = (partition: number, segment: number) => ({
    target: 'finding' as const,
    partition,
    segment,
    nextOffset: (segment + 1) * SEGMENT_RECORDS,
    rows: 2,
  });
  const notes = Array.from({ length: SEGMENTS }, (_, segment) => note(0, segment));
  await noteProgress(olap, [...notes, note(1, 0)]);
});

const disagreeing = async (): Promise<string[]> => {
  const byPartition = await readSegments(olap, 'findings');
  return [...byPartition].flatMap(([partition, segments]) =>
    [...segments].filter(([, { agrees }]) => !agrees).map(([segment]) => `${partition}/${segment}`),
  );
};

test('segments with the noted rows agree, and say how far they reach', async () => {
  expect(await disagreeing()).toEqual([]);
  const segments = (await readSegments(olap, 'findings')).get(0);
  expect(segments?.size).toBe(SEGMENTS);
  expect(segments?.get(3)).toEqual({ nextOffset: 4 * SEGMENT_RECORDS, agrees: true });
});

test('rows too few, too many or not noted show in the newest segments of each partition', async () => {
  const newest = SEGMENTS - 1;
  const oldestVerified = SEGMENTS - VERIFIED_SEGMENTS_MAX;
  const row = (partition: number, offset: number) =>
    olap.run('INSERT INTO finding (log_partition, log_offset) VALUES ({p:UInt16}, {o:UInt64})', {
      p: partition,
      o: offset,
    });
  await row(0, oldestVerified * SEGMENT_RECORDS);
  await row(0, (oldestVerified - 1) * SEGMENT_RECORDS);
  await row(0, (newest + 1) * SEGMENT_RECORDS);
  await row(1, 5);
  await row(2, 0);
  await olap.run('DELETE FROM finding WHERE log_partition = 0 AND log_offset = {o:UInt64}', {
    o: newest * SEGMENT_RECORDS + 1,
  });
  expect((await disagreeing()).sort()).toEqual(
    [`0/${oldestVerified}`, `0/${newest}`, `0/${newest + 1}`, '1/0', '2/0'].sort(),
  );
  const unnoted = (await readSegments(olap, 'findings')).get(2)?.get(0);
  expect(unnoted).toEqual({ nextOffset: undefined, agrees: false });
});

test('a segment taken out is gone with its notes, and only it', async () => {
  await wipeSegments(olap, 'findings', [
    { partition: 0, segment: 7 },
    { partition: 1, segment: 0 },
  ]);
  expect(await disagreeing()).toEqual([]);
  const byPartition = await readSegments(olap, 'findings');
  expect(byPartition.get(0)?.has(7)).toBe(false);
  expect(byPartition.get(0)?.size).toBe(SEGMENTS - 1);
  expect(byPartition.has(1)).toBe(false);
});
