import { expect, test } from 'vitest';
import { createLocator } from './locator.ts';

const locate = createLocator();

test.each([
  ['Xuanhan town', 107.72, 31.35, '511722'],
  ['Wanyuan', 108.03, 32.08, '511781'],
  ['Kaizhou in Chongqing', 108.39, 31.16, '500154'],
  ['Chengdu', 104.07, 30.67, '510100'],
  ['Beijing', 116.4, 39.9, '110000'],
  ['the Pacific', 150, 20, '0'],
])('%s', (_name, lng, lat, code) => {
  expect(String(locate(lng, lat))).toBe(code);
});

test('nowhere near the border is the city itself the answer, only its counties or others', () => {
  for (let i = 0; i < 20_000; i++) {
    const lng = 106.6 + ((i * 7_919) % 20_000) / 10_000;
    const lat = 30.3 + ((i * 104_729) % 21_000) / 10_000;
    expect(locate(lng, lat)).not.toBe(511_700);
  }
});
