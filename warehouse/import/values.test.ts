// Values as people write them.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localDateTime } from '../../core/local-time.ts';
import { readInstant, readNumber, readPeriod, readRegion, readWord } from './values.ts';

const instant = (cell: string) => {
  const read = readInstant(cell);
  return read.kind === 'ok' ? localDateTime(read.value) : read.fault;
};

test.each([
  ['2026-01-02', '2026-01-02 00:00:00'],
  ['2026/1/2', '2026-01-02 00:00:00'],
  ['2026.1.2', '2026-01-02 00:00:00'],
  ['2026年1月2日', '2026-01-02 00:00:00'],
  ['２０２６年１月２日', '2026-01-02 00:00:00'],
  ['二〇二六年一月二十二日', '2026-01-22 00:00:00'],
  ['二○二六年十一月十日', '2026-11-10 00:00:00'],
  ['2026年1月2日14时30分', '2026-01-02 14:30:00'],
  ['2026年1月2日 下午2:30', '2026-01-02 14:30:00'],
  ['2026-01-02 08:30', '2026-01-02 08:30:00'],
  ['2026-01-02T08:30:05', '2026-01-02 08:30:05'],
  ['2026-01-02T00:30:05Z', '2026-01-02 08:30:05'],
  ['2026-01-02 08:30:05+08', '2026-01-02 08:30:05'],
  ['1/13/2026', '2026-01-13 00:00:00'],
  ['13/1/2026', '2026-01-13 00:00:00'],
  ['2/1/2026', 'ambiguous-date'],
  ['2/2/2026', '2026-02-02 00:00:00'],
  ['2 Jan 2026', '2026-01-02 00:00:00'],
  ['January 2, 2026', '2026-01-02 00:00:00'],
  ['20260102', '2026-01-02 00:00:00'],
  ['46024', '2026-01-02 00:00:00'],
  ['46024.5', '2026-01-02 12:00:00'],
  ['1767283200000', '2026-01-02 00:00:00'],
  ['2026-02-30', 'bad-date'],
  ['2026-13-01', 'bad-date'],
  ['昨天', 'bad-date'],
  ['0000-00-00', 'bad-date'],
  ['NULL', 'empty'],
  [String.raw`\N`, 'empty'],
  ['-', 'empty'],
  ['无', 'empty'],
])('a date %s is %s', (cell, expected) => {
  expect(instant(cell)).toBe(expected);
});

test('every day is read the same in each of its forms', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1951-01-01'), max: new Date('2098-01-01'), noInvalidDate: true }),
      (day) => {
        const [y, m, d] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()];
        const two = (n: number) => String(n).padStart(2, '0');
        const wanted = `${y}-${two(m)}-${two(d)} 00:00:00`;
        const forms = [`${y}-${two(m)}-${two(d)}`, `${y}/${m}/${d}`, `${y}年${m}月${d}日`];
        const texts = [...forms, `${y}${two(m)}${two(d)}`, `${y}.${m}.${d}`];
        expect(texts.map(instant)).toEqual(texts.map(() => wanted));
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['1,234.5', 1_234.5],
  ['１，２３４', 1_234],
  ['1 234 567', 1_234_567],
  [' -12 ', -12],
  ['1.2万', 12_000],
  ['.5', 0.5],
  ['5.1E+05', 510_000],
  ['12%', 'bad-number'],
  ['1,23', 'bad-number'],
  ['12起', 'bad-number'],
  ['—', 'empty'],
])('a number %s is %s', (cell, expected) => {
  const read = readNumber(cell);
  expect(read.kind === 'ok' ? read.value : read.fault).toBe(expected);
});

test.each([
  ['511722', 511_722],
  ["'511722", 511_722],
  ['511722.0', 511_722],
  ['５１１７２２', 511_722],
  ['511722101000', 511_722],
  ['511721', 511_703],
  ['宣汉县', 511_722],
  ['达州市宣汉县', 511_722],
  ['四川省达州市宣汉县', 511_722],
  ['5.11722E+11', 'lost-digits'],
  ['051172', 'bad-region'],
  ['9', 'bad-region'],
  ['合计', 'bad-region'],
])('a region %s is %s', (cell, expected) => {
  const read = readRegion(cell);
  expect(read.kind === 'ok' ? read.value : read.fault).toBe(expected);
});

test.each([
  ['2026', '2026'],
  ['2026.0', '2026'],
  ['2026年', '2026'],
  ['2026年度', '2026'],
  ['2026-1', '2026-01'],
  ['202601', '2026-01'],
  ['2026年1月', '2026-01'],
  ['2026年1月份', '2026-01'],
  ['2026/01/15', '2026-01'],
  ['46024', '2026-01'],
  ['202613', 'bad-period'],
  ['去年', 'bad-period'],
])('a period %s is %s', (cell, expected) => {
  const read = readPeriod(cell);
  expect(read.kind === 'ok' ? read.value : read.fault).toBe(expected);
});

describe('words', () => {
  test('leading zeros stay', () => {
    expect(readWord('0012')).toEqual({ kind: 'ok', value: '0012' });
  });
  test.each(['盗窃 513021199001011234', '13800138000', '１３８００１３８０００', '138 0013 8000'])(
    'what names a person is refused: %s',
    (cell) => {
      expect(readWord(cell)).toEqual({ kind: 'wrong', fault: 'personal-value' });
    },
  );
});
