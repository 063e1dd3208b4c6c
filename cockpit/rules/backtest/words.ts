// What the page of backtests says.

import type { SHIFTS } from '../../../app/api/backtest-report.ts';
import type { BacktestState, ChangeKind } from '../../../app/api/backtests.ts';
import { text, type Text } from '../../../core/text.ts';
import { countText } from '../../shared/format.ts';

export const BACKTEST_WORDS = {
  backtest: text('回测', 'Backtest'),
  toRule: text('返回规则', 'Back to the rule'),
  notYours: text(
    '只有分析员和管理员可以回测规则',
    'Only analysts and administrators backtest rules',
  ),
  start: text('新回测', 'New backtest'),
  startHint: text(
    '用历史数据比对候选版本与生效版本，不产生预警，不通知任何人',
    'the candidate against the active version on history; makes no alert and tells nobody',
  ),
  candidate: text('候选版本', 'Candidate'),
  draft: text('编辑中的文本', 'the text in the editor'),
  inFile: text('规则文件', 'rule file'),
  onTrial: text('试运行', 'on trial'),
  waits: text('待批准', 'waits for approval'),
  inForce: text('生效中', 'in force'),
  earlier: text('历史版本', 'earlier version'),
  against: text('对照', 'against'),
  same: text('候选版本就是生效版本，不会有变化', 'This is the active version: nothing will change'),
  noActive: text('无生效版本（新规则）', 'nothing: a new rule'),
  from: text('起', 'From'),
  to: text('止', 'To'),
  run: text('开始回测', 'Start'),
  nothingKept: text('日志中还没有可回测的记录', 'The log has no history to backtest on yet'),
  tooShort: text('所选时段不足，结果不能用于批准', 'Too short a stretch to approve upon'),
  runs: text('回测记录', 'Backtests'),
  noRuns: text('这条规则还没有回测', 'No backtest of this rule yet'),
  by: text('发起', 'started by'),
  stop: text('停止', 'Stop'),
  resume: text('继续', 'Resume'),
  discard: text('删除', 'Discard'),
  progress: text('进度', 'Progress'),
  reading: text('正在读取历史', 'Reading history'),
  comparing: text('正在比对两个版本', 'Comparing the versions'),
  starting: text('正在启动', 'Starting'),
  observations: text('已读数据', 'Observations'),
  rate: text('速度', 'Rate'),
  perSecond: text('条/秒', '/s'),
  reached: text('已到', 'Reached'),
  left: text('预计剩余', 'Time left'),
  result: text('结果', 'Result'),
  download: text('下载报告（JSON）', 'Download the report (JSON)'),
  partial: text(
    '您的账号只能看到所辖县（市、区）的样例；全市合计不含个人',
    'You see samples of your own county; sums of the city name nobody',
  ),
  approvable: text('可作为批准依据', 'An approval can rest on it'),
  notApprovable: text('不能作为批准依据', 'No approval can rest on it'),
  alerts: text('预警', 'Alerts'),
  alertsHint: text('不含事后撤回的', 'without those taken back later'),
  perDay: text('每日预警', 'Alerts a day'),
  minutes: text('每日用时（分）', 'Officer-minutes a day'),
  unchanged: text('不变', 'Unchanged'),
  moved: text('其中时刻有变', 'of these at another moment'),
  withdrawn: text('事后撤回', 'Taken back later'),
  change: text('净变化', 'Net change'),
  level: text('级别', 'Level'),
  county: text('县（市、区）', 'County'),
  city: text('合计', 'All'),
  before: text('生效版', 'Active'),
  after: text('候选版', 'Candidate'),
  byCounty: text('各县（市、区）', 'By county'),
  byShift: text('各班次', 'By shift'),
  shiftHint: text(
    '每班平均预警，生效版 → 候选版；括号内为候选版单班最多',
    'alerts a shift, active → candidate; in brackets the most in one shift of the candidate',
  ),
  byLevel: text('各级别', 'By level'),
  suppressed: text('未报警的情形', 'Conditions that made no alert'),
  map: text('变化分布', 'Where it changes'),
  mapHint: text(
    '底色与数字为各县净变化，红增蓝减',
    'shade and number: net change of each county, red more, blue fewer',
  ),
  mapAll: text('回到全市', 'Whole city'),
  mapPick: text('点选图上的标记查看', 'Choose a mark on the map'),
  hasEvidence: text('圈出的有样例证据', 'ringed: a sample with evidence'),
  samples: text('样例', 'Samples'),
  samplesHint: text(
    '按编号抽取，每类至多 20 例；人员为代号',
    'drawn by id, at most 20 of a kind; persons by their keys',
  ),
  noSamples: text('没有变化，没有样例', 'Nothing changes, so there are no samples'),
  kind: text('变化', 'Change'),
  time: text('时间', 'Time'),
  person: text('人员代号', 'Person'),
  evidence: text('证据', 'Evidence'),
  evidenceOf: text('样例证据', 'Evidence of the sample'),
  article: text('依据', 'Article'),
} as const;

