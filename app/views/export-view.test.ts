// A view as a file: the figures of the screen, kept-back cells said to be so, and nothing of anybody in the ledger.

import { expect, test } from 'vitest';
import { text } from '../../core/text.ts';
import { firstView, viewOf } from '../../models/workbench/view-state.ts';
import type { MetricAnswerBody, MetricList } from '../api/metrics.ts';
import { aboutView, headOfView, tableOfView } from './export-view.ts';
import { pictureIn } from './read-picture.ts';

const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2026, 10, 15, 16);
const change = { before: 20, difference: 10, change: 0.5, notes: ['low-base' as const], z: null };

const answer: MetricAnswerBody = {
  columns: [
    { id: 'county', name: text('区县', 'county'), type: 'region' },
    { id: 'raised', name: text('预警数', 'alerts'), type: 'value', unit: text('件', 'alerts') },
    { id: 'p50', name: text('签收用时', 'time'), type: 'value', unit: text('毫秒', 'ms') },
  ],
  rows: [
    ['511702', 30, 90_000],
    ['511722', null, null],
  ],
  comparison: {
    kind: 'previous',
    fromMs: FROM_MS - 7 * DAY_MS,
    toMs: FROM_MS,
    rows: [
      [change, { ...change, before: 60_000, notes: [] }],
      [
        { before: null, difference: null, change: null, notes: ['suppressed'], z: null },
        { before: null, difference: null, change: null, notes: ['no-base'], z: null },
      ],
    ],
  },
  suppressed: [{ row: 1, column: 1 }],
  rowsTotal: 2,
  coverage: { fromMs: FROM_MS, untilMs: FROM_MS + 7 * DAY_MS },
  freshness: { knownUntilMs: FROM_MS + 8 * DAY_MS },
  dataVersion: 'abc',
  sql: [],
  rollup: null,
  fromMemory: false,
};

const catalogue = {
  metrics: [
    { id: 'raised', name: text('预警数', 'alerts'), meaning: text('产生的预警', 'Raised.') },
    { id: 'p50', name: text('签收用时', 'time'), meaning: text('中位数', 'Median.') },
    { id: 'other', name: text('其他', 'other'), meaning: text('其他', 'Other.') },
  ],
  dimensions: {
    county: {
      name: text('区县', 'county'),
      type: 'region',
      values: [{ value: '511702', name: text('通川区', 'Tongchuan') }],
    },
  },
} as unknown as MetricList;

const view = viewOf(
  `?${new URLSearchParams({
    m: 'raised,p50',
    by: 'county',
    grain: 'none',
    from: '2026-11-16',
    to: '2026-11-22',
    where: 'level:1:%E5%BC%A0%E4%B8%89',
    compare: 'previous',
    chart: 'bar',
    notes: '511702:%3D1%2B1',
  })}`,
  firstView(FROM_MS, undefined),
);
const viewed = { view, answer, catalogue };

test('the rows are those of the screen, and a kept-back cell is neither empty nor zero', () => {
  const { table, notes } = tableOfView(viewed, 'zh');
  expect(table.columns.map(({ name }) => name.zh)).toEqual([
    '区县',
    '预警数（件）',
    '对比期',
    '增减率',
    '说明',
    '签收用时（分钟）',
    '对比期',
    '增减率',
    '说明',
  ]);
  expect([...(table.rows as Iterable<unknown>)]).toEqual([
    ['通川区', 30, 20, 0.5, '基数小', 1.5, 1, 0.5, null],
    ['511722', '因样本过小不显示', null, null, '因样本过小不显示', null, null, null, '无可比基数'],
  ]);
  expect(notes.map(({ zh }) => zh)).toEqual([
    '覆盖 2026-11-16 00:00 至 2026-11-23 00:00',
    '对比期 2026-11-09 00:00 至 2026-11-16 00:00',
    '数据截至 2026-11-24 00:00:00，数据版本 abc',
    '1 格因样本过小不显示',
    '预警数：产生的预警',
    '签收用时：中位数',
    '批注 通川区：=1+1',
  ]);
});

test('a picture says what it shows, of when, and what was noted; a map also its figures', () => {
  const zh = (given: typeof viewed) => headOfView(given).map((line) => line.zh);
  expect(zh(viewed)).toEqual([
    '预警数、签收用时',
    '覆盖 2026-11-16 00:00 至 2026-11-23 00:00',
    '对比期 2026-11-09 00:00 至 2026-11-16 00:00',
    '数据截至 2026-11-24 00:00:00，数据版本 abc',
    '1 格因样本过小不显示',
    '1. 通川区：=1+1',
  ]);
  expect(zh({ ...viewed, view: { ...view, chart: 'map' } })).toContain(
    '通川区 30、511722 因样本过小不显示',
  );
});

test('the ledger is told codes and days, and no words somebody wrote into an address', () => {
  const { about, title, rows, subjects } = aboutView(viewed);
  expect(title.zh).toBe('预警数、签收用时');
  expect(about).toEqual({
    metrics: 'raised,p50',
    by: 'county',
    from: '2026-11-16',
    to: '2026-11-22',
    where: 'level=1',
    compare: 'previous',
    chart: 'bar',
  });
  expect([rows, subjects]).toEqual([2, []]);
});

test('what is no picture, or a huge one, is refused', () => {
  const png = (width: number) => {
    const bytes = Buffer.alloc(40);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    bytes.write('IHDR', 12, 'latin1');
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(300, 20);
    return bytes.toString('base64');
  };
  expect(pictureIn(png(400))).toMatchObject({ widthPx: 400, heightPx: 300 });
  for (const odd of [undefined, '', 'AAAA', png(0), png(20_000)]) {
    expect(() => pictureIn(odd)).toThrow('this is no picture of a chart');
  }
});
