// An analyst's database in the ledger: every file found again by its digest, a large one only after a second person.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { createCountingIds } from '../../core/ids.ts';
import { regionCode } from '../../core/region.ts';
import { epochMs } from '../../core/time.ts';
import { decodeEntry } from '../../security/audit/record-format.ts';
import { decideExport } from '../../security/exports/export-requests.ts';
import { verifyFile } from '../../security/exports/verify-file.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import { exportConfigSchema, exportLimitsOf } from '../export-config.ts';
import { testSealer } from './export-desk.fixture.ts';
import { enterDatabase } from './enter-database.ts';

const NOW = epochMs(Date.UTC(2026, 10, 27, 1, 5));
const account: Account = {
  id: 'ac_analyst',
  login: 'analyst',
  displayZh: '分析员',
  displayEn: 'Analyst',
  role: 'analyst',
  region: regionCode('511700'),
  language: 'zh',
  officerId: null,
  active: 1,
};
const config = exportConfigSchema.parse({ largeRows: 10 });
const BYTES = { 'a.parquet': Buffer.from('one file'), 'b.parquet': Buffer.from('another') };
const digestOf = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

let records: Records;
beforeEach(async () => {
  records = await openMemoryRecords();
});
afterEach(() => records.close());

let ids = createCountingIds();
const enter = (rows: number, purpose = '季度分析') =>
  enterDatabase(
    { records, ids, config, seal: testSealer },
    {
      account,
      form: 'parquet',
      scope: '511700-511799',
      purpose,
      atMs: NOW,
      database: {
        digest: digestOf('all rows'),
        rows,
        files: Object.fromEntries(
          Object.entries(BYTES).map(([name, bytes]) => [name, digestOf(bytes)]),
        ),
      },
    },
  );

const ledger = () => records.db.selectFrom('exportFile').selectAll().orderBy('fileName').execute();
async function told() {
  const rows = await records.db.selectFrom('auditPending').select('body').orderBy('seq').execute();
  return rows.map(({ body }) => decodeEntry(body));
}

test('each file has its entry and is known again; the trail hears of it once', async () => {
  ids = createCountingIds();
  await enter(10);
  expect(await ledger()).toMatchObject(
    Object.keys(BYTES).map((fileName) => ({
      fileName,
      kind: 'analyst-database',
      exporter: 'ac_analyst',
      purpose: '季度分析',
      format: 'parquet',
      rowCount: 10,
      personCount: 0,
      state: 'taken',
      approvedBy: null,
    })),
  );
  for (const bytes of Object.values(BYTES)) {
    expect((await verifyFile(records.db, bytes)).is).toBe('unaltered');
  }
  expect((await verifyFile(records.db, Buffer.from('one fiLe'))).is).toBe('unknown');
  expect(await told()).toMatchObject([
    {
      action: 'sql.export',
      outcome: 'done',
      reason: '季度分析',
      detail: { for: 'ac_analyst', form: 'parquet', rows: 10 },
    },
  ]);
});

test('a large one asks by itself, is entered once when another approved it, and not again', async () => {
  ids = createCountingIds();
  const refused = await enter(11).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'approval-needed' });
  expect(await ledger()).toEqual([]);
  const { detail: id } = refused as { detail: string };
  const decide = (by: string) =>
    records.transaction((trx) =>
      decideExport(exportLimitsOf(config), trx, {
        id,
        by,
        atMs: NOW,
        decision: 'approved',
        note: '',
      }),
    );
  await expect(decide(account.id)).rejects.toMatchObject({ code: 'forbidden' });
  await decide('ac_leader');
  await enter(11);
  expect(await ledger()).toMatchObject([
    { requestId: id, approvedBy: 'ac_leader' },
    { requestId: id, approvedBy: 'ac_leader' },
  ]);
  await expect(enter(11)).rejects.toMatchObject({ code: 'approval-needed' });
  expect((await told()).map((entry) => entry?.outcome)).toEqual(['refused', 'done', 'refused']);
});

test('without a purpose nothing is entered', async () => {
  await expect(enter(1, ' ')).rejects.toMatchObject({ code: 'bad-input' });
  expect([await ledger(), await told()]).toEqual([[], []]);
});
