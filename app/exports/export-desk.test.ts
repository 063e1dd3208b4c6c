// Files as they leave: marked, in the ledger, found again, and told apart when somebody altered them.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMemoryRecords } from '../../alerts/scenario.fixture.ts';
import { regionCode } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { createManualClock, epochMs } from '../../core/time.ts';
import { csvField } from '../../security/exports/csv-text.ts';
import { decideExport } from '../../security/exports/export-requests.ts';
import { verifyFile } from '../../security/exports/verify-file.ts';
import type { Account } from '../../warehouse/accounts.ts';
import type { Records } from '../../warehouse/records.ts';
import type { ExportFormat } from '../../warehouse/records-exports.ts';
import { exportConfigSchema, exportLimitsOf } from '../export-config.ts';
import { findPdfPrinter, type PdfPrinter } from '../reports/pdf.ts';
import { unzip } from '../reports/unzip.fixture.ts';
import type { ExportAsk, ExportDesk, ExportValue } from './export-content.ts';
import { openExports } from './export-desk.fixture.ts';

const NOW = Date.UTC(2026, 10, 27, 1, 5);
const HOUR_MS = 3_600_000;
const who: Account = {
  id: 'ac_city',
  login: 'city',
  displayZh: '市局值班员',
  displayEn: 'City officer',
  role: 'city-officer',
  region: regionCode('511700'),
  language: 'zh',
  officerId: 'city',
  active: 1,
};

let records: Records;
let clock: ReturnType<typeof createManualClock>;
let desk: ExportDesk;
const limits = exportLimitsOf(exportConfigSchema.parse({ largeRows: 10, largePersons: 3 }));

beforeEach(async () => {
  records = await openMemoryRecords();
  clock = createManualClock(NOW);
  desk = openExports({ records, clock, limits });
});
afterEach(() => records.close());

const ROWS: ExportValue[][] = [
  ['=cmd|calc', 3, true, { atMs: NOW }],
  ['引号"与,逗号\n换行', -2.5, false, null],
];

const asked = (
  change: Partial<ExportAsk> & { table?: Iterable<ExportValue[]> | AsyncIterable<ExportValue[]> },
): ExportAsk => {
  const { table = ROWS, ...rest } = change;
  return {
    who,
    fn: 'alert.read',
    kind: 'alert-list',
    title: text('预警清单', 'List of alerts'),
    purpose: '周例会',
    region: who.region,
    about: { status: 'open' },
    format: 'csv',
    language: 'zh',
    content: {
      kind: 'table',
      table: {
        columns: ['甲', '乙', '丙', '丁'].map((name) => ({ name: text(name, name) })),
        rows: table,
      },
    },
    rows: 2,
    subjects: [subjectKey('cc-000001')],
    ...rest,
  };
};

const take = async (ask: ExportAsk, by = desk): Promise<Buffer> =>
  buffer((await by.exportFile(ask)).stream());

const ledger = () => records.db.selectFrom('exportFile').selectAll().execute();

test('a CSV says who, when, what for, its number and digest, and can hold no formula', async () => {
  const file = await desk.exportFile(asked({}));
  const content = (await buffer(file.stream())).toString();
  expect(content).toBe(
    `\ufeff# 市局值班员（city）  2026-11-27 09:05  用途：周例会  编号：${file.number}\r
# 内容摘要 content SHA-256 ${file.contentDigest}\r
甲,乙,丙,丁\r
'=cmd|calc,3,是,2026-11-27 09:05:00\r
"引号""与,逗号\n换行",-2.5,否,\r
# 完 end ${file.number} 2 #\r
`,
  );
  expect(file.name).toBe(`预警清单-${file.number}.csv`);
  expect(file.byteCount).toBe(Buffer.byteLength(content));
  expect(await ledger()).toMatchObject([
    {
      number: file.number,
      rowCount: 2,
      personCount: 1,
      state: 'taken',
      fileDigest: file.fileDigest,
    },
  ]);
});

