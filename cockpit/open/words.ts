// Words of the supervisor's view.

import { text, type Text } from '../../core/text.ts';

export const OPEN_WORDS = {
  title: text('未结督办', 'Open by age'),
  lead: text(
    '全部未办结预警，按未结时长排列：最久的在前，同一时段内一级在前。',
    'Everything that is not closed: the longest open first, in each band level 1 first.',
  ),
  open: text('未结', 'Open'),
  overdue: text('任务超期', 'Overdue'),
  toClose: text('已撤回待办结', 'Withdrawn, to be closed'),
  objections: text('待决定异议', 'Objections to decide'),
  county: text('县市区', 'County'),
  all: text('合计', 'All'),
  matrix: text('各县市区未结预警', 'Open alerts by county and age'),
  filtered: text('筛选', 'Filter'),
  showAll: text('显示全部', 'Show all'),
  level: text('等级', 'Level'),
  alert: text('预警', 'Alert'),
  holder: text('责任人', 'Who has it'),
  since: text('接手', 'Since'),
  due: text('期限', 'Due'),
  openFor: text('未结时长', 'Open for'),
  nobody: text('无人确认', 'nobody yet'),
  onItsWay: text('移交中', 'being handed over'),
  none: text('没有未结预警', 'Nothing is open'),
  noneHere: text('没有符合条件的未结预警', 'Nothing open matches'),
  more: text('显示更多', 'Show more'),
  what: text('异议内容', 'Objection'),
  raised: text('提出', 'Raised'),
  asOf: text('统计时间', 'As of'),
} as const;

export const itemsText = (count: number): Text =>
  text(`${count} 件`, count === 1 ? '1 alert' : `${count} alerts`);

export const overdueText = (count: number): Text => text(`超期 ${count}`, `${count} overdue`);

export const gravestText = (count: number): Text => text(`一级 ${count}`, `${count} level 1`);
