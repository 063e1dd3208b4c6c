import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commonPasswords, createBreachList } from './passwords.ts';

test('the list that ships is the one the script writes', () => {
  const kept = readFileSync(new URL('passwords/common.txt', import.meta.url), 'utf8');
  expect(kept).toBe(`${commonPasswords().join('\n')}\n`);
});

test.each([
  'woaini1314',
  '5201314',
  'a123456',
  'Woaini5201314',
  'Password1234',
  'zhongguo123456',
  'QWERTYUIOP123',
])('%s is on it', (password) => expect(createBreachList()(password)).toBe(true));

test('what nobody tries first is not', () => {
  expect(createBreachList()('四面荷花三面柳')).toBe(false);
  expect(createBreachList()('correct horse battery staple')).toBe(false);
});
