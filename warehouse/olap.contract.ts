// The promises of the warehouse's front door, run against chDB and against a ClickHouse server.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AssertionError } from '../core/errors.ts';
import { encodeBlock, numberColumn, textColumn } from './native-block.ts';
import { RESULT_BYTES_MAX, type Olap } from './olap.ts';

/** Limits the suite counts on; see OlapOptions. */
export const CONTRACT_LIMITS = { queryMsMax: 1_000, readersMax: 4 } as const;

export function describeOlap(name: string, open: () => Promise<Olap>): void {
  describe(name, () => {
    let olap: Olap;

    beforeAll(async () => {
      olap = await open();
      await olap.run('DROP TABLE IF EXISTS kept');
      await olap.run(
        `CREATE TABLE kept (name String, small UInt8, whole Int64, real Float32, word LowCardinality(String))
     ENGINE = MergeTree ORDER BY whole`,
      );
    }, 30_000);

    afterAll(() => olap.close());

    const first = async (sql: string, params = {}) => (await olap.rows<object>(sql, params))[0];

    describe('values', () => {
      test.each([
        ['String', 'o\'clock \\ {x:String} ; -- 中文、𠮷 \n\t"`'],
        ['String', ''],
        ['Int64', 1_795_000_000_123],
        ['Int64', -9_007_199_254_740_991],
        ['UInt64', 9_007_199_254_740_991],
        ['Float64', 107.502_123_4],
        ['Bool', true],
        ['Nullable(String)', null],
        ['Array(String)', ["o'x", '达州', 'a\\b\n', '']],
        ['Array(UInt32)', [511_702, 511_722]],
        ['Array(UInt64)', [1, 2]],
        ['Array(String)', []],
      ])('%s %j goes in as a parameter and comes back the same', async (type, value) => {
        expect(await first(`SELECT {value:${type}} AS value`, { value })).toEqual({ value });
      });

      test('a 64-bit number that a JavaScript number cannot hold is not rounded but refused', async () => {
        await expect(olap.rows('SELECT toUInt64(18446744073709551615) AS n')).rejects.toThrow(
          AssertionError,
        );
      });

      test('wide numbers are numbers whatever is around them', async () => {
        const sql =
          'SELECT toInt64(1) AS a, toNullable(toUInt64(2)) AS b, [toInt64(3)] AS c, count() AS d, ' +
          "toLowCardinality('4') AS e, sum(5.5) AS f, CAST(NULL AS Nullable(UInt64)) AS g";
        expect(await first(sql)).toEqual({ a: 1, b: 2, c: [3], d: 1, e: '4', f: 5.5, g: null });
      });

      test('no rows are no rows', async () => {
        expect(await olap.rows('SELECT 1 AS a WHERE false')).toEqual([]);
      });
    });

    describe('arrow', () => {
      test('comes uncompressed, with texts readable', async () => {
        const bytes = await olap.arrow(
          "SELECT toUInt32(number) AS n, concat('达州', toString(number)) AS s, toLowCardinality('甲') AS c FROM numbers(3)",
        );
        const table = tableFromIPC(bytes);
        expect(table.toArray().map((row) => ({ ...row.toJSON() }))).toEqual([
          { n: 0, s: '达州0', c: '甲' },
          { n: 1, s: '达州1', c: '甲' },
          { n: 2, s: '达州2', c: '甲' },
        ]);
      });
    });

    describe('exports', () => {
      let folder: string;
      let path: string;

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), "plumbline-export-o'x-"));
        path = join(folder, 'rows.arrow');
      });
      afterAll(() => rm(folder, { recursive: true }));

      test('hold results too large to answer with, in their order', async () => {
        const rows = 1_500_000;
        const sql = `SELECT number AS n, toFloat32(number) AS f, concat('达州乡镇街道办事处社区', toString(number % 10)) AS s
          FROM numbers({rows:UInt64}) ORDER BY n % 3, n`;
        await olap.export(sql, { rows }, path);
        const bytes = await readFile(path);
        expect(bytes.length).toBeGreaterThan(RESULT_BYTES_MAX);
        const table = tableFromIPC(bytes);
        expect(table.numRows).toBe(rows);
        expect([0, 1, 500_000, rows - 1].map((row) => ({ ...table.get(row)?.toJSON() }))).toEqual(
          [0n, 3n, 1n, 1_499_999n].map((n) => ({
            n,
            f: Number(n),
            s: `达州乡镇街道办事处社区${Number(n) % 10}`,
          })),
        );
      });

      test('take the place of what lay there, and of no rows hold no rows', async () => {
        await olap.export('SELECT 1 AS a WHERE false', {}, path);
        expect(tableFromIPC(await readFile(path)).numRows).toBe(0);
      });

      test('fail like answers do', async () => {
        await expect(olap.export('SELECT * FROM no_such_table', {}, path)).rejects.toMatchObject({
          type: 'UNKNOWN_TABLE',
        });
        await expect(
          olap.export(
            'SELECT number, throwIf(number = 3) AS t FROM numbers(9) SETTINGS max_block_size = 1',
            {},
            path,
          ),
        ).rejects.toBeInstanceOf(Error);
        await expect(olap.export('SELECT 1 AS a', {}, join(path, 'below'))).rejects.toThrow();
        await olap.export('SELECT 7 AS a', {}, path);
        expect(
          tableFromIPC(await readFile(path))
            .toArray()
            .map((row) => row.toJSON()),
        ).toEqual([{ a: 7 }]);
      });
    });

    describe('statements', () => {
      test.each(['SELECT 1; SELECT 2', 'SELECT 1; DROP TABLE x', '', ' -- nothing\n'])(
        '%j is not one statement and not run',
        async (sql) => {
          await expect(olap.rows(sql)).rejects.toThrow(AssertionError);
          await expect(olap.run(sql)).rejects.toThrow(AssertionError);
        },
      );

      test('a semicolon in a text or at the end is no second statement', async () => {
        expect(await first("SELECT ';' AS a;\n")).toEqual({ a: ';' });
      });

      test('reading cannot write', async () => {
        await expect(
          olap.rows('CREATE TABLE sneaked (a UInt8) ENGINE = Memory'),
        ).rejects.toMatchObject({
          type: 'READONLY',
        });
      });

      test('a mistake in the SQL keeps its own error', async () => {
        await expect(olap.rows('SELECT * FROM no_such_table')).rejects.toMatchObject({
          type: 'UNKNOWN_TABLE',
        });
      });

      test.each([
        'SELECT number FROM numbers(30000000)',
        "SELECT repeat('x', 1000) AS a FROM numbers(80000)",
      ])('the result of %s is too large to hold and refused, not cut off', async (sql) => {
        await expect(olap.rows(sql)).rejects.toMatchObject({
          name: 'UserError',
          code: 'too-large',
        });
      });
    });

    describe('inserts', () => {
      test('keep numbers, Chinese texts and NaN as they are', async () => {
        const names = ['中文', '', `${'长'.repeat(200)}𠮷`];
        const block = (from: number) =>
          encodeBlock(3, [
            textColumn('name', names),
            numberColumn('small', Uint8Array.of(0, 1, 255)),
            numberColumn('whole', Float64Array.of(from, from + 1, 1_795_000_000_123 + from)),
            numberColumn('real', Float32Array.of(1.5, Number.NaN, -0.25)),
            textColumn('word', ['甲', '乙', '甲']),
          ]);
        await olap.insert('kept', Buffer.concat([block(1), block(10)]));
        const rows = await olap.rows('SELECT * FROM kept ORDER BY whole');
        expect(rows.slice(0, 3)).toEqual([
          { name: '中文', small: 0, whole: 1, real: 1.5, word: '甲' },
          { name: '', small: 1, whole: 2, real: null, word: '乙' },
          { name: '中文', small: 0, whole: 10, real: 1.5, word: '甲' },
        ]);
        expect(rows.at(-1)).toMatchObject({ name: names[2], whole: 1_795_000_000_133 });
      });

      test('of broken bytes put nothing in', async () => {
        const broken = Buffer.from('this is no block');
        await expect(olap.insert('kept', broken)).rejects.toThrow();
        expect(await first('SELECT count() AS n FROM kept')).toEqual({ n: 6 });
      });
    });

    describe('a statement that fails', () => {
      test.each([
        [
          'while it gives rows',
          'SELECT number, throwIf(number = 3) FROM numbers(9) SETTINGS max_block_size = 1',
        ],
        [
          'by running too long',
          'SELECT sleepEachRow(0.4) AS slow FROM numbers(9) SETTINGS max_block_size = 1',
        ],
      ])('%s leaves nothing to the next answers', async (_name, sql) => {
        await Promise.all(
          Array.from({ length: 4 }, () => expect(olap.rows(sql)).rejects.toBeInstanceOf(Error)),
        );
        const answers = await Promise.all(
          Array.from({ length: 8 }, (_, i) => olap.rows('SELECT {i:UInt8} AS i', { i })),
        );
        expect(answers).toEqual(Array.from({ length: 8 }, (_, i) => [{ i }]));
      });

      test('by running too long says that the warehouse is busy', async () => {
        await expect(
          olap.rows('SELECT max(sipHash64(number)) AS h FROM numbers(100000000000)'),
        ).rejects.toMatchObject({ code: 'warehouse-unavailable', retry: 'backoff' });
      });
    });

    test('queries run side by side, and wait in line beyond that', async () => {
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: 8 }, () => olap.rows('SELECT sleep(0.3) AS s')));
      const ms = performance.now() - startedMs;
      expect(ms).toBeGreaterThan(590);
      expect(ms).toBeLessThan(2_000);
    });

    test('too many waiting queries are turned away instead of being kept', async () => {
      const slow = Array.from({ length: 4 }, () => olap.rows('SELECT sleep(0.5) AS s'));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 300 }, () => olap.rows('SELECT 1 AS a')),
      );
      await Promise.all(slow);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      expect(refused.length).toBe(44);
      expect(refused[0]).toMatchObject({
        reason: { code: 'warehouse-unavailable', retry: 'soon' },
      });
    });
  });
}
