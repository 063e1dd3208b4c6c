// Files as they come, from their bytes to the rows of the warehouse, and out of it again.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { silentLogger } from '../../core/logger.ts';
import { createRandom } from '../../core/random.ts';
import { systemClock } from '../../core/time.ts';
import { openDuck } from '../duck.ts';
import { migrateWarehouse } from '../migrate.ts';
import { openOlap, type Olap } from '../olap.ts';
import { openRecords, type Records } from '../records.ts';
import { applyImport, listImports, undoImport, type ImportDeps } from './apply-import.ts';
import { checkFile } from './check-file.ts';
import { workbook, zip } from './files.fixture.ts';
import { readWorkbook } from './read-workbook.ts';
import { readXlsx, WORKBOOK_LIMITS } from './xlsx.ts';
import { guessMapping, type Mapping } from './mapping.ts';
import { openSource } from './source.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(content: string | Buffer, end = 'csv'): string {
  const path = join(folder, `file-${files++}.${end}`);
  writeFileSync(path, content);
  return path;
}

const guessed = (source: Awaited<ReturnType<typeof openSource>>, as: Mapping['as']): Mapping =>
  guessMapping(as, source.columns).mapping as Mapping;

/** 案由,地区 … in GBK, which Node writes not: 时间,区划,案由 / 盗窃. */
const GBK_FILE = Buffer.concat([
  Buffer.from('cab1bce42cc7f8bbae2cb0b8d3c90a', 'hex'),
  Buffer.from('323032362f312f322c3531313732322cb5c1c7d40a', 'hex'),
]);

