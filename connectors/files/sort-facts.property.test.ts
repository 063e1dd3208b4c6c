import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FactArrival } from '../../core/observation.ts';
import { sortFacts } from './sort-facts.ts';
import { collect } from './reading.fixture.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-sort-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const RANK: Record<string, number> = { order: 0, leave: 1, device: 2, booking: 2 };

const facts = fc
  .array(
    fc.record({ kind: fc.constantFrom('order', 'leave', 'device', 'booking'), atMs: fc.nat(6) }),
    {
      maxLength: 60,
    },
  )
  .map((list) => list.map((fact, number) => ({ ...fact, number }) as unknown as FactArrival));

test('orders before leaves before the rest at each instant, then as read, whatever the bounds', async () => {
  await fc.assert(
    fc.asyncProperty(
      facts,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 2, max: 4 }),
      async (list, pageSize, chunkFactsMax, mergeRunsMax) => {
        const pages = async function* () {
          for (let at = 0; at < list.length; at += pageSize) yield list.slice(at, at + pageSize);
        };
        const sorted = await collect(sortFacts(pages(), { folder, chunkFactsMax, mergeRunsMax }));
        const expected = list.toSorted(
          (a, b) => a.atMs - b.atMs || (RANK[a.kind] as number) - (RANK[b.kind] as number),
        );
        expect(sorted).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
  expect(await readdir(folder)).toEqual([]);
});

test('leaves nothing on disk when whoever reads it stops', async () => {
  const list = Array.from({ length: 20 }, (_, i) => ({ kind: 'device', atMs: 20 - i }));
  const pages = async function* () {
    yield list as unknown as FactArrival[];
  };
  const sorted = sortFacts(pages(), { folder, chunkFactsMax: 3 });
  expect((await sorted.next()).value).toMatchObject({ atMs: 1 });
  expect(await readdir(folder)).toHaveLength(1);
  await sorted.return(undefined);
  expect(await readdir(folder)).toEqual([]);
});
