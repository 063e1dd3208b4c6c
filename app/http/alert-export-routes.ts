// The list of alerts as a file, and asking for it when it is a large one.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Desk } from '../../alerts/desk.ts';
import type { Level } from '../../core/finding.ts';
import { askedExportSchema, askForAlertsSchema, exportAlertsSchema } from '../api/exports.ts';
import { problemSchema } from '../api/session.ts';
import { actOn } from '../audit/about.ts';
import { alertListExport, readAllAlerts } from '../exports/alert-list.ts';
import type { ExportDesk } from '../exports/export-content.ts';
import { deskScopeOf } from './access/desk-scope.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  409: problemSchema,
  413: problemSchema,
};
const FIELDS = ['status', 'level', 'region', 'format'];

export function registerAlertExports(
  app: FastifyInstance,
  { guard, desk, exports }: { guard: Guard; desk: Pick<Desk, 'list'>; exports: ExportDesk },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['alerts'];

  const questionOf = async (
    request: FastifyRequest,
    { status, level, region, format, language, purpose }: z.output<typeof exportAlertsSchema>,
  ) => {
    const permit = await guard.allow(request, 'alert.export', { tellsLater: true });
    const { account: who, purpose: purposeCode } = permit;
    const filter = { status, level: level as Level | undefined, region };
    const alerts = await readAllAlerts(desk, filter, deskScopeOf(permit.scope));
    return {
      who,
      purposeCode,
      fn: 'alert.export' as const,
      region: who.region,
      format,
      language,
      purpose,
      ...alertListExport(alerts, filter, language),
    };
  };

  routes.post(
    '/api/alerts/export',
    {
      config: { audit: actOn('alert.export', 'handling', FIELDS) },
      schema: {
        summary: 'Take the list of alerts away, as CSV or workbook',
        tags,
        body: exportAlertsSchema,
        response: {
          200: fileAnswer(
            'text/csv',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
          ),
          ...problems,
        },
      },
    },
    async (request, reply) =>
      sendExport(reply, await exports.exportFile(await questionOf(request, request.body))),
  );

  routes.post(
    '/api/alerts/export-requests',
    {
      config: { audit: actOn('alert.export-ask', 'handling', FIELDS) },
      schema: {
        summary: 'Ask for a large list of alerts, with a reason',
        tags,
        body: askForAlertsSchema,
        response: { 200: askedExportSchema, ...problems },
      },
    },
    async (request) => {
      const { reason, ...asked } = request.body;
      return exports.requestApproval({ ...(await questionOf(request, asked)), reason });
    },
  );
}
