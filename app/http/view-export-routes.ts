// A view of the workbench as a file with its mark and its entry in the ledger, and asking for a large one.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { OperatingError, UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { askOf, during, firstView, viewOf } from '../../models/workbench/view-state.ts';
import { reachOf } from '../../security/access/rights.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import { askedExportSchema } from '../api/exports.ts';
import { metricAnswerSchema, metricQuestionSchema } from '../api/metrics.ts';
import { askForViewSchema, exportViewSchema } from '../api/saved-views.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import type { ExportAsk, ExportContent, ExportDesk } from '../exports/export-content.ts';
import { answerMetrics } from '../figures/answer.ts';
import { listMetrics, type RuleTitles } from '../figures/list.ts';
import { figureScopeOf } from '../figures/scope.ts';
import { aboutView, headOfView, tableOfView, type ViewedAnswer } from '../views/export-view.ts';
import { pictureIn } from '../views/read-picture.ts';
import { readableReports } from '../views/readable-reports.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard, Permit } from './sessions.ts';

const BODY_BYTES_MAX = 7_000_000;

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  413: problemSchema,
  503: problemSchema,
};
const FIELDS = ['format', 'language', 'report'];

type Asked = Omit<z.output<typeof exportViewSchema>, 'picture'>;

type Deps = {
  readonly guard: Guard;
  readonly db: RecordsDb;
  readonly clock: Clock;
  readonly olap: Olap | undefined;
  readonly exports: ExportDesk;
  readonly ruleTitles: RuleTitles;
};

export function registerViewExports(app: FastifyInstance, deps: Deps): void {
  const { guard, exports } = deps;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['workbench'];

  const questionOf = async (
    request: FastifyRequest,
    { format, language, purpose, ...asked }: Asked,
  ): Promise<{ viewed: ViewedAnswer; about: Omit<ExportAsk, 'content'> }> => {
    const permit = await guard.allow(request, 'metric.read');
    const { account: who } = await guard.allow(request, 'report.export');
    const viewed = await viewedOf(deps, asked, permit);
    return {
      viewed,
      about: {
        who,
        fn: 'report.export',
        kind: format === 'png' ? 'workbench-picture' : 'workbench-table',
        purpose,
        region: who.region,
        format,
        language,
        ...aboutView(viewed),
      },
    };
  };

  routes.post(
    '/api/views/export',
    {
      bodyLimit: BODY_BYTES_MAX,
      config: { audit: actOn('view.export', 'reporting', FIELDS) },
      schema: {
        summary: 'Take a view of the workbench away, as CSV, workbook, PDF or picture',
        tags,
        body: exportViewSchema,
        response: {
          200: fileAnswer(
            'text/csv',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
            'application/pdf',
            'image/png',
          ),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { picture, ...asked } = request.body;
      // Read before anything is counted.
      const shown = asked.format === 'png' ? pictureIn(picture) : undefined;
      const { viewed, about } = await questionOf(request, asked);
      const content: ExportContent = shown
        ? { kind: 'picture', picture: { ...shown, head: headOfView(viewed) } }
        : { kind: 'table', ...tableOfView(viewed, asked.language) };
      return sendExport(reply, await exports.exportFile({ ...about, content }));
    },
  );

  routes.post(
    '/api/views/export-requests',
    {
      config: { audit: actOn('view.export-ask', 'reporting', FIELDS) },
      schema: {
        summary: 'Ask for a large view of the workbench, with a reason',
        tags,
        body: askForViewSchema,
        response: { 200: askedExportSchema, ...problems },
      },
    },
    async (request) => {
      const { reason, ...asked } = request.body;
      const { about } = await questionOf(request, asked);
      return exports.requestApproval({ ...about, reason });
    },
  );
}

/** Counted within the scope of whoever takes it away; a scheduled one is as it was counted. */
async function viewedOf(
  { db, clock, olap, ruleTitles }: Deps,
  { query, report }: Pick<Asked, 'query' | 'report'>,
  { account, role, scope: data }: Permit,
): Promise<ViewedAnswer> {
  if (!olap) {
    throw new OperatingError('warehouse-unavailable', 'this process has no warehouse', {
      retry: 'never',
    });
  }
  const scope = figureScopeOf(data);
  const seesRecords = reachOf(role, 'metric.records') !== undefined;
  const catalogue = await listMetrics(olap, { scope, seesRecords, ruleTitles });
  if (report !== undefined) {
    const reader = { accountId: account.id, region: account.region, scope: data, seesRecords };
    const [row] = await readableReports(db, reader, report);
    if (!row || row.body === null) throw noReport();
    const span = { fromMs: row.fromMs, toMs: row.untilMs };
    return {
      view: during(viewOf(row.query, firstView(row.fromMs, undefined)), span),
      answer: metricAnswerSchema.parse(JSON.parse(row.body)),
      catalogue,
    };
  }
  const view = viewOf(query, firstView(clock.now(), undefined));
  const question = metricQuestionSchema.safeParse(askOf(view, 'export'));
  if (!question.success) throw unreadable();
  const answer = await answerMetrics(olap, question.data, { scope, hidesSmall: !seesRecords });
  return { view, answer, catalogue };
}

const noReport = () =>
  new UserError('not-found', text('没有这份定期分析', 'there is no such counted view for you'));

const unreadable = () =>
  new UserError('bad-input', text('视图内容不完整', 'the view is not complete'), {
    hint: text('请先选择指标再导出。', 'Choose a metric first.'),
  });
