import { expect, test } from 'vitest';
import { createReadReport, describeReadError, EXAMPLES_MAX, quotable } from './read-report.ts';
import { READ_REASONS } from './reasons.ts';

test('counts everything and keeps the first examples', () => {
  const report = createReadReport(2);
  for (let line = 1; line <= 5; line++) {
    report.add(line, { reason: line % 2 === 0 ? 'not-json' : 'not-utf-8' });
  }
  expect(report.errors).toBe(5);
  expect(Object.fromEntries(report.byReason)).toEqual({ 'not-utf-8': 3, 'not-json': 2 });
  expect(report.examples).toEqual([
    { line: 1, reason: 'not-utf-8' },
    { line: 2, reason: 'not-json' },
  ]);
  const many = createReadReport();
  for (let line = 1; line <= EXAMPLES_MAX + 1; line++) many.add(line, { reason: 'not-json' });
  expect(many.examples).toHaveLength(EXAMPLES_MAX);
});

test('a message names line, field, fault and value in the language asked for', () => {
  const error = { line: 12, reason: 'out-of-range', field: 'lat', value: '131.2' } as const;
  expect(describeReadError(error, 'en')).toBe('line 12: lat: out of range: "131.2"');
  expect(describeReadError(error, 'zh')).toBe('第 12 行：lat：超出允许范围："131.2"');
});

test.each([
  ['131.2', '131.2'],
  ['bracelet/jt808', 'bracelet/jt808'],
  ['', ''],
  ['x'.repeat(50), `${'x'.repeat(40)}…`],
  ['某某', undefined],
  ['110101199001011234', undefined],
  ['11010119900101123X', undefined],
  ['id:110101199001011234', undefined],
  ['tel 13800000001', undefined],
  ['1763769600000', '1763769600000'],
])('%j may be shown as %j', (value, shown) => {
  expect(quotable(value)).toBe(shown);
});

test('the reasons are in order', () => {
  expect(Object.keys(READ_REASONS)).toEqual(Object.keys(READ_REASONS).sort());
});
