// What is kept back stays kept back on its way to chart, map and file.

import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import type { MetricsResult } from './contract.ts';
import { csvOf, namerOf, shadesOf, shape } from './shape-result.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 9, 31, 16);

const RESULT: MetricsResult = {
  columns: [
    { id: 'time', name: text('日期', 'Day'), type: 'time', unit: null },
    { id: 'county', name: text('县市区', 'County'), type: 'dimension', unit: null },
    { id: 'raised', name: text('预警数', 'Alerts'), type: 'metric', unit: text('条', 'alerts') },
  ],
  rows: [
    [FIRST_MS + DAY_MS, '511702', 9],
    [FIRST_MS, '511702', 12],
    [FIRST_MS, '=cmd', 3],
    [FIRST_MS, '511703', 2],
  ],
  suppressed: [[3, 2]],
  coverage: { fromMs: FIRST_MS, toMs: FIRST_MS + 2 * DAY_MS },
  freshness: { atMs: FIRST_MS, isStale: false },
  dataVersion: '7',
  sql: 'SELECT 1',
  rollup: null,
};
const nameOf = namerOf(
  RESULT,
  {
    county: {
      name: text('县市区', 'County'),
      type: 'region',
      values: [{ id: '511702', name: text('通川区', 'Tongchuan') }],
    },
  },
  'zh',
);

test('time goes on from left to right, and every county is a series', () => {
  const { along, series } = shape(RESULT, nameOf, 'zh');
  expect(along).toEqual(['2026-11-01', '2026-11-02']);
  expect(series.map(({ name }) => name)).toEqual(['通川区', '=cmd', '511703']);
  expect(series[0]?.points.map((point) => point?.value)).toEqual([12, 9]);
  expect(series[1]?.points[1]).toBeUndefined();
});

test('a suppressed cell has no value anywhere, even where the answer carries one', () => {
  const { series } = shape(RESULT, nameOf, 'zh');
  expect(series[2]?.points[0]).toMatchObject({ value: null, isSuppressed: true });
  expect(shadesOf(RESULT, 'county').get('511703')).toBe('suppressed');
  expect(shadesOf(RESULT, 'county').get('511702')).toBe(21);
  const csv = csvOf(RESULT, nameOf, { language: 'zh', suppressed: '样本过小', lead: ['准绳'] });
  expect(csv.split('\r\n').at(-2)).toBe('2026-11-01,511703,样本过小');
});

test('a file begins with its mark, and nothing in it is run as a formula', () => {
  const csv = csvOf(RESULT, nameOf, { language: 'zh', suppressed: '-', lead: ['a,"b"'] });
  expect(csv.startsWith('\ufeff"a,""b"""\r\n日期,县市区,预警数\r\n')).toBe(true);
  expect(csv).toContain(",'=cmd,3");
});
