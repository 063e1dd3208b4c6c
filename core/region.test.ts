import { expect, test } from 'vitest';
import { DAZHOU, isWithin, regionCode, regionName, regionOf, regionsWithin } from './region.ts';

test('the table holds the counties of Dazhou, the districts of Shanghai and the prefectures of Sichuan', () => {
  expect(regionsWithin(DAZHOU).map(({ name }) => name.zh)).toEqual([
    '通川区',
    '达川区',
    '宣汉县',
    '开江县',
    '大竹县',
    '渠县',
    '万源市',
  ]);
  expect(regionsWithin(regionCode('310000'))).toHaveLength(16);
  expect(
    regionsWithin(regionCode('510000')).filter(({ code }) => code.endsWith('00')),
  ).toHaveLength(21);
});

test.each([
  ['511722', '宣汉县'],
  ['511721', '达川区'],
  ['310230', '崇明区'],
  ['510104', '成都市'],
  ['440306', '广东省'],
  ['999999', '999999'],
])('%s is called %s', (code, name) => {
  expect(regionName(code).zh).toBe(name);
});

test.each([
  ['511722', '511700', true],
  ['511722', '510000', true],
  ['511722', '511722', true],
  ['511700', '511722', false],
  ['500000', '510000', false],
  ['510100', '511700', false],
])('%s within %s: %s', (code, ancestor, within) => {
  expect(isWithin(code, ancestor)).toBe(within);
});

test('an unknown code has no region', () => {
  expect(regionOf('000000')).toBeUndefined();
});
