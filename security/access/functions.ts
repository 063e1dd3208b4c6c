// Everything the policy decides about, by name. Routes name one of these; the rights of each role stand in
// rights.ts.

import { text, type Text } from '../../core/text.ts';
import type { PurposeCode } from './purposes.ts';

export type Operation = 'read' | 'write' | 'approve' | 'export';

export type FunctionEntry = {
  readonly name: Text;
  readonly operation: Operation;
  /** Gives or changes data about supervised persons: needs a purpose, and is told to the trail. */
  readonly personal?: true;
  /** The purpose the act itself says, so that nobody has to. */
  readonly implies?: PurposeCode;
  /** The password or a code of the second factor is asked for again when that was too long ago. */
  readonly sensitive?: true;
};

const read = (zh: string, en: string) => ({ name: text(zh, en), operation: 'read' }) as const;
const write = (zh: string, en: string) => ({ name: text(zh, en), operation: 'write' }) as const;
const approve = (zh: string, en: string) => ({ name: text(zh, en), operation: 'approve' }) as const;
const exported = (zh: string, en: string) => ({ name: text(zh, en), operation: 'export' }) as const;

export const FUNCTIONS = {
  'account.change': { ...write('账户开设与停用', 'Create and disable accounts'), sensitive: true },
  'account.read': read('账户查看', 'See accounts'),
  'alert.explain': { ...read('未预警原因查询', 'Why no alert came'), personal: true },
  'alert.export': {
    ...exported('预警清单导出', 'Take a list of alerts away'),
    personal: true,
    implies: 'alert-handling',
  },
  'alert.handle': {
    ...write('预警处置', 'Handle alerts'),
    personal: true,
    implies: 'alert-handling',
  },
  'alert.read': { ...read('预警查看', 'See alerts'), personal: true },
  'audit.export': {
    ...exported('审计导出', 'Export the audit trail'),
    personal: true,
    implies: 'audit-review',
    sensitive: true,
  },
  'audit.read': {
    ...read('审计查询', 'Read the audit trail'),
    personal: true,
    implies: 'audit-review',
  },
  'backup.read': read('备份查看', 'See backups'),
  'basis.approve': {
    ...approve('监管依据审批', 'Approve a legal basis'),
    personal: true,
    implies: 'legal-basis',
  },
  'basis.read': { ...read('监管依据查看', 'See legal bases'), personal: true },
  'basis.record': {
    ...write('监管依据登记', 'Record a legal basis'),
    personal: true,
    implies: 'legal-basis',
  },
  'data.import': write('数据导入', 'Import data'),
  'drill.run': write('演练组织', 'Run drills'),
  'export.approve': {
    ...approve('批量导出审批', 'Approve a large export'),
    personal: true,
    sensitive: true,
  },
  'export.read': read('导出台账查看', 'See the ledger of exports'),
  'held.read': { ...read('个人数据留存查看', 'See what is held about a person'), personal: true },
  'identity.approve-many': {
    ...approve('批量显示身份审批', 'Approve revealing many identities'),
    personal: true,
    sensitive: true,
  },
  'identity.reveal': { ...read('身份信息显示', 'Reveal an identity'), personal: true },
  'index.approve': { ...approve('指数发布审批', 'Approve publishing an index'), sensitive: true },
  'index.publish': write('指数发布与修订', 'Publish and restate an index'),
  'index.read': read('指数查看', 'See indices'),
  'kiosk.enrol': {
    ...write('大屏终端登记与撤销', 'Enrol and revoke wall kiosks'),
    sensitive: true,
  },
  'metric.read': read('指标查询', 'Query metrics'),
  'metric.records': {
    ...read('指标明细查看', 'See the records behind a figure'),
    personal: true,
    implies: 'inspection',
  },
  'policy.read': read('权限矩阵查看', 'See the access matrix'),
  'push.use': write('推送接收', 'Receive pushes'),
  'report.export': exported('报告导出', 'Take reports away'),
  'report.read': read('报告查看', 'See reports'),
  'retention.hold': { ...write('法律保全', 'Legal hold'), sensitive: true },
  'retention.read': read('留存与删除查看', 'See retention and deletion'),
  'role.approve': { ...approve('授权审批', 'Approve a grant of rights'), sensitive: true },
  'role.grant': { ...write('授权申请', 'Ask for a grant of rights'), sensitive: true },
  'roster.change': write('值班表调整', 'Change the roster'),
  'roster.read': read('值班表查看', 'See the roster'),
  'rule.approve': { ...approve('规则审批', 'Approve rules'), sensitive: true },
  'rule.propose': write('规则提议', 'Propose rules'),
  'rule.read': read('规则查看', 'See rules'),
  'rule.try': write('规则试算与回测', 'Try and backtest rules'),
  'rule.try-past': {
    ...write('规则历史轨迹试算', 'Try rules on a past day of a person'),
    personal: true,
    implies: 'rule-tuning',
  },
  'session.end': write('会话强制结束', "End others' sessions"),
  'silence.approve': {
    ...approve('静默审批', 'Approve silences'),
    personal: true,
    implies: 'alert-handling',
    sensitive: true,
  },
  'silence.set': {
    ...write('静默设置', 'Set silences'),
    personal: true,
    implies: 'alert-handling',
  },
  'sql.export': {
    ...exported('分析数据导出', 'Take an analyst database or an answer in SQL away'),
    sensitive: true,
  },
  'sql.run': read('分析查询（SQL）', 'Ask the warehouse in SQL'),
  'vault.rotate': { ...write('身份库密钥轮换', 'Rotate the keys of the vault'), sensitive: true },
  'view.save': write('分析视图保存', 'Save views of the workbench'),
  'wall.read': read('大屏查看', 'See the wall'),
  'watch.read': read('运行监测查看', 'See the watchdog'),
} as const satisfies Readonly<Record<string, FunctionEntry>>;

export type AccessFunction = keyof typeof FUNCTIONS;

export const functionEntry = (fn: AccessFunction): FunctionEntry => FUNCTIONS[fn];

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly AccessFunction[];
