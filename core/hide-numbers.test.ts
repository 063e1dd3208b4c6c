import { expect, test } from 'vitest';
import { hideNumbers, hideNumbersIn } from './hide-numbers.ts';

test.each([
  ['联系人13812345678转交', '联系人〔号码已隐去〕转交'],
  ['51172219851231004X 张某', '〔号码已隐去〕 张某'],
  ['51172219851231004x', '〔号码已隐去〕'],
  ['订单 2026112713812345678', '订单 2026112713812345678'],
  ['达司矫字〔2026〕第12号', '达司矫字〔2026〕第12号'],
  ['K1381234567', 'K1381234567'],
  ['0818-2123456', '0818-2123456'],
])('%s becomes %s', (given, hidden) => expect(hideNumbers(given)).toBe(hidden));

test('only free text is looked at, at any depth, and what has no number stays the very same', () => {
  const booking = { bookingId: '13812345678', service: 'K9', parts: [{ text: '打13812345678' }] };
  expect(hideNumbersIn(booking)).toEqual({
    bookingId: '13812345678',
    service: 'K9',
    parts: [{ text: '打〔号码已隐去〕' }],
  });
  const clean = { place: '宣汉站', bases: [{ approvedBy: '宣汉县司法局' }] };
  expect(hideNumbersIn(clean)).toBe(clean);
});
