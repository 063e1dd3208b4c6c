// The answer of an analyst's statement as a file with its mark and its entry in the ledger, and asking for a large
// one. The statement is run again: what leaves is what the warehouse says now, and the trail has it like any other.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { contentHash } from '../../core/ids.ts';
import { text } from '../../core/text.ts';
import { readPurpose } from '../../security/exports/read-purpose.ts';
import { STATEMENT_LIMITS, type StatementAnswer } from '../../warehouse/console/run-statement.ts';
import { askedExportSchema } from '../api/exports.ts';
import { problemSchema } from '../api/session.ts';
import { askForSqlSchema, exportSqlSchema } from '../api/sql.ts';
import { actOn } from '../audit/about.ts';
import type { ExportAsk, ExportDesk, ExportValue } from '../exports/export-content.ts';
import { rangesOf } from '../sql/region-ranges.ts';
import { withoutTexts, type SqlDesk } from '../sql/sql-desk.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  429: problemSchema,
};
const FIELDS = ['format', 'language'];
/** Of the statement in the ledger; its digest says which one it was. */
const STATEMENT_CHARS_MAX = 500;

export function registerSqlExports(
  app: FastifyInstance,
  { guard, desk, exports }: { guard: Guard; desk: SqlDesk; exports: ExportDesk },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['sql'];

  const questionOf = async (
    request: FastifyRequest,
    { sql, format, language, purpose: given }: z.output<typeof exportSqlSchema>,
  ): Promise<Omit<ExportAsk, 'content'> & { readonly answer: StatementAnswer }> => {
    const { scope } = await guard.allow(request, 'sql.run');
    const { account: who } = await guard.allow(request, 'sql.export');
    // Nothing runs for what would not be handed over.
    const purpose = readPurpose(given);
    const answer = await desk.run({ sql, purpose, accountId: who.id, ranges: rangesOf(scope) });
    return {
      who,
      fn: 'sql.export',
      kind: 'sql-result',
      title: text('分析查询结果', 'Result of a query'),
      purpose,
      region: who.region,
      about: {
        statement: withoutTexts(sql).slice(0, STATEMENT_CHARS_MAX),
        digest: contentHash(sql),
      },
      format,
      language,
      rows: answer.rows.length,
      // No view has a person in it.
      subjects: [],
      answer,
    };
  };

  routes.post(
    '/api/sql/export',
    {
      config: { audit: actOn('sql.export', 'analysis', FIELDS) },
      schema: {
        summary: 'Run a statement and take its answer away, as CSV or workbook',
        tags,
        body: exportSqlSchema,
        response: {
          200: fileAnswer(
            'text/csv',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
          ),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { answer, ...asked } = await questionOf(request, request.body);
      const content = { kind: 'table', ...tableOfAnswer(answer) } as const;
      return sendExport(reply, await exports.exportFile({ ...asked, content }));
    },
  );

  routes.post(
    '/api/sql/export-requests',
    {
      config: { audit: actOn('sql.export-ask', 'analysis', FIELDS) },
      schema: {
        summary: 'Ask for a large answer of a statement, with a reason',
        tags,
        body: askForSqlSchema,
        response: { 200: askedExportSchema, ...problems },
      },
    },
    async (request) => {
      const { reason, ...body } = request.body;
      const { answer: _, ...asked } = await questionOf(request, body);
      return exports.requestApproval({ ...asked, reason });
    },
  );
}

const WIDTH = 12;

/** Columns as the statement names them; an answer that was cut says so in the file. */
function tableOfAnswer({ columns, rows, isCut }: StatementAnswer) {
  return {
    table: {
      columns: columns.map(({ name }) => ({ name: text(name, name), width: WIDTH })),
      rows: rows.map((row) => row.map(valueOf)),
    },
    notes: isCut
      ? [
          text(
            `结果超过上限，仅含前 ${rows.length} 行（上限 ${STATEMENT_LIMITS.rowsMax} 行）`,
            `the answer was cut: the first ${rows.length} rows, of at most ${STATEMENT_LIMITS.rowsMax}`,
          ),
        ]
      : [],
  };
}

/** As DuckDB writes it in JSON: whole numbers too long for JSON come as text and stay it. */
const valueOf = (value: unknown): ExportValue =>
  value === null || value === undefined
    ? null
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : JSON.stringify(value);
