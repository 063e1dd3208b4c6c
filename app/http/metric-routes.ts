// The metrics over HTTP: the catalogue, questions, and the records behind a cell. Whose figures are counted is
// decided by the data scope of whoever asks.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { OperatingError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { reachOf } from '../../security/access/rights.ts';
import type { Olap } from '../../warehouse/olap.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import {
  metricAnswerSchema,
  metricListSchema,
  metricQuestionSchema,
  metricRecordsQuestionSchema,
  metricRecordsSchema,
  type MetricRecordsBody,
} from '../api/metrics.ts';
import { problemSchema } from '../api/session.ts';
import type { RouteAudit } from '../audit/route-audit.ts';
import { ARROW_STREAM, answerAsArrow } from '../figures/answer-as-arrow.ts';
import { createFigureDesk } from '../figures/figure-desk.ts';
import { listMetrics, type RuleTitles } from '../figures/list.ts';
import { listRecords } from '../figures/records.ts';
import { figureScopeOf } from '../figures/scope.ts';
import type { Guard, Permit } from './sessions.ts';

const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  413: problemSchema,
  503: problemSchema,
};

const answerInEitherForm = {
  description: 'Figures, as JSON or as an Arrow stream with what is said of them in its metadata',
  content: {
    'application/json': { schema: metricAnswerSchema },
    [ARROW_STREAM]: { schema: z.string() },
  },
};

/** JSON unless the stream is asked for by its name. */
const acceptsArrow = ({ headers }: FastifyRequest): boolean =>
  (headers.accept ?? '')
    .split(',')
    .some((type) => type.split(';')[0]?.trim().toLowerCase() === ARROW_STREAM);

export type MetricDeps = {
  readonly guard: Guard;
  readonly olap: Olap | undefined;
  readonly records: RecordsDb;
  readonly clock: Clock;
  readonly ruleTitles: RuleTitles;
};

export function registerMetrics(
  app: FastifyInstance,
  { guard, olap, ruleTitles, ...deps }: MetricDeps,
): void {
  const desk = olap && createFigureDesk({ olap, ...deps });
  app.addHook('onClose', async () => desk?.close());
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['metrics'];
  const warehouse = (): Olap => olap ?? noWarehouse();

  routes.get(
    '/api/metrics',
    {
      schema: {
        summary: 'The metrics there are, what they mean and what they can be split by',
        tags,
        response: { 200: metricListSchema, ...problems },
      },
    },
    async (request) => {
      const permit = await guard.allow(request, 'metric.read');
      return listMetrics(warehouse(), {
        scope: figureScopeOf(permit.scope),
        seesRecords: seesRecords(permit),
        ruleTitles,
      });
    },
  );

  routes.post(
    '/api/metrics/query',
    {
      config: { audit: lookAtFigures('metric.query') },
      schema: {
        summary: 'Figures by dimensions and time, within the scope of whoever asks',
        tags,
        body: metricQuestionSchema,
        response: { 200: answerInEitherForm, ...problems },
      },
    },
    async (request, reply) => {
      const permit = await guard.allow(request, 'metric.read');
      const answer = await (desk ?? noWarehouse()).answer(request.body, {
        scope: figureScopeOf(permit.scope),
        hidesSmall: !seesRecords(permit),
      });
      if (!acceptsArrow(request)) return reply.type('application/json; charset=utf-8').send(answer);
      return reply.type(ARROW_STREAM).send(Buffer.from(answerAsArrow(answer)) as never);
    },
  );

  routes.post(
    '/api/metrics/records',
    {
      config: { audit: { ...lookAtFigures('metric.records'), subjects: subjectsIn } },
      schema: {
        summary: 'The records behind a cell',
        tags,
        body: metricRecordsQuestionSchema,
        response: { 200: metricRecordsSchema, ...problems },
      },
    },
    async (request) => {
      const { scope } = await guard.allow(request, 'metric.records');
      return listRecords(warehouse(), request.body, figureScopeOf(scope));
    },
  );
}

function noWarehouse(): never {
  throw new OperatingError('warehouse-unavailable', 'this process has no warehouse', {
    retry: 'never',
  });
}

const seesRecords = ({ role }: Permit): boolean => reachOf(role, 'metric.records') !== undefined;

const lookAtFigures = (action: string): RouteAudit => ({
  kind: 'look',
  action,
  purpose: 'reporting',
  reason: (request) => (request.body as { purpose?: string } | undefined)?.purpose,
  detail: (_answer, request) => askedIn(request),
});

function subjectsIn(answer: unknown): string[] {
  if (answer === undefined) return [];
  const { columns, rows } = answer as MetricRecordsBody;
  const column = columns.findIndex(({ type }) => type === 'subject');
  return [...new Set(rows.map((row) => String(row[column] ?? '')))];
}

const DETAIL_CHARS_MAX = 200;
/** Codes of ours; what else somebody may have written into a value is not kept. */
const CODE = /^(?:\d{1,6}|[A-Za-z][\w./-]{0,40})$/;

/** What was asked, in codes and times. */
function askedIn({ body }: FastifyRequest): Record<string, string | number> {
  const { metric, metrics, by, grain, fromMs, toMs, compare, where } = (body ?? {}) as Record<
    string,
    unknown
  >;
  const narrowed = (where as { dimension: string; values: string[] }[] | undefined) ?? [];
  const told = {
    metrics: [metric ?? metrics ?? []].flat().join(' '),
    by: ((by as string[] | undefined) ?? []).join(' '),
    grain,
    fromMs,
    toMs,
    compare,
    where: narrowed
      .map(({ dimension, values }) => `${dimension}=${values.filter((value) => CODE.test(value))}`)
      .join(' '),
  };
  return Object.fromEntries(
    Object.entries(told).flatMap(([name, value]) => {
      if (value === undefined || value === '') return [];
      return [[name, typeof value === 'number' ? value : String(value).slice(0, DETAIL_CHARS_MAX)]];
    }),
  );
}
