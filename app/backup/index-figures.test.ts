// Index values in a backup: noted, computed again after everything was lost, and the first that differs named.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson } from '../../core/ids.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import type { Manifest } from '../../security/backup/backup-folder.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { seedIncidents } from '../demo-incidents.ts';
import { createIndexService } from '../indices/index-service.ts';
import { monthName } from '../indices/months.ts';
import { createPublicationDesk, frozenOf } from '../indices/publications.ts';
import { compareFigures, type IndexStores } from './index-figures.ts';
import { restoreBackup } from './restore.ts';
import { takeBackup } from './take-backup.ts';

const NOW_MS = Date.UTC(2026, 10, 27);
const DAY_MS = 86_400_000;
const logger = silentLogger;
const clock = createManualClock(NOW_MS);
let folder = '';
let data = '';
let olap: Olap;
let records: Records;
let stores: IndexStores;

const open = async () => {
  olap = await openOlap({ logger }, { kind: 'chdb', folder: join(data, 'warehouse') });
  records = await openRecords(
    { logger, random: createRandom('figures') },
    { kind: 'sqlite', path: join(data, 'records.sqlite') },
  );
  stores = { service: createIndexService({ olap, records, clock }), db: records.db };
};
const close = async () => {
  await olap.close();
  await records.close();
};

const take = (indices: IndexStores, warehouse: Olap | null) =>
  takeBackup(
    { clock, logger },
    {
      dataFolder: data,
      records: { kind: 'sqlite' },
      log: { kind: 'kafka' },
      olap: warehouse,
      indices,
    },
    {
      folder: join(folder, 'kept'),
      keyFile: join(folder, 'key'),
      fullEvery: 7 * DAY_MS,
      keep: 30 * DAY_MS,
    },
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-figures-'));
  data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(folder, 'key'), 'sixteen letters or more of a passphrase');
  await open();
  await migrateWarehouse({ clock, logger }, olap);
  await seedIncidents(olap, {
    seed: 'dazhou',
    nowMs: NOW_MS,
    signal: new AbortController().signal,
  });
  const index = await stores.service.open('social-order');
  const desk = createPublicationDesk({ records, clock });
  const by = (accountId: string) => ({ accountId, officerId: null });
  const proposal = await desk.propose(index, {
    month: index.input.last,
    kind: 'first',
    reason: 'monthly',
    by: by('one'),
  });
  await desk.decide(
    { index: 'social-order', id: proposal.id },
    { decision: 'publish', note: '', by: by('two') },
  );
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

test('what was noted is found again after everything was lost, and an altered value is named', async () => {
  const { figures, leftOut }: Manifest = await take(stores, olap);
  if (!figures) throw new Error('no figures were noted');
  expect(leftOut).toEqual(['log']);
  expect(figures.computed[0]?.months.map(({ period }) => period)).toHaveLength(25);
  expect(figures.published).toHaveLength(1);

  await close();
  rmSync(data, { recursive: true });
  await restoreBackup(
    { logger },
    { folder: join(folder, 'kept'), keyFile: join(folder, 'key') },
    { dataFolder: data, records: { kind: 'sqlite' } },
  );
  expect(existsSync(data)).toBe(true);
  // Verified another month: what is newer than the note does not count.
  clock.set(epochMs(NOW_MS + 40 * DAY_MS));
  await open();
  const sound = await compareFigures(figures, stores);
  expect(sound).toMatchObject({ months: 25, published: 1, differs: undefined, otherVersions: [] });
  expect(sound.figures).toBeGreaterThan(500);

  // A figure of what was published.
  const row = await records.db
    .selectFrom('indexPublication')
    .select(['id', 'period', 'body'])
    .executeTakeFirstOrThrow();
  const frozen = structuredClone(frozenOf(row));
  const top = frozen.definition.top;
  const county = frozen.figures['511722'] as Record<string, number>;
  county[top] = (county[top] as number) + 1;
  const setBody = (body: string) =>
    records.db.updateTable('indexPublication').set({ body }).where('id', '=', row.id).execute();
  await setBody(canonicalJson(frozen));
  expect((await compareFigures(figures, stores)).differs).toMatch(
    `social-order/${row.period} no. 1: frozen/511722/${top}: ${county[top]} instead of `,
  );
  await setBody(row.body);
  expect((await compareFigures(figures, stores)).differs).toBeUndefined();

  // One measure of one county and one year, in the warehouse.
  const [altered] = await olap.rows<{ region: number; period: string; column: string }>(
    `SELECT region, period, column FROM index_measure WHERE region = 511722 AND period LIKE '2025%' ORDER BY column, period LIMIT 1`,
  );
  await olap.run(
    `ALTER TABLE index_measure UPDATE value = value * 2 WHERE region = ${altered?.region} AND period = '${altered?.period}' AND column = '${altered?.column}' SETTINGS mutations_sync = 1`,
  );
  expect((await compareFigures(figures, stores)).differs).toMatch(
    /^social-order\/2025-\d\d\/511722\/[a-z-]+: [\d.]+ instead of [\d.]+$/,
  );
});

test('nothing is noted of data that came while the warehouse was held', async () => {
  const { service } = stores;
  let looks = 0;
  const restless: IndexStores = {
    ...stores,
    service: {
      ...service,
      async look(id) {
        const index = await service.look(id);
        looks++;
        return index && { ...index };
      },
    },
  };
  const { figures, leftOut } = await take(restless, null);
  expect([figures, leftOut, looks]).toEqual([null, ['warehouse', 'index values', 'log'], 2]);
  expect(monthName((await service.open('social-order')).input.last)).toBe('2026-10');
});
