// The drill: an installation is backed up, goes on, is backed up again, is wiped, and comes back as it was.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { openEmbeddedLog } from '../../ingest/log-embedded.ts';
import { encodeTick } from '../../ingest/watermark.ts';
import { squareAreas } from '../../rules/stream.fixture.ts';
import { listBackups } from '../../security/backup/backup-folder.ts';
import { openOlap } from '../../warehouse/olap.ts';
import { openRecords } from '../../warehouse/records.ts';
import { startWriter } from '../../warehouse/writer.ts';
import { caughtUp } from '../../warehouse/writer.fixture.ts';
import {
  CANARY,
  createInstallation,
  DAY_MS,
  GONE,
  grep,
  type Installation,
} from '../retention/stores.fixture.ts';
import { restoreBackup } from './restore.ts';
import { takeBackup, type BackupSettings, type BackupSource } from './take-backup.ts';
import { replayLast, warehouseCounts } from './verify-restored.ts';

let site: Installation;
let backups = '';
let settings: BackupSettings;
let source: BackupSource;
const logger = silentLogger;

beforeAll(async () => {
  site = await createInstallation();
  backups = `${site.folder}-backups`;
  mkdirSync(backups);
  writeFileSync(join(backups, 'key'), 'sixteen letters or more of a passphrase');
  writeFileSync(join(site.folder, 'secret.key'), 'ab'.repeat(32), { mode: 0o600 });
  settings = {
    folder: join(backups, 'kept'),
    keyFile: join(backups, 'key'),
    fullEvery: 7 * DAY_MS,
    keep: 30 * DAY_MS,
  };
  source = {
    dataFolder: site.folder,
    records: { kind: 'sqlite' },
    log: { kind: 'embedded' },
    olap: site.olap,
    indices: null,
  };
});
afterAll(async () => {
  await site.remove();
  rmSync(backups, { recursive: true, force: true });
  rmSync(`${site.folder}-restored`, { recursive: true, force: true });
});

const rowsOf = async ({ db }: Installation['records'], table: string) =>
  (await sql`SELECT * FROM ${sql.table(table)}`.execute(db)).rows
    .map((row) => JSON.stringify(row))
    .sort();

const restored = () => `${site.folder}-restored`;
const restore = (change: { id?: string; keyFile?: string; folder?: string } = {}) =>
  restoreBackup(
    { logger },
    { folder: settings.folder, keyFile: settings.keyFile, ...change },
    { dataFolder: restored(), records: { kind: 'sqlite' } },
  );

test('full, incremental, wiped, restored: every store as it was, and the rules find the same', async () => {
  const { clock, records, log, olap } = site;
  const full = await takeBackup({ clock, logger }, source, settings);
  expect(full.kind).toBe('full');
  expect(grep(settings.folder, [GONE, CANARY, 'ab'.repeat(32)])).toEqual([]);

  // The product goes on while and after the next one is made.
  clock.set(epochMs(clock.now() + DAY_MS));
  await log.append('observations', [{ partition: 0, entries: [encodeTick(epochMs(clock.now()))] }]);
  await site.write();
  const [incremental] = await Promise.all([
    takeBackup({ clock, logger }, source, settings),
    log.append('dead-letters', [{ partition: 0, entries: [encodeTick(epochMs(clock.now()))] }]),
  ]);
  expect(incremental).toMatchObject({ kind: 'incremental', chain: full.id, follows: full.id });
  expect(incremental.addedBytes).toBeLessThan(full.addedBytes / 2);

  const tables = ['alert', 'alert_event', 'supervision_order', 'alias', 'snapshot', 'outbox'];
  const before = await Promise.all(tables.map((table) => rowsOf(records, table)));
  const { end } = await log.bounds('observations', 0);
  const inWarehouse = await warehouseCounts(olap);
  expect(inWarehouse['position']).toBeGreaterThan(100);

  // Everything is lost.
  await site.close();
  for (const name of readdirSync(site.folder)) {
    rmSync(join(site.folder, name), { recursive: true, force: true });
  }
  expect((await restore()).id).toBe(incremental.id);

  const at = (name: string) => join(restored(), name);
  expect(readFileSync(at('secret.key'), 'utf8')).toBe('ab'.repeat(32));
  const back = {
    records: await openRecords(
      { logger, random: createRandom('drill') },
      { kind: 'sqlite', path: at('records.sqlite') },
    ),
    log: openEmbeddedLog({ clock }, { path: at('log.sqlite'), partitions: 1 }),
    olap: await openOlap({ logger }, { kind: 'chdb', folder: at('warehouse') }),
  };
  try {
    const after = await Promise.all(tables.map((table) => rowsOf(back.records, table)));
    expect(after).toEqual(before);
    expect((await back.log.bounds('observations', 0)).end).toBe(end);
    expect(await warehouseCounts(back.olap)).toEqual(inWarehouse);
    const verdict = await replayLast({ ...back, surroundings: { areas: squareAreas } });
    expect(verdict.missing).toEqual([]);
    expect(verdict.findings).toBeGreaterThan(0);
    // The writer goes on with the restored warehouse and finds it whole.
    const writer = startWriter({ ...back, clock, random: createRandom('drill'), logger });
    await caughtUp(writer);
    const lanes = await writer.status();
    await writer.stop();
    expect(lanes.map(({ incompleteSegments }) => incompleteSegments)).toEqual(lanes.map(() => 0));
    expect(await warehouseCounts(back.olap)).toEqual(inWarehouse);
  } finally {
    await back.olap.close();
    await back.log.close();
    await back.records.close();
  }
  await expect(restore()).rejects.toMatchObject({
    code: 'conflict',
    says: { zh: '数据目录不是空的' },
  });
});

