// Reports for the console: looking, keeping, taking away as a file. Which region and what of it an account
// sees is decided by the report desk.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { text, type Text } from '../../core/text.ts';
import type { Clock } from '../../core/time.ts';
import { periodCode, periodName } from '../../models/report/period.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { KeptReport } from '../../warehouse/report-store.ts';
import {
  FILE_FORMATS,
  keptDetailSchema,
  keptListSchema,
  keptReportSchema,
  makeReportSchema,
  reportQuerySchema,
  shownReportSchema,
  takeFileSchema,
  type KeptReportAnswer,
  type ShownReportAnswer,
} from '../api/reports.ts';
import { problemSchema } from '../api/session.ts';
import type { ReportDesk, ShownReport } from '../reports/report-desk.ts';
import { actOn, lookAt } from '../audit/about.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const idSchema = z.strictObject({ id: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
};

const REPORT_FIELDS = ['period', 'from', 'to', 'region'];

export function registerReports(
  app: FastifyInstance,
  { guard, desk, db, clock }: { guard: Guard; desk: ReportDesk; db: RecordsDb; clock: Clock },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['reports'];

  routes.get(
    '/api/reports',
    {
      config: { audit: lookAt('report.look', 'reporting', REPORT_FIELDS) },
      schema: {
        summary: 'A report as of now, which is not kept',
        tags,
        querystring: reportQuerySchema,
        response: { 200: shownReportSchema, ...problems },
      },
    },
    async (request) =>
      shownAnswer(
        await desk.look(request.query, (await guard.allow(request, 'report.read')).account),
        clock.now(),
      ),
  );

  routes.post(
    '/api/reports',
    {
      config: { audit: actOn('report.make', 'reporting', REPORT_FIELDS) },
      schema: {
        summary: 'Make a report and keep it',
        tags,
        body: makeReportSchema,
        response: { 200: keptReportSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'report.read');
      const kept = await desk.make(request.body, account);
      return keptAnswer(kept, await namesOf(db, [kept]));
    },
  );

  routes.get(
    '/api/reports/kept',
    {
      schema: {
        summary: 'Kept reports, newest first',
        tags,
        querystring: reportQuerySchema.pick({ region: true }),
        response: { 200: keptListSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'report.read');
      const reports = await desk.list(request.query.region, account);
      const names = await namesOf(db, reports);
      return {
        reports: reports.map((kept) => keptAnswer(kept, names)),
        formats: FILE_FORMATS.map((format) => {
          const missing = desk.missing(format);
          return missing === undefined ? { format } : { format, missing };
        }),
      };
    },
  );

  routes.get(
    '/api/reports/kept/:id',
    {
      config: { audit: lookAt('report.look', 'reporting') },
      schema: {
        summary: 'A kept report',
        tags,
        params: idSchema,
        response: { 200: keptDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { account } = await guard.allow(request, 'report.read');
      const { kept, ...shown } = await desk.get(request.params.id, account);
      return {
        ...shownAnswer(shown, clock.now()),
        kept: keptAnswer(kept, await namesOf(db, [kept])),
      };
    },
  );

  routes.post(
    '/api/reports/kept/:id/files',
    {
      config: { audit: actOn('report.export', 'reporting', ['format', 'language']) },
      schema: {
        summary: 'Take a kept report away as a file, with its mark',
        tags,
        params: idSchema,
        body: takeFileSchema,
        response: { 200: fileAnswer('application/octet-stream'), ...problems },
      },
    },
    async (request, reply) => {
      const { account: who } = await guard.allow(request, 'report.export');
      return sendExport(reply, await desk.file(request.params.id, who, request.body));
    },
  );
}

const shownAnswer = ({ report, document }: ShownReport, nowMs: number): ShownReportAnswer => ({
  period: periodCode(report.period),
  span: report.period,
  region: report.region,
  isWhole: report.countedUntilMs === report.period.untilMs,
  nowMs,
  // A copy, for the layout is readonly and the answer's type is not.
  document: structuredClone(document) as ShownReportAnswer['document'],
});

function keptAnswer(kept: KeptReport, names: ReadonlyMap<string, Text>): KeptReportAnswer {
  const { id, kind, fromMs, untilMs, region, origin, purpose, madeAtMs } = kept;
  const span = { kind, fromMs, untilMs };
  const madeBy = origin === 'schedule' ? undefined : names.get(kept.madeBy);
  return {
    id,
    period: periodCode(span),
    span,
    name: periodName(span),
    region,
    isWhole: kept.isWhole === 1,
    origin,
    hash: kept.contentHash,
    ...(madeBy === undefined ? {} : { madeBy }),
    purpose,
    madeAtMs,
  };
}

/** What the accounts behind reports are called. */
async function namesOf(
  db: RecordsDb,
  reports: readonly KeptReport[],
): Promise<ReadonlyMap<string, Text>> {
  const ids = [...new Set(reports.map(({ madeBy }) => madeBy))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['id', 'displayZh', 'displayEn'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, displayZh, displayEn }) => [id, text(displayZh, displayEn)]));
}
