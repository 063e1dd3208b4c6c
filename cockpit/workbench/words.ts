// The words of the workbench.

import { text, type Text } from '../../core/text.ts';
import type { Schedule, VIEW_FORMATS, Visibility } from '../../app/api/saved-views.ts';
import type { Grain } from '../../models/workbench/buckets.ts';
import { KEPT_BACK } from '../../models/workbench/name-cells.ts';
import type { ChartKind, Comparison } from '../../models/workbench/view-state.ts';

export const BENCH_WORDS = {
  build: text('分析条件', 'Question'),
  metrics: text('指标', 'Metrics'),
  by: text('分组', 'By'),
  period: text('时间', 'Period'),
  from: text('起', 'From'),
  to: text('止', 'To'),
  grain: text('粒度', 'Grain'),
  noGrain: text('不分时段', 'whole period'),
  compare: text('对比', 'Compare'),
  noCompare: text('不对比', 'none'),
  filter: text('筛选', 'Filter'),
  all: text('全部', 'all'),
  chart: text('图形', 'Chart'),
  chooseMetric: text('请在左侧选择指标', 'Choose a metric first'),
  noRows: text('所选范围内没有数据', 'Nothing in this period and selection'),
  suppressed: KEPT_BACK,
  suppressedCount: (count: number): Text =>
    text(`${count} 格因样本过小不显示`, `${count} cells not shown, too few cases`),
  stale: text('数据陈旧', 'Data are stale'),
  asOf: text('数据截至', 'Data as of'),
  covered: text('覆盖', 'Covers'),
  receipt: text('数据凭据', 'Receipt'),
  receiptOf: text('这些数字从哪里来', 'Where these figures come from'),
  meaning: text('口径', 'Meaning'),
  owner: text('负责', 'Owner'),
  refresh: text('更新', 'Refresh'),
  floor: text('最小显示数', 'Privacy floor'),
  dataVersion: text('数据版本', 'Data version'),
  rollup: text('汇总表', 'Roll-up'),
  rawRows: text('原始记录', 'raw rows'),
  inMemory: text('（在内存中计算）', ' (counted in memory)'),
  sql: text('查询语句', 'SQL'),
  close: text('关闭', 'Close'),
  before: text('对比期', 'Before'),
  change: text('增减', 'Change'),
  records: text('明细', 'Records'),
  recordsOf: text('明细记录', 'Records behind'),
  noRecords: text('没有可查看的明细', 'No records you may see'),
  recordsShown: (shown: number, total: number): Text =>
    text(`显示 ${shown} 条，共 ${total} 条`, `${shown} of ${total} records`),
  note: text('批注', 'Note'),
  addNote: text('添加批注', 'Add a note'),
  notePoint: text('批注位置', 'Point'),
  removeNote: text('删除批注', 'Remove the note'),
  export: text('导出', 'Export'),
  format: text('格式', 'Format'),
  exportPurpose: text(
    '用途（2 至 60 个字，印在文件标记上）',
    'What for (2 to 60 characters; stands in the mark)',
  ),
  exportMarked: text(
    '文件带有您的姓名、时间、用途和编号，并记入导出台账',
    'The file says who took it, when and what for, and stands in the ledger',
  ),
  exportNow: text('导出文件', 'Take the file'),
  exporting: text('正在导出', 'Exporting'),
  exported: text('已导出。', 'Exported.'),
  exportReason: text('申请理由', 'Reason'),
  exportAsk: text('提交申请', 'Ask'),
  exportAsked: text(
    '申请已提交，批准后再次导出即可',
    'Asked for; export again once it is approved',
  ),
  toLedger: text('查看导出台账', 'See the ledger'),
  toRequests: text('查看申请', 'See the request'),
  copyLink: text('复制链接', 'Copy link'),
  copied: text('已复制', 'Copied'),
  copyAway: text('无法复制，请从地址栏复制', 'Copying failed; copy it from the address bar'),
  saved: text('已存视图', 'Saved views'),
  noSaved: text('还没有保存的视图', 'Nothing saved yet'),
  save: text('保存视图', 'Save view'),
  title: text('名称', 'Name'),
  visibility: text('可见范围', 'Who sees it'),
  remove: text('删除', 'Delete'),
  schedule: text('定期生成', 'Schedule'),
  viewReports: text('定期分析', 'Scheduled views'),
  noViewReports: text(
    '尚无定期分析。在分析工作台保存视图并设定周期后，到期自动生成。',
    'None yet. Save a view at the workbench and schedule it.',
  ),
  kept: text('定期分析，数字不再变动', 'Scheduled view; its figures do not change'),
  keptBy: text('设定人', 'Scheduled by'),
  keptAt: text('生成于', 'Counted at'),
  keptHash: text('校验值', 'Hash'),
  openNow: text('按当前数据重新查询', 'Ask again of the data as they are now'),
  toReports: text('返回统计报告', 'Back to the reports'),
  removeAgain: text('再按一次删除', 'Press again'),
  noCounty: text(
    '所选的第一项指标不分区县，不能在地图上显示，请改选指标或图形',
    'The first metric chosen is not counted by county; choose another metric or chart',
  ),
  mapOfFirst: text('地图只显示所选的第一项指标', 'The map shows the first metric only'),
  notDrawn: (count: number): Text =>
    text(
      `图中未画出 ${count} 组，全部数字见下表`,
      `${count} series are not drawn; all figures stand in the table`,
    ),
  table: text('数据表', 'Table of figures'),
  toRecords: text('选择数字可查看明细', 'Choose a figure to see its records'),
  withoutRecords: text(
    '只有数字：该指标不设明细，或您的权限不含明细',
    'Figures only: the metric has no records, or they are not yours to see',
  ),
  stillRunning: text(
    '本期尚未结束，与完整的对比期相比仅供参考',
    'The period is not over yet and stands against a whole one',
  ),
  fromFirstDay: (day: string): Text => text(`从 ${day} 起查询`, `Ask from ${day} on`),
  again: text('刷新', 'Refresh'),
  reason: text('查询用途（记入审计）', 'Purpose (kept in the trail)'),
  rowsShown: (shown: number, total: number): Text =>
    text(`表格显示前 ${shown} 行，共 ${total} 行`, `first ${shown} of ${total} rows`),
} as const;

