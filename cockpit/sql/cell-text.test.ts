// Values are written as they came; what is empty is nothing, and never a zero.

import { expect, test } from 'vitest';
import { cellText, isNumeric } from './cell-text.ts';

test.each([
  [null, undefined],
  [undefined, undefined],
  [0, '0'],
  ['', ''],
  [false, 'false'],
  ['two\n  lines', 'two lines'],
  [[1, null], '[1,null]'],
  ['12345678901234567890', '12345678901234567890'],
])('%j is written %j', (value, written) => {
  expect(cellText(value)).toBe(written);
});

test('figures are told from words by their type', () => {
  const types = ['INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'DOUBLE', 'DECIMAL(18,3)'];
  expect(types.filter((type) => !isNumeric(type))).toEqual([]);
  expect(['VARCHAR', 'DATE', 'INTERVAL', 'INTEGER[]'].map(isNumeric)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
