// Words of the page about retention.

import type { HoldAnswer, RetentionAnswer } from '../../app/api/retention.ts';
import { text, type Text } from '../../core/text.ts';

type Store = RetentionAnswer['places'][number]['store'];

export const RETENTION_WORDS = {
  lead: text(
    '每一处数据都有规定的保存期。到期后由系统在夜间删除并出具证明；办理保全的不删除。',
    'Every place that holds data has a period. What is due is deleted at night, with a certificate; what is on hold stays.',
  ),
  onlyAdministrators: text('仅管理员可以查看', 'For administrators only'),
  persons: text('期满人员', 'Persons whose order has ended'),
  due: text('今夜删除', 'deleted tonight'),
  period: text('保存期内', 'within the period'),
  openAlert: text('预警未办结', 'an alert is open'),
  held: text('已保全', 'on hold'),
  nextPerson: text('下一人删除时间', 'next person goes'),
  running: text('正在删除', 'Being deleted'),
  holds: text('保全', 'Legal holds'),
  noHolds: text('没有保全', 'no holds'),
  place: text('办理保全', 'Place a hold'),
  placeHint: text(
    '立即生效，三日内须由另一名管理员确认，否则失效。',
    'Works at once; another administrator confirms it within three days, or it lapses.',
  ),
  subject: text('人员编号', 'Person'),
  reason: text('原因', 'Reason'),
  document: text('文书编号', 'Document'),
  until: text('保全至', 'Until'),
  state: text('状态', 'State'),
  approve: text('确认', 'Confirm'),
  lift: text('解除', 'Lift'),
  liftReason: text('解除原因', 'Why it is lifted'),
  certificates: text('删除证明', 'Certificates'),
  noCertificates: text('还没有删除过数据', 'nothing has been deleted yet'),
  when: text('时间', 'When'),
  rule: text('依据', 'Rule'),
  rows: text('条数', 'Rows'),
  hash: text('校验值', 'Hash'),
  declaration: text('数据留存表', 'What is kept'),
  where: text('位置', 'Place'),
  holdsWhat: text('内容', 'What it holds'),
  length: text('保存期', 'Period'),
  from: text('起算', 'Counted from'),
  oldest: text('最早数据', 'Oldest'),
  next: text('下次删除', 'Next deletion'),
  how: text('删除方式', 'How'),
  nobody: text('不含个人信息', 'names nobody'),
} as const;

export const STORE_NAMES: Readonly<Record<Store, Text>> = {
  records: text('业务库', 'Records'),
  warehouse: text('数据仓库', 'Warehouse'),
  log: text('日志', 'Log'),
  files: text('文件', 'Files'),
};

export const HOLD_STATE_NAMES: Readonly<Record<HoldAnswer['state'], Text>> = {
  provisional: text('待确认', 'to be confirmed'),
  confirmed: text('生效', 'in force'),
  lapsed: text('逾期未确认', 'lapsed'),
  over: text('已到期', 'over'),
  lifted: text('已解除', 'lifted'),
};

const BECAUSE_NAMES: Readonly<Record<string, Text>> = {
  'period-over': text('保存期满', 'period over'),
  'order-void': text('监管措施无效', 'order void'),
  'basis-void': text('法律依据无效', 'basis void'),
};

/** `person` or `store.name`, with why. */
export function ruleText(rule: string, because: string, places: RetentionAnswer['places']): Text {
  const place = places.find(({ store, name }) => `${store}.${name}` === rule);
  const what =
    place?.holds ??
    (rule === 'person' ? text('个人全部数据', 'all data of a person') : text(rule, rule));
  const why = BECAUSE_NAMES[because] ?? text(because, because);
  return text(`${what.zh} · ${why.zh}`, `${what.en} · ${why.en}`);
}

export const daysText = (ms: number): Text => {
  const days = Math.round(ms / 86_400_000);
  return text(`${days} 天`, `${days} days`);
};
