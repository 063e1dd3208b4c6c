// Indices from the warehouse: figures, grades, receipts that hold, publishing by two persons, restatements.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock } from '../../core/time.ts';
import { makeReceipt, verifyReceipt, type Receipt } from '../../models/composite/receipt.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { seedIncidents } from '../demo-incidents.ts';
import { cellsAnswer, definitionAnswer, regionResults } from './index-answers.ts';
import { createIndexService, type ComputedIndex, type IndexService } from './index-service.ts';
import { monthName } from './months.ts';
import {
  createPublicationDesk,
  freezeMonth,
  frozenOf,
  publicationsOf,
  type PublicationDesk,
} from './publications.ts';

const NOW_MS = Date.UTC(2026, 10, 27);
let folder = '';
let olap: Olap;
let records: Records;
let service: IndexService;
let desk: PublicationDesk;
let index: ComputedIndex;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-indices-'));
  const clock = createManualClock(NOW_MS);
  const logger = silentLogger;
  olap = await openOlap({ logger }, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse({ clock, logger }, olap);
  records = await openRecords(
    { logger, random: createRandom('indices') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  service = createIndexService({ olap, records, clock });
  desk = createPublicationDesk({ records, clock });
});
afterAll(async () => {
  await olap.close();
  await records.close();
  await rm(folder, { recursive: true });
});

test('without data there is an index and no figure', async () => {
  expect(await service.look('social-order')).toBeUndefined();
  await expect(service.open('social-order')).rejects.toThrow(/no data/);
  await expect(async () => service.open('other')).rejects.toThrow(/no such index: other/);
});

test('the invented city has figures for every region and month, and says it is invented', async () => {
  const signal = new AbortController().signal;
  await seedIncidents(olap, { seed: 'dazhou', nowMs: NOW_MS, signal });
  const [{ n: once } = { n: 0 }] = await olap.rows<{ n: number }>(
    'SELECT count() AS n FROM incident',
  );
  await seedIncidents(olap, { seed: 'dazhou', nowMs: NOW_MS, signal });
  expect(await olap.rows('SELECT count() AS n FROM incident')).toEqual([{ n: once }]);
  index = await service.open('social-order');
  expect(await service.open('social-order')).toBe(index);
  const { input, plan } = index;
  expect([monthName(input.first), monthName(input.last)]).toEqual(['2024-10', '2026-10']);
  const { definition, periods, reference, isSynthetic, indicators } = definitionAnswer(
    index.versioned,
    index,
  );
  expect({ id: definition.id, periods, isSynthetic }).toEqual({
    id: 'social-order',
    periods: { first: '2024-10', last: '2026-10' },
    isSynthetic: true,
  });
  expect(reference?.id).toBe(plan.reference?.id);
  expect(indicators).toHaveLength(25);
  const colours = new Set<string>();
  for (let month = input.first; month <= input.last; month += 4) {
    for (const region of regionResults(index, month, undefined)) {
      expect(region.index).toBeGreaterThan(0);
      expect(region.index).toBeLessThanOrEqual(100 + 1e-9);
      const parts = ['situation', 'control'].map((node) => region.nodes[node]?.contribution ?? 0);
      expect(parts[0]! + parts[1]!).toBeCloseTo(region.index!, 9);
      expect(region.rank.low).toBeLessThanOrEqual(region.rank.high);
      colours.add(region.grade!.colour);
      expect(region.escalation !== null).toBe(region.worstPeriods >= 3);
    }
  }
  expect(colours.size).toBeGreaterThan(1);
});

test('cells hold a value for each month and region, in order', () => {
  const { first } = index.input;
  const cells = cellsAnswer(index, { from: first + 1, to: first + 2, of: 'columns' });
  expect(cells.periods).toEqual(['2024-11', '2024-12']);
  const column = cells.columns['crimes_filed'] ?? [];
  expect(column).toHaveLength(2 * cells.regions.length);
  expect(column[cells.regions.length]).toBe(
    index.input.columnsOf(first + 2).columns['crimes_filed']?.[0],
  );
});

const [author, other] = ['ac_author', 'ac_other'].map((accountId) => ({
  accountId,
  officerId: null,
})) as [{ accountId: string; officerId: null }, { accountId: string; officerId: null }];

test('a published figure stays when the data changes, and a restatement says old and new', async () => {
  const month = index.input.last;
  const publish = { month, kind: 'first' as const, reason: '月度发布', by: author };
  await expect(desk.propose(index, { ...publish, kind: 'restatement' })).rejects.toThrow(
    /not published/,
  );
  const proposal = await desk.propose(index, publish);
  await expect(desk.propose(index, publish)).rejects.toThrow(/waits/);
  const named = { index: 'social-order', id: proposal.id };
  const yes = { decision: 'publish' as const, note: '' };
  await expect(desk.decide(named, { ...yes, by: author })).rejects.toThrow(/their own/);
  expect(await desk.decide(named, { ...yes, by: other })).toMatchObject({ state: 'published' });
  await expect(desk.decide(named, { ...yes, by: other })).rejects.toThrow(/decided/);
  await expect(desk.propose(index, publish)).rejects.toThrow(/is published/);
  await expect(desk.propose(index, { ...publish, kind: 'restatement' })).rejects.toThrow(
    /nothing differs/,
  );

  await olap.run(
    `INSERT INTO incident (at_ms, region, kind, origin) SELECT toInt64(${Date.UTC(2026, 9, 15)}) + number, 511722, 'crimes_filed', 'late' FROM numbers(400)`,
  );
  const changed = await service.open('social-order');
  expect(changed).not.toBe(index);
  const [last] = await publicationsOf(records.db, { index: 'social-order', period: '2026-10' });
  const frozen = frozenOf(last!);
  const at = changed.input.regions.indexOf(511722);
  const shown = regionResults(changed, month, frozen)[at]!;
  const before = freezeMonth(index, month).figures['511722']!['index']!;
  expect(shown.published).toBe(before);
  expect(shown.index).toBe(before);
  expect(shown.computed).toBeLessThan(before);

  const restated = await desk.propose(changed, {
    ...publish,
    kind: 'restatement',
    reason: '补录案件',
  });
  expect(restated.changes).toContainEqual({
    region: '511722',
    node: 'index',
    before,
    after: shown.computed,
  });
  await desk.decide({ index: 'social-order', id: restated.id }, { ...yes, by: other });
  const all = await publicationsOf(records.db, { index: 'social-order', period: '2026-10' });
  expect(all.map(({ number, kind, state }) => [number, kind, state])).toEqual([
    [2, 'restatement', 'published'],
    [1, 'first', 'published'],
  ]);
});

test('the receipt of a counted figure holds, and names how it was counted', () => {
  const { plan, input } = index;
  const receipt = makeReceipt(plan, index.historyOf(input.last), {
    name: { index: 'social-order', period: '2026-10', region: '511725', node: 'situation' },
    regions: input.regions.map(String),
    sql: input.sql,
  }) as Receipt;
  expect(verifyReceipt(receipt)).toEqual([]);
  expect(receipt.sql[0]).toContain('FROM incident');
  expect(receipt.formula.join('\n')).toContain('CRIM_FILED');
});
