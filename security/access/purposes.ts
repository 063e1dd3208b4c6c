// Each declared purpose with the functions it fits. A request for personal data without one of them is refused.

import { PURPOSE_CODES, PURPOSE_NAMES, type PurposeCode } from '../../core/purposes.ts';
import { text, type Text } from '../../core/text.ts';
import type { AccessFunction } from './functions.ts';

export { PURPOSE_CODES, type PurposeCode };

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
  'alert.export',
  'silence.set',
  'silence.approve',
  'basis.read',
  'held.read',
  'identity.reveal',
];

export const PURPOSES: readonly Purpose[] = [
  {
    code: 'alert-handling',
    name: PURPOSE_NAMES['alert-handling'],
    use: text('接收、核查、处置预警及其任务', 'Receive, verify and handle alerts and their tasks'),
    functions: SUPERVISION,
  },
  {
    code: 'daily-supervision',
    name: PURPOSE_NAMES['daily-supervision'],
    use: text('对在册对象的日常监督管理', 'Supervise the persons on the register day by day'),
    functions: [...SUPERVISION, 'basis.record'],
  },
  {
    code: 'legal-basis',
    name: PURPOSE_NAMES['legal-basis'],
    use: text('登记、审批、延长或终止监管依据', 'Record, approve, extend or end a legal basis'),
    functions: ['basis.read', 'basis.record', 'basis.approve', 'held.read', 'identity.reveal'],
  },
  {
    code: 'rights-request',
    name: PURPOSE_NAMES['rights-request'],
    use: text(
      '本人查阅、更正、删除申请及异议的办理',
      'Answer the request of a person to see, correct or delete, or an objection',
    ),
    functions: [
      'alert.read',
      'alert.handle',
      'alert.explain',
      'alert.export',
      'basis.read',
      'held.read',
      'identity.reveal',
      'export.approve',
    ],
  },
  {
    code: 'case-assistance',
    name: PURPOSE_NAMES['case-assistance'],
    use: text(
      '依公安、检察、审判机关的协查函件查询',
      'Look up on a written request of police, procuratorate or court',
    ),
    functions: [
      'alert.read',
      'alert.explain',
      'alert.export',
      'basis.read',
      'held.read',
      'identity.reveal',
      'identity.approve-many',
      'export.approve',
    ],
  },
  {
    code: 'inspection',
    name: PURPOSE_NAMES.inspection,
    use: text(
      '上级督导检查、检察监督',
      'Inspection by a higher bureau, supervision by the procuratorate',
    ),
    functions: [
      'alert.read',
      'alert.explain',
      'alert.export',
      'basis.read',
      'held.read',
      'identity.reveal',
      'identity.approve-many',
      'export.approve',
      'metric.records',
    ],
  },
  {
    code: 'rule-tuning',
    name: PURPOSE_NAMES['rule-tuning'],
    use: text(
      '用历史某日轨迹验证规则，不展示身份',
      'Try a rule on a past day of a person, without the identity',
    ),
    functions: ['rule.try-past'],
  },
  {
    code: 'audit-review',
    name: PURPOSE_NAMES['audit-review'],
    use: text('核查查询、导出和权限使用情况', 'Review look-ups, exports and the use of rights'),
    functions: ['audit.read', 'audit.export'],
  },
];

/** The declared purpose of a code; undefined for anything else. */
export const purposeOf = (code: string): Purpose | undefined =>
  PURPOSES.find((purpose) => purpose.code === code);

/** The purposes that fit a function, for forms that let one choose. */
export const purposesFor = (fn: AccessFunction): readonly Purpose[] =>
  PURPOSES.filter(({ functions }) => functions.includes(fn));

/** Their codes, of which there is one at least for every personal function. */
export const purposeCodesFor = (fn: AccessFunction): [PurposeCode, ...PurposeCode[]] =>
  purposesFor(fn).map(({ code }) => code) as [PurposeCode, ...PurposeCode[]];