test('whatever a text is, a spreadsheet finds no formula and a reader the text', () => {
  const nasty = fc.tuple(
    fc.constantFrom('', ' ', '\t', '\n', '\u3000', '\ufeff'),
    fc.constantFrom('=', '+', '-', '@', '＝', '#', '"', ''),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  );
  fc.assert(
    fc.property(nasty, (parts) => {
      const value = parts.join('');
      const field = csvField(value);
      const read = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
      expect(read.replace(/^'/, '')).toBe(value.replace(/^'/, ''));
      expect(read).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
      if (!field.startsWith('"')) expect(field).not.toMatch(/[",\r\n]/);
    }),
  );
});

test('the same table has the same content digest as CSV and as workbook', async () => {
  const csv = await desk.exportFile(asked({}));
  const xlsx = await desk.exportFile(asked({ format: 'xlsx' }));
  expect(xlsx.contentDigest).toBe(csv.contentDigest);
  expect(xlsx.number).not.toBe(csv.number);
  const parts = unzip(await buffer(xlsx.stream()));
  const sheet = parts.find(({ path }) => path.endsWith('sheet2.xml'))?.content ?? '';
  expect(sheet).toContain('=cmd|calc');
  expect(sheet).not.toMatch(/<f[ >]/);
  expect(sheet).toContain(`编号：${xlsx.number}`);
  expect(sheet).toContain(xlsx.contentDigest);
  const custom = parts.find(({ path }) => path === 'docProps/custom.xml')?.content;
  expect(custom).toContain(xlsx.number);
  await buffer(csv.stream());
});

describe('a file that turns up', () => {
  const formats: readonly ExportFormat[] = ['csv', 'xlsx'];
  test.each(formats)('%s: unaltered, altered, cut', async (format) => {
    const file = await take(asked({ format }));
    const [entry] = await ledger();
    expect(await verifyFile(records.db, file)).toEqual({ is: 'unaltered', entry });
    for (const cut of [3, 30, Math.floor(file.length / 4)]) {
      expect(await verifyFile(records.db, file.subarray(0, -cut))).toMatchObject({
        is: 'truncated',
        entry: { number: entry?.number },
      });
    }
    const longer = Buffer.concat([file.subarray(0, 300), Buffer.from('x'), file.subarray(301)]);
    if (!longer.equals(file)) {
      expect((await verifyFile(records.db, longer)).is).toMatch(/altered|truncated/);
    }
  });

  test('CSV: data and mark are told apart', async () => {
    const file = (await take(asked({}))).toString();
    const other = Buffer.from(file.replace('周例会', '别的'));
    expect(await verifyFile(records.db, other)).toMatchObject({
      is: 'altered',
      isContentSame: true,
    });
    const data = Buffer.from(file.replace('-2.5', '-3.5'));
    expect(await verifyFile(records.db, data)).toMatchObject({
      is: 'altered',
      isContentSame: false,
    });
  });

  test('a number nobody gave out, and files that were never ours', async () => {
    const file = (await take(asked({}))).toString();
    const forged = Buffer.from(file.replaceAll(/EX20261127-\w+/g, 'EX20261127-ABCDEFGH'));
    expect(await verifyFile(records.db, forged)).toEqual({
      is: 'not-in-ledger',
      number: 'EX20261127-ABCDEFGH',
    });
    for (const foreign of ['', 'a,b\r\n1,2\r\n', 'PK\u0003\u0004', '%PDF-1.4', '# nothing']) {
      expect((await verifyFile(records.db, Buffer.from(foreign))).is).toBe('unknown');
    }
  });

  test('whatever bytes it is, there is an answer', async () => {
    const heads = ['', '%PDF-', 'PK\u0003\u0004', '\u0089PNG\r\n\u001a\n', '\ufeff# '];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array(), async (head, tail) => {
        const file = Buffer.concat([Buffer.from(head, 'latin1'), tail]);
        expect(['unknown', 'not-in-ledger']).toContain((await verifyFile(records.db, file)).is);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a browser makes', () => {
  let printer: PdfPrinter;
  test(
    'PDF and PNG carry the mark to be seen and in their metadata',
    { timeout: 120_000 },
    async (context) => {
      printer = await findPdfPrinter();
      if (printer.missing) {
        process.stderr.write(`skipped: marks of PDF and PNG, because ${printer.missing.en}\n`);
        context.skip();
        return;
      }
      const printing = openExports({ records, clock, limits, pdf: printer });
      const svg =
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="200"><rect width="640" height="200" fill="#e9edf1"/><text x="20" y="40">趋势</text></svg>';
      const picture = { kind: 'picture', picture: { svg, widthPx: 640, heightPx: 200 } } as const;
      const png = await take(asked({ format: 'png', content: picture }), printing);
      const pdf = await take(asked({ format: 'pdf' }), printing);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([640, 252]);
      for (const file of [png, pdf]) {
        expect((await verifyFile(records.db, file)).is).toBe('unaltered');
        const touched = Buffer.from(file);
        touched.writeUInt8(touched.readUInt8(file.length - 400) ^ 1, file.length - 400);
        expect((await verifyFile(records.db, touched)).is).toMatch(/altered|truncated/);
      }
      const cut = png.subarray(0, -20);
      expect((await verifyFile(records.db, cut)).is).toBe('truncated');
    },
  );
});

describe('large ones', () => {
  const large = (change: Partial<ExportAsk> = {}) => asked({ rows: 11, ...change });
  const many = Array.from({ length: 11 }, (_, index) => [String(index), index, null, null]);

  const askFor = async (ask: ExportAsk) => {
    const { content: _content, ...question } = ask;
    return (await desk.requestApproval({ ...question, reason: '年度检查需要' })).id;
  };
  const decide = (id: string, by: string, decision: 'approved' | 'refused' = 'approved') =>
    records.transaction((trx) =>
      decideExport(limits, trx, { id, by, atMs: clock.now(), decision, note: '' }),
    );

  test('wait for a second person, are used once, and say who approved', async () => {
    await expect(take(large())).rejects.toMatchObject({ code: 'approval-needed' });
    // Whoever says there are fewer is not believed.
    await expect(take(asked({ rows: 2, table: many }))).rejects.toMatchObject({
      code: 'approval-needed',
    });
    expect(await ledger()).toEqual([]);
    const id = await askFor(large());
    await expect(take(large())).rejects.toMatchObject({ code: 'approval-needed' });
    await expect(decide(id, who.id)).rejects.toMatchObject({ code: 'forbidden' });
    await decide(id, 'ac_chief');
    await expect(decide(id, 'ac_other', 'refused')).rejects.toMatchObject({ code: 'conflict' });
    for (const other of [
      large({ about: { status: 'closed' } }),
      large({ format: 'xlsx' }),
      large({ who: { ...who, id: 'ac_other' } }),
    ]) {
      await expect(take(other)).rejects.toMatchObject({ code: 'approval-needed' });
    }
    const table = () => asked({ rows: 11, table: many });
    await take(table());
    await expect(take(table())).rejects.toMatchObject({ code: 'approval-needed' });
    expect(await ledger()).toMatchObject([{ requestId: id, approvedBy: 'ac_chief', rowCount: 11 }]);
  });

  test('refused ones stay refused, others lapse or may not outgrow what was approved', async () => {
    const table = () => asked({ rows: 11, table: many });
    await decide(await askFor(large()), 'ac_chief', 'refused');
    await expect(take(table())).rejects.toMatchObject({ code: 'approval-needed' });
    const first = await askFor(large());
    clock.set(epochMs(NOW + 25 * HOUR_MS));
    await expect(decide(first, 'ac_chief')).rejects.toMatchObject({ code: 'conflict' });
    await decide(await askFor(large()), 'ac_chief');
    await expect(take(asked({ rows: 11, table: [...many, ...many] }))).rejects.toMatchObject({
      code: 'conflict',
    });
    clock.set(epochMs(NOW + 60 * HOUR_MS));
    await expect(take(table())).rejects.toMatchObject({ code: 'approval-needed' });
  });

  test('the auditor never waits', async () => {
    await take(large({ kind: 'audit-trail' }));
    expect(await ledger()).toMatchObject([{ kind: 'audit-trail', approvedBy: null }]);
  });
});

test('what is broken off is in the ledger as such, and nothing is left on the disk', async () => {
  const before = leftOver();
  const file = await desk.exportFile(
    asked({ table: Array.from({ length: 9 }, () => ['x'.repeat(200_000), 0, null, null]) }),
  );
  const stream = file.stream();
  for await (const _chunk of stream) break;
  await expect.poll(async () => (await ledger())[0]?.state).toBe('broken-off');
  await expect.poll(leftOver).toEqual(before);
  await expect(
    desk.exportFile(
      asked({
        table: (function* () {
          yield ['x', 0, null, null];
          throw new Error('the cursor broke');
        })(),
      }),
    ),
  ).rejects.toThrow('the cursor broke');
  expect(leftOver()).toEqual(before);
  expect(await ledger()).toHaveLength(1);
});

const leftOver = () => readdirSync(tmpdir()).filter((name) => name.startsWith('plumbline-export-'));

test('an entry that cannot be written lets no file leave', async () => {
  await expect(
    desk.exportFile(
      asked({ alongside: () => Promise.reject(new Error('something else was not written')) }),
    ),
  ).rejects.toThrow('something else');
  expect(await ledger()).toEqual([]);
});

test('a workbook is opened by a program that is not ours', async (context) => {
  const file = await take(asked({ format: 'xlsx' }));
  try {
    execFileSync('python3', ['-c', 'import zipfile']);
  } catch {
    process.stderr.write(
      'skipped: another program opens the workbook, because there is no python3\n',
    );
    context.skip();
    return;
  }
  const out = execFileSync(
    'python3',
    [
      '-c',
      'import sys,io,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), len(z.namelist()))',
    ],
    { input: file, encoding: 'utf8' },
  );
  expect(out.trim()).toBe('None 9');
});
