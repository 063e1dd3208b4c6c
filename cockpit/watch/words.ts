// The words of the watchdog's page and warning.

import { text, type Text } from '../../core/text.ts';

export const WATCH_WORDS = {
  lead: text(
    '预警应当推进而没有推进的事项，由独立于预警处理的监视程序发现。',
    'What should have moved and did not, as found by a watch that runs apart from the alerts.',
  ),
  lasting: text('当前停滞', 'Standing still now'),
  none: text('一切正常，没有停滞事项', 'Nothing stands still'),
  past: text('近期已恢复', 'Moving again'),
  pastNone: text('近期没有停滞', 'Nothing stood still lately'),
  kind: text('事项', 'What'),
  alert: text('预警', 'Alert'),
  since: text('自何时', 'Since'),
  lasted: text('持续', 'For'),
  details: text('详情', 'Details'),
  canary: text('通道自检', 'Canaries'),
  canaryOff: text('未启用通道自检', 'No canaries are sent'),
  partition: text('分区', 'Partition'),
  last: text('最近一次返回', 'Newest that arrived'),
  latency: text('全程用时', 'Took'),
  canaryNone: text('尚无返回', 'None has arrived yet'),
} as const;

export const canaryEveryText = (span: Text): Text =>
  text(
    `每 ${span.zh}一次，走完研判、路由、发件、回执全程，值班人员看不到。`,
    `One every ${span.en} goes the whole way from finding to receipt, seen by no officer.`,
  );

export const warningText = (count: number): Text =>
  text(`运行告警 ${count}`, `${count} standing still`);

export const WHAT_WORDS: Readonly<Record<string, Text>> = {
  channel: text('渠道', 'channel'),
  state: text('状态', 'state'),
  notices: text('件数', 'notices'),
  partition: text('分区', 'partition'),
  side: text('层级', 'side'),
  step: text('步骤', 'step'),
};

const VALUES: Readonly<Record<string, Text>> = {
  phone: text('电话', 'phone'),
  sms: text('短信', 'SMS'),
  push: text('推送', 'push'),
  city: text('市级', 'city'),
  county: text('县级', 'county'),
  waiting: text('待发', 'waiting'),
  sending: text('发送中', 'sending'),
  uncertain: text('待核实', 'uncertain'),
};

/** `channel=sms notices=14` in words. */
export function whatText(what: string): Text {
  const parts = what
    .split(' ')
    .filter((part) => part.includes('='))
    .map((part) => part.split('=') as [string, string])
    // A step is a number of ours.
    .filter(([name]) => name !== 'step')
    .map(([name, value]) => ({
      name: WHAT_WORDS[name] ?? text(name, name),
      value: VALUES[value] ?? text(value, value),
    }));
  return text(
    parts.map(({ name, value }) => `${name.zh} ${value.zh}`).join('，'),
    parts.map(({ name, value }) => `${name.en} ${value.en}`).join(', '),
  );
}
