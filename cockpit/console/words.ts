// Words of the duty console.

import type { AlertDetail } from '../../app/api/alerts.ts';
import { CAUSES } from '../../core/alert-cause.ts';
import type { AlertCorrectionReason, FeedbackResult } from '../../core/alert-event.ts';
import { text, type Text } from '../../core/text.ts';

export const CONSOLE_WORDS = {
  drillNote: text(
    '这是演练，不涉及任何监管对象。请按真实预警处置；演练不计入任何统计。',
    'This is a drill about nobody. Handle it like a real alert; it counts in no statistics.',
  ),
  list: text('预警列表', 'Alerts'),
  filters: text('筛选', 'Filters'),
  status: text('状态', 'Status'),
  level: text('等级', 'Level'),
  county: text('县市区', 'County'),
  all: text('全部', 'All'),
  allCounties: text('全部县市区', 'All counties'),
  empty: text('没有符合条件的预警', 'No alerts match'),
  emptyOpen: text('没有未结预警', 'No open alerts'),
  loadMore: text('显示更早的', 'Show older ones'),
  choose: text('从左侧选一起预警查看', 'Choose an alert from the list'),
  chooseKeys: text(
    'J / K 上下移动，回车打开，? 查看快捷键',
    'J / K to move, Enter to open, ? for keys',
  ),
  back: text('返回列表', 'Back to the list'),
  showGrave: text('查看', 'Open'),
  graveWaiting: text('起一级预警等待确认', 'level-1 alert waiting'),
  late: text('迟到', 'late'),
  lateHint: text(
    '事实到得太晚，已无法立即处置',
    'The facts came too late for anyone to act at once',
  ),
  repeated: text('再次出现', 'again'),
  happened: text('发生了什么', 'What happened'),
  opened: text('发生', 'Happened'),
  duty: text('要求', 'Duty'),
  article: text('依据', 'Article'),
  ladder: text('谁要确认', 'Who must acknowledge'),
  cityBureau: text('市局', 'City bureau'),
  countyBureau: text('县局', 'County bureau'),
  waitingFor: text('等待确认', 'waiting'),
  evidenceMap: text('位置', 'Place'),
  noPlace: text('这起预警的证据里没有位置', 'The evidence of this alert holds no place'),
  evidence: text('证据', 'Evidence'),
  evidenceHint: text(
    '按时间排列；凭这些记录即可重新得出预警。',
    'In order of time; from these records alone the rule speaks again.',
  ),
  order: text('序号', 'No.'),
  time: text('时间', 'Time'),
  source: text('来源', 'Source'),
  content: text('内容', 'What it says'),
  track: text('前后轨迹', 'Track around it'),
  trackNone: text('没有可用的轨迹', 'No track'),
  accuracy: text('圆圈为定位误差', 'Circles are the error of the fix'),
  ownFix: text('本人', 'The person'),
  otherFix: text('禁止接触的人', 'Whom they may not contact'),
  timeline: text('处置经过', 'Timeline'),
  decisions: text('决定记录', 'Decisions'),
  decisionsHint: text(
    '系统和值班人员对这起预警的每一步处理及其原因，只增不改。',
    'Every step about this alert and why, only ever added to.',
  ),
  silenced: text('静默中', 'Silenced'),
  silencedNote: text(
    '这起预警正被静默，没有通知任何人；静默结束时仍未确认的，将重新通知。',
    'A silence hides this alert: nobody was told. When it is over and nobody has the alert, it is told anew.',
  ),
  raised: text('多次升级', 'Repeated'),
  note: text('备注', 'Note'),
  leaves: text('请假核对', 'Leaves checked'),
  leavesNone: text('当时没有需要核对的外出审批', 'No leave was in force or had just ended'),
  verify: text('重新核验', 'Verify'),
  verifyHint: text(
    '这条命令只凭上面的证据重新推导预警。',
    'This command derives the alert again from the evidence above alone.',
  ),
  copy: text('复制', 'Copy'),
  copied: text('已复制', 'Copied'),
  rule: text('规则', 'Rule'),
  actions: text('处置', 'Actions'),
  acknowledge: text('确认收到', 'Acknowledge'),
  acknowledgeHint: text(
    '表示您已看到并开始处置。通知将停止发送。',
    'You have seen it and act on it. Notices to you stop.',
  ),
  optionalNote: text('备注（可不填）', 'Note (optional)'),
  feedback: text('反馈核查结果', 'Give feedback'),
  feedbackShort: text('反馈', 'Feedback'),
  feedbackHint: text(
    '结果计入规则的准确率，可以更正。',
    'The result counts towards the precision of the rule and can be corrected.',
  ),
  feedbackNote: text('核查情况', 'What was found'),
  close: text('办结', 'Close'),
  closeHint: text('办结后预警移出未结列表。', 'The alert leaves the list of open ones.'),
  cancel: text('取消', 'Cancel'),
  sending: text('正在提交', 'Sending'),
  doneClosed: text('已办结', 'Closed'),
  yourPartDone: text('您的单位已确认', 'Your bureau has acknowledged'),
  waitCity: text('等待市局确认', 'Waiting for the city bureau'),
  waitCounty: text('等待县局确认', 'Waiting for the county bureau'),
  handledBy: text('已确认 ·', 'Acknowledged by'),
  soundOn: text('提示音已开', 'Sound on'),
  soundOff: text('开启提示音', 'Turn sound on'),
  notifyOn: text('桌面通知已开', 'Notifications on'),
  notifyOff: text('开启桌面通知', 'Turn notifications on'),
  pushOn: text('离线推送已开', 'Device push on'),
  pushOff: text('开启离线推送', 'Turn device push on'),
  notifyBody: text('请在值守台查看', 'see the console'),
  more: text('更多', 'More'),
  keys: text('快捷键', 'Keys'),
  menu: text('菜单', 'Menu'),
  openTotal: text('未结', 'Open'),
  withdrawn: text('已撤回', 'Withdrawn'),
  regraded: text('已更正', 'Corrected'),
} as const;