export const FORMAT_NAMES: Readonly<Record<(typeof VIEW_FORMATS)[number], Text>> = {
  csv: text('CSV', 'CSV'),
  xlsx: text('Excel（XLSX）', 'Excel (XLSX)'),
  pdf: text('PDF', 'PDF'),
  png: text('图片（PNG）', 'Picture (PNG)'),
};

export const CHART_NAMES: Readonly<Record<ChartKind, Text>> = {
  line: text('折线', 'Line'),
  bar: text('柱形', 'Bars'),
  heat: text('热力', 'Heat map'),
  map: text('地图', 'Map'),
  table: text('表格', 'Table'),
};

export const GRAIN_NAMES: Readonly<Record<Grain, Text>> = {
  minute: text('分钟', 'minute'),
  hour: text('小时', 'hour'),
  day: text('日', 'day'),
  week: text('周', 'week'),
  month: text('月', 'month'),
};

export const COMPARE_NAMES: Readonly<Record<Comparison, Text>> = {
  previous: text('环比（上期）', 'the period before'),
  'last-year': text('同比（上年）', 'a year before'),
};

export const SCHEDULE_NAMES: Readonly<Record<Schedule, Text>> = {
  none: text('不定期生成', 'not scheduled'),
  week: text('每周一生成上周', 'weekly, on Monday'),
  month: text('每月1日生成上月', 'monthly, on the first'),
};

export const VISIBILITY_NAMES: Readonly<Record<Visibility, Text>> = {
  private: text('仅自己', 'only me'),
  unit: text('本单位', 'my unit'),
  all: text('全部', 'everyone'),
};
