// The words of the pages about legal bases.

import type { Held, MeasureAnswer } from '../../app/api/bases.ts';
import type { VoidAnswer } from '../../app/api/voids.ts';
import { text, type Text } from '../../core/text.ts';
import { dateText } from '../shared/format.ts';

export const NEEDS_WORDS = {
  title: text('帮扶需求清单', 'Needs of help'),
  advice: text('仅供工作人员参考', 'advice to staff'),
  hint: (version: string): Text =>
    text(
      `同本人一起填写，各项分值相加，逐项给出帮扶建议。只在本页计算，不保存、不上传，不产生预警，不对本人作任何决定。清单第 ${version} 版为建议稿，未经主管部门核定。`,
      `Answered together with the person; points add up and each brings a proposal. It stays on this page: nothing is kept or sent, no alert comes of it, and nothing about the person is decided by it. Version ${version} is a proposal nobody has approved.`,
    ),
  unknown: text('未问', 'not asked'),
  yes: text('是', 'yes'),
  no: text('否', 'no'),
  result: text('建议', 'Proposed'),
  points: (points: number, most: number): Text =>
    text(`${points} / ${most} 分`, `${points} of ${most} points`),
  open: (count: number): Text => text(`还有 ${count} 项未问`, `${count} not asked yet`),
} as const;

export const BASIS_WORDS = {
  title: text('监管依据', 'Legal basis'),
  hint: text(
    '没有有效依据的来源一律关闭：数据到达即拒收，只计数、不保存。依据期满，来源在期满的一刻自动关闭。',
    'A source without a basis in force is closed: what arrives is refused, counted and not kept. It closes by itself at the very instant the basis ends.',
  ),
  persons: text('监管人员', 'Persons'),
  monitoring: text('电子定位', 'Monitored'),
  recorded: text('登记的依据', 'Recorded bases'),
  expiringCount: text('十五天内期满', 'End in 15 days'),
  expiredCount: text('已期满未办结', 'Ended, undecided'),
  waiting: text('等待批准', 'Waiting for confirmation'),
  waitingNone: text('没有等待批准的登记', 'Nothing waits'),
  expiring: text('即将期满', 'Ending soon'),
  expiringNone: text('十五天内没有依据期满', 'No basis ends within fifteen days'),
  expired: text('已期满', 'Ended'),
  expiredNone: text('没有已期满而未办结的依据', 'No basis has ended undecided'),
  decided: text('最近办结', 'Decided lately'),
  refusals: text('近二十四小时拒收', 'Refused in the last 24 hours'),
  refusalsHint: text(
    '按来源和原因计数。拒收的内容没有保存在任何地方。',
    'By feed and reason. What was refused is kept nowhere.',
  ),
  refusalsNone: text('没有拒收', 'Nothing was refused'),
  feed: text('来源', 'Feed'),
  reasonOf: text('原因', 'Reason'),
  count: text('条数', 'Count'),
  lastHour: text('最近一小时', 'Newest hour'),
  person: text('人员', 'Person'),
  open: text('查看此人', 'Open'),
  findPerson: text('查看某人', 'Look up a person'),
  go: text('查看', 'Open'),
  key: text('人员编号', 'Key of the person'),
  daysLeft: text('剩余', 'Left'),
  until: text('期满', 'Ends'),
  from: text('开始', 'Begins'),
  document: text('文书号', 'Document'),
  article: text('法律依据', 'Article'),
  approvedBy: text('文书批准人', 'Signed by'),
  sources: text('来源', 'Sources'),
  area: text('执行地', 'Carried out in'),
  ground: text('使用情形', 'Ground'),
  confirmer: text('系统内批准人', 'To be confirmed by'),
  choose: text('请选择', 'Choose'),
  reason: text('理由', 'Reason'),
  reasonHint: text('至少四个字，写明为什么需要', 'Why it is needed'),
  newBasis: text('登记依据', 'Record a basis'),
  renewal: text('登记延长', 'Record an extension'),
  renewalOf: text('延长', 'Extends'),
  renewFrom: text('自原期限届满起算', 'From the end of the term before'),
  cancelRenewal: text('改为登记新依据', 'Record a new one instead'),
  submit: text('提交，等待批准', 'Submit for confirmation'),
  fourEyes: text(
    '由您登记、另一人批准后才生效；您不能批准自己的登记。',
    'It counts once another person has confirmed it; you cannot confirm your own.',
  ),
  sent: text('已提交，等待批准。', 'Submitted; it waits for its confirmation.'),
  confirm: text('批准', 'Confirm'),
  refuse: text('不予批准', 'Refuse'),
  note: text('批准意见', 'Note'),
  renew: text('延长', 'Extend'),
  lift: text('解除', 'Lift'),
  liftReason: text('解除理由', 'Reason for lifting'),
  liftNow: text('立即解除', 'Lift now'),
  proposedBy: text('登记', 'Recorded by'),
  confirmed: text('已批准', 'Confirmed'),
  refused: text('未批准', 'Refused'),
  purposeTitle: text('为什么查看此人', 'Why do you look'),
  purposeHint: text(
    '查看个人信息须说明用途和理由，并记入审计。',
    'Looking at personal data needs a purpose and a reason; both go into the audit trail.',
  ),
  purpose: text('用途', 'Purpose'),
  look: text('查看', 'Look'),
  print: text('打印告知单', 'Print the sheet for the person'),
  back: text('返回列表', 'Back to the list'),
  measures: text('监管措施与依据', 'Measures and their bases'),
  measuresNone: text('没有任何依据', 'No basis at all'),
  openSources: text('开放的来源', 'Open sources'),
  closedSources: text('关闭的来源', 'Closed sources'),
  sourcesNone: text('没有', 'None'),
  terms: text('各期', 'Terms'),
  renewals: text('已延长', 'Extended'),
  held: text('保存的信息', 'What is held'),
  heldHint: text('只列条数和起止时间，不显示内容。', 'Counts and periods only.'),
  heldPart: text('此处没有数据仓库，仅列业务库。', 'No warehouse here: the records only.'),
  store: text('存放处', 'Store'),
  table: text('内容', 'Content'),
  period: text('起止时间', 'Period'),
  deleteAt: text('到期删除', 'To be deleted'),
  supervision: text('监管期', 'Supervision'),
  notInForce: text('（已结束）', '(over)'),
  recordedKind: text('逐项登记', 'recorded'),
  orderKind: text('监管令列明', 'in the order'),
} as const;

