// What a search of the audit trail found, as a table that is read page by page while it is written.

import { text, type Language } from '../../core/text.ts';
import type { AuditQuery } from '../../security/audit/search.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { AuditRecordAnswer } from '../api/audit.ts';
import { readAuditPage } from '../audit/auditor.ts';
import type { ExportTable, ExportValue } from './export-content.ts';

const COLUMNS: ExportTable['columns'] = [
  { name: text('序号', 'No.'), width: 5 },
  { name: text('时间', 'Time'), width: 9 },
  { name: text('操作人', 'Who'), width: 10 },
  { name: text('账户', 'Account'), width: 10 },
  { name: text('行为', 'What'), width: 12 },
  { name: text('结果', 'Outcome'), width: 5 },
  { name: text('对象编号', 'Persons'), width: 16 },
  { name: text('用途', 'Why'), width: 9 },
  { name: text('事由', 'Reason'), width: 16 },
  { name: text('详情', 'Details'), width: 24 },
  { name: text('杂凑值', 'Hash'), width: 32 },
];

export const auditTable = (
  db: RecordsDb,
  query: Omit<AuditQuery, 'before'>,
  language: Language,
): ExportTable => ({ columns: COLUMNS, rows: rowsOf(db, query, language) });

async function* rowsOf(
  db: RecordsDb,
  query: Omit<AuditQuery, 'before'>,
  language: Language,
): AsyncGenerator<readonly ExportValue[]> {
  let before: number | undefined;
  for (;;) {
    const { records, next } = await readAuditPage(db, { ...query, before });
    for (const record of records) yield rowOf(record, language);
    if (next === null) return;
    before = next;
  }
}

const rowOf = (record: AuditRecordAnswer, language: Language): readonly ExportValue[] => [
  record.position,
  { atMs: record.atMs },
  record.actorName?.[language] ?? record.actor,
  record.actor,
  record.action,
  record.outcome,
  record.subjects.join(' '),
  record.purpose,
  record.reason,
  Object.entries(record.detail)
    .map(([name, value]) => `${name}=${String(value ?? '')}`)
    .join('; '),
  record.hash,
];
