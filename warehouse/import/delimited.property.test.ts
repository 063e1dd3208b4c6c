// Delimited text: what was written is read, wherever the pieces are cut, and lines are counted right.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDelimitedReader, readDelimited, sniffDelimiter } from './delimited.ts';
import { sniffEncoding } from './encoding.ts';

const cell = fc.string({ unit: fc.constantFrom('a', '案', ',', '"', '\n', '\r', ' ', ';', '\t') });
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });

const written = (rows: readonly (readonly string[])[], delimiter: string, end: string) =>
  rows
    .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter) + end)
    .join('');

test('is read as it was written, in any pieces', () => {
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(',', '\t', ';', '|'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(60), { maxLength: 10 }),
      (rows, delimiter, end, cuts) => {
        const whole = written(rows, delimiter, end);
        const reader = createDelimitedReader(delimiter);
        const records = [];
        let at = 0;
        for (const length of cuts) {
          records.push(...reader.feed(whole.slice(at, at + length)));
          at += length;
        }
        records.push(...reader.feed(whole.slice(at)), ...reader.end());
        expect(records.map(({ cells }) => cells)).toEqual(rows);
        const lines: number[] = [];
        let line = 1;
        for (const row of rows) {
          lines.push(line);
          line += 1 + (row.join('\u0000').match(/\r\n|\r|\n/g)?.length ?? 0);
        }
        expect(records.map((record) => record.line)).toEqual(lines);
      },
    ),
    { numRuns: 150 },
  );
});

test('a lost quote costs its line, not the file', () => {
  const text = `a,b\n1,"lost\n2,x\n3,y\n`;
  const records = readDelimited(text, ',');
  expect(records.map(({ line, cells, fault }) => [line, cells, fault])).toEqual([
    [1, ['a', 'b'], undefined],
    [2, ['1', '"lost'], 'unclosed-quote'],
    [3, ['2', 'x'], undefined],
    [4, ['3', 'y'], undefined],
  ]);
});

test.each([
  ['a,b,c\n1,2,3\n', ','],
  ['a\tb\n1,5\t2,5\n', '\t'],
  ['a;b\n"1;2";3\n', ';'],
  ['地区，时间\n宣汉县，2026-01-02\n', '，'],
])('the delimiter of %j is %j', (head, delimiter) => {
  expect(sniffDelimiter(head)).toBe(delimiter);
});

const GBK = Buffer.from('b0b8d3c92cb5d8c7f80a', 'hex');

test.each([
  ['utf-8', Buffer.from('案由,地区\n')],
  ['utf-8', Buffer.from('\uFEFFa,b\n')],
  ['utf-8', Buffer.from('plain\n')],
  ['gb18030', GBK],
  ['utf-16le', Buffer.from('\uFEFF案由,地区\n', 'utf16le')],
  ['utf-16le', Buffer.from('region,at,kind\n', 'utf16le')],
  ['utf-16be', Buffer.from('region,at,kind\n', 'utf16le').swap16()],
  [undefined, Buffer.from([0x61, 0xff, 0xff, 0x0a])],
])('bytes are seen to be %s', (encoding, bytes) => {
  expect(sniffEncoding(bytes).encoding).toBe(encoding);
});