describe('a file is understood', () => {
  test('with a title above, personal columns, doubled headers, and rows that are wrong', async () => {
    const path = fileOf(
      [
        '2026年案件统计表,,,,,',
        '区划,发生时间,案由,当事人姓名,联系电话,案由',
        '511722,2026-01-02,盗窃,张三,13800138000,x',
        '宣汉县,2026/1/3,诈骗,李四,13900139000,y',
        '511722,3/4/2026,盗窃,王五,13700137000,y',
        '合计,,2,,,',
        '511723,２０２６年１月５日,盗窃,赵六,-,"a,b"',
      ].join('\r\n'),
    );
    const source = await openSource(path);
    expect(source.form).toMatchObject({ kind: 'text', encoding: 'utf-8', delimiter: ',' });
    expect(source.headerLine).toBe(2);
    expect(source.doubled).toEqual(['案由']);
    const personal = source.columns.filter((column) => column.personal);
    expect(personal.map(({ name, samples }) => [name, samples])).toEqual([
      ['当事人姓名', []],
      ['联系电话', []],
    ]);
    const mapping = guessed(source, 'incidents');
    expect(mapping).toEqual({ as: 'incidents', region: '区划', at: '发生时间', kind: '案由' });
    const report = await checkFile(source, mapping);
    expect(report).toMatchObject({ records: 5, rows: 3, refused: 2, regions: 2, from: '2026-01' });
    expect(report.errors.map(({ line, faults }) => [line, faults[0]?.fault])).toEqual([
      [5, 'ambiguous-date'],
      [6, 'bad-region'],
    ]);
    const named: Mapping = { ...mapping, kind: '当事人姓名' } as Mapping;
    await expect(checkFile(source, named)).rejects.toThrow(UserError);
  });

  test('in GBK', async () => {
    const source = await openSource(fileOf(GBK_FILE));
    expect(source.form).toMatchObject({ encoding: 'gb18030' });
    const report = await checkFile(source, guessed(source, 'incidents'));
    expect(report).toMatchObject({ rows: 1, refused: 0, words: [{ name: '盗窃', rows: 1 }] });
  });

  test('in GBK with bytes that are none: refused as a whole, and by the row when told how to read it', async () => {
    // A cell of which the last character was cut in half, as by a program that counts bytes.
    const cut = Buffer.from('323032362f312f332c3531313732322cb5c1c70a', 'hex');
    const path = fileOf(Buffer.concat([GBK_FILE, cut, Buffer.from('00ff0a', 'hex')]));
    await expect(openSource(path)).rejects.toMatchObject({ hint: { zh: /指定编码/ } });
    const source = await openSource(path, { encoding: 'gb18030' });
    expect(source.form).toMatchObject({ recognised: { encoding: undefined, delimiter: ',' } });
    const report = await checkFile(source, guessed(source, 'incidents'));
    expect(report.rows).toBe(1);
    expect(report.errors[0]).toEqual({
      line: 3,
      faults: [{ column: '案由', fault: 'bad-encoding' }],
    });
  });

  test('as Unicode text of Excel, with tabs', async () => {
    const text =
      '\uFEFF地区\t年份\t常住人口\t财政收入\n宣汉县\t2025\t1,024,300\tNULL\n开江县\t2025\t50.3万\t12\n';
    const source = await openSource(fileOf(Buffer.from(text, 'utf16le'), 'txt'));
    const mapping = guessed(source, 'measures');
    expect(mapping).toMatchObject({ columns: { 常住人口: '常住人口', 财政收入: '财政收入' } });
    const rows: unknown[] = [];
    await checkFile(source, mapping, {
      onRows: async ({ measures }) => {
        rows.push(
          ...measures.map(({ region, period, name, value }) => [region, period, name, value]),
        );
      },
    });
    expect(rows).toEqual([
      [511722, '2025', '常住人口', 1_024_300],
      [511723, '2025', '常住人口', 503_000],
      [511723, '2025', '财政收入', 12],
    ]);
  });

  test('as a workbook, whose dates are numbers', async () => {
    const path = fileOf(
      workbook([
        ['案件明细', '', ''],
        ['行政区划代码', '发案时间', '案件类别'],
        [511722, 46_024.5, '盗窃 & 抢夺'],
        ['', '', ''],
        ['511723', '2026年1月3日', '诈骗'],
        ['511723', '不详', '诈骗'],
      ]),
      'xlsx',
    );
    const source = await openSource(path);
    const report = await checkFile(source, guessed(source, 'incidents'));
    expect(report).toMatchObject({ records: 3, rows: 2, refused: 1 });
    expect(report.errors).toEqual([{ line: 6, faults: [{ column: '发案时间', fault: 'empty' }] }]);
    expect(report.words.map(({ name }) => name)).toContain('盗窃 & 抢夺');
  });

  test('as a workbook with merged cells, which hold for each of their rows', async () => {
    const path = fileOf(
      workbook(
        [
          ['案件明细', '', ''],
          ['区划', '发案时间', '案件类别'],
          ['宣汉县', '2026-01-02', '盗窃'],
          ['', '2026-01-03', '诈骗'],
          ['', '', ''],
          ['', '2026-01-05', '盗窃'],
          ['', '2026-01-06', '盗窃'],
        ],
        ['A1:C1', 'A3:A6'],
      ),
      'xlsx',
    );
    const source = await openSource(path);
    const report = await checkFile(source, guessed(source, 'incidents'));
    expect(report).toMatchObject({ rows: 3, refused: 1, regions: 1 });
    expect(report.errors.map(({ line }) => line)).toEqual([7]);
  });

  test('as Parquet, whose codes became floats', async () => {
    const path = join(folder, 'x.parquet');
    const duck = await openDuck({ folders: [folder] });
    await duck.connection.run(
      `COPY (SELECT 511722.0::DOUBLE AS region, TIMESTAMP '2026-01-02 08:30:00' AS at, 'theft' AS kind
        UNION ALL SELECT NULL, NULL, 'theft') TO '${path}' (FORMAT parquet)`,
    );
    duck.close();
    const source = await openSource(path);
    const report = await checkFile(source, guessed(source, 'incidents'));
    expect(report).toMatchObject({ records: 2, rows: 1, refused: 1 });
  });

  test('as a workbook that declares entities and names files: none is known, none is opened', async () => {
    const sheet = (inner: string) =>
      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>` +
      `<worksheet><sheetData><row><c t="inlineStr"><is>${inner}</is></c></row></sheetData></worksheet>`;
    const read = (inner: string) =>
      readXlsx(fileOf(zip({ 'xl/worksheets/sheet1.xml': sheet(inner) }), 'xlsx'));
    expect(
      await read('<t>&a; &b; &lt;&#20013;</t><rPh sb="0" eb="1"><t>reading</t></rPh>'),
    ).toEqual({
      kind: 'ok',
      rows: [{ line: 1, cells: ['&a; &b; <中'] }],
    });
  });

  test.each([
    ['rows', '<row>'],
    ['rows of which the begin does not end', '<row '],
    ['cells', '<row><c>'],
    ['texts', '<row><c t="inlineStr"><t>'],
  ])('a workbook of %s that do not end is broken, in one look', async (_name, piece) => {
    const parts = { 'xl/worksheets/sheet1.xml': piece.repeat(200_000) };
    expect(await readXlsx(fileOf(zip(parts), 'xlsx'))).toEqual({ kind: 'wrong', fault: 'broken' });
  });

  test('a workbook that is small and unpacks to more than may be is too large', async () => {
    const bomb = zip({ 'xl/worksheets/sheet1.xml': ' '.repeat(1_000_001) });
    expect(bomb.byteLength).toBeLessThan(10_000);
    const path = fileOf(bomb, 'xlsx');
    const limits = { ...WORKBOOK_LIMITS, partBytesMax: 1_000_000 };
    expect(await readXlsx(path, limits)).toEqual({ kind: 'wrong', fault: 'too-large' });
    expect(await readXlsx(path)).toMatchObject({ kind: 'ok', rows: [] });
  });

  test('a workbook whose rows reach far to the right is too large, and one read aside can be stopped', async () => {
    const far = '<row><c r="XFD1"><v>1</v></c></row>'.repeat(100);
    const path = fileOf(
      zip({ 'xl/worksheets/sheet1.xml': `<sheetData>${far}</sheetData>` }),
      'xlsx',
    );
    const limits = { ...WORKBOOK_LIMITS, cellsMax: 1_000_000 };
    expect(await readWorkbook(path, { limits })).toEqual({ kind: 'wrong', fault: 'too-large' });
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(readWorkbook(path, { signal })).rejects.toThrow('stopped');
  });

  test.each([
    ['empty', ''],
    ['of no encoding', Buffer.from([0x61, 0x2c, 0xff, 0xff, 0x0a])],
    ['a broken workbook', Buffer.from('504b0304000000', 'hex')],
    ['a broken Parquet', Buffer.from('PAR1 nothing of it PAR1')],
  ])('refused when %s', async (_name, content) => {
    await expect(openSource(fileOf(content))).rejects.toThrow(UserError);
  });
});

describe('an import', () => {
  let olap: Olap;
  let records: Records;
  let deps: ImportDeps;
  const told: string[] = [];

  beforeAll(async () => {
    const basis = { clock: systemClock, logger: silentLogger };
    olap = await openOlap(basis, { kind: 'chdb', folder: join(folder, 'warehouse') });
    await migrateWarehouse(basis, olap);
    records = await openRecords(
      { logger: silentLogger, random: createRandom('import') },
      { kind: 'sqlite', path: join(folder, 'records.sqlite') },
    );
    deps = {
      olap,
      records,
      clock: systemClock,
      pieceRows: 10,
      tell: (_trx, { kind }) => {
        told.push(kind);
        return Promise.resolve();
      },
    };
  });
  afterAll(async () => {
    await olap.close();
    await records.close();
  });

  const lines = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `511722,2026-01-${String(1 + (i % 28)).padStart(2, '0')},k${i}`,
    );
  const rowsIn = async (id: string) => {
    const rows = await olap.rows<{ n: number; kinds: number }>(
      'SELECT count() AS n, uniqExact(kind) AS kinds FROM incident WHERE origin = {id:String}',
      { id },
    );
    return rows[0];
  };

  test('killed at every write goes on and loses and doubles nothing; undone it is gone', async () => {
    const path = fileOf(`region,at,kind\n${lines(95).join('\n')}\n`);
    const source = await openSource(path);
    const mapping = guessed(source, 'incidents');
    const asked = { source, mapping, fileName: 'x.csv', by: 'system' };
    const dying = (left: number, after: boolean): Olap => {
      let inserts = left;
      return {
        ...olap,
        async insert(table, blocks) {
          const dies = inserts-- === 0;
          if (!dies || after) await olap.insert(table, blocks);
          if (dies) throw new Error('killed');
        },
      };
    };
    for (const [inserts, after] of [
      [0, true],
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      const attempt = applyImport({ ...deps, olap: dying(inserts, after) }, asked);
      await expect(attempt).rejects.toThrow('killed');
    }
    const { id } = await applyImport(deps, asked);
    expect(await rowsIn(id)).toEqual({ n: 95, kinds: 95 });
    await expect(applyImport(deps, asked)).rejects.toMatchObject({ code: 'conflict' });
    await undoImport(deps, { id, by: 'system' });
    expect(await rowsIn(id)).toEqual({ n: 0, kinds: 0 });
    await expect(undoImport(deps, { id, by: 'system' })).rejects.toMatchObject({
      code: 'conflict',
    });
    // And in again.
    await applyImport(deps, asked);
    expect(await rowsIn(id)).toEqual({ n: 95, kinds: 95 });
    expect(told).toEqual(['begun', 'done', 'undone', 'begun', 'done']);
    expect(await listImports(records)).toMatchObject([{ id, state: 'done', rowCount: 95 }]);
  });

  test('cancelled leaves whole pieces and goes on', async () => {
    const source = await openSource(fileOf(`region,at,kind\n${lines(45).join('\n')}\n`));
    const asked = {
      source,
      mapping: guessed(source, 'incidents'),
      fileName: 'y.csv',
      by: 'system',
    };
    const stopping = new AbortController();
    stopping.abort(new Error('stopped'));
    await expect(applyImport(deps, asked, { signal: stopping.signal })).rejects.toThrow();
    const { id } = await applyImport(deps, asked);
    expect(await rowsIn(id)).toMatchObject({ n: 45 });
  });
});
