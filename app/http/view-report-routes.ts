// Counted views over HTTP: which there are, and one as it was counted.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { loadNames } from '../../alerts/names.ts';
import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import { periodName } from '../../models/report/period.ts';
import { reachOf } from '../../security/access/rights.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { ViewReportTable } from '../../warehouse/records-workbench.ts';
import { metricAnswerSchema } from '../api/metrics.ts';
import { problemSchema } from '../api/session.ts';
import {
  viewReportDetailSchema,
  viewReportListSchema,
  viewReportProblemSchema,
  type ViewReport,
} from '../api/saved-views.ts';
import { lookAt } from '../audit/about.ts';
import { readableReports } from '../views/readable-reports.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
};

export function registerViewReports(
  app: FastifyInstance,
  { guard, db }: { guard: Guard; db: RecordsDb },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['workbench'];

  const readable = async (request: FastifyRequest, id?: string) => {
    const { account, role, scope } = await guard.allow(request, 'metric.read');
    const seesRecords = reachOf(role, 'metric.records') !== undefined;
    const reader = { accountId: account.id, region: account.region, scope, seesRecords };
    const rows = await readableReports(db, reader, id);
    const names = await loadNames(
      db,
      rows.map(({ owner }) => owner),
    );
    return rows.map((row) => ({ row, report: reportOf(row, { reader: account.id, names }) }));
  };

  routes.get(
    '/api/view-reports',
    {
      schema: {
        summary: 'Scheduled views as they were counted, the newest first',
        tags,
        response: { 200: viewReportListSchema, ...problems },
      },
    },
    async (request) => ({ reports: (await readable(request)).map(({ report }) => report) }),
  );

  routes.get(
    '/api/view-reports/:id',
    {
      config: { audit: lookAt('view.look', 'reporting') },
      schema: {
        summary: 'A scheduled view as it was counted',
        tags,
        params: z.strictObject({ id: z.string().min(1).max(80) }),
        response: { 200: viewReportDetailSchema, ...problems },
      },
    },
    async (request) => {
      const [found] = await readable(request, request.params.id);
      if (!found) throw noReport();
      const { row, report } = found;
      return {
        report,
        query: row.query,
        ...(row.body === null ? {} : { answer: metricAnswerSchema.parse(JSON.parse(row.body)) }),
      };
    },
  );
}

function reportOf(
  row: ViewReportTable,
  { reader, names }: { reader: string; names: Awaited<ReturnType<typeof loadNames>> },
): ViewReport {
  const { id, title, visibility, owner, kind, fromMs, untilMs, contentHash, madeAtMs } = row;
  const span = { kind, fromMs, untilMs };
  return {
    id,
    title,
    visibility,
    ownerName: names.get(owner) ?? text(owner, owner),
    isMine: owner === reader,
    span,
    name: periodName(span),
    hash: contentHash,
    madeAtMs,
    ...(row.problem === null
      ? {}
      : { problem: viewReportProblemSchema.parse(JSON.parse(row.problem)) }),
  };
}

const noReport = () =>
  new UserError(
    'not-found',
    text('没有这份定期分析，或不在您的权限内', 'there is no such counted view for you'),
    {
      hint: text('请回到统计报告页查看列表。', 'See the list on the page of reports.'),
    },
  );
