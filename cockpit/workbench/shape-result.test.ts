// What is kept back stays kept back on its way to chart, map and file.

import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import type { MetricAnswerBody } from '../../app/api/metrics.ts';
import { namerOf } from '../../models/workbench/name-cells.ts';
import { shadesOf, shape } from './shape-result.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 9, 31, 16);

const RESULT: MetricAnswerBody = {
  columns: [
    { id: 'bucketMs', name: text('日期', 'Day'), type: 'time' },
    { id: 'county', name: text('县市区', 'County'), type: 'region' },
    { id: 'raised', name: text('预警数', 'Alerts'), type: 'value', unit: text('条', 'alerts') },
  ],
  rows: [
    [FIRST_MS + DAY_MS, '511702', 9],
    [FIRST_MS, '511702', 12],
    [FIRST_MS, '=cmd', 3],
    [FIRST_MS, '511703', 2],
  ],
  suppressed: [{ row: 3, column: 2 }],
  rowsTotal: 4,
  coverage: { fromMs: FIRST_MS, untilMs: FIRST_MS + 3 * DAY_MS },
  freshness: { knownUntilMs: FIRST_MS },
  dataVersion: '7',
  sql: ['SELECT 1'],
  rollup: null,
  fromMemory: false,
};
const nameOf = namerOf(RESULT, {
  dimensions: {
    county: {
      values: [{ value: '511702', name: text('通川区', 'Tongchuan') }],
    },
  },
  language: 'zh',
  grain: 'day',
});

const shaped = (isCount: boolean) =>
  shape(RESULT, { nameOf, language: 'zh', grain: 'day', isCount: () => isCount });

test('every day has its place, every county is a series, and a count of nothing is zero', () => {
  const { along, series } = shaped(true);
  expect(along).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
  expect(series.map(({ name }) => name)).toEqual(['通川区', '=cmd', '511703']);
  expect(series[0]?.points.map((point) => point?.value)).toEqual([12, 9, 0]);
  expect(series[1]?.points.map((point) => point?.value)).toEqual([3, 0, 0]);
});

test('what is no count is unknown where nothing is', () => {
  expect(shaped(false).series[1]?.points).toEqual([
    { value: 3, isSuppressed: false },
    undefined,
    undefined,
  ]);
});

test('a suppressed cell has no value anywhere, even where the answer carries one', () => {
  const { series } = shaped(true);
  expect(series[2]?.points[0]).toEqual({ value: null, isSuppressed: true });
  expect(shadesOf(RESULT, 'county').get('511703')).toBe('suppressed');
  expect(shadesOf(RESULT, 'county').get('511702')).toBe(12);
});
