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

test('a note stands at a code, whatever the language; a day is its own name', () => {
  expect(shaped(true).keys).toEqual(['2026-11-01', '2026-11-02', '2026-11-03']);
  const byCounty = {
    ...RESULT,
    columns: RESULT.columns.slice(1),
    rows: [['511702', 9]],
    suppressed: [],
  };
  const names = namerOf(byCounty, {
    dimensions: { county: { values: [{ value: '511702', name: text('通川区', 'Tongchuan') }] } },
    language: 'en',
    grain: undefined,
  });
  const given = { nameOf: names, language: 'en', grain: undefined, isCount: () => true } as const;
  expect(shape(byCounty, given)).toMatchObject({ along: ['Tongchuan'], keys: ['511702'] });
});

test('a feed is called by its kind, and what is none of ours stays as it is', () => {
  const columns = [{ id: 'source', name: text('来源', 'source'), type: 'text' }];
  const called = (language: 'zh' | 'en') =>
    namerOf({ columns }, { dimensions: {}, language, grain: undefined });
  expect(called('zh')(0, 'bracelet/jt808')).toBe('电子定位装置（jt808）');
  expect(called('en')(0, 'rail/demo')).toBe('rail booking (demo)');
  expect(called('en')(0, 'constructor/x')).toBe('constructor/x');
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
