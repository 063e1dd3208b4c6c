// What leaves the product as a file, by name: for the ledger's page and its filter. A new export adds a line.

import { text, type Text } from '../../core/text.ts';

export type ExportKind = {
  readonly name: Text;
  /** Never waits for a second person: whoever is checked must not be able to hold up the check. */
  readonly neverWaits?: true;
};

export const EXPORT_KINDS = {
  'alert-list': { name: text('预警清单', 'List of alerts') },
  'analyst-database': { name: text('分析数据库', 'Database of an analyst') },
  'audit-records': { name: text('审计检索结果', 'Records of the audit trail'), neverWaits: true },
  'audit-trail': { name: text('审计日志', 'Audit trail'), neverWaits: true },
  'backtest-report': { name: text('回测报告', 'Report of a backtest') },
  report: { name: text('统计报告', 'Report') },
  'sql-result': { name: text('分析查询结果', 'Result of a query') },
  'workbench-picture': { name: text('分析图表', 'Chart of the workbench') },
  'workbench-table': { name: text('分析表格', 'Table of the workbench') },
} as const satisfies Readonly<Record<string, ExportKind>>;

export type ExportKindName = keyof typeof EXPORT_KINDS;

export const exportKind = (name: ExportKindName): ExportKind => EXPORT_KINDS[name];

/** What an export is called; kinds of an older program by their code. */
export const exportKindName = (name: string): Text =>
  name in EXPORT_KINDS ? EXPORT_KINDS[name as ExportKindName].name : text(name, name);
