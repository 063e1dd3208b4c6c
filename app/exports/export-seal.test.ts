// The seal of a file: with the public key alone anybody sees whether the file is the one that left, and whether the
// ledger still says what it said then.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { regionCode } from '../../core/region.ts';
import { silentLogger } from '../../core/logger.ts';
import { text } from '../../core/text.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import type { SuiteName } from '../../security/crypto/suite.ts';
import { createSuites } from '../../security/crypto/suites.ts';
import { checkSeal } from '../../security/exports/check-seal.ts';
import {
  createExportSealer,
  exportSealKeys,
  readExportSeal,
  stampedLines,
} from '../../security/exports/export-seal.ts';
import { findByNumber } from '../../security/exports/ledger.ts';
import type { Records } from '../../warehouse/records.ts';
import { sealVerify } from '../verbs/seal-verify.ts';
import { openExports, sealKeys } from './export-desk.fixture.ts';
import { startStamping, stampSeals } from './stamp-seals.ts';

const NOW = Date.UTC(2026, 10, 28, 1, 5);
const clock = createManualClock(NOW);
const suites = createSuites();
const who = {
  id: 'ac_city',
  login: 'city',
  displayZh: '市局值班员',
  displayEn: 'City officer',
  role: 'city-officer' as const,
  region: regionCode('511700'),
  language: 'zh' as const,
  officerId: 'city',
  active: 1 as const,
};

let records: Records;
let folder: string;
beforeEach(async () => {
  records = await openMemoryRecords();
  folder = await mkdtemp(join(tmpdir(), 'plumbline-seal-'));
});
afterEach(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

/** A file that left, with its seal, on disk. */
async function take(suite: SuiteName = 'gm') {
  const keys = sealKeys(suite);
  const seal = createExportSealer({ keys, suites, site: '达州市司法局' });
  const file = await openExports({ records, clock, seal }).exportFile({
    who,
    fn: 'alert.export',
    kind: 'alert-list',
    title: text('预警清单', 'List of alerts'),
    purpose: '周例会',
    region: who.region,
    about: { status: 'open' },
    format: 'csv',
    language: 'zh',
    content: {
      kind: 'table',
      table: { columns: [{ name: text('编号', 'Number') }], rows: [['A-1'], ['A-2']] },
    },
    rows: 2,
    subjects: [],
  });
  const bytes = await buffer(file.stream());
  const at = (name: string) => join(folder, name);
  await writeFile(at('list.csv'), bytes);
  await writeFile(at('list.csv.seal'), file.seal);
  await writeFile(at('keys.json'), JSON.stringify(await exportSealKeys(keys, suites)));
  const checks = { keys: await exportSealKeys(keys, suites), suites, trusted: [] };
  return { file, bytes, at, checks };
}

async function say(at: (name: string) => string, names: { file?: string; seal?: string } = {}) {
  const lines: string[] = [];
  const good = await sealVerify(
    {
      file: at(names.file ?? 'list.csv'),
      seal: at(names.seal ?? 'list.csv.seal'),
      key: at('keys.json'),
      tsa: undefined,
      language: 'zh',
    },
    (line) => lines.push(line),
  );
  return { good, lines };
}

test.each(['gm', 'intl'] as const)(
  'with the key of %s alone it is seen that a file is as it left, and who took it for what',
  async (suite) => {
    const { at, bytes, file } = await take(suite);
    expect(await say(at)).toEqual({
      good: true,
      lines: [
        '✓ 文件与签章一致，未改动',
        '电子签章有效',
        `${file.number}  预警清单  ${file.name}`,
        `市局值班员（city）  2026-11-28 09:05  用途：周例会  编号：${file.number}`,
        '签章单位 达州市司法局  2026-11-28 09:05:00',
      ],
    });
    await writeFile(at('other.csv'), Buffer.concat([bytes, Buffer.from(' ')]));
    const other = await say(at, { file: 'other.csv' });
    expect([other.good, other.lines[0]]).toEqual([
      false,
      '✗ 文件与签章不符：已改动，或是另一个文件',
    ]);
  },
);

test('no letter of a seal can be changed, nor the key it is verified with', async () => {
  const { file, checks } = await take('intl');
  for (let at = 0; at < file.seal.length; at++) {
    const other =
      file.seal.slice(0, at) + (file.seal[at] === 'x' ? 'y' : 'x') + file.seal.slice(at + 1);
    const read = readExportSeal(other, checks);
    // The last letters of base 64 may stand for the same bytes.
    if (read.is === 'sound') expect(read.stamped.split('\n')[0]).toBe(file.seal.split('\n')[0]);
  }
  const words = file.seal.replace('周例会', '局务会');
  expect(readExportSeal(words, checks).is).toBe('wrong-signature');
  const strangers = [{ suite: 'intl' as const, publicKey: 'AAAA' }];
  expect(readExportSeal(file.seal, { ...checks, keys: strangers }).is).toBe('other-key');
  expect(readExportSeal('', checks).is).toBe('no-seal');
  expect(readExportSeal(`${file.seal}more\n`, checks).is).toBe('no-seal');
});

test('a ledger that was rewritten is known by the seal', async () => {
  const { file, checks } = await take();
  const entryNow = async () => {
    const entry = await findByNumber(records.db, file.number);
    if (!entry) throw new Error('there is an entry');
    return entry;
  };
  const check = async () => (await checkSeal(records.db, await entryNow(), checks)).seal;
  expect(await check()).toBe('sound');
  const mark = (await entryNow()).mark.replace('市局值班员（city）', '宣汉值班员（xuanhan）');
  await records.db.updateTable('exportFile').set({ mark }).execute();
  expect(await check()).toBe('other-entry');
  const sealed = (await records.db.selectFrom('exportSeal').select('seal').executeTakeFirst())
    ?.seal;
  const seal = sealed?.replace('市局值班员（city）', '宣汉值班员（xuanhan）') ?? '';
  await records.db.updateTable('exportSeal').set({ seal }).execute();
  expect(await check()).toBe('broken');
  await records.db.deleteFrom('exportSeal').execute();
  expect(await check()).toBe('none');
});

test('files leave while the authority is silent, and their seals are stamped once it answers', async () => {
  const { file, checks } = await take();
  const asked: string[] = [];
  let isSilent = true;
  const ask = (content: string) => {
    asked.push(content);
    if (isSilent) return Promise.reject(new Error('silent'));
    return Promise.resolve({
      is: 'stamped' as const,
      atMs: NOW + 5_000,
      token: Buffer.from('a token'),
    });
  };
  const deps = { records, logger: silentLogger, ask };
  const stamping = startStamping({ ...deps, timer: clock, everyMs: 30_000 });
  await stamping.stop();
  expect(asked).toEqual([stampedLines(file.seal)]);
  isSilent = false;
  expect(await stampSeals(deps)).toBe(1);
  expect(await stampSeals(deps)).toBe(0);
  const row = await records.db.selectFrom('exportSeal').selectAll().executeTakeFirst();
  expect(row?.stampedAtMs).toBe(epochMs(NOW + 5_000));
  const read = readExportSeal(row?.seal ?? '', checks);
  if (read.is !== 'sound') throw new Error(read.is);
  expect([read.stamped, Buffer.from(read.token ?? []).toString()]).toEqual([file.seal, 'a token']);
  // Kept, and said to be unverified where nobody was told whom to trust.
  const entry = await findByNumber(records.db, file.number);
  expect(entry && (await checkSeal(records.db, entry, checks))).toEqual({
    seal: 'sound',
    stamp: 'unchecked',
    stampedAtMs: null,
  });
});
