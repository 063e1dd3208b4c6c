// The words of the page of drills.

import type { DrillAnswer, DrillReportAnswer } from '../../app/api/drills.ts';
import { text, type Text } from '../../core/text.ts';

export const DRILL_WORDS = {
  start: text('发起演练', 'Start a drill'),
  level: text('级别', 'Level'),
  rule: text('预警规则', 'Rule'),
  county: text('县市区', 'County'),
  purpose: text('演练目的', 'Purpose'),
  purposeExample: text('如：季度应急演练', 'such as: quarterly drill'),
  sayPurpose: text('请先写明演练目的', 'Say first what the drill is for'),
  warning: text(
    '演练会按真实流程拨打电话、发送短信和推送，内容均标【演练】，不计入统计。如有一级预警未确认，演练自动让路。',
    'A drill calls, texts and pushes for real, every text marked [DRILL]; it counts in no statistics. It stands back for a level-1 alert nobody has taken.',
  ),
  begin: text('开始演练', 'Start'),
  confirm: text('再按一次：将实际通知值班人员', 'Press again: officers will be notified'),
  starting: text('正在发起', 'Starting'),
  cancel: text('取消', 'Cancel'),
  list: text('演练记录', 'Drills'),
  none: text('尚未组织过演练', 'No drill has been run yet'),
  choose: text('选择一次演练查看结果', 'Choose a drill to see what it showed'),
  end: text('结束演练', 'End the drill'),
  alert: text('查看预警', 'Open the alert'),
  startedBy: text('发起', 'Started by'),
  startedAt: text('开始', 'Started'),
  endedAt: text('结束', 'Ended'),
  byLimit: text('到时自动结束', 'ended by itself'),
  opened: text('预警生成', 'Alert opened'),
  reached: text('通知到人', 'Persons reached'),
  acknowledged: text('全部确认', 'All acknowledged'),
  persons: text('通知情况', 'Who was reached'),
  person: text('人员', 'Officer'),
  when: text('环节', 'Step'),
  first: text('首轮', 'First'),
  phone: text('电话', 'Phone'),
  sms: text('短信', 'SMS'),
  push: text('推送', 'Push'),
  reachedAfter: text('到达用时', 'Reached after'),
  sides: text('确认情况', 'Acknowledgement'),
  missed: text('发现的问题', 'What was missed'),
  nothingMissed: text('没有遗漏', 'Nothing was missed'),
  stillRunning: text('演练进行中，结果会变化', 'The drill is running; this will change'),
  notYet: text('尚未', 'not yet'),
} as const;

export const SIDE_NAMES = {
  city: text('市级', 'City'),
  county: text('县级', 'County'),
} as const;

export const VIA_NAMES: Readonly<Record<string, Text>> = {
  phone: DRILL_WORDS.phone,
  sms: DRILL_WORDS.sms,
  push: DRILL_WORDS.push,
  console: text('值守台', 'console'),
};

export const STATE_NAMES: Readonly<Record<DrillAnswer['state'], Text>> = {
  starting: text('发出中', 'starting'),
  running: text('进行中', 'running'),
  acknowledged: text('已确认', 'acknowledged'),
  ended: text('已结束', 'ended'),
};

type Reach = DrillReportAnswer['persons'][number]['reaches'][number];

export const REACH_NAMES: Readonly<Record<Reach['state'], Text>> = {
  answered: text('已应答', 'answered'),
  delivered: text('已送达', 'delivered'),
  sent: text('已发出', 'sent'),
  waiting: text('待发', 'waiting'),
  failed: text('未送达', 'failed'),
  'not-needed': text('无需', 'not needed'),
};

const CODES: Readonly<Record<string, Text>> = {
  busy: text('占线', 'busy'),
  declined: text('拒接', 'declined'),
  'no-answer': text('无人接听', 'no answer'),
  unreachable: text('无法接通', 'unreachable'),
  'no-number': text('没有号码', 'no number'),
};

export const codeText = (code: string): Text => CODES[code] ?? text(code, code);

export const rungText = (rung: number): Text => text(`第 ${rung} 级升级`, `rung ${rung}`);

export function missText(miss: DrillReportAnswer['missed'][number]): Text {
  switch (miss.kind) {
    case 'not-opened':
      return text('预警尚未生成', 'The alert has not opened');
    case 'nobody-told':
      return text('没有通知到任何人', 'Nobody was told');
    case 'not-reached':
      return text(`未能通知到${miss.officer.zh}`, `${miss.officer.en} was not reached`);
    case 'not-acknowledged':
      return miss.side === 'city'
        ? text('市级无人确认', 'Nobody at the city acknowledged')
        : text('县级无人确认', 'Nobody at the county acknowledged');
  }
}
