// Backtests for the console: started, watched, stopped, gone on with, looked at and taken away. For those who
// change rules only: samples are about persons, by their pseudonymous keys.

import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  backtestDetailSchema,
  backtestJobSchema,
  backtestListSchema,
  startBacktestSchema,
} from '../api/backtests.ts';
import { problemSchema } from '../api/session.ts';
import type { BacktestDesk } from '../backtest-desk.ts';
import { assertRuleIsKnown, type RuleListDeps } from '../rule-list.ts';
import { actOn, lookAt, ofMany } from '../audit/about.ts';
import type { ExportDesk } from '../exports/export-content.ts';
import { text } from '../../core/text.ts';
import { fileAnswer } from './file-answer.ts';
import { sendExport } from './send-export.ts';
import type { Guard } from './sessions.ts';

const ruleSchema = z.strictObject({ id: z.string().min(1).max(80) });
const jobSchema = ruleSchema.extend({ job: z.string().min(1).max(80) });
const problems = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  422: problemSchema,
};

export function registerBacktests(
  app: FastifyInstance,
  {
    guard,
    desk,
    list,
    exports,
  }: { guard: Guard; desk: BacktestDesk; list: RuleListDeps; exports: ExportDesk },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const tags = ['backtests'];
  const keyOf = ({ id, job }: z.infer<typeof jobSchema>) => ({ ruleId: id, id: job });

  routes.get(
    '/api/rules/:id/backtests',
    {
      schema: {
        summary: 'Backtests of a rule, and how much history there is',
        tags,
        params: ruleSchema,
        response: { 200: backtestListSchema, ...problems },
      },
    },
    async (request) => {
      await guard.allow(request, 'rule.try');
      await assertRuleIsKnown(list, request.params.id);
      return desk.list(request.params.id);
    },
  );

  routes.post(
    '/api/rules/:id/backtests',
    {
      config: { audit: actOn('backtest.start', 'rule-change', ['from', 'to']) },
      schema: {
        summary: 'Start a backtest of a text or version of a rule against the active version',
        tags,
        params: ruleSchema,
        body: startBacktestSchema,
        response: { 200: backtestJobSchema, ...problems },
      },
    },
    async (request) => {
      const { account: who } = await guard.allow(request, 'rule.try');
      await assertRuleIsKnown(list, request.params.id);
      return desk.start(request.params.id, request.body, who);
    },
  );

  routes.get(
    '/api/rules/:id/backtests/:job',
    {
      config: {
        audit: {
          ...lookAt('backtest.samples-look', 'rule-change'),
          subjects: ofMany,
          isRepeated: true,
        },
      },
      schema: {
        summary: 'How far a backtest is, and what came of it',
        tags,
        params: jobSchema,
        response: { 200: backtestDetailSchema, ...problems },
      },
    },
    async (request) => {
      const { account: who } = await guard.allow(request, 'rule.try');
      return desk.look(keyOf(request.params), who);
    },
  );

  for (const [act, summary] of [
    ['stop', 'Stop a backtest, keeping where it stands'],
    ['resume', 'Go on with a backtest that was stopped or interrupted'],
  ] as const) {
    routes.post(
      `/api/rules/:id/backtests/:job/${act}`,
      {
        schema: {
          summary,
          tags,
          params: jobSchema,
          response: { 200: backtestJobSchema, ...problems },
        },
      },
      async (request) => {
        await guard.allow(request, 'rule.try');
        return desk[act](keyOf(request.params));
      },
    );
  }

  routes.delete(
    '/api/rules/:id/backtests/:job',
    {
      schema: {
        summary: 'Throw a backtest away that is not under way',
        tags,
        params: jobSchema,
        response: { 204: z.null(), ...problems },
      },
    },
    async (request, reply) => {
      await guard.allow(request, 'rule.try');
      await desk.discard(keyOf(request.params));
      return reply.code(204).send(null);
    },
  );

  routes.get(
    '/api/rules/:id/backtests/:job/report',
    {
      config: { audit: actOn('backtest.export', 'rule-change') },
      schema: {
        summary: 'Take the report away, as the command writes it',
        tags,
        params: jobSchema,
        response: { 200: fileAnswer('application/json'), ...problems },
      },
    },
    async (request, reply) => {
      const { account: who } = await guard.allow(request, 'rule.try');
      const { fileName, bytes, subjects } = await desk.report(keyOf(request.params), who);
      const file = await exports.exportFile({
        who,
        fn: 'rule.try',
        kind: 'backtest-report',
        title: text('回测报告', 'Report of a backtest'),
        purpose: '规则回测',
        region: who.region,
        about: { rule: request.params.id, backtest: request.params.job },
        format: 'json',
        language: 'zh',
        content: { kind: 'bytes', bytes: [bytes] },
        rows: subjects.length,
        subjects,
        fileName,
      });
      return sendExport(reply, file);
    },
  );
}