/** Why an alert was corrected. */
export const CORRECTION_CAUSES: Readonly<Record<AlertCorrectionReason, Text>> = {
  leave: text('补办了外出审批', 'a leave was recorded later'),
  order: text('监管信息补录或变更', 'an order was recorded or changed later'),
  retraction: text('数据来源撤回了原报送', 'its source took back what it had said'),
  'late-fact': text('补传的数据表明情况不同', 'data that came late show otherwise'),
  'met-again': text('此后的数据再次符合预警条件', 'what came after meets the condition again'),
  objection: text('当事人的异议经复核成立', 'the objection of the person was upheld'),
};

export const FILTER_STATUSES = {
  open: text('未结', 'Open'),
  new: text('未确认', 'Waiting'),
  acknowledged: text('已确认', 'Acked'),
  closed: text('已办结', 'Closed'),
} as const;

export const FEEDBACK_TEXTS: Readonly<Record<FeedbackResult, { name: Text; hint: Text }>> = CAUSES;

export const LEAVE_REASONS: Readonly<
  Record<AlertDetail['checkedLeaves'][number]['because'], Text>
> = {
  'other-place': text('批准的不是这个地方', 'it is for another place'),
  ended: text('当时已经到期', 'it had ended by then'),
};

/** `有 2 起新预警，其中一级 1 起` / `2 new alerts, 1 of level 1`. */
export const arrivedText = (count: number, level: Text, ofLevel: number): Text =>
  text(
    `有 ${count} 起新预警（${level.zh} ${ofLevel} 起），点此显示`,
    `${count} new (${ofLevel} × ${level.en.toLowerCase()}): show`,
  );

/** `已静默 3 条` / `3 silenced`. */
export const silencedText = (count: number): Text =>
  text(`已静默 ${count} 条`, `${count} silenced`);

/** How long after it happened the alert was recorded. */
export const recordedText = (span: Text): Text =>
  text(`${span.zh}后系统记录`, `recorded ${span.en} later`);

/** How long after it happened an observation arrived. */
export const arrivalText = (span: Text): Text =>
  text(`${span.zh}后到达`, `arrived ${span.en} later`);

/** How often after the first time. */
export const repeatsText = (repeats: number): Text =>
  text(`又出现 ${repeats} 次`, repeats === 1 ? 'once more' : `${repeats} more times`);

export const KEYS: readonly (readonly [key: string, says: Text])[] = [
  ['J / K', text('下一起 / 上一起', 'next / previous alert')],
  ['Enter', text('打开', 'open')],
  ['A', text('确认收到', 'acknowledge')],
  ['F', text('反馈核查结果', 'give feedback')],
  ['C', text('办结', 'close')],
  ['.', text('显示新到的预警', 'show what arrived')],
  ['Esc', text('返回列表', 'back to the list')],
  ['?', text('快捷键', 'keys')],
];