test('another key, a changed byte, half a backup: each is refused in words, and nothing is left behind', async () => {
  rmSync(restored(), { recursive: true, force: true });
  const other = join(backups, 'other-key');
  writeFileSync(other, 'another passphrase, long enough');
  await expect(restore({ keyFile: other })).rejects.toMatchObject({ code: 'forbidden' });

  const copyOf = (name: string) => {
    const folder = join(backups, name);
    cpSync(settings.folder, folder, { recursive: true });
    const [chain = ''] = readdirSync(folder);
    const pieces = readdirSync(join(folder, chain, 'pieces'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return { folder, chain, pieces };
  };
  const changed = copyOf('changed');
  for (const piece of changed.pieces) {
    const bytes = readFileSync(piece);
    bytes.writeUInt8((bytes.readUInt8(bytes.length >> 1) ^ 1) & 0xff, bytes.length >> 1);
    writeFileSync(piece, bytes);
  }
  await expect(restore({ folder: changed.folder })).rejects.toMatchObject({
    code: 'conflict',
    says: { zh: '备份已损坏或被改动' },
  });

  const half = copyOf('half');
  for (const piece of half.pieces.slice(1)) rmSync(piece);
  await expect(restore({ folder: half.folder })).rejects.toMatchObject({ code: 'conflict' });

  expect(existsSync(restored()) || existsSync(`${restored()}.restoring`)).toBe(false);

  // One whose manifest was never written is none; the one before it still is.
  const cut = copyOf('cut');
  const manifests = listBackups(cut.folder);
  rmSync(join(cut.folder, cut.chain, `${manifests.at(-1)?.id}.manifest`));
  expect(listBackups(cut.folder).map(({ id }) => id)).toEqual([manifests[0]?.id]);
  expect((await restore({ folder: cut.folder })).kind).toBe('full');
  rmSync(restored(), { recursive: true, force: true });
  await expect(restore({ id: '20000101000000' })).rejects.toMatchObject({ code: 'not-found' });
});

test('chains that are too old go, the newest never does', async () => {
  const folder = join(backups, 'aging');
  const small: BackupSource = {
    ...source,
    dataFolder: join(backups, 'small'),
    olap: null,
    log: { kind: 'kafka' },
  };
  mkdirSync(small.dataFolder);
  const records = await openRecords(
    { logger, random: createRandom('aging') },
    { kind: 'sqlite', path: join(small.dataFolder, 'records.sqlite') },
  );
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const take = (full: boolean) =>
    takeBackup({ clock, logger }, small, { ...settings, folder }, { full });
  const first = await take(true);
  expect(first.leftOut).toEqual(['warehouse', 'log']);
  clock.set(epochMs(clock.now() + 40 * DAY_MS));
  const second = await take(false);
  // More than a week since the last full one.
  expect(second.kind).toBe('full');
  expect(listBackups(folder).map(({ id }) => id)).toEqual([second.id]);
  await records.close();
});