export const STATE_NAMES: Readonly<Record<BacktestState, Text>> = {
  queued: text('排队', 'waiting'),
  running: text('运行中', 'running'),
  stopped: text('已停止', 'stopped'),
  interrupted: text('已中断', 'interrupted'),
  failed: text('失败', 'failed'),
  done: text('完成', 'done'),
};

/** What a state means for the person who looks at it. */
export const STATE_HINTS: Readonly<Record<BacktestState, Text>> = {
  queued: text('同一时间只运行一个回测', 'one backtest runs at a time'),
  running: text('在独立进程中以低优先级运行', 'in a process of its own, at low priority'),
  stopped: text('已停止，进度已保存，可继续', 'stopped; progress is saved, it can be resumed'),
  interrupted: text(
    '系统重启时中断，进度已保存，可继续',
    'interrupted when the product ended; progress is saved, it can be resumed',
  ),
  failed: text('未能完成', 'it could not be completed'),
  done: text('已完成', 'done'),
};

export const CHANGE_NAMES: Readonly<Record<ChangeKind, Text>> = {
  added: text('新增', 'Added'),
  removed: text('消失', 'Removed'),
  regraded: text('改级', 'Regraded'),
};

export const CHANGES: readonly ChangeKind[] = ['added', 'removed', 'regraded'];

export const SHIFT_NAMES: Readonly<Record<(typeof SHIFTS)[number], Text>> = {
  '00-08': text('0–8 时', '0–8 h'),
  '08-16': text('8–16 时', '8–16 h'),
  '16-24': text('16–24 时', '16–24 h'),
};

export const SUPPRESSED_NAMES: Readonly<Record<string, Text>> = {
  leave: text('有外出审批', 'an approved leave'),
  'episode-open': text('同一情形已报警', 'an alert was open'),
  ungraded: text('此类人员不定级', 'no level for the class'),
  cooldown: text('冷却期内', 'within the cooldown'),
};

/** A name with what it is. */
export const namedText = (name: string, what: Text): Text =>
  text(`${name}（${what.zh}）`, `${name} (${what.en})`);

export const becauseText = (fact: Text, because: Text): Text =>
  text(`${fact.zh}：${because.zh}`, `${fact.en}: ${because.en}`);

export const evidenceText = (count: number): Text => text(`查看 ${count} 条`, `See ${count} items`);

export const aheadText = (ahead: number): Text =>
  text(`排队中，前面还有 ${ahead} 个`, `waiting, ${ahead} before it`);

export const keptText = (from: string, until: string): Text =>
  text(
    `日志保留 ${from} 至 ${until}，只能在此范围内选择；更早的时段可在命令行用文件回测。`,
    `The log keeps ${from} to ${until}; choose within it. Earlier history is backtested from files by the command.`,
  );

export const wantedText = (span: Text, age: Text): Text =>
  text(
    `批准要求：时段不少于 ${span.zh}，数据截止时间不早于 ${age.zh}前。`,
    `An approval wants at least ${span.en} of history that ends no more than ${age.en} ago.`,
  );

export const shownText = (shown: number, all: number): Text =>
  text(
    `图上 ${countText(shown)} / 共 ${countText(all)} 处`,
    `${countText(shown)} of ${countText(all)} on the map`,
  );

export const withoutPlaceText = (count: number): Text =>
  text(`${countText(count)} 处没有定位`, `${countText(count)} without a fix`);
