// Words of the page about identities: looking a number up, and asking to see many at once.

import type { BulkRequest } from '../../app/api/identities.ts';
import { text, type Text } from '../../core/text.ts';

export const IDENTITIES_WORDS = {
  lookUp: text('按号码查找', 'Look a number up'),
  requests: text('批量查看申请', 'Requests for many'),
  by: text('号码类型', 'Kind of number'),
  value: text('号码', 'Number'),
  purpose: text('用途', 'Purpose'),
  choose: text('请选择', 'Choose'),
  reason: text(
    '事由（至少 4 个字，不写姓名、号码）',
    'Reason (4 characters or more; no names or numbers)',
  ),
  find: text('查找', 'Look up'),
  lookUpHint: text(
    '须输入完整号码，只查本辖区对象，结果先脱敏显示。每次查找（含未查到）均记入审计，并计入每小时查看人数。',
    'Takes the whole number and finds persons of your region alone, masked at first. Every look-up, also one that finds nobody, is recorded and counts towards the hourly limit.',
  ),
  before: text('输入号码、用途和事由后查找。', 'Give a number, a purpose and a reason.'),
  nobody: text(
    '未查到：该号码不在身份库中，或不属于本辖区。',
    'Nobody: the vault does not know the number, or the person is of another region.',
  ),
  toPerson: text('监管依据与数据留存', 'Legal bases and what is held'),
  ask: text('提交申请', 'Ask'),
  askTitle: text('申请批量查看', 'Ask to see many at once'),
  askHint: text(
    '一次查看人数较多时须由另一名领导批准；批准后限申请人本人打开一次，逾时作废。',
    'Seeing many at once is allowed by a leader other than you. You open it once, before it lapses.',
  ),
  subjects: text(
    '对象编号（每行一个，也可用逗号或空格分隔）',
    'Person keys (one a line, or apart by commas or spaces)',
  ),
  what: text('要查看的项目', 'What to show'),
  badKeys: text('格式不对的编号：', 'Not a person key: '),
  none: text('近 24 小时没有批量查看申请。', 'Nobody asked within the last 24 hours.'),
  requestedAt: text('申请时间', 'Asked'),
  requestedBy: text('申请人', 'By'),
  persons: text('人数', 'Persons'),
  fields: text('项目', 'Fields'),
  why: text('用途与事由', 'Purpose and reason'),
  state: text('状态', 'State'),
  act: text('办理', 'Act'),
  until: text('有效至', 'until'),
  decidedBy: text('审批人', 'decided by'),
  mine: text('本人', 'mine'),
  approve: text('批准', 'Allow'),
  reject: text('不予批准', 'Refuse'),
  open: text('打开（仅一次）', 'Open (once)'),
  opened: text('批准查看的身份信息', 'Identities you were allowed to see'),
  openedHint: text(
    '到时自动隐藏；切换页面即隐藏，不能再次打开。',
    'Hidden when the time is over or the page is turned away from, and not opened again.',
  ),
  hide: text('立即隐藏', 'Hide now'),
  person: text('对象编号', 'Person'),
  damaged: text('资料损坏，无法解密', 'damaged, cannot be opened'),
} as const;

export const REQUEST_STATES: Readonly<Record<BulkRequest['state'], Text>> = {
  waiting: text('待审批', 'waits'),
  approved: text('已批准，待打开', 'allowed'),
  rejected: text('不予批准', 'refused'),
  opened: text('已打开', 'opened'),
  lapsed: text('已过期', 'lapsed'),
};

export const personsText = (count: number): Text => text(`共 ${count} 人`, `persons: ${count}`);
