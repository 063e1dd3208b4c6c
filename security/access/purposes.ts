// What personal data may be asked for: the declared purposes (PIPL art. 6; Community Corrections Law art. 29),
// each for the functions it fits. A request without one of them is refused.

import { text, type Text } from '../../core/text.ts';
import type { AccessFunction } from './functions.ts';

export const PURPOSE_CODES = [
  'alert-handling',
  'audit-review',
  'case-assistance',
  'daily-supervision',
  'inspection',
  'legal-basis',
  'rights-request',
  'rule-tuning',
] as const;

export type PurposeCode = (typeof PURPOSE_CODES)[number];

export type Purpose = {
  readonly code: PurposeCode;
  readonly name: Text;
  /** When it is the right one to choose. */
  readonly use: Text;
  readonly functions: readonly AccessFunction[];
};

const SUPERVISION: readonly AccessFunction[] = [
  'alert.read',
  'alert.handle',
  'alert.explain',
  'silence.set',
  'silence.approve',
  'basis.read',
  'held.read',
  'identity.reveal',
];

export const PURPOSES: readonly Purpose[] = [
  {
    code: 'alert-handling',
    name: text('预警处置', 'Handling alerts'),
    use: text('接收、核查、处置预警及其任务', 'Receive, verify and handle alerts and their tasks'),
    functions: SUPERVISION,
  },
  {
    code: 'daily-supervision',
    name: text('日常监管', 'Daily supervision'),
    use: text('对在册对象的日常监督管理', 'Supervise the persons on the register day by day'),
    functions: [...SUPERVISION, 'basis.record'],
  },
  {
    code: 'legal-basis',
    name: text('依据办理', 'Legal basis'),
    use: text('登记、审批、延长或终止监管依据', 'Record, approve, extend or end a legal basis'),
    functions: ['basis.read', 'basis.record', 'basis.approve', 'held.read', 'identity.reveal'],
  },
  {
    code: 'rights-request',
    name: text('当事人申请', "Person's request"),
    use: text(
      '本人查阅、更正、删除申请及异议的办理',
      'Answer the request of a person to see, correct or delete, or an objection',
    ),
    functions: [
      'alert.read',
      'alert.handle',
      'alert.explain',
      'basis.read',
      'held.read',
      'identity.reveal',
      'export.approve',
    ],
  },
  {
    code: 'case-assistance',
    name: text('协助办案', 'Assistance in a case'),
    use: text(
      '依公安、检察、审判机关的协查函件查询',
      'Look up on a written request of police, procuratorate or court',
    ),
    functions: [
      'alert.read',
      'alert.explain',
      'basis.read',
      'held.read',
      'identity.reveal',
      'identity.approve-many',
      'export.approve',
    ],
  },
  {
    code: 'inspection',
    name: text('督导检查', 'Inspection'),
    use: text('上级对处置情况的督导检查', 'Inspect how a bureau handled what came to it'),
    functions: [
      'alert.read',
      'alert.explain',
      'basis.read',
      'identity.approve-many',
      'export.approve',
      'metric.records',
    ],
  },
  {
    code: 'rule-tuning',
    name: text('规则调校', 'Tuning rules'),
    use: text(
      '用历史某日轨迹验证规则，不展示身份',
      'Try a rule on a past day of a person, without the identity',
    ),
    functions: ['rule.try-past'],
  },
  {
    code: 'audit-review',
    name: text('审计核查', 'Audit review'),
    use: text('核查查询、导出和权限使用情况', 'Review look-ups, exports and the use of rights'),
    functions: ['audit.read', 'audit.export'],
  },
];

/** The declared purpose of a code; undefined for anything else. */
export const purposeOf = (code: string): Purpose | undefined =>
  PURPOSES.find((purpose) => purpose.code === code);
