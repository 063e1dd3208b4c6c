// The words of the pages about exports.

import type { ExportRequest, LedgerEntry } from '../../app/api/exports.ts';
import { localDateTime } from '../../core/local-time.ts';
import { regionOf } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { CHART_NAMES, COMPARE_NAMES, GRAIN_NAMES } from '../workbench/words.ts';

export const EXPORT_WORDS = {
  ledger: text('导出台账', 'Ledger'),
  requests: text('导出审批', 'Requests'),
  verify: text('文件核验', 'Verify a file'),
  search: text('检索台账', 'Search the ledger'),
  whose: text('范围', 'Whose'),
  own: text('本人', 'My own'),
  all: text('全部', 'All'),
  kind: text('内容', 'What'),
  any: text('全部', 'Any'),
  number: text('编号或摘要', 'Number or digest'),
  from: text('起', 'From'),
  until: text('止', 'Until'),
  find: text('查询', 'Find'),
  clear: text('清除', 'Clear'),
  madeAt: text('导出时间', 'Exported'),
  code: text('编号', 'Number'),
  exporter: text('导出人', 'Who'),
  purpose: text('用途', 'What for'),
  size: text('数量', 'How much'),
  state: text('状态', 'State'),
  approvedBy: text('审批人', 'Approved by'),
  none: text('没有符合条件的导出记录', 'No such exports'),
  more: text('更早的记录', 'Earlier ones'),
  mine: text('本人', 'mine'),
  detail: text('导出详情', 'Details of an export'),
  close: text('收起', 'Close'),
  file: text('文件', 'File'),
  about: text('查询条件', 'Question'),
  region: text('单位', 'Unit'),
  takenAt: text('传送完成', 'Handed over'),
  mark: text('文件标记', 'Mark'),
  contentDigest: text('内容摘要', 'Digest of the content'),
  fileDigest: text('文件摘要', 'Digest of the file'),
  seal: text('电子签章', 'Electronic seal'),
  takeSeal: text('下载签章', 'Download the seal'),
  noSeal: text('无（签章功能启用前导出）', 'none: taken before files were sealed'),
  stamped: text('可信时间戳', 'trusted time stamp'),
  noRequests: text('没有导出申请', 'No requests'),
  requestedAt: text('申请时间', 'Asked'),
  requestedBy: text('申请人', 'Who'),
  reason: text('理由', 'Reason'),
  act: text('办理', 'Decide'),
  note: text('审批意见（可不填）', 'Note (optional)'),
  approve: text('批准', 'Approve'),
  refuse: text('不批准', 'Refuse'),
  withdraw: text('撤回', 'Take back'),
  decidedBy: text('审批人', 'by'),
  lapsesAt: text('有效至', 'until'),
  useIt: text(
    '批准后在原页面按相同条件导出即可',
    'Export with the same question once it is approved',
  ),
  drop: text('将文件拖到此处，或选择文件', 'Drop a file here, or choose one'),
  choose: text('选择文件', 'Choose a file'),
  dropHint: text(
    '核对文件是否由本系统导出、有无改动，以及由谁、何时、为何导出。文件不会被保存，最大 64 MB。',
    'Says whether a file is ours and unaltered, who took it, when and what for. It is not kept; at most 64 MB.',
  ),
  reading: text('正在核验', 'Verifying'),
  tooLarge: text(
    '文件超过 64 MB，请在服务器上用命令核验：plumbline export verify',
    'More than 64 MB: verify it on the server with plumbline export verify',
  ),
  notYours: text(
    '您无权查看这条台账记录，请联系审计管理员或本单位领导。',
    'You may not see this entry; ask the audit administrator or your leader.',
  ),
  bytes: text('字节', 'bytes'),
  another: text('核验下一个文件', 'Verify another'),
} as const;

export const FILE_STATES: Readonly<Record<LedgerEntry['state'], Text>> = {
  made: text('已生成', 'made'),
  taken: text('已下载', 'taken'),
  'broken-off': text('下载中断', 'broken off'),
};

export const REQUEST_STATES: Readonly<Record<ExportRequest['state'], Text>> = {
  waiting: text('待审批', 'waiting'),
  approved: text('已批准', 'approved'),
  refused: text('未批准', 'refused'),
  used: text('已导出', 'used'),
  withdrawn: text('已撤回', 'taken back'),
  lapsed: text('已过期', 'lapsed'),
};

/** `12 行 · 3 人`; files about nobody say rows only. */
export const sizeText = ({ rows, persons }: { rows: number; persons: number }): Text =>
  persons === 0
    ? text(`${rows} 行`, `${rows} rows`)
    : text(`${rows} 行 · ${persons} 人`, `${rows} rows · ${persons} persons`);

const ABOUT_NAMES: Readonly<Record<string, Text>> = {
  action: text('行为', 'act'),
  actor: text('操作人', 'who'),
  backtest: text('回测', 'backtest'),
  by: text('分组', 'by'),
  chart: text('图形', 'chart'),
  compare: text('对比', 'compared with'),
  digest: text('语句杂凑值', 'digest of the statement'),
  form: text('形式', 'form'),
  from: text('起', 'from'),
  grain: text('粒度', 'grain'),
  level: text('等级', 'level'),
  metrics: text('指标', 'metrics'),
  outcome: text('结果', 'outcome'),
  period: text('周期', 'period'),
  purpose: text('用途', 'purpose'),
  region: text('地区', 'region'),
  report: text('报告', 'report'),
  rule: text('规则', 'rule'),
  scope: text('范围', 'scope'),
  statement: text('语句', 'statement'),
  status: text('状态', 'status'),
  to: text('止', 'to'),
  until: text('止', 'until'),
  via: text('途径', 'via'),
  where: text('筛选', 'where'),
};

const VALUE_NAMES: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  status: {
    open: text('未办结', 'open'),
    new: text('未确认', 'new'),
    acknowledged: text('已确认', 'acknowledged'),
    closed: text('已办结', 'closed'),
  },
  chart: CHART_NAMES,
  compare: COMPARE_NAMES,
  grain: GRAIN_NAMES,
};

/** A part of a question in words: instants, regions and states are codes there. */
export function aboutValue(name: string, value: string | number | boolean): Text {
  const isInstant = typeof value === 'number' && (name === 'from' || name === 'until');
  const plain = isInstant ? localDateTime(value).slice(0, 16) : String(value);
  // Enough to tell two statements apart.
  if (name === 'digest') return text(`${plain.slice(0, 16)}…`, `${plain.slice(0, 16)}…`);
  const named = VALUE_NAMES[name]?.[plain];
  if (named) return named;
  const region = name === 'region' ? regionOf(plain) : undefined;
  return region?.name ?? text(plain, plain);
}

/** What a part of a question is called. */
export const aboutName = (name: string): Text => ABOUT_NAMES[name] ?? text(name, name);
