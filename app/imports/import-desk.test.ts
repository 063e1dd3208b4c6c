// A file over the page: spooled and looked at, tried, applied, taken back; nothing of a person enters, nobody
// writes about somebody else's area, and the trail knows who did what.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { systemClock } from '../../core/time.ts';
import type { AuditEntry } from '../../security/audit/audit-entry.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { createAuditTrail } from '../../security/audit/trail.ts';
import type { Mapping } from '../../warehouse/import/mapping.ts';
import { migrateWarehouse } from '../../warehouse/migrate.ts';
import { openOlap, type Olap } from '../../warehouse/olap.ts';
import { openRecords, type Records } from '../../warehouse/records.ts';
import { createImportDesk, type DeskWork, type ImportDesk } from './import-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-desk-'));
const spool = join(folder, 'spool');
let olap: Olap;
let records: Records;
let desk: ImportDesk;

beforeAll(async () => {
  const deps = { logger: silentLogger, clock: systemClock };
  olap = await openOlap(deps, { kind: 'chdb', folder: join(folder, 'warehouse') });
  await migrateWarehouse(deps, olap);
  records = await openRecords(
    { logger: silentLogger, random: createRandom('desk') },
    { kind: 'sqlite', path: join(folder, 'records.sqlite') },
  );
  const audit = createAuditTrail({ records });
  desk = createImportDesk({
    olap,
    records,
    audit,
    clock: systemClock,
    folder: spool,
    bytesMax: 10_000,
  });
});
afterAll(async () => {
  await desk.close();
  await olap.close();
  await records.close();
  rmSync(folder, { recursive: true });
});

async function* pieces(content: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 50) yield Buffer.from(content.slice(at, at + 50));
}
const take = (content: string, accountId = 'ac_a') =>
  desk.take(accountId, { fileName: 'C:\\张\\13800138000 表.csv', body: pieces(content) });

const CITY = [{ from: 511_700, until: 511_799 }];
const mapping: Mapping = { as: 'incidents', region: '区划', at: '时间', kind: '案由' };

async function finished(accountId = 'ac_a'): Promise<DeskWork> {
  for (;;) {
    const work = desk.workOf(accountId);
    if (work && work.state !== 'running') return work;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function told(): Promise<string[]> {
  const rows = await records.db.selectFrom('auditPending').select('body').orderBy('seq').execute();
  return rows.map(({ body }) => {
    const { actor, action } = decodeEntry(body) as AuditEntry;
    return `${actor} ${action}`;
  });
}
const there = async () =>
  (await olap.rows<{ n: number }>('SELECT count() AS n FROM incident'))[0]?.n;

const FILE =
  '区划,时间,案由,姓名\n511722,2026-01-02,盗窃,张三\n110101,2026-01-02,盗窃,李四\n511722,昨天,盗窃,王五\n';

test('looked at, tried, applied and taken back', async () => {
  const { fileName, source } = await take(FILE);
  expect(fileName).not.toMatch(/张|13800138000|\\/);
  expect(source.columns.find(({ name }) => name === '姓名')).toMatchObject({
    personal: 'name',
    samples: [],
  });
  desk.start('ac_a', { kind: 'check', mapping, ranges: CITY });
  const { report } = await finished();
  expect(report).toMatchObject({ rows: 1, refused: 2 });
  expect(report?.errors.map(({ line, faults }) => [line, faults[0]?.fault])).toEqual([
    [3, 'outside-area'],
    [4, 'bad-date'],
  ]);
  expect(await there()).toBe(0);

  desk.start('ac_a', { kind: 'apply', mapping, ranges: CITY });
  const { importId = '' } = await finished();
  expect(await there()).toBe(1);
  // The same file once more is refused, and says so.
  desk.start('ac_a', { kind: 'apply', mapping, ranges: CITY });
  expect(await finished()).toMatchObject({ state: 'failed', problem: { code: 'conflict' } });
  await expect(desk.undo('ac_b', importId)).rejects.toMatchObject({ code: 'forbidden' });
  await desk.undo('ac_a', importId);
  expect(await there()).toBe(0);
  expect(await told()).toEqual(
    ['upload', 'begin', 'apply', 'undo'].map((act) => `ac_a import.${act}`),
  );
});

test('a column about persons is no column to import', async () => {
  await take(FILE);
  desk.start('ac_a', { kind: 'apply', mapping: { ...mapping, kind: '姓名' }, ranges: CITY });
  const { state, problem } = await finished();
  expect(state).toBe('failed');
  expect(problem?.says.en).toContain('holds names and is not taken');
  expect(await there()).toBe(0);
  expect((await desk.list()).map((one) => one.state)).toEqual(['undone']);
});

test('what is too large or no file is refused, and nothing of it stays', async () => {
  const before = readdirSync(spool).length;
  await expect(take('x'.repeat(10_001), 'ac_c')).rejects.toMatchObject({ code: 'too-large' });
  const empty = take('', 'ac_c');
  await expect(empty).rejects.toThrow(/no/);
  await empty.catch((error: Error) => expect(error.message).not.toContain(folder));
  expect(readdirSync(spool)).toHaveLength(before);
  expect(() => desk.start('ac_c', { kind: 'check', mapping, ranges: CITY })).toThrow(/no file/);
});

test('one thing at a time; it is stopped by hand, and the file goes with its owner', async () => {
  await take(FILE);
  desk.start('ac_a', { kind: 'check', mapping, ranges: CITY });
  expect(() => desk.start('ac_a', { kind: 'check', mapping, ranges: CITY })).toThrow(/running/);
  expect(desk.cancel('ac_a')).toBe(true);
  expect((await finished()).state).toBe('cancelled');
  expect(desk.cancel('ac_a')).toBe(false);
  await desk.discard('ac_a');
  expect(desk.uploadOf('ac_a')).toBeUndefined();
  expect(readdirSync(spool)).toEqual([]);
});
