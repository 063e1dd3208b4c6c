// Words of the page of silences.

import type { SilenceAnswer } from '../../app/api/silences.ts';
import { text, type Text } from '../../core/text.ts';

export const SILENCE_WORDS = {
  title: text('静默管理', 'Silences'),
  hint: text(
    '静默期间，符合条件的预警照常产生和显示，只是不通知任何人；静默结束时仍未确认的，按新预警重新通知。',
    'While a silence lasts, alerts it covers are raised and shown as ever and told to nobody; those nobody has taken when it is over are told like new ones.',
  ),
  hiddenNow: text('当前被静默的未确认预警', 'Waiting alerts hidden now'),
  current: text('待批准、待生效和生效中', 'Waiting, planned and active'),
  past: text('已结束', 'Over'),
  none: text('没有静默', 'No silences'),
  nonePast: text('没有已结束的静默', 'None is over yet'),
  level: text('等级', 'Level'),
  rules: text('规则', 'Rules'),
  counties: text('县（市、区）', 'Counties'),
  classes: text('人员类别', 'Classes'),
  subjects: text('人员编号', 'Persons'),
  scope: text('范围', 'Covers'),
  time: text('时间', 'Time'),
  reason: text('理由', 'Reason'),
  author: text('申请', 'Asked for by'),
  approved: text('批准', 'Approved by'),
  ended: text('提前结束', 'Ended early by'),
  refused: text('撤销', 'Taken back by'),
  hidesNow: text('正在静默', 'hides now'),
  hid: text('累计', 'in all'),
  coversOpen: text('包括已在通知中的预警', 'Also alerts under way'),
  approve: text('批准', 'Approve'),
  end: text('提前结束', 'End now'),
  refuse: text('不同意', 'Refuse'),
  withdraw: text('撤销申请', 'Take back'),
  actReason: text('说明（可不填）', 'Remark (optional)'),
  create: text('新建静默', 'New silence'),
  any: text('不限', 'any'),
  subjectsHint: text('多人用空格分开', 'Several: separated by spaces'),
  from: text('开始', 'From'),
  until: text('结束', 'Until'),
  now: text('立即', 'Now'),
  duration: text('时长', 'How long'),
  coversOpenHint: text(
    '不勾选时，已经产生的预警照常通知和升级。',
    'Otherwise alerts that are open go on being told and followed.',
  ),
  needsSecond: text(
    '涉及一级或二级预警，须由另一名值班人员批准后生效；涉及一级的，申请人和批准人中须有市局人员。',
    'Levels 1 and 2 take effect when another officer has approved; level 1 takes somebody of the city bureau.',
  ),
  preview: text('影响预览', 'Preview'),
  previewNow: text('现有未确认预警中符合条件', 'Waiting alerts it covers now'),
  previewWeek: text('近 7 天产生的预警中符合条件', 'Alerts of the last 7 days it covers'),
  previewOpenNote: text(
    '勾选“包括已在通知中的预警”后才会静默',
    'hidden only if alerts under way are covered',
  ),
  choose: text('请选择等级，并至少指定一项范围', 'Choose a level and name what is covered'),
  submit: text('提交静默', 'Silence'),
  submitPending: text('提交，等待批准', 'Ask for approval'),
  reasonHint: text(
    '例如：宣汉县基站检修，装置大面积失联',
    'For example: network maintenance in Xuanhan',
  ),
  cases: text('件', ''),
} as const;

export const SILENCE_STATES: Readonly<Record<SilenceAnswer['state'], Text>> = {
  pending: text('待批准', 'waits for approval'),
  scheduled: text('待生效', 'planned'),
  active: text('生效中', 'active'),
  ended: text('提前结束', 'ended early'),
  expired: text('到期结束', 'over'),
  lapsed: text('未获批准', 'not approved in time'),
};

/** `12 件`, `12`. */
export const countOf = (count: number): Text => text(`${count} 件`, String(count));

/** Durations to choose from. */
export const DURATIONS: readonly (readonly [hours: number, name: Text])[] = [
  [1, text('1 小时', '1 hour')],
  [4, text('4 小时', '4 hours')],
  [12, text('12 小时', '12 hours')],
  [24, text('24 小时', '24 hours')],
  [72, text('3 天', '3 days')],
  [168, text('7 天', '7 days')],
];
