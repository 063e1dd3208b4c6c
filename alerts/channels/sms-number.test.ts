import { expect, test } from 'vitest';
import { isSameNumber, readSmsNumber } from './sms-number.ts';

test.each([
  ['13980818001', '+8613980818001'],
  ['+86 139-8081-8001', '+8613980818001'],
  ['008613980818001', '+8613980818001'],
  ['8613980818001', '+8613980818001'],
  ['１３９８０８１８００１', '+8613980818001'],
  ['+44 20 7946 0018', '+442079460018'],
])('"%s" is %s', (given, e164) => {
  expect(readSmsNumber(given)).toEqual({ kind: 'number', e164 });
});

test.each([
  ['0818-2345678', 'landline'],
  ['+8608182345678', 'malformed'],
  ['+868182345678', 'landline'],
  ['010-12345678', 'landline'],
  ['12980818001', 'malformed'],
  ['1398081800', 'malformed'],
  ['139808180011', 'malformed'],
  ['+8613980818', 'malformed'],
  ['2345678', 'malformed'],
  ['twelve', 'malformed'],
  ['', 'malformed'],
])('"%s" is %s', (given, because) => {
  expect(readSmsNumber(given)).toEqual({ kind: 'wrong', because });
});

test('numbers are the same however they are written', () => {
  expect(isSameNumber('139 8081 8001', '+8613980818001')).toBe(true);
  expect(isSameNumber('0818-2345678', '08182345678')).toBe(true);
  expect(isSameNumber('13980818001', '13980818002')).toBe(false);
});