export const VOID_WORDS = {
  title: text('监管令无效', 'Void orders'),
  record: text('登记监管令无效', 'Record the order as void'),
  because: text('无效的是', 'What was void'),
  warning: text(
    '批准后，该监管令全部期间的来源立即关闭，此人在系统中的全部信息提前删除，并出具删除证明。删除不能撤销；已作法律保全的，解除保全后再删除。',
    'Once confirmed, every source is closed for all of its time and everything about the person is deleted early, with a certificate. There is no way back; a legal hold is waited for.',
  ),
  confirm: text('批准并删除', 'Confirm and delete'),
} as const;

export const VOID_BECAUSE_NAMES: Readonly<Record<VoidAnswer['because'], Text>> = {
  'order-void': text('监管令本身无效或被撤销', 'the order itself'),
  'basis-void': text('监管令所依据的法律文书无效', 'the legal basis it rests on'),
};

export const VOID_STATES: Readonly<Record<VoidAnswer['state'], Text>> = {
  waiting: text('等待批准', 'waiting'),
  deleting: text('已批准，正在删除', 'confirmed, being deleted'),
  refused: text('未批准', 'refused'),
};

export const MEASURE_STATES: Readonly<Record<MeasureAnswer['state'], Text>> = {
  'to-come': text('尚未开始', 'to come'),
  running: text('有效', 'in force'),
  ended: text('已期满', 'ended'),
  lifted: text('已解除', 'lifted'),
  'without-order': text('监管已结束', 'no supervision'),
};

export const SOURCE_BECAUSE: Readonly<Record<Held['sources'][number]['because'], Text>> = {
  order: text('监管令列明', 'listed by the order'),
  recorded: text('逐项登记', 'recorded'),
  'no-order': text('没有有效的监管令', 'no order in force'),
  lifted: text('依据已解除', 'the basis was lifted'),
  ended: text('依据已期满', 'the basis has ended'),
  'to-come': text('依据尚未开始', 'the basis is to come'),
  'needs-its-own': text('默认关闭，须逐项登记', 'closed unless recorded by itself'),
  never: text('没有依据', 'no basis'),
};

export const HELD_TABLES: Readonly<Record<string, Text>> = {
  supervisionOrder: text('监管令', 'orders'),
  leaveVersion: text('外出审批', 'leaves'),
  basisVersion: text('登记的依据', 'recorded bases'),
  basisProposal: text('依据的登记与批准', 'records of bases and their confirmation'),
  voidProposal: text('监管令无效的登记', 'orders recorded as void'),
  alert: text('预警', 'alerts'),
  suppressedFinding: text('未报预警的情形', 'suppressed findings'),
  position: text('定位', 'positions'),
  fact: text('业务记录（点名、订票、住宿等）', 'facts (roll-calls, bookings, lodging …)'),
  finding: text('规则判断', 'findings of the rules'),
  alert_event: text('预警处理过程', 'handling of alerts'),
  observations: text('接收日志', 'log of what was received'),
};

export const STORES: Readonly<Record<'records' | 'warehouse' | 'log', Text>> = {
  records: text('业务库', 'records'),
  warehouse: text('数据仓库', 'warehouse'),
  log: text('日志', 'log'),
};

/** From the first day to the last, both part of it. */
export const termText = (fromMs: number, untilMs: number): Text => {
  const [first, last] = [dateText(fromMs), dateText(untilMs - 1)];
  return text(`${first.zh} 至 ${last.zh}`, `${first.en} – ${last.en}`);
};

export const daysText = (days: number): Text =>
  days === 0
    ? text('今天期满', 'ends today')
    : text(`${days} 天`, `${days} ${days === 1 ? 'day' : 'days'}`);

export const renewalsText = (count: number, max: number | null): Text =>
  text(
    max === null ? `${count} 次` : `${count} 次（至多 ${max} 次）`,
    max === null ? `${count} times` : `${count} of at most ${max}`,
  );
