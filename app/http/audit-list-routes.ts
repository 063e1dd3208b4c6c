// What a search of the audit trail found, as a file. It is told in the trail as every export is; it never waits for
// a second person.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { UserError } from '../../core/errors.ts';
import { isSubjectKey, subjectKey } from '../../core/subject.ts';
import { text } from '../../core/text.ts';
import { epochMs } from '../../core/time.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { exportAuditRecordsSchema } from '../api/exports.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import { auditTable } from '../exports/audit-list.ts';
import type { ExportDesk } from '../exports/export-content.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const FIELDS = ['actor', 'action', 'outcome', 'from', 'until', 'format'];

export function registerAuditList(
  app: FastifyInstance,
  { guard, db, exports }: { guard: Guard; db: RecordsDb; exports: ExportDesk },
): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/api/audit/records/export',
    {
      config: { audit: actOn('audit.export-records', 'audit', FIELDS) },
      schema: {
        summary: 'Take what a search of the trail finds away, as CSV or workbook',
        tags: ['audit'],
        body: exportAuditRecordsSchema,
        response: {
          200: fileAnswer(
            'text/csv',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
          ),
          400: problemSchema,
          401: problemSchema,
          403: problemSchema,
          409: problemSchema,
          413: problemSchema,
        },
      },
    },
    async (request, reply) => {
      const { account: who, purpose: purposeCode } = await guard.allow(request, 'audit.export', {
        tellsLater: true,
      });
      const { format, language, purpose, from, until, ...asked } = request.body;
      if (asked.subject !== undefined && !isSubjectKey(asked.subject)) {
        throw new UserError(
          'bad-input',
          text('对象须填编号，不能填姓名或号码', 'a subject is a key, not a name or number'),
        );
      }
      const query = {
        ...asked,
        fromMs: from === undefined ? undefined : epochMs(from),
        untilMs: until === undefined ? undefined : epochMs(until),
      };
      const { subject, ...codes } = asked;
      const about = Object.fromEntries(
        Object.entries({ ...codes, from, until }).filter(([, value]) => value !== undefined),
      ) as Record<string, string | number>;
      const file = await exports.exportFile({
        who,
        purposeCode,
        fn: 'audit.export',
        kind: 'audit-records',
        title: text('审计检索结果', 'Records of the audit trail'),
        purpose,
        region: who.region,
        about,
        format,
        language,
        content: { kind: 'table', table: auditTable(db, query, language) },
        // Counted while they are written: it never waits.
        rows: 0,
        subjects: subject === undefined ? [] : [subjectKey(subject)],
      });
      return sendExport(reply, file);
    },
  );
}
